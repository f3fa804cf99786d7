"""The command line on a migrated, empty SQLite database of its own, and in a folder of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from qbwc_server.cli import cli
from qbwc_server.db import Database

INVOICE = {
    "kind": "invoice",
    "origin": "shop:1001",
    "number": "1001",
    "date": "2026-03-02",
    "customer": "Kern Lighting",
    "lines": [{"item": "Seat", "quantity": 3, "amount": "36.00"}],
}


class CommandLine:
    """``qbwc-server`` in this process."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._runner = CliRunner()

    def __call__(self, *arguments: object, typed: str | None = None) -> Result:
        """Run a command; a traceback of ours would be in ``exception``."""
        environment = {"QBWC_DATABASE_URL": self.url}
        return self._runner.invoke(cli, [str(each) for each in arguments], env=environment, input=typed)

    def json(self, *arguments: object, code: int = 0) -> Any:
        """Run a command with ``--json``; what it writes on stdout, decoded."""
        result = self(*arguments, "--json")
        assert result.exit_code == code, result.output
        return json.loads(result.stdout)


@pytest.fixture
def run(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line, in an empty folder."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return CommandLine(sqlite_url)


@pytest.fixture
def acme(run: CommandLine) -> str:
    """A company; returns its Web Connector password."""
    added = run.json("company", "add", "acme", "--name", "Acme Lighting", "--time-zone", "America/New_York")
    return str(added["connector_password"])


@pytest.fixture
def cli_database(run: CommandLine) -> Iterator[Database]:
    """The database that the command line works on, to look behind it."""
    database = Database(run.url)
    yield database
    database.engine.dispose()


@pytest.fixture
def ann(run: CommandLine) -> str:
    """A user; returns the e-mail address."""
    assert run("user", "add", "Ann@Example.com", "--name", "Ann").exit_code == 0
    return "ann@example.com"


Import = Callable[..., Any]


@pytest.fixture
def bring_in(run: CommandLine, acme: str) -> Import:
    """Import documents given as dictionaries; what the command says about it."""

    def bring_in(*documents: dict[str, Any], options: tuple[str, ...] = (), code: int = 0) -> Any:
        path = Path("documents.jsonl")
        path.write_text("".join(json.dumps(each) + "\n" for each in documents), encoding="utf-8")
        return run.json("documents", "import", "acme", path, *options, code=code)

    return bring_in
