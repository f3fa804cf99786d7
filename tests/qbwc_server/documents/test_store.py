"""Documents kept by origin: added, the same, refused, revised; found again, and only by their own company."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from qbwc_server.db import Database
from qbwc_server.documents import store
from qbwc_server.documents.history import body_of, history
from qbwc_server.documents.kinds import Document, read_document
from qbwc_server.documents.lifecycle import Event, NotNow, Reason, State
from qbwc_server.documents.models import DocumentRow, Operation
from qbwc_server.documents.store import OriginConflict, Posting, Saved, SaveResult
from qbwc_server.errors import Conflict, NotFound
from qbwc_server.tenancy.actor import QUICKBOOKS, Actor, ActorKind
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant

BY = Actor(ActorKind.PERSON, "alice")


def invoice(origin: str = "o-1", **values: Any) -> Document:
    return read_document(
        {
            "kind": "invoice",
            "origin": origin,
            "date": "2026-03-02",
            "customer": "Müller & Söhne",
            "lines": [{"item": "Seat", "quantity": "3", "rate": "10"}],
            **values,
        }
    )


class Shelf:
    """The store of one company, without naming the company each time."""

    def __init__(self, database: Database, clock: TurnableClock, code: str = "kern") -> None:
        self.database, self.clock = database, clock
        with database.transaction() as db:
            self.company_id = tenant(db, clock(), code).id

    def save(self, *documents: Document, revise: bool = False) -> Sequence[SaveResult | Conflict]:
        """What is new is added, what is revised replaced."""
        results: list[SaveResult | Conflict] = []
        with self.database.transaction() as db:
            for verdict in store.compare(db, self.company_id, documents, revise=revise):
                if verdict.saved is Saved.ADDED:
                    (row,) = store.add(db, self.company_id, [verdict], by=BY, now=self.clock())
                    results.append(SaveResult(row, Saved.ADDED))
                elif verdict.saved is Saved.REVISED:
                    results.append(SaveResult(store.revise(db, verdict, by=BY, now=self.clock()), Saved.REVISED))
                elif verdict.row is not None and verdict.saved is Saved.SAME:
                    results.append(SaveResult(verdict.row, Saved.SAME))
                elif verdict.conflict is not None:
                    results.append(verdict.conflict)
        return results

    def row(self, origin: str = "o-1") -> DocumentRow:
        with self.database.reading() as db:
            return store.by_origin(db, self.company_id, [origin])[origin]

    def move(self, event: Event, origin: str = "o-1", **values: Any) -> None:
        with self.database.transaction() as db:
            row = store.by_origin(db, self.company_id, [origin])[origin]
            for name, value in values.items():
                setattr(row, name, value)
            store.move(db, row, event, by=BY, now=self.clock())

    def history(self, origin: str = "o-1") -> list[tuple[str, str | None, str]]:
        with self.database.reading() as db:
            return [(e.event, e.from_state, e.to_state) for e in history(db, self.row(origin).id)]


@pytest.fixture
def shelf(database: Database, clock: TurnableClock) -> Shelf:
    return Shelf(database, clock)


def what(results: Sequence[SaveResult | Conflict]) -> list[str]:
    return [result.saved.value if isinstance(result, SaveResult) else result.code for result in results]


def test_a_document_is_kept_with_what_lists_show(shelf: Shelf) -> None:
    (result,) = shelf.save(invoice(number="1001"))
    assert isinstance(result, SaveResult)
    assert result.saved is Saved.ADDED
    row = shelf.row()
    assert (row.id, row.kind, row.number, row.party) == (result.row.id, "invoice", "1001", "Müller & Söhne")
    assert (row.total, row.revision, row.state, row.operation) == (
        Decimal("30.00"), 1, State.FOR_REVIEW, Operation.ADD,
    )  # fmt: skip
    assert row.created_at == row.changed_at == shelf.clock()
    assert (row.problems, row.reason, row.message, row.txn_id) == (None, None, None, None)
    assert shelf.history() == [("created", None, "for_review")]


def test_the_same_document_again_changes_nothing(shelf: Shelf) -> None:
    shelf.save(invoice())
    began = shelf.clock()
    shelf.clock.advance(hours=1)
    again = invoice(lines=[{"item": "Seat", "quantity": "3.0", "rate": 10}])
    assert what(shelf.save(again, revise=True)) == ["same"]
    assert (shelf.row().revision, shelf.row().changed_at) == (1, began)
    assert len(shelf.history()) == 1


def test_another_content_is_refused_unless_a_revision_is_asked_for(shelf: Shelf) -> None:
    shelf.save(invoice())
    body = shelf.row().body
    refused, added = shelf.save(invoice(memo="new"), invoice("o-2"))
    assert isinstance(refused, OriginConflict)
    assert "o-1" in str(refused)
    assert what([added]) == ["added"]  # the rest goes in
    assert shelf.row().body == body
    shelf.clock.advance(minutes=1)
    assert what(shelf.save(invoice(memo="new"), revise=True)) == ["revised"]
    row = shelf.row()
    assert (row.revision, row.state, row.operation) == (2, State.FOR_REVIEW, Operation.ADD)
    assert '"memo":"new"' in row.body
    with shelf.database.reading() as db:
        assert history(db, row.id)[-1].detail == {"before": body}


def test_another_kind_is_never_a_revision(shelf: Shelf) -> None:
    shelf.save(invoice())
    (refused,) = shelf.save(invoice(kind="credit_memo"), revise=True)
    assert isinstance(refused, OriginConflict)
    assert "another kind" in str(refused)


def test_what_is_in_the_books_is_to_be_changed_there(shelf: Shelf) -> None:
    shelf.save(invoice())
    shelf.move(Event.SUBMITTED)
    shelf.move(Event.POSTED, txn_id="1-1")
    shelf.save(invoice(memo="new"), revise=True)
    assert shelf.row().operation is Operation.CHANGE


def test_every_revision_is_known_by_its_number(shelf: Shelf) -> None:
    shelf.save(invoice())
    bodies = [shelf.row().body]
    for memo in ("second", "third"):
        shelf.save(invoice(memo=memo), revise=True)
        bodies.append(shelf.row().body)
    with shelf.database.reading() as db:
        assert [body_of(db, shelf.row(), revision) for revision in (1, 2, 3)] == bodies
        assert len(set(bodies)) == 3


def test_what_may_be_in_the_books_is_not_revised_before_a_person_has_looked(shelf: Shelf) -> None:
    shelf.save(invoice())
    shelf.move(Event.SUBMITTED)
    shelf.move(Event.HELD, reason=Reason.OUTCOME_UNKNOWN.value)
    assert what(shelf.save(invoice(memo="new"), revise=True)) == ["document_state"]
    assert shelf.row().revision == 1


def test_what_cannot_be_revised_does_not_keep_the_rest_out(shelf: Shelf) -> None:
    shelf.save(invoice())
    shelf.move(Event.EXCLUDED)
    assert what(shelf.save(invoice(memo="new"), invoice("o-2"), revise=True)) == ["document_state", "added"]
    assert (shelf.row().state, shelf.row().revision) == (State.EXCLUDED, 1)


def test_problems_are_shown_and_go_with_the_revision(shelf: Shelf) -> None:
    shelf.save(invoice(number="123456789012"))
    row = shelf.row()
    assert row.reason == "number_too_long"
    assert row.message
    assert row.problems
    shelf.save(invoice(number="1"), revise=True)
    row = shelf.row()
    assert (row.reason, row.problems, row.message) == (None, None, None)


def test_a_document_beyond_all_measure_is_kept_with_its_problem(shelf: Shelf) -> None:
    huge = [{"item": "Seat", "quantity": "9999999999", "rate": "9999999999"}]
    assert what(shelf.save(invoice(lines=huge), invoice("o-2"))) == ["added", "added"]
    assert (shelf.row().total, shelf.row().reason) == (None, "too_large")


def test_texts_of_any_kind_come_back_as_they_were(shelf: Shelf) -> None:
    name = "Robert'); DROP TABLE documents;-- <b>&amp;</b> 東京 👩‍🚀"
    shelf.save(invoice(customer=name, memo="a\t\x01%s {0} ${x}"))
    assert shelf.row().party == name
    assert "a\\t\\u0001%s {0} ${x}" in shelf.row().body


def test_notes_are_kept_once_each(shelf: Shelf) -> None:
    shelf.save(invoice())
    for notes in (["a", "a"], ["b", "a"], []):
        with shelf.database.transaction() as db:
            store.add_notes(store.find(db, shelf.company_id, shelf.row().id), notes)
    assert shelf.row().notes == {"notes": ["a", "b"]}


def test_counts_and_pages(shelf: Shelf) -> None:
    shelf.save(*(invoice(f"o-{n}") for n in range(5)), invoice("c", kind="credit_memo"))
    shelf.move(Event.SUBMITTED, "o-1")
    with shelf.database.reading() as db:
        assert store.counts(db, shelf.company_id) == {State.FOR_REVIEW: 5, State.SUBMITTED: 1}
        first = store.listing(db, shelf.company_id, limit=4)
        rest = store.listing(db, shelf.company_id, limit=4, after_id=first[-1].id)
        assert [row.origin for row in [*first, *rest]] == ["o-0", "o-1", "o-2", "o-3", "o-4", "c"]
        assert [row.origin for row in store.listing(db, shelf.company_id, states=[State.SUBMITTED])] == ["o-1"]
        assert [row.origin for row in store.listing(db, shelf.company_id, kind="credit_memo")] == ["c"]
        assert store.by_origin(db, shelf.company_id, []) == {}


def test_documents_of_another_company_do_not_exist(shelf: Shelf) -> None:
    other = Shelf(shelf.database, shelf.clock, "other")
    shelf.save(invoice())
    assert what(other.save(invoice(memo="theirs"))) == ["added"]  # their own key, their own document
    with shelf.database.reading() as db:
        with pytest.raises(NotFound):
            store.find(db, other.company_id, shelf.row().id)
        with pytest.raises(NotFound):
            store.find(db, shelf.company_id, 10**12)
        assert [row.id for row in store.listing(db, other.company_id)] == [other.row().id]
        assert store.counts(db, other.company_id) == {State.FOR_REVIEW: 1}


def test_many_are_moved_at_once_by_the_same_table(shelf: Shelf) -> None:
    shelf.save(invoice("a"), invoice("b"))
    for origin in ("a", "b"):
        shelf.move(Event.SUBMITTED, origin)

    def post(db: Session, moment: datetime, *events: Event) -> None:
        rows = [shelf.row("a"), shelf.row("b")]
        postings = [Posting(row.id, row.state, event, "r-1", {"txn_id": f"T-{row.origin}"}, {"found": "x"})
                    for row, event in zip(rows, events, strict=True)]  # fmt: skip
        store.apply_postings(db, shelf.company_id, postings, by=QUICKBOOKS, now=moment)

    shelf.clock.advance(minutes=3)
    with shelf.database.transaction() as db:
        store.apply_postings(db, shelf.company_id, [], by=QUICKBOOKS, now=shelf.clock())
        post(db, shelf.clock(), Event.POSTED, Event.REFUSED)
    assert (shelf.row("a").state, shelf.row("a").txn_id, shelf.row("b").state) == (State.POSTED, "T-a", State.FAILED)
    assert shelf.row("a").changed_at == shelf.clock()
    with shelf.database.reading() as db:
        last = history(db, shelf.row("b").id)[-1]
    assert (last.by, last.event, last.request_id, last.detail) == (QUICKBOOKS, "refused", "r-1", {"found": "x"})
    with pytest.raises(NotNow), shelf.database.transaction() as db:
        post(db, shelf.clock(), Event.POSTED, Event.RESTORED)
    assert shelf.history("a")[-1][0] == "posted"
    assert len(shelf.history("a")) == 3  # the refused batch left no trace
