"""Put requests into the queue, make them wait for one another, let them go, take them out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, exists, insert, select, update
from sqlalchemy.orm import Session

from qbwc_server.db import Base
from qbwc_server.ids import new_id
from qbwc_server.queue.models import QueuedRequest, RequestWait
from qbwc_server.queue.states import TRANSITIONS, Event, Priority, RequestState, after

# The tables, not the classes: the ORM would take longer than the database.
_REQUESTS, _WAITS = (Base.metadata.tables[name] for name in ("queued_requests", "request_waits"))
_AT_A_TIME = 1_000  # ids in one statement; databases take some ten thousand at most


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request to be queued. ``after`` names requests that must be done first and are still open."""

    purpose: str
    subject: str
    message: str
    writes: bool
    priority: Priority
    xml: str | None
    after: tuple[UUID, ...] = ()
    id: UUID = field(default_factory=new_id)
    sent: dict[str, Any] | None = None  # what it says, kept for whoever queues it


def put(db: Session, company_id: int, requests: Sequence[NewRequest], now: datetime) -> None:
    """Queue ``requests``; those that wait for others stay waiting until ``release``."""
    if not requests:
        return
    db.connection().execute(
        insert(_REQUESTS),
        [
            {
                "id": r.id,
                "company_id": company_id,
                "purpose": r.purpose,
                "subject": r.subject,
                "message": r.message,
                "writes": r.writes,
                "priority": int(r.priority),
                "state": RequestState.WAITING if r.after else RequestState.QUEUED,
                "xml": r.xml,
                "sent": r.sent,
                "attempts": 0,
                "created_at": now,
            }
            for r in requests
        ],
    )
    waits = [
        {"company_id": company_id, "request_id": r.id, "after_id": before} for r in requests for before in set(r.after)
    ]
    if waits:
        db.connection().execute(insert(_WAITS), waits)


def release(db: Session, done: Collection[UUID]) -> list[Row[tuple[UUID, str, str, str]]]:
    """Let go what waited only for ``done``.

    Returns:
        id, purpose, subject and message of released requests that have no text yet: the caller supplies it with
        ``supply``.
    """
    if not done:
        return []
    # by subquery, not by id: a new customer may have a hundred thousand invoices waiting for it
    waiting = select(RequestWait.request_id).where(RequestWait.after_id.in_(done))
    if not db.scalar(select(waiting.exists())):
        return []
    still = exists().where(RequestWait.request_id == QueuedRequest.id, RequestWait.after_id.not_in(done))
    free = (QueuedRequest.id.in_(waiting), QueuedRequest.state.in_(_before(Event.RELEASED)), ~still)
    without_text: list[Row[tuple[UUID, str, str, str]]] = list(
        db.execute(
            select(QueuedRequest.id, QueuedRequest.purpose, QueuedRequest.subject, QueuedRequest.message).where(
                *free, QueuedRequest.xml.is_(None)
            )
        )
    )
    db.execute(
        update(QueuedRequest)
        .where(*free)
        .values(state=RequestState.QUEUED)
        .execution_options(synchronize_session=False)
    )
    db.execute(delete(RequestWait).where(RequestWait.after_id.in_(done)))
    return without_text


def hold_back(db: Session, company_id: int, behind: Mapping[UUID, UUID]) -> None:
    """Requests that have not left wait for others, too: by their ids, those that have to be done before."""
    if behind:
        waits = [{"company_id": company_id, "request_id": key, "after_id": before} for key, before in behind.items()]
        db.connection().execute(insert(_WAITS), waits)
        db.execute(
            update(QueuedRequest)
            .where(QueuedRequest.id.in_(behind), QueuedRequest.state.in_(_before(Event.HELD_BACK)))
            .values(state=RequestState.WAITING)
            .execution_options(synchronize_session=False)
        )


def supply(db: Session, texts: Mapping[UUID, tuple[str, dict[str, Any] | None]]) -> None:
    """Give requests their rendered text and what it says, or another one for their next journey."""
    if texts:
        rows = [{"id": key, "xml": xml, "sent": sent} for key, (xml, sent) in texts.items()]
        db.execute(update(QueuedRequest), rows)


def hand_over(db: Session, old: UUID, new: UUID) -> None:
    """Everything that waited for ``old`` waits for ``new`` instead."""
    db.execute(update(RequestWait).where(RequestWait.after_id == old).values(after_id=new))


def waiting_for(db: Session, request_id: UUID) -> list[Row[tuple[UUID, str, str]]]:
    """Id, purpose and subject of what waits for this request."""
    return list(
        db.execute(
            select(QueuedRequest.id, QueuedRequest.purpose, QueuedRequest.subject)
            .join(RequestWait, RequestWait.request_id == QueuedRequest.id)
            .where(RequestWait.after_id == request_id)
        )
    )


def open_requests(db: Session, company_id: int, purpose: str, subjects: Collection[str]) -> dict[str, UUID]:
    """The newest unsettled request of each subject, where there is one."""
    rows = db.execute(
        select(QueuedRequest.subject, QueuedRequest.id)
        .where(
            QueuedRequest.company_id == company_id,
            QueuedRequest.purpose == purpose,
            QueuedRequest.subject.in_(subjects),
            QueuedRequest.state.in_([state for state, events in TRANSITIONS.items() if events]),
        )
        .order_by(QueuedRequest.id)
    )
    return {row.subject: row.id for row in rows}


def cancel(db: Session, request_ids: Collection[UUID], now: datetime) -> set[UUID]:
    """Take out requests that have certainly not left (or that a person gave up); returns those taken out."""
    ids, gone = list(request_ids), set()
    for start in range(0, len(ids), _AT_A_TIME):
        gone |= _cancel(db, ids[start : start + _AT_A_TIME], now)
    return gone


def _cancel(db: Session, request_ids: Collection[UUID], now: datetime) -> set[UUID]:
    rows = db.execute(
        select(QueuedRequest.id, QueuedRequest.state).where(QueuedRequest.id.in_(request_ids)).with_for_update()
    )
    gone = {key for key, state in rows if after(state, Event.CANCELLED)}
    if gone:
        db.execute(
            update(QueuedRequest).where(QueuedRequest.id.in_(gone)).values(state=RequestState.CANCELLED, settled_at=now)
        )
        db.execute(delete(RequestWait).where(RequestWait.request_id.in_(gone)))
    return gone


def _before(event: Event) -> list[RequestState]:
    return [state for state, events in TRANSITIONS.items() if event in events]
