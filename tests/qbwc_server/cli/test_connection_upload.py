"""Charges of a distributor by the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.qbwc_server.channels.charges.conftest import file_of, row
from tests.qbwc_server.cli.conftest import CommandLine


@pytest.fixture
def connection(run: CommandLine, acme: str) -> str:
    made = run("connection", "add", "acme", "charges", "--option", "name=pax8")
    assert "connection upload acme 1 FILE" in made.output
    return "1"


def test_a_file_is_kept_and_said_in_words(run: CommandLine, connection: str, tmp_path: Path) -> None:
    file = tmp_path / "invoice.csv"
    file.write_text(file_of(row("Contoso"), row("Fabrikam")))
    done = run("connection", "upload", "acme", connection, str(file))
    assert (done.exit_code, "2 new, 0 changed, 0 as before" in done.stdout) == (0, True)
    again = run.json("connection", "upload", "acme", connection, str(file), "--options", "whole=true")
    assert (again["new"], again["known"], again["problems"]) == (0, 2, [])
    assert "Records: 2 kept" in run("connection", "show", "acme", connection).stdout


def test_what_cannot_be_read_is_told(run: CommandLine, connection: str, tmp_path: Path) -> None:
    file = tmp_path / "invoice.csv"
    file.write_text(file_of(row("Contoso"), row("Fabrikam", "many")))
    done = run("connection", "upload", "acme", connection, str(file))
    assert done.exit_code == 1
    assert "Line 3: quantity" in done.stdout
    assert "1 charges could not be read" in done.stdout
    assert "quantity is no number" in run("connection", "records", "acme", connection, "--set-aside").stdout


def test_an_option_that_is_none_is_refused(run: CommandLine, connection: str, tmp_path: Path) -> None:
    file = tmp_path / "invoice.csv"
    file.write_text(file_of(row("Contoso")))
    assert run("connection", "upload", "acme", connection, str(file), "--options", "half=true").exit_code != 0
    missing = run("connection", "upload", "acme", connection, str(tmp_path / "none.csv"))
    assert "cannot be opened" in missing.output
