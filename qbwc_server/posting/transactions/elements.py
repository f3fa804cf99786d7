"""What a class of messages consists of: the elements behind its fields, and which of them hold elements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, cast, get_args

from qbxml import Aggregate
from qbxml.declaration import SPEC

_TAGS: dict[type[Aggregate], dict[str, tuple[str, ...]]] = {}
_PARTS: dict[type[Aggregate], dict[str, tuple[str, ...]]] = {}


def elements_of(cls: type[Aggregate]) -> Mapping[str, tuple[str, ...]]:
    """The tags of each field."""
    found = _TAGS.get(cls)
    if found is None:
        found = _TAGS[cls] = {one.name: one.metadata[SPEC].tags for one in fields(cast("Any", cls))}
    return found


def parts_of(cls: type[Aggregate]) -> Mapping[str, tuple[str, ...]]:
    """The tags of each field that holds elements."""
    found = _PARTS.get(cls)
    if found is None:
        tags = elements_of(cls)
        found = _PARTS[cls] = {
            one.name: tags[one.name]
            for one in fields(cast("Any", cls))
            if any(isinstance(kind, type) and issubclass(kind, Aggregate) for kind in _types(one.type))
        }
    return found


def _types(annotation: object) -> Iterator[object]:
    args = get_args(annotation)
    if not args:
        yield annotation
    for one in args:
        yield from _types(one)
