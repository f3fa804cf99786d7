"""``qbwc-server lists``."""

from __future__ import annotations

import pytest

from qbwc_server.books.mirror.keeping import gone
from qbwc_server.books.mirror.models import Gone, MirrorList
from qbwc_server.cli.output import Exit
from qbwc_server.db import Database
from qbwc_server.list_kinds import ListKind
from qbwc_server.tenancy.companies import find_company
from tests.qbwc_server.books.mirror.lists_kept import NOW, keep, told
from tests.qbwc_server.cli.conftest import CommandLine


@pytest.fixture
def kept(cli_database: Database, acme: str) -> int:
    """A few entries that are kept; the number of the company."""
    with cli_database.transaction() as db:
        company = find_company(db, "acme").id
        keep(db, company, told("1", "Müller & Söhne GmbH"), told("2", "Mill", time_modified=NOW), told("3", "Miller"))
        keep(db, company, told("1", "Müller & Sohn"), reading=2)
        gone(db, company, ListKind.CUSTOMER, {"3": NOW}, why=Gone.DELETED, now=NOW)
    return company


def test_search_shows_the_likeliest_first(run: CommandLine, kept: int) -> None:
    text = run("lists", "search", "acme", "muller and sohn").stdout
    assert "Müller & Sohn" in text
    assert "beginning" in text
    found = run.json("lists", "search", "acme", "mil", "--list", "customer", "--active", "--limit", 1)
    assert [one["name"] for one in found["entries"]] == ["Mill"]
    assert run("lists", "search", "acme", "xylophone").stdout == "Nothing is like it.\n"


def test_refresh_says_what_was_asked_for(run: CommandLine, acme: str) -> None:
    assert "vendors" in run("lists", "refresh", "acme", "--list", "vendor").stdout
    assert run("lists", "refresh", "acme", "--list", "vendor").stdout == "They are being read already.\n"
    asked = run.json("lists", "refresh", "acme", "--whole")["asked_for"]
    assert "customer" in asked
    assert "vendor" not in asked
    text = run("lists", "show", "acme").stdout
    assert "customers and jobs" in text
    assert "whole" in text
    rows = run.json("audit", "list", "acme")["audit"]
    asked_for = [(row["subject"], row["after"]) for row in rows if row["action"] == "lists_asked_for"]
    assert [subject for subject, _ in asked_for] == ["all", "vendor", "vendor"]
    assert [after["whole"] for _, after in asked_for] == [True, False, False]
    assert [len(after["asked_for"]) for _, after in asked_for] == [len(asked), 0, 1]


def test_what_became_of_an_entry(run: CommandLine, kept: int) -> None:
    text = run("lists", "became", "acme", "customer", "1").stdout
    assert text == "Müller & Sohn: present\nBefore that: Müller & Söhne GmbH\n"
    text = run("lists", "became", "acme", "customer", "3").stdout
    assert "Miller: deleted" in text
    assert "Mill" in text
    assert run.json("lists", "became", "acme", "customer", "9")["standing"] == "unknown"
    assert run("lists", "became", "acme", "customer", "9").stdout == "QuickBooks has not shown it.\n"


def test_limits_tell_by_the_exit_status(run: CommandLine, kept: int, cli_database: Database) -> None:
    result = run("lists", "limits", "acme")
    assert (result.exit_code, "Not every list was read yet" in result.output) == (Exit.DONE, True)
    with cli_database.transaction() as db:
        db.add(
            MirrorList(company_id=kept, kind=ListKind.CUSTOMER, number=1, shown=0, restarts=0, capacity=2, whole_at=NOW)
        )
    result = run("lists", "limits", "acme")
    assert (result.exit_code, "nearly full" in result.stdout) == (Exit.NEEDS_A_PERSON, True)
    records = run.json("lists", "limits", "acme", code=Exit.NEEDS_A_PERSON)["limits"]
    assert (records[0]["list"], records[0]["entries"], records[0]["left"]) == ("names", 2, 0)


def test_a_company_that_is_not_there(run: CommandLine, acme: str) -> None:
    for command in (("refresh",), ("show",), ("limits",)):
        assert run("lists", *command, "nowhere").exit_code == Exit.NOT_FOUND
