"""Every command that a page shows is one that the command line understands."""

from __future__ import annotations

import re
import shlex
from contextlib import ExitStack
from pathlib import Path

import click
import pytest

from qbwc_server.cli import cli

_ROOT = Path(__file__).parents[3]
_SHOWN = re.compile(r"^\s{4,}(?:\S*/)?qbwc-server (.*)$", re.MULTILINE)
_PLACE = re.compile("[A-Z_]+")  # where a person writes a number or name of his own


def shown() -> list[tuple[str, str]]:
    """Page and command, without what a shell makes of its output."""
    pages = sorted(_ROOT.glob("docs/*.md"))
    return [
        (page.name, line)
        for page in pages
        for line in _SHOWN.findall(re.sub(r"\\\n\s*", "", page.read_text(encoding="utf-8")))
    ]


def understood(words: list[str]) -> None:
    """Read a command as click does before it calls it. Raises click.UsageError."""
    with ExitStack() as opened:  # files that a command names
        context = opened.enter_context(cli.make_context("qbwc-server", words))
        while isinstance(context.command, click.Group):
            name, command, rest = context.command.resolve_command(context, [*context._protected_args, *context.args])
            assert command is not None
            context = opened.enter_context(command.make_context(name, rest, parent=context))


def test_every_command_of_the_pages_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    commands = shown()
    assert len(commands) > 40
    for page, line in commands:
        words = [word for word in shlex.split(line, comments=True) if word not in "|>"]
        for word in words:
            if re.fullmatch(r"[\w-]+\.(csv|jsonl?|xlsx|toml)", word):
                Path(word).touch()
        try:
            understood([_PLACE.sub("1", word) if _PLACE.fullmatch(word) else word for word in words])
        except click.exceptions.UsageError as error:
            pytest.fail(f"{page}: qbwc-server {line}: {error.format_message()}")
