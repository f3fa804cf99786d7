"""What was sent and answered long ago is kept in short: the proof stays, with a digest where the text was."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.queue.models import MessageSet, Passenger, QueuedRequest
from qbwc_server.queue.states import TRANSITIONS, Delivery, RequestState
from qbwc_server.settings import MIB, Settings
from qbwc_server.tenancy.models import Company

_SETS, _ANSWERS = 20, 4 * MIB  # of one transaction; a single answer may be larger
_REQUESTS = 500  # of one transaction
_AHEAD = timedelta(days=7)  # how far a clock is believed that runs ahead of the newest set
# of these requests something may still become, by an answer or by a person
_OPEN = [state for state in RequestState if TRANSITIONS[state]]


@dataclass(frozen=True, slots=True)
class _Old:
    """A set whose texts are to go."""

    id: UUID
    sent_at: datetime


def shorten_evidence(
    *, database: Database, settings: Settings, clock: Clock, checkpoint: Callable[[], None], **_: object
) -> str:
    """Drop the texts of sets and answers that are older than ``evidence_days``; a job, see ``jobs.schedule``.

    What was asked, when, in which session and what became of it stays for ever, and a SHA-256 of each text, by which a
    text from a backup can be recognised. A set with a request that is not settled keeps its texts.
    """
    shortened, last = 0, None
    with database.reading() as db:
        before = _limit(db, clock(), timedelta(days=settings.evidence_days))
    while before is not None:
        with database.reading() as db:
            old = _oldest(db, before, last)
        if not old:
            break
        last = old[-1]
        with database.transaction() as db:
            shortened += sum(_shorten(db, one.id, clock()) for one in old)
        checkpoint()
    return f"Message sets shortened: {shortened}." if shortened else ""


def _limit(db: Session, now: datetime, kept: timedelta) -> datetime | None:
    """What was sent before goes; a clock that runs far ahead must not make it go early."""
    newest = db.scalar(select(func.max(MessageSet.sent_at)))
    return None if newest is None else min(now, newest + _AHEAD) - kept


def _oldest(db: Session, before: datetime, last: _Old | None) -> list[_Old]:
    """The next sets whose texts are to go, as many as one transaction may shorten."""
    unsettled = (
        select(Passenger.request_id)
        .join(QueuedRequest, QueuedRequest.id == Passenger.request_id)
        .where(Passenger.message_set_id == MessageSet.id, QueuedRequest.state.in_(_OPEN))
    )
    due = (
        select(MessageSet.id, MessageSet.sent_at, MessageSet.answer_bytes)
        .where(
            MessageSet.shortened_at.is_(None),
            MessageSet.sent_at < before,
            MessageSet.delivery != Delivery.IN_FLIGHT,
            ~unsettled.exists(),
        )
        .order_by(MessageSet.sent_at, MessageSet.id)
        .limit(_SETS)
    )
    if last is not None:
        later = MessageSet.sent_at > last.sent_at
        due = due.where(or_(later, and_(MessageSet.sent_at == last.sent_at, MessageSet.id > last.id)))
    found: list[_Old] = []
    size = 0
    for number, sent_at, answered in db.execute(due):
        size += answered or 0
        if found and size > _ANSWERS:
            break
        found.append(_Old(number, sent_at))
    return found


def _shorten(db: Session, number: UUID, now: datetime) -> int:
    """Put digests in the place of the texts of one set; how many sets that were."""
    texts = db.execute(
        select(MessageSet.body, MessageSet.answer).where(
            MessageSet.id == number, MessageSet.shortened_at.is_(None), MessageSet.delivery != Delivery.IN_FLIGHT
        )
    ).one_or_none()
    if texts is None:
        return 0
    body, answer = texts
    db.execute(
        update(MessageSet)
        .where(MessageSet.id == number)
        .values(
            body="",
            body_bytes=len(body),
            body_digest=digest(body),
            answer=None,
            answer_digest=None if answer is None else digest(answer),
            shortened_at=now,
        )
    )
    return 1


def drop_settled(
    database: Database, purposes: Collection[str], before: datetime, checkpoint: Callable[[], None]
) -> int:
    """Delete requests that prove nothing, and the sets in which nothing else travelled; returns how many requests.

    Args:
        purposes: of requests that only read, and that no document is about.
        before: those settled earlier go.
    """
    dropped = 0
    while True:
        with database.transaction() as db:
            gone = _drop_some(db, purposes, before)
        dropped += gone
        if gone < _REQUESTS:
            return dropped
        checkpoint()


def _drop_some(db: Session, purposes: Collection[str], before: datetime) -> int:
    settled = select(QueuedRequest.id).where(
        QueuedRequest.company_id.in_(select(Company.id)),  # the index begins with it
        QueuedRequest.purpose.in_(purposes),
        QueuedRequest.writes.is_(False),
        QueuedRequest.state.not_in(_OPEN),
        QueuedRequest.settled_at < before,
    )
    ids = db.scalars(settled.limit(_REQUESTS)).all()
    sets = db.scalars(select(Passenger.message_set_id).where(Passenger.request_id.in_(ids)).distinct()).all()
    db.execute(delete(QueuedRequest).where(QueuedRequest.id.in_(ids)).execution_options(synchronize_session=False))
    others = select(Passenger.request_id).where(Passenger.message_set_id == MessageSet.id)
    empty = (MessageSet.id.in_(sets), MessageSet.delivery != Delivery.IN_FLIGHT, ~others.exists())
    db.execute(delete(MessageSet).where(*empty).execution_options(synchronize_session=False))
    return len(ids)


def digest(text: str) -> str:
    """The SHA-256 of a text, as UTF-8, in hexadecimal digits."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
