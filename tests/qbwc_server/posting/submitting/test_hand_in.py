"""Documents arrive: each kept under its origin, in the order given, and recalled before it is revised."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select, update

from qbwc_server.db import Database
from qbwc_server.documents import store
from qbwc_server.documents.history import history
from qbwc_server.documents.kinds import Document, read_document
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import SaveResult
from qbwc_server.ids import new_id
from qbwc_server.posting.submitting.hand_in import HandedIn, hand_in
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.states import RequestState
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.models import Company
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant


class Desk:
    """One company to which documents are brought."""

    def __init__(self, database: Database, clock: TurnableClock) -> None:
        self.database, self.clock = database, clock
        with database.transaction() as db:
            self.company_id = tenant(db, clock()).id

    def bring(self, *documents: Document, revise: bool = False) -> list[str]:
        by = Actor(ActorKind.PERSON, "alice")
        with self.database.transaction() as db:
            company = db.get_one(Company, self.company_id)
            brought: HandedIn = hand_in(db, company, documents, by=by, now=self.clock(), revise=revise)
        return [one.saved.value if isinstance(one, SaveResult) else one.code for one in brought.results]

    def row(self, origin: str) -> DocumentRow:
        with self.database.reading() as db:
            return store.by_origin(db, self.company_id, [origin])[origin]

    def events(self, origin: str) -> list[str]:
        with self.database.reading() as db:
            return [event.event for event in history(db, self.row(origin).id)]

    def requests_of(self, origin: str) -> list[RequestState]:
        with self.database.reading() as db:
            of_it = select(QueuedRequest.state).where(QueuedRequest.subject == str(self.row(origin).id))
            return list(db.scalars(of_it.where(QueuedRequest.purpose == "post").order_by(QueuedRequest.id)))


@pytest.fixture
def desk(database: Database, clock: TurnableClock) -> Desk:
    return Desk(database, clock)


def invoice(origin: str, **values: Any) -> Document:
    lines = [{"item": "Seat", "quantity": "3", "rate": "10"}]
    return read_document(
        {"kind": "invoice", "origin": origin, "date": "2026-03-02", "customer": "Acme", "lines": lines, **values}
    )


@pytest.mark.parametrize("revise", [False, True])
def test_twice_in_one_batch(desk: Desk, revise: bool) -> None:
    brought = desk.bring(invoice("a"), invoice("a"), invoice("b"), invoice("a", memo="other"), revise=revise)
    assert brought == ["added", "same", "added", "revised" if revise else "origin_conflict"]
    assert desk.row("a").revision == (2 if revise else 1)
    kept = ["created", "submitted"] if not revise else ["created", "revised", "submitted"]
    assert desk.events("a") == kept
    assert desk.row("b").state is State.SUBMITTED


def test_a_submitted_document_is_revised_only_if_it_can_be_recalled(desk: Desk) -> None:
    desk.bring(invoice("a"), invoice("b"))
    with desk.database.transaction() as db:  # the request of a has left
        of_a = QueuedRequest.subject == str(desk.row("a").id)
        db.execute(update(QueuedRequest).where(of_a).values(state=RequestState.SENT))
    assert desk.bring(invoice("a", memo="new"), invoice("b", memo="new"), revise=True) == ["document_state", "revised"]
    assert (desk.row("a").revision, desk.row("b").revision) == (1, 2)
    assert desk.requests_of("a") == [RequestState.SENT]
    assert desk.requests_of("b") == [RequestState.CANCELLED, RequestState.WAITING]


def test_what_cannot_be_recalled_loses_no_request(desk: Desk) -> None:
    """The document stays submitted: a request of it that has not left must leave."""
    desk.bring(invoice("a"))
    with desk.database.transaction() as db:
        of_a = (QueuedRequest.subject == str(desk.row("a").id), QueuedRequest.purpose == "post")
        waiting = db.scalars(select(QueuedRequest).where(*of_a)).one()
        left = {"id": new_id(), "state": RequestState.SENT, "attempts": 1}
        names = ("company_id", "purpose", "subject", "message", "writes", "priority", "xml", "created_at")
        db.execute(insert(QueuedRequest).values(**{name: getattr(waiting, name) for name in names}, **left))
    assert desk.bring(invoice("a", memo="new"), revise=True) == ["document_state"]
    assert sorted(desk.requests_of("a")) == [RequestState.SENT, RequestState.WAITING]
