"""``qbwc-server db``."""

from __future__ import annotations

from pathlib import Path

from qbwc_server.db import schema
from tests.qbwc_server.cli.conftest import CommandLine


def test_upgrade_makes_the_tables_and_can_be_repeated(tmp_path: Path) -> None:
    run = CommandLine(f"sqlite:///{tmp_path / 'new.db'}")
    assert run("db", "check").exit_code == 5
    assert run.json("db", "check", code=5)["current"] is None
    first = run.json("db", "upgrade")
    assert (first["before"], first["after"], first["changed"]) == (None, schema.head(), True)
    assert run.json("db", "upgrade")["changed"] is False
    assert "is up to date" in run("db", "upgrade").stdout
    assert run.json("db", "check")["up_to_date"] is True
    assert run("company", "list").exit_code == 0


def test_the_password_of_the_database_is_not_shown(tmp_path: Path) -> None:
    run = CommandLine("postgresql+psycopg://books:hush@127.0.0.1:1/books")
    result = run("db", "upgrade")
    assert result.exit_code == 5
    assert "database_unreachable" in result.stderr
    assert "hush" not in result.output
