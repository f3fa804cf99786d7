"""Message sets: what leaves next, what became of it, and what must be looked up when nobody can tell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, exists, func, insert, or_, select, update
from sqlalchemy.orm import Session, defer

from qbwc_server.db import Base
from qbwc_server.ids import new_id
from qbwc_server.queue.models import MessageSet, Pace, Passenger, QueuedRequest
from qbwc_server.queue.states import Delivery, Event, Priority, RequestState, after

FIRST_PACE = 25
_COUNTED_UP_TO = 10_000

RequestRow = Row[tuple[UUID, str, str, str, bool, RequestState, int, str | None]]
_REQUEST = (
    QueuedRequest.id,
    QueuedRequest.purpose,
    QueuedRequest.subject,
    QueuedRequest.message,
    QueuedRequest.writes,
    QueuedRequest.state,
    QueuedRequest.attempts,
    QueuedRequest.result_id,
)

# Tables, not classes, where there is a row for each request of a set: the ORM would take longer than the database.
_PASSENGERS, _REQUESTS = Base.metadata.tables["passengers"], Base.metadata.tables["queued_requests"]
_SETTLE = (
    update(_REQUESTS)
    .where(_REQUESTS.c.id == bindparam("request_id"))
    .values({name: bindparam(name) for name in ("state", "status_code", "status_message", "result_id", "settled_at")})
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
    return _count(db, company_id, RequestState.QUEUED)


def count_waiting(db: Session, company_id: int) -> int:
    """How many wait for others, counted in the same way: most of them may leave later in the same session."""
    return _count(db, company_id, RequestState.WAITING)


def _count(db: Session, company_id: int, state: RequestState) -> int:
    some = (
        select(QueuedRequest.id)
        .where(QueuedRequest.company_id == company_id, QueuedRequest.state == state)
        .limit(_COUNTED_UP_TO)
        .subquery()
    )
    return db.scalar(select(func.count()).select_from(some)) or 0


def in_flight(db: Session, company_id: int) -> MessageSet | None:
    """The set whose answer is owed, if any: there is never more than one per company."""
    return db.scalars(
        select(MessageSet)
        .where(MessageSet.company_id == company_id, MessageSet.delivery == Delivery.IN_FLIGHT)
        .options(defer(MessageSet.body))  # up to a megabyte, and hardly ever looked at
    ).one_or_none()


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

    Questions about the file leave alone, and then look-ups: as long as one is queued nothing else does, so nothing is
    believed of the wrong file and nothing is written in doubt.

    Args:
        document: makes the whole qbXML text of rendered requests.
    """
    pace = db.scalar(select(Pace.requests).where(Pace.company_id == company_id)) or FIRST_PACE
    due = db.execute(
        select(
            QueuedRequest.id,
            QueuedRequest.xml,
            QueuedRequest.writes,
            QueuedRequest.priority,
            QueuedRequest.largest_set,
            QueuedRequest.attempts,
        )
        .where(QueuedRequest.company_id == company_id, QueuedRequest.state == RequestState.QUEUED)
        .order_by(QueuedRequest.priority, QueuedRequest.id)
        .limit(min(pace, limits.requests))
    ).all()
    texts: list[str] = []
    size, most = 0, limits.requests
    for row in due:
        if row.xml is None:
            raise RuntimeError(f"request {row.id} is due without text")
        if row.largest_set is not None:
            most = min(most, max(1, row.largest_set))
        alone = due[0].priority <= Priority.LOOK and row.priority != due[0].priority
        size += len(row.xml)
        if texts and (alone or len(texts) >= most or size > limits.size):
            break
        texts.append(row.xml)
    if not texts:
        return None
    leaving = due[: len(texts)]
    message_set = MessageSet(
        id=new_id(),
        company_id=company_id,
        session_id=session_id,
        delivery=Delivery.IN_FLIGHT,
        writes=any(row.writes for row in leaving),
        request_count=len(leaving),
        body=document(texts),
        sent_at=now,
    )
    db.add(message_set)
    db.flush()
    db.connection().execute(
        insert(_PASSENGERS),
        [{"message_set_id": message_set.id, "request_id": row.id, "company_id": company_id} for row in leaving],
    )
    travelling = select(_PASSENGERS.c.request_id).where(_PASSENGERS.c.message_set_id == message_set.id)
    db.connection().execute(
        update(_REQUESTS)
        .where(_REQUESTS.c.id.in_(travelling))
        .values(state=after(RequestState.QUEUED, Event.LEFT), attempts=_REQUESTS.c.attempts + 1)
    )
    return message_set


def passengers(db: Session, message_set: MessageSet) -> list[RequestRow]:
    """The requests that left in this set, in the order in which they stand in it."""
    return list(
        db.execute(
            select(*_REQUEST)
            .join(Passenger, Passenger.request_id == QueuedRequest.id)
            .where(Passenger.message_set_id == message_set.id)
            .order_by(QueuedRequest.priority, QueuedRequest.id)
        )
    )


def requests_by_id(db: Session, company_id: int, ids: Collection[UUID]) -> list[RequestRow]:
    """Requests of this company by id, wherever they travelled: how a late answer finds its own."""
    return list(db.execute(select(*_REQUEST).where(QueuedRequest.company_id == company_id, QueuedRequest.id.in_(ids))))


@dataclass(frozen=True, slots=True)
class Settlement:
    """What an answer, a look-up or a person says of one request."""

    request_id: UUID
    event: Event
    status_code: int | None = None
    status_message: str | None = None
    result_id: str | None = None


def settle(db: Session, states: dict[UUID, RequestState], settlements: Sequence[Settlement], now: datetime) -> None:
    """Move requests by the table; an event that no longer matters changes nothing.

    Args:
        states: the present state of each request named.
    """
    changes: list[dict[str, Any]] = []
    for s in settlements:
        state = after(states[s.request_id], s.event)
        if state is None:
            continue
        states[s.request_id] = state
        final = state in (RequestState.DONE, RequestState.FAILED)
        changes.append(
            {
                "request_id": s.request_id,
                "state": state,
                "status_code": s.status_code,
                "status_message": s.status_message,
                "result_id": s.result_id,
                "settled_at": now if final else None,
            }
        )
    if changes:
        db.connection().execute(_SETTLE, changes)


def doubt(db: Session, message_set: MessageSet, now: datetime) -> list[RequestRow]:
    """Nobody knows what QuickBooks did of this set: its reads queue again, its writes are uncertain.

    Returns:
        The uncertain writes; the caller queues a look-up for each in the same transaction.
    """
    message_set.delivery = Delivery.UNCERTAIN
    return doubt_requests(db, [row for row in passengers(db, message_set) if row.state is RequestState.SENT], now)


def doubt_requests(db: Session, rows: Sequence[RequestRow], now: datetime) -> list[RequestRow]:
    """The same for single requests whose answer is missing or says nothing."""
    settle(
        db,
        {row.id: row.state for row in rows},
        [Settlement(row.id, Event.DOUBT if row.writes else Event.AGAIN) for row in rows],
        now,
    )
    return [row for row in rows if row.writes]


def halve(db: Session, rows: Sequence[RequestRow]) -> None:
    """QuickBooks could not read the set they travelled in: next time they travel in sets of half the size."""
    db.execute(
        update(QueuedRequest)
        .where(QueuedRequest.id.in_([row.id for row in rows]))
        .values(largest_set=max(1, len(rows) // 2))
    )


def shrink(db: Session, rows: Sequence[RequestRow], travelled: int) -> None:
    """What was lost with a set more than once travels with a quarter of its company from now on.

    So the one request on which QuickBooks breaks down soon stands alone, and keeps nobody else out.
    """
    size = max(1, travelled // 4)
    ids = [row.id for row in rows if row.attempts > 1]
    if ids:
        db.execute(
            update(QueuedRequest)
            .where(
                QueuedRequest.id.in_(ids), or_(QueuedRequest.largest_set.is_(None), QueuedRequest.largest_set > size)
            )
            .values(largest_set=size)
        )


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


def learn_pace(db: Session, message_set: MessageSet, *, now: datetime, target_s: float, most: int) -> None:
    """Steer the size of the next set towards ``target_s`` seconds of QuickBooks' time.

    It at most doubles, so that one quick answer cannot make the next set endless, and falls as fast as it must.
    """
    row = db.get(Pace, message_set.company_id)
    known = row.requests if row else FIRST_PACE
    seconds = max((now - message_set.sent_at).total_seconds(), 0.001)
    fitting = int(message_set.request_count * target_s / seconds)
    if message_set.request_count * 2 <= known and fitting >= known:
        return  # a small set that says nothing about a large one
    size = max(1, min(fitting, message_set.request_count * 2, most))
    if row is None:
        db.add(Pace(company_id=message_set.company_id, requests=size))
    elif row.requests != size:
        row.requests = size


def condemn(db: Session, request_id: UUID) -> bool:
    """A request could not be read even alone. True from the second time on: it was looked up in between."""
    row = db.get_one(QueuedRequest, request_id)
    condemned, row.largest_set = row.largest_set == 0, 0
    return condemned


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
        .order_by(MessageSet.sent_at.desc())
        .limit(1)
    ).first()
