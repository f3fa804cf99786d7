"""What the README shows works: its commands, its document, its settings."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from textwrap import dedent

import click
import pytest

from qbwc_server.cli import cli
from qbwc_server.settings import load
from tests.qbwc_server.cli.conftest import CommandLine

README = Path(__file__).parents[3] / "README.md"
TEXT = re.sub(r"\\\n\s*", "", README.read_text(encoding="utf-8"))  # a long command goes on in the next line
COMMAND = re.compile(r"^ +(?:\.venv/bin/)?qbwc-server (.*)$", re.MULTILINE)
SHOWN = [shlex.split(line) for line in COMMAND.findall(TEXT)]
LISTED = [line.split() for line in COMMAND.findall(TEXT.partition("## The command line")[2].partition("\n## ")[0])]


def command_named(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that ``words`` begin with, and the rest."""
    command: click.Command = cli
    while isinstance(command, click.Group):
        command, words = command.commands[words[0]], words[1:]
    return command, words


@pytest.mark.parametrize("words", [w for w in SHOWN if w not in LISTED], ids=" ".join)
def test_every_command_is_understood(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    command, rest = command_named(words)
    command.make_context(words[0], rest)  # raises for an unknown option or a missing argument


def test_the_list_of_commands_is_complete() -> None:
    listed: set[str] = set()
    for words in LISTED:
        first = words[0]
        group = cli.commands[first]
        names = [word for word in words[isinstance(group, click.Group) :] if word != "|"]
        listed |= {f"{first} {name}" if isinstance(group, click.Group) else name for name in names}
    there = {
        f"{name} {inner}" if inner else name
        for name, command in cli.commands.items()
        for inner in (command.commands if isinstance(command, click.Group) else [""])
    }
    assert listed == there


def test_the_document_can_be_imported(run: CommandLine, acme: str) -> None:
    found = re.search(r"```json\n(.*?)```", TEXT, re.DOTALL)
    assert found is not None
    Path("invoices.jsonl").write_text(found[1], encoding="utf-8")
    report = run.json("documents", "import", "acme", "invoices.jsonl")
    assert (report["added"], report["submitted"]) == (1, 1)


def test_the_settings_can_be_used(tmp_path: Path) -> None:
    lines = re.findall(r"^ +(?:base_url|trusted_proxies) = .*$", TEXT, re.MULTILINE)
    path = tmp_path / "qbwc.toml"
    path.write_text(dedent("\n".join(lines)), encoding="utf-8")
    settings = load(str(path))
    assert (settings.base_url, settings.trusted_proxies) == ("https://books.example.com", 1)
    assert len(tomllib.loads(path.read_text())) == 2


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^):]+)\)", TEXT))))
def test_every_link_leads_somewhere(link: str) -> None:
    assert (README.parent / link).is_file()
