"""``qbwc-server open-work``."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from qbwc_server import clock
from qbwc_server.books.models import ListEntry, Presence
from qbwc_server.cli.output import Exit
from qbwc_server.db import Database
from qbwc_server.documents.open_work import Finding, WorkKind, note_work
from qbwc_server.list_kinds import ListKind
from qbwc_server.tenancy.companies import find_company
from tests.qbwc_server.cli.conftest import CommandLine


@pytest.fixture
def items(run: CommandLine, acme: str) -> list[int]:
    """Two open items."""
    database = Database(run.url)
    with database.transaction() as db:
        found = [
            Finding(WorkKind.TOTAL_DIFFERS, "7", "Invoice 7 came to 32.48 instead of 30.00.", "Look at its tax."),
            Finding(WorkKind.PAYMENT_WANTED, "o", "Order ☂ was paid.", "Enter the payment."),
        ]
        ids = [item.id for item in note_work(db, find_company(db, "acme").id, found, now=clock.now())]
    database.engine.dispose()
    return ids


def test_the_list_says_what_and_what_to_do(run: CommandLine, items: list[int]) -> None:
    text = run("open-work", "list", "acme").stdout
    assert "Invoice 7 came to 32.48 instead of 30.00." in text
    assert "What to do: Enter the payment." in text
    only = run.json("open-work", "list", "acme", "--work", "payment_wanted")
    assert [one["id"] for one in only["open_work"]] == items[1:]


def test_done_and_dismissed_are_not_listed_any_more(run: CommandLine, items: list[int]) -> None:
    assert "done" in run("open-work", "done", "acme", items[0]).stdout
    assert run.json("open-work", "dismiss", "acme", items[1])["open_work"][0]["ended"] == "dismissed"
    assert run("open-work", "list", "acme").stdout == "Nothing is open.\n"
    assert run("open-work", "done", "acme", items[0]).exit_code == Exit.CONFLICT


def test_all_or_none(run: CommandLine, items: list[int]) -> None:
    assert run("open-work", "done", "acme", items[0], 4711).exit_code == Exit.NOT_FOUND
    assert len(run.json("open-work", "list", "acme")["open_work"]) == 2


def test_status_tells_by_its_exit_status(run: CommandLine, items: list[int]) -> None:
    assert run("status", "acme").exit_code == Exit.NEEDS_A_PERSON
    assert run("status").exit_code == Exit.NEEDS_A_PERSON
    run("open-work", "dismiss", "acme", *items)
    assert run("status", "acme").exit_code == Exit.DONE


@pytest.fixture
def renamed(run: CommandLine, acme: str, cli_database: Database) -> int:
    """The id of a question about a customer that has another name in QuickBooks now."""
    with cli_database.transaction() as db:
        company = find_company(db, "acme")
        entry = ListEntry(
            company_id=company.id, kind=ListKind.CUSTOMER, name_key="best", full_name="Best",
            presence=Presence.UNKNOWN, list_id="80000001-1", changed_at=clock.now(),
        )  # fmt: skip
        db.add(entry)
        db.flush()
        detail = {"entry": entry.id, "name": "Best Inc"}
        finding = Finding(WorkKind.ENTRY_RENAMED, "customer Best", "It is called Best Inc.", "Say.", detail=detail)
        return note_work(db, company.id, [finding], now=clock.now())[0].id


def called(database: Database) -> tuple[str | None, str | None]:
    with database.reading() as db:
        entry = db.scalars(select(ListEntry).where(ListEntry.full_name == "Best")).one()
        return entry.called, entry.list_id


def test_the_name_that_was_found_is_used(run: CommandLine, renamed: int, cli_database: Database) -> None:
    assert run("open-work", "use-name", "acme", renamed).stdout == f"Open work {renamed} is done.\n"
    assert called(cli_database) == ("Best Inc", "80000001-1")
    assert run("open-work", "add-anew", "acme", renamed).exit_code == Exit.CONFLICT


def test_another_name_is_used(run: CommandLine, renamed: int, cli_database: Database) -> None:
    for wrong in ("", " ", "a\nb", ":a", "b" * 42):
        assert run("open-work", "use-name", "acme", renamed, "--name", wrong).exit_code == Exit.CONFLICT
    ended = run.json("open-work", "use-name", "acme", renamed, "--name", " Other ")["open_work"]
    assert [(one["id"], one["ended"]) for one in ended] == [(renamed, "done")]
    assert called(cli_database) == ("Other", None)


def test_the_old_name_is_added_anew(run: CommandLine, renamed: int, items: list[int], cli_database: Database) -> None:
    assert run.json("open-work", "add-anew", "acme", renamed)["open_work"][0]["ended"] == "done"
    assert called(cli_database) == (None, None)
    assert run("open-work", "add-anew", "acme", items[0]).exit_code == Exit.CONFLICT
    assert run("open-work", "use-name", "acme", 4711).exit_code == Exit.NOT_FOUND
    assert run("open-work", "use-name", "nobody", renamed).exit_code == Exit.NOT_FOUND
