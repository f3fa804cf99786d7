"""One company's queue with a handful of requests, as the tests of this package need it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from qbwc_server.db import Database
from qbwc_server.queue.enqueue import NewRequest, put
from qbwc_server.queue.models import MessageSet, QueuedRequest
from qbwc_server.queue.sets import Limits, next_set, passengers
from qbwc_server.queue.states import Delivery, Priority, RequestState
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant

WIDE = Limits(requests=200, size=1 << 20)


def request(name: str, **values: Any) -> NewRequest:
    """A request that is told by its subject."""
    return NewRequest(
        **{
            "purpose": "post",
            "subject": name,
            "message": "InvoiceAdd",
            "writes": True,
            "priority": Priority.TRANSACTION,
            "xml": f"<{name}/>",
            **values,
        }
    )


class Line:
    """The queue of one company."""

    def __init__(self, database: Database, clock: TurnableClock, code: str = "kern") -> None:
        self.database, self.clock = database, clock
        with database.transaction() as db:
            self.company_id = tenant(db, clock(), code).id

    def put(self, *requests: NewRequest) -> None:
        with self.database.transaction() as db:
            put(db, self.company_id, requests, self.clock())

    def leave(self, limits: Limits = WIDE) -> MessageSet | None:
        """The next set; the body is the texts, one after the other."""
        with self.database.transaction() as db:
            return next_set(db, self.company_id, session_id=1, now=self.clock(), limits=limits, document=" ".join)

    def sent(self, limits: Limits = WIDE) -> list[str]:
        """Names of what leaves, and the set is answered at once."""
        leaving = self.leave(limits)
        if leaving is None:
            return []
        self.answered(leaving.id)
        return leaving.body.replace("<", "").replace("/>", "").split()

    def answered(self, message_set: UUID) -> None:
        with self.database.transaction() as db:
            db.get_one(MessageSet, message_set).delivery = Delivery.ANSWERED

    def states(self) -> dict[str, RequestState]:
        with self.database.reading() as db:
            return {row.subject: row.state for row in db.query(QueuedRequest).filter_by(company_id=self.company_id)}

    def row(self, name: str) -> QueuedRequest:
        with self.database.reading() as db:
            return db.query(QueuedRequest).filter_by(company_id=self.company_id, subject=name).one()

    def set_of(self, message_set: UUID) -> MessageSet:
        with self.database.reading() as db:
            return db.get_one(MessageSet, message_set)

    def on_board(self, message_set: MessageSet) -> Sequence[str]:
        with self.database.reading() as db:
            return [row.subject for row in passengers(db, message_set)]
