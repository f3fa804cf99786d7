"""Requests that are settled: what an answer, a look-up or a person says of each moves it by the table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.orm import Session

from qbwc_server.db import Base
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.states import Event, RequestState, after

# one request as the database tells it, column by column
RequestRow = Row[tuple[UUID, str, str, str, bool, RequestState, int, str | None]]
REQUEST = (
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
REQUESTS = Base.metadata.tables["queued_requests"]
_SETTLE = (
    update(REQUESTS)
    .where(REQUESTS.c.id == bindparam("request_id"))
    .values({name: bindparam(name) for name in ("state", "status_code", "status_message", "result_id", "settled_at")})
)


def requests_by_id(db: Session, company_id: int, ids: Collection[UUID]) -> list[RequestRow]:
    """Requests of this company by id, wherever they travelled: how a late answer finds its own."""
    return list(db.execute(select(*REQUEST).where(QueuedRequest.company_id == company_id, QueuedRequest.id.in_(ids))))


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


def doubt_requests(db: Session, rows: Sequence[RequestRow], now: datetime) -> list[RequestRow]:
    """The same for single requests whose answer is missing or says nothing."""
    settle(
        db,
        {row.id: row.state for row in rows},
        [Settlement(row.id, Event.DOUBT if row.writes else Event.AGAIN) for row in rows],
        now,
    )
    return [row for row in rows if row.writes]
