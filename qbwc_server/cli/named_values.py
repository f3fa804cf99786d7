"""Options that a person changes as NAME=VALUE, and how they are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from qbwc_server.cli.output import print_table

if TYPE_CHECKING:
    from pydantic import BaseModel


def read_changes(changes: Sequence[str]) -> dict[str, object]:
    """Names and values; NAME= is None, which takes one back to its default."""
    read: dict[str, object] = {}
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals:
            raise click.UsageError(f"{change!r} is not NAME=VALUE.")
        read[name.strip()] = value if value != "" else None
    return read


def print_values(model: type[BaseModel], values: Mapping[str, Any]) -> None:
    """A table of the values with what they mean."""
    print_table(
        ("Option", "Value", "Meaning"),
        [(name, _shown(values[name]), field.description or "") for name, field in model.model_fields.items()],
    )


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None else str(value)
