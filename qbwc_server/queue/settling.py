"""Requests that are settled: what an answer, a look-up or a person says of each moves it by the table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.orm import Session

from qbwc_server.db import Base
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.states import Ended, Event, RequestState, after

# Tables, not classes, where there is a row for each request of a set: the ORM would take longer than the database.
REQUESTS = Base.metadata.tables["queued_requests"]
_SETTLED = ("state", "status_code", "status_message", "ended_by", "result_id", "settled_at")
_SETTLE = (
    update(REQUESTS)
    .where(REQUESTS.c.id == bindparam("request_id"))
    .values({name: bindparam(name) for name in _SETTLED})
)


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request as the database holds it, without its text."""

    id: UUID
    purpose: str
    subject: str
    message: str
    writes: bool
    state: RequestState
    attempts: int
    result_id: str | None


_COLUMNS = tuple(getattr(QueuedRequest, one.name) for one in fields(RequestRow))


def select_requests() -> Select[Any]:
    """The statement that reads requests, for ``request_rows``; the caller says which."""
    return select(*_COLUMNS)


def request_rows(db: Session, statement: Select[Any], parameters: dict[str, Any] | None = None) -> list[RequestRow]:
    """What such a statement finds."""
    return [RequestRow(*row) for row in db.execute(statement, parameters)]


def requests_by_id(db: Session, company_id: int, ids: Collection[UUID]) -> list[RequestRow]:
    """Requests of this company by id, wherever they travelled: how a late answer finds its own."""
    these = (QueuedRequest.company_id == company_id, QueuedRequest.id.in_(ids))
    return request_rows(db, select_requests().where(*these))


@dataclass(frozen=True, slots=True)
class Settlement:
    """What an answer, a look-up or a person says of one request."""

    request_id: UUID
    event: Event
    status_code: int | None = None
    status_message: str | None = None
    ended_by: Ended | None = None
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
                "ended_by": s.ended_by,
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
