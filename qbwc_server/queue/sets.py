"""Message sets: what leaves next, in which sets a request travelled, and what a lost set leaves in doubt."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, Row, Select, bindparam, exists, func, insert, select, update
from sqlalchemy.orm import Session, defer

from qbwc_server.db import Base
from qbwc_server.ids import new_id
from qbwc_server.queue.models import MessageSet, Pace, Passenger, QueuedRequest
from qbwc_server.queue.pace import FIRST_PACE
from qbwc_server.queue.settling import REQUESTS, RequestRow, doubt_requests, request_rows, select_requests
from qbwc_server.queue.states import Delivery, Event, Priority, RequestState, after

_COUNTED_UP_TO = 10_000
# A table, not a class, where there is a row for each request of a set: the ORM would take longer than the database.
_DueRow = Row[UUID, str | None, bool, int, int | None]
_PASSENGERS = Base.metadata.tables["passengers"]


def _counting(state: RequestState) -> Select[int]:
    these = (QueuedRequest.company_id == bindparam("company"), QueuedRequest.state == state)
    return select(func.count()).select_from(select(QueuedRequest.id).where(*these).limit(_COUNTED_UP_TO).subquery())


# Statements of each call, put together once: to put one together takes longer than to execute it.
_COUNT_DUE, _COUNT_WAITING = _counting(RequestState.QUEUED), _counting(RequestState.WAITING)
_IN_FLIGHT = (
    select(MessageSet)
    .where(MessageSet.company_id == bindparam("company"), MessageSet.delivery == Delivery.IN_FLIGHT)
    .options(defer(MessageSet.body))  # up to a megabyte, and hardly ever looked at
)
_DUE = (
    select(
        QueuedRequest.id,
        QueuedRequest.xml,
        QueuedRequest.writes,
        QueuedRequest.priority,
        QueuedRequest.largest_set,
    )
    .where(QueuedRequest.company_id == bindparam("company"), QueuedRequest.state == RequestState.QUEUED)
    .order_by(QueuedRequest.priority, QueuedRequest.id)
    .limit(bindparam("most", type_=Integer))
)
_LEAVE = (
    update(REQUESTS)
    .where(REQUESTS.c.id.in_(select(_PASSENGERS.c.request_id).where(_PASSENGERS.c.message_set_id == bindparam("set"))))
    .values(state=after(RequestState.QUEUED, Event.LEFT), attempts=REQUESTS.c.attempts + 1)
)
_PASSENGERS_OF = (
    select_requests()
    .join(Passenger, Passenger.request_id == QueuedRequest.id)
    .where(Passenger.message_set_id == bindparam("set"))
    .order_by(QueuedRequest.priority, QueuedRequest.id)
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How large one message set may become: requests, and bytes of request text."""

    requests: int
    size: int


def wake(db: Session, company_id: int) -> None:
    """At the start of a session: what met a lock in an earlier one may leave again."""
    db.execute(
        update(QueuedRequest)
        .where(QueuedRequest.company_id == company_id, QueuedRequest.state == RequestState.RESTING)
        .values(state=after(RequestState.RESTING, Event.WOKEN))
        .execution_options(synchronize_session=False)
    )


def work_waits(db: Session, company_id: int) -> bool:
    """Whether a session of this company would have anything to do."""
    due = exists().where(QueuedRequest.company_id == company_id, QueuedRequest.state == RequestState.QUEUED)
    owed = exists().where(MessageSet.company_id == company_id, MessageSet.delivery == Delivery.IN_FLIGHT)
    return bool(db.scalar(select(due | owed)))


def count_due(db: Session, company_id: int) -> int:
    """How many requests may leave now; counting stops at 10,000, since only a progress bar wants to know."""
    return db.scalar(_COUNT_DUE, {"company": company_id}) or 0


def count_waiting(db: Session, company_id: int) -> int:
    """How many wait for others, counted in the same way: most of them may leave later in the same session."""
    return db.scalar(_COUNT_WAITING, {"company": company_id}) or 0


def in_flight(db: Session, company_id: int) -> MessageSet | None:
    """The set whose answer is owed, if any: there is never more than one per company."""
    return db.scalars(_IN_FLIGHT, {"company": company_id}).one_or_none()


def next_set(
    db: Session,
    company_id: int,
    *,
    session_id: int,
    now: datetime,
    limits: Limits,
    document: Callable[[Sequence[str]], str],
) -> MessageSet | None:
    """Wrap what is due into a set, mark it in flight and return it; None when nothing is due.

    Questions about the file leave alone, then look-ups, then what else is only read: as long as one is queued nothing
    else does, so nothing is believed of the wrong file, nothing is written in doubt, and nothing is added to a list
    before all is known of what it is for. What is read in the background leaves last and alone: a long answer must not
    be what the answer to a write is lost with.

    Args:
        document: makes the whole qbXML text of rendered requests.
    """
    pace = db.scalar(select(Pace.requests).where(Pace.company_id == company_id)) or FIRST_PACE
    leaving = _fitting(_due(db, company_id, min(pace, limits.requests)), limits)
    if not leaving:
        return None
    message_set = MessageSet(
        id=new_id(),
        company_id=company_id,
        session_id=session_id,
        delivery=Delivery.IN_FLIGHT,
        writes=any(row.writes for row in leaving),
        request_count=len(leaving),
        body=document([row.xml for row in leaving]),
        sent_at=now,
    )
    db.add(message_set)
    db.flush()
    db.connection().execute(
        insert(_PASSENGERS),
        [{"message_set_id": message_set.id, "request_id": row.id, "company_id": company_id} for row in leaving],
    )
    db.connection().execute(_LEAVE, {"set": message_set.id})
    return message_set


def _due(db: Session, company_id: int, most: int) -> Sequence[_DueRow]:
    """What may leave, in the order in which it leaves."""
    return db.execute(_DUE, {"company": company_id, "most": most}).all()


def _fitting(due: Sequence[_DueRow], limits: Limits) -> Sequence[_DueRow]:
    """As many of the first as go into one set; the first of all goes however large it is."""
    size, most = 0, limits.requests
    for count, row in enumerate(due):
        if row.xml is None:
            raise RuntimeError(f"request {row.id} is due without text")
        if row.largest_set is not None:
            most = min(most, max(1, row.largest_set))
        alone = row.priority != due[0].priority and (
            due[0].priority <= Priority.READ or row.priority == Priority.REFRESH
        )
        size += len(row.xml)
        if count and (alone or count >= most or size > limits.size):
            return due[:count]
    return due


def passengers(db: Session, message_set: MessageSet) -> list[RequestRow]:
    """The requests that left in this set, in the order in which they stand in it."""
    return request_rows(db, _PASSENGERS_OF, {"set": message_set.id})


def doubt(db: Session, message_set: MessageSet, now: datetime) -> list[RequestRow]:
    """Nobody knows what QuickBooks did of this set: its reads queue again, its writes are uncertain.

    Returns:
        The uncertain writes; the caller queues a look-up for each in the same transaction.
    """
    message_set.delivery = Delivery.UNCERTAIN
    return doubt_requests(db, [row for row in passengers(db, message_set) if row.state is RequestState.SENT], now)


def first_sent(db: Session, request_id: UUID) -> datetime | None:
    """When this request first left; None before that."""
    return db.scalar(
        select(func.min(MessageSet.sent_at))
        .join(Passenger, Passenger.message_set_id == MessageSet.id)
        .where(Passenger.request_id == request_id)
    )


def times_alone(db: Session, request_id: UUID) -> int:
    """In how many sets this request was the only one."""
    return (
        db.scalar(
            select(func.count())
            .select_from(Passenger)
            .join(MessageSet, MessageSet.id == Passenger.message_set_id)
            .where(Passenger.request_id == request_id, MessageSet.request_count == 1)
        )
        or 0
    )


def unanswered_set_of(db: Session, company_id: int, request_ids: Collection[UUID]) -> MessageSet | None:
    """The newest set without an answer in which any of these requests travelled."""
    return db.scalars(
        select(MessageSet)
        .join(Passenger, Passenger.message_set_id == MessageSet.id)
        .where(
            MessageSet.company_id == company_id,
            MessageSet.delivery == Delivery.UNCERTAIN,
            MessageSet.answer.is_(None),
            Passenger.request_id.in_(request_ids),
        )
        .order_by(MessageSet.sent_at.desc(), MessageSet.id.desc())
        .limit(1)
    ).first()
