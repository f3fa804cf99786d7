"""``qbwc-server db``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

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


def test_a_command_in_the_wrong_folder_makes_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for command in (("status",), ("company", "list"), ("db", "check"), ("scheduler",), ("serve",)):
        result = CommandLine("sqlite:///qbwc.db")(*command)
        assert result.exit_code == 5, command
        assert str(tmp_path / "qbwc.db") in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("number,date\n" * 200)
    for command in (("status",), ("db", "check"), ("db", "upgrade")):
        result = CommandLine(f"sqlite:///{file}")(*command)
        assert result.exit_code == 5
        assert f"{file} is not a SQLite database" in result.stderr


def test_postgresql_without_its_driver_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    result = CommandLine("postgresql+psycopg://books:hush@127.0.0.1:1/books")("status")
    assert result.exit_code == 5
    assert "driver_missing" in result.stderr
    assert "hush" not in result.output
