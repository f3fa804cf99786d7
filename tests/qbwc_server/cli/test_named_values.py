"""NAME=VALUE."""

from __future__ import annotations

import click
import pytest

from qbwc_server.cli.named_values import read_changes


def test_names_and_values_are_read() -> None:
    assert read_changes(["day = 1", "class_name=a=b", "annual="]) == {"day": " 1", "class_name": "a=b", "annual": None}
    with pytest.raises(click.UsageError, match="'day' is not NAME=VALUE"):
        read_changes(["day"])
