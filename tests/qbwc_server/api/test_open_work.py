"""``/companies/CODE/open-work``."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from qbwc_server.books.models import ListEntry, Presence
from qbwc_server.db import Database
from qbwc_server.documents.open_work import Finding, WorkKind, note_work
from qbwc_server.list_kinds import ListKind
from qbwc_server.tenancy.companies import find_company
from tests.conftest import TurnableClock
from tests.qbwc_server.api.conftest import Caller


@pytest.fixture
def item(app: Flask, alice: Caller, clock: TurnableClock) -> int:
    """The id of one open item of acme."""
    database: Database = app.extensions["database"]
    with database.transaction() as db:
        company = find_company(db, "acme")
        finding = Finding(WorkKind.PAYMENT_WANTED, "shop:7", "Order 7 was paid with 12.00.", "Enter the payment.")
        return note_work(db, company.id, [finding], now=clock())[0].id


def test_it_is_listed_until_somebody_has_seen_to_it(alice: Caller, item: int) -> None:
    page = alice.get("/open-work").get_json()
    assert [(one["id"], one["work"], one["about"]) for one in page["open_work"]] == [(item, "payment_wanted", "shop:7")]
    assert alice.get("/open-work?work=total_differs").get_json()["open_work"] == []
    ended = alice.post(f"/open-work/{item}/done")
    assert (ended.status_code, ended.get_json()["ended"]) == (200, "done")
    assert alice.get("/open-work").get_json() == {"open_work": [], "next": None}
    assert alice.post(f"/open-work/{item}/dismiss").status_code == 409


def test_a_page_at_a_time(app: Flask, alice: Caller, item: int, clock: TurnableClock) -> None:
    database: Database = app.extensions["database"]
    with database.transaction() as db:
        found = [Finding(WorkKind.TOTAL_DIFFERS, str(number), "M", "A") for number in range(3)]
        note_work(db, find_company(db, "acme").id, found, now=clock())
    first = alice.get("/open-work?limit=3").get_json()
    rest = alice.get(f"/open-work?limit=3&after={first['next']}").get_json()
    assert (len(first["open_work"]), len(rest["open_work"]), rest["next"]) == (3, 1, None)


def test_another_company_sees_nothing_of_it(charlie: Caller, item: int) -> None:
    assert charlie.get("/open-work").get_json()["open_work"] == []
    assert charlie.post(f"/open-work/{item}/done").status_code == 404


def test_an_unknown_kind_of_work_is_refused(alice: Caller) -> None:
    answer = alice.get("/open-work?work=gardening")
    assert answer.status_code == 422
    assert "total_differs" in answer.get_json()["detail"]


def test_the_status_is_not_well_while_it_is_open(alice: Caller, item: int) -> None:
    status = alice.get("/status").get_json()
    assert status["healthy"] is False
    assert "Order 7 was paid with 12.00." in status["lines"]
    assert "What to do: Enter the payment." in status["lines"]
    alice.post(f"/open-work/{item}/dismiss")
    assert alice.get("/status").get_json()["healthy"] is True


@pytest.fixture
def renamed(app: Flask, alice: Caller, clock: TurnableClock) -> int:
    """The id of a question about a customer that has another name."""
    database: Database = app.extensions["database"]
    with database.transaction() as db:
        company = find_company(db, "acme")
        entry = ListEntry(
            company_id=company.id, kind=ListKind.CUSTOMER, name_key="best", full_name="Best",
            presence=Presence.UNKNOWN, list_id="80000001-1", changed_at=clock(),
        )  # fmt: skip
        db.add(entry)
        db.flush()
        detail = {"entry": entry.id, "name": "Best Inc"}
        finding = Finding(WorkKind.ENTRY_RENAMED, "customer Best", "It is called Best Inc.", "Say.", detail=detail)
        return note_work(db, company.id, [finding], now=clock())[0].id


def names(app: Flask) -> tuple[str | None, str | None]:
    database: Database = app.extensions["database"]
    with database.reading() as db:
        entry = db.scalars(select(ListEntry).where(ListEntry.full_name == "Best")).one()
        return entry.called, entry.list_id


def test_the_name_that_was_found_is_used(app: Flask, alice: Caller, charlie: Caller, renamed: int) -> None:
    assert charlie.post(f"/open-work/{renamed}/use-name").status_code == 404
    assert alice.post(f"/open-work/{renamed}/use-name").get_json()["ended"] == "done"
    assert names(app) == ("Best Inc", "80000001-1")
    assert alice.post(f"/open-work/{renamed}/add-anew").status_code == 409


def test_another_name_is_used(app: Flask, alice: Caller, renamed: int) -> None:
    assert alice.post(f"/open-work/{renamed}/use-name", json={"name": "x" * 210}).status_code == 422
    assert alice.post(f"/open-work/{renamed}/use-name", json={"name": "Other"}).status_code == 200
    assert names(app) == ("Other", None)


def test_the_old_name_is_added_anew(app: Flask, alice: Caller, renamed: int, item: int) -> None:
    assert alice.post(f"/open-work/{renamed}/add-anew").status_code == 200
    assert names(app) == (None, None)
    assert alice.post(f"/open-work/{item}/add-anew").status_code == 422
    assert [one["id"] for one in alice.get("/open-work").get_json()["open_work"]] == [item]


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\x01b", ":a", "b" * 42])
def test_a_name_that_quickbooks_cannot_have_is_not_used(app: Flask, alice: Caller, renamed: int, name: str) -> None:
    assert alice.post(f"/open-work/{renamed}/use-name", json={"name": name}).status_code == 422
    assert names(app) == (None, "80000001-1")


@pytest.mark.parametrize("action", ["done", "dismiss", "add-anew"])
def test_what_is_sent_and_means_nothing_is_refused(alice: Caller, renamed: int, action: str) -> None:
    assert alice.post(f"/open-work/{renamed}/{action}", json={"nam": "x"}).status_code == 422
    assert [one["id"] for one in alice.get("/open-work").get_json()["open_work"]] == [renamed]
