"""Documents leafed through: what a number or a name finds, and never what is another company's."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from qbwc_server.db import Database
from qbwc_server.documents.kinds import read_document
from qbwc_server.documents.models import DocumentRow
from qbwc_server.posting.submitting.hand_in import hand_in
from qbwc_server.reports import listing
from qbwc_server.reports.listing import PAGE, Page, Tab, Wanted, page_of, tab_counts
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.companies import add_company, find_company
from tests.conftest import TurnableClock


class Shelf:
    """Two companies with documents that wait for review."""

    def __init__(self, database: Database, clock: TurnableClock) -> None:
        self.database, self.clock = database, clock
        with database.transaction() as db:
            for code in ("ours", "theirs"):
                add_company(db, code=code, name=code, time_zone="UTC", now=clock())

    def put(self, *documents: tuple[str | None, str], code: str = "ours", **values: Any) -> None:
        """Documents by number and customer."""
        with self.database.transaction() as db:
            given = [
                read_document(
                    {"kind": "invoice", "origin": f"{code}:{at}:{number}", "number": number}
                    | {"date": "2026-03-02", "customer": {"name": name}, "lines": [{"item": "W", "amount": "1"}]}
                    | values
                )
                for at, (number, name) in enumerate(documents)
            ]
            hand_in(db, find_company(db, code), given, by=SERVER, now=self.clock(), submit_now=False)

    def posted_as(self, number: str | None, in_quickbooks: str) -> None:
        """QuickBooks gave a document this number."""
        with self.database.transaction() as db:
            which = DocumentRow.number.is_(None) if number is None else DocumentRow.number == number
            db.execute(update(DocumentRow).where(which).values(posted_number=in_quickbooks))

    def page(self, text: str = "", **wanted: Any) -> Page:
        """Of what waits for review in ours."""
        with self.database.reading() as db:
            company = find_company(db, "ours")
            look = Wanted(Tab.FOR_REVIEW, text=text, **wanted)
            return page_of(db, company.id, look, tab_counts(db, company.id, None)[Tab.FOR_REVIEW])

    def numbers(self, text: str, **wanted: Any) -> list[str | None]:
        """The numbers found, in the order of the page."""
        return [row.number for row in self.page(text, **wanted).rows]


@pytest.fixture
def shelf(database: Database, clock: TurnableClock) -> Shelf:
    return Shelf(database, clock)


def test_a_number_is_found_by_its_beginning_in_any_case_and_in_its_midst(shelf: Shelf) -> None:
    shelf.put(("INV-17", "Ann"), ("inv-18", "Ann"), ("X-INV-1", "Ann"), ("99", "Ann"))
    assert shelf.numbers("inv-1") == ["INV-17", "inv-18", "X-INV-1"]
    assert shelf.numbers("INV-17") == ["INV-17"]
    assert shelf.numbers("INV-9") == []


def test_among_very_many_a_number_is_found_by_its_beginning(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "_RECENT", 1)
    shelf.put(("A-1", "Ann"), ("B-A-1", "Ann"), ("C-A-1", "Ann"))
    assert shelf.numbers("A-1") == ["A-1", "C-A-1"]


def test_what_quickbooks_numbered_is_found_by_that(shelf: Shelf) -> None:
    shelf.put((None, "Ann"), ("5", "Bob"))
    shelf.posted_as(None, "Q-7")
    shelf.posted_as("5", "5b")
    assert shelf.numbers("q-7") == [None]
    assert shelf.numbers("5B") == ["5"]


def test_a_party_is_found_by_any_part_of_its_name(shelf: Shelf) -> None:
    shelf.put(("1", "Müller & Söhne"), ("2", "Ann Miller"), ("3", "Zoë"), ("4", "Miller Bros"))
    assert shelf.numbers("mill") == ["2", "4"]
    assert shelf.numbers("& S") == ["1"]
    assert shelf.numbers("Zoë") == ["3"]


@pytest.mark.parametrize("text", ["%", "_", "/", "'", "\\", "' OR 1=1 --", "%%"])
def test_signs_of_databases_are_only_signs(shelf: Shelf, text: str) -> None:
    shelf.put(("1", "Ann"), ("2", f"Ann {text} Co"))
    assert shelf.numbers(text) == ["2"]


def test_nothing_of_another_company_is_found_or_counted(shelf: Shelf) -> None:
    shelf.put(("17", "Ann"), code="theirs")
    shelf.posted_as("17", "18")
    shelf.put(("17", "Ann"))
    assert shelf.numbers("17") == ["17"]
    assert shelf.numbers("18") == []
    assert shelf.page("Ann").total == 1


def test_of_kinds_that_may_not_be_seen_nothing_is_found(shelf: Shelf) -> None:
    shelf.put(("17", "Ann"))
    shelf.put(("17", "Ann"), kind="estimate", origin="e")
    assert shelf.page("17", kinds={"estimate"}).total == 1
    assert shelf.page("Ann", kinds=set()).total == 0


def test_more_than_can_be_shown_is_said(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_FOUND", 3)
    shelf.put(*((f"7{at}", "Ann") for at in range(5)))
    page = shelf.page("7")
    assert (page.cut, page.total, [row.number for row in page.rows]) == (True, 3, ["72", "73", "74"])
    assert not shelf.page("74").cut


def test_pages_follow_each_other_without_a_gap(shelf: Shelf) -> None:
    shelf.put(*((str(at), "Ann") for at in range(PAGE + 7)))
    first = shelf.page()
    second = shelf.page(after=first.rows[-1].id)
    assert [row.number for row in (*first.rows, *second.rows)] == [str(at) for at in range(PAGE + 7)]
    assert (first.total, first.first, first.has_previous, first.has_next) == (PAGE + 7, 1, False, True)
    assert (second.first, second.has_previous, second.has_next) == (PAGE + 1, True, False)
    back = shelf.page(before=second.rows[0].id)
    assert [row.id for row in back.rows] == [row.id for row in first.rows]
