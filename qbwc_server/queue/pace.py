"""How much leaves at once: learned from how long QuickBooks took; less of what it could not read, or broke down on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from qbwc_server.queue.models import MessageSet, Pace, QueuedRequest
from qbwc_server.queue.settling import RequestRow

FIRST_PACE = 25


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
