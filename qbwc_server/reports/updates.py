"""Update sessions as people see them: the last fortnight by day, and one session with what travelled in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from qbwc_server.connector.models import UpdateSessionRow
from qbwc_server.errors import NotFound
from qbwc_server.queue.models import MessageSet
from qbwc_server.tenancy.models import Company

DAYS = 14
_MOST_SETS = 50  # of one session
_MOST_SESSIONS = 20_000  # of a fortnight; one a minute is more than a Web Connector makes


@dataclass(frozen=True, slots=True)
class Day:
    """One day: what was posted, and what turned out to need somebody."""

    day: date
    posted: int
    needs_you: int


def fortnight(db: Session, company: Company, *, now: datetime) -> list[Day]:
    """The last 14 days by the company's clocks, the oldest first; days without an update are there, too."""
    zone = ZoneInfo(company.time_zone)
    today = now.astimezone(zone).date()
    first = today - timedelta(days=DAYS - 1)
    since = datetime(first.year, first.month, first.day, tzinfo=zone)
    sums = {first + timedelta(days=number): [0, 0] for number in range(DAYS)}
    rows = db.execute(
        select(UpdateSessionRow.started_at, UpdateSessionRow.posted, UpdateSessionRow.needs_you)
        .where(UpdateSessionRow.company_id == company.id, UpdateSessionRow.started_at >= since)
        .order_by(UpdateSessionRow.started_at.desc())
        .limit(_MOST_SESSIONS)
    )
    for started_at, posted, needs_you in rows:
        day = sums.get(started_at.astimezone(zone).date())
        if day is not None:
            day[0] += sum(posted.values())
            day[1] += needs_you
    return [Day(day, posted, needs) for day, (posted, needs) in sums.items()]


def updates_of(
    db: Session, company_id: int, *, before_id: int | None = None, limit: int = 100
) -> list[UpdateSessionRow]:
    """Update sessions, the newest first; behind ``before_id``."""
    query = select(UpdateSessionRow).where(UpdateSessionRow.company_id == company_id)
    if before_id is not None:
        query = query.where(UpdateSessionRow.id < before_id)
    return list(db.scalars(query.order_by(UpdateSessionRow.id.desc()).limit(limit)))


def update_record(row: UpdateSessionRow) -> dict[str, Any]:
    """One update session as programs see it."""
    return {
        "id": row.id,
        "state": row.state.value,
        "started_at": row.started_at.isoformat(),
        "last_call_at": row.last_call_at.isoformat(),
        "ended_at": _moment(row.ended_at),
        **{name: getattr(row, name) for name in _SAID},
    }


def set_record(row: MessageSet) -> dict[str, Any]:
    """One message set as programs see it, without its texts."""
    return {
        "id": str(row.id),
        "delivery": row.delivery.value,
        "sent_at": row.sent_at.isoformat(),
        "answered_at": _moment(row.answered_at),
        "shortened_at": _moment(row.shortened_at),
        **{name: getattr(row, name) for name in _OF_A_SET},
    }


_SAID = (
    *("connector_version", "qbxml_version", "answered", "posted", "needs_you"),
    *("failures", "hresult", "error", "advice", "closing_words"),
)
_OF_A_SET = ("writes", "request_count", "answer_bytes", "hresult", "hresult_message")


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


@dataclass(frozen=True, slots=True)
class Update:
    """One update session, and the message sets of it, in order; ``more``: there are more than are shown."""

    session: UpdateSessionRow
    sets: list[MessageSet]
    more: bool


def update_of(db: Session, company_id: int, session_id: int) -> Update:
    """One session of this company. Raises NotFound."""
    of_company = (UpdateSessionRow.company_id == company_id, UpdateSessionRow.id == session_id)
    session = db.scalars(select(UpdateSessionRow).where(*of_company)).one_or_none()
    if session is None:
        raise NotFound(f"There is no update {session_id}.")
    query = (
        select(MessageSet)
        .options(defer(MessageSet.body), defer(MessageSet.answer))
        .where(MessageSet.company_id == company_id, MessageSet.session_id == session_id)
        .order_by(MessageSet.sent_at)
    )
    sets = list(db.scalars(query.limit(_MOST_SETS + 1)))
    return Update(session, sets[:_MOST_SETS], len(sets) > _MOST_SETS)


def texts_of(db: Session, company_id: int, set_id: UUID) -> dict[str, Any]:
    """What was sent in one message set and what came back, as far as it is kept. Raises NotFound."""
    query = select(MessageSet).where(MessageSet.company_id == company_id, MessageSet.id == set_id)
    found = db.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no such message set.")
    return {
        "set": found,
        "sent": found.body or None,
        "answer": found.answer,
    }
