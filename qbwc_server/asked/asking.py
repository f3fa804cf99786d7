"""Requests of programs queued, found, taken back, and those that nobody wants to know any more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from qbwc_server.asked.messages import changes_books, rendered
from qbwc_server.asked.models import AskedPage, AskedRequest, AskedState
from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.db.pieces import delete_in_pieces
from qbwc_server.errors import Conflict, NotFound
from qbwc_server.ids import new_id
from qbwc_server.outbox.webhooks import Told, WebhookEvent, tell_company
from qbwc_server.queue.enqueue import NewRequest, cancel, put
from qbwc_server.queue.lane import take_lane
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.retention import drop_settled
from qbwc_server.queue.states import Priority, RequestState
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.audit import Audited, note_audit
from qbxml import Request, read_message, render
from qbxml.versions import V13, Version

MOST_WAITING = 100  # requests of one company
MOST_SECONDS = 7 * 86_400
KEPT = timedelta(days=14)
ASKED, CHANGE = "asked", "asked_change"
"""The purpose of what is queued for a question, and for a change of the books; the subject is its number."""


class When(StrEnum):
    """When a request leaves."""

    SOON = "soon"  # before documents
    LAST = "last"  # behind them


PRIORITIES = {
    (When.SOON, False): Priority.READ,
    (When.LAST, False): Priority.REFRESH,
    (When.SOON, True): Priority.LIST,
    (When.LAST, True): Priority.CHANGE,
}
"""Of a request that is to leave then, and whether it changes the books."""


class TooManyWaiting(Conflict):
    """So many requests wait already."""

    code = "too_many_requests_waiting"
    advice = "Wait until QuickBooks has answered, or take some back."


class NotWaiting(Conflict):
    """The request has left, or is settled."""

    code = "request_not_waiting"
    advice = "What has left is answered; look at it again."


class FollowsNothing(Conflict):
    """The request that this one is to follow will not be done."""

    code = "request_not_done"
    advice = "Look what became of it, and leave the dependency out."


@dataclass(frozen=True, slots=True)
class Wish:
    """How a request is to be treated.

    Args:
        seconds: for how long the caller wants to know; None: until it is answered.
        after: the number of the request that has to be done before.
    """

    when: When = When.LAST
    seconds: int | None = None
    after: int | None = None


def ask(
    db: Session,
    company_id: int,
    request: Request,
    wish: Wish,
    *,
    level: Version = V13,
    by: Actor,
    now: datetime,
) -> AskedRequest:
    """Queue a request.

    Args:
        level: of qbXML, that the company file speaks.

    Raises:
        TooManyWaiting, WrongRequest, NotFound, FollowsNothing.
    """
    take_lane(db, company_id)
    before = None if wish.after is None else find_asked(db, company_id, wish.after)
    if before is not None and before.state not in (*_OPEN, AskedState.DONE):
        raise FollowsNothing(f"The request {before.id} is {before.state}.")
    waiting = select(func.count()).where(
        AskedRequest.company_id == company_id, AskedRequest.state == AskedState.WAITING
    )
    if (db.scalar(waiting) or 0) >= MOST_WAITING:
        raise TooManyWaiting(f"{MOST_WAITING} requests wait already.")
    key, writes = new_id(), changes_books(type(request).__name__)
    text = rendered(request, str(key), level=level, mark=key)
    row = AskedRequest(
        company_id=company_id,
        message=type(request).__name__,
        xml=render(request),
        priority=int(PRIORITIES[wish.when, writes]),
        by=str(by),
        request_id=key,
        writes=writes,
        after_id=wish.after,
        state=AskedState.WAITING,
        created_at=now,
        expires_at=None if wish.seconds is None else now + timedelta(seconds=wish.seconds),
    )
    db.add(row)
    db.flush()
    after = () if before is None or before.state is AskedState.DONE else (before.request_id,)
    put(db, company_id, [as_queued(row, key, text, after)], now)
    if writes:
        subject = f"{row.id} {row.message}"
        note_audit(db, Audited.CHANGE_ASKED_FOR, by=by, now=now, company_id=company_id, subject=subject)
    return row


_OPEN = (AskedState.WAITING, AskedState.UNKNOWN)


def as_queued(row: AskedRequest, key: UUID, text: str, after: tuple[UUID, ...] = ()) -> NewRequest:
    """The request of one page, or the change."""
    purpose, message = CHANGE if row.writes else ASKED, row.message.removesuffix("Rq")
    return NewRequest(purpose, str(row.id), message, row.writes, Priority(row.priority), text, after, id=key)


def request_of(row: AskedRequest) -> Request:
    """What was asked for."""
    found = read_message(row.xml)
    assert isinstance(found, Request)
    return found


def find_asked(db: Session, company_id: int, asked_id: int) -> AskedRequest:
    """One request of this company, as it stands now. Raises NotFound."""
    row = db.get(AskedRequest, asked_id, populate_existing=True)
    if row is None or row.company_id != company_id:
        raise NotFound(f"There is no request {asked_id} in this company.")
    return row


def asked_of(
    db: Session, company_id: int, *, state: AskedState | None = None, after_id: int = 0, limit: int = 100
) -> list[AskedRequest]:
    """Requests in the order in which they came, a page at a time."""
    query = select(AskedRequest).where(AskedRequest.company_id == company_id, AskedRequest.id > after_id)
    if state is not None:
        query = query.where(AskedRequest.state == state)
    return list(db.scalars(query.order_by(AskedRequest.id).limit(limit)))


def coming(db: Session, company_id: int) -> set[str]:
    """The changes, such as InvoiceAdd, that have not left and may do so."""
    waiting = (AskedRequest.company_id == company_id, AskedRequest.state == AskedState.WAITING, AskedRequest.writes)
    return {
        message.removesuffix("Rq") for message in db.scalars(select(AskedRequest.message).where(*waiting).distinct())
    }


def page_of(db: Session, row: AskedRequest, number: int) -> str | None:
    """The objects of one page as JSON; None where there is no such page."""
    body: str | None = db.scalar(select(AskedPage.body).where(AskedPage.asked_id == row.id, AskedPage.number == number))
    return body


def has_left(db: Session, row: AskedRequest) -> bool:
    """Whether QuickBooks has it now, or has had a page of it."""
    queued = db.get(QueuedRequest, row.request_id, populate_existing=True)
    return bool(row.pages) or (queued is not None and queued.state is RequestState.SENT)


def take_back(db: Session, company_id: int, asked_id: int, *, state: AskedState, now: datetime) -> AskedRequest:
    """It is not to leave any more. Raises NotFound and NotWaiting."""
    take_lane(db, company_id)
    row = find_asked(db, company_id, asked_id)
    if row.state is not AskedState.WAITING or not cancel(db, [row.request_id], now):
        raise NotWaiting
    row.state, row.settled_at = state, now
    end_what_follows(db, row, now)
    return row


def end_what_follows(db: Session, row: AskedRequest, now: datetime) -> None:
    """A request was not done, so what was to follow it is not sent."""
    following = (AskedRequest.after_id == row.id, AskedRequest.state == AskedState.WAITING)
    for one in db.scalars(select(AskedRequest).where(*following)).all():
        cancel(db, [one.request_id], now)
        one.state, one.settled_at = AskedState.CANCELLED, now
        one.message_told = f"The request {row.id}, which it was to follow, was not done."
        tell_of_request(db, one, now)
        end_what_follows(db, one, now)


def expire_asked(*, database: Database, clock: Clock, subject_id: int, **_: object) -> str:
    """Take back what nobody wants to know any more; a job, see ``jobs.schedule``."""
    with database.transaction() as db:
        now = clock()
        take_lane(db, subject_id)
        overdue = db.scalars(
            select(AskedRequest).where(
                AskedRequest.company_id == subject_id,
                AskedRequest.state == AskedState.WAITING,
                AskedRequest.expires_at <= now,
            )
        ).all()
        gone = cancel(db, [row.request_id for row in overdue], now)
        for row in overdue:
            if row.request_id in gone:
                row.state, row.settled_at = AskedState.EXPIRED, now
                tell_of_request(db, row, now)
                end_what_follows(db, row, now)
    return f"Requests of programs that nobody wants to know any more: {len(gone)}." if gone else ""


def drop_asked(*, database: Database, clock: Clock, checkpoint: Callable[[], None], **_: object) -> str:
    """Drop requests that were settled long ago, with their answers; a job. What changed the books stays as evidence."""
    before = clock() - KEPT
    drop_settled(database, (ASKED,), before, checkpoint)
    dropped = delete_in_pieces(database, AskedRequest.id, AskedRequest.settled_at < before)
    return f"Requests of programs dropped: {dropped}." if dropped else ""


def tell_of_request(db: Session, row: AskedRequest, now: datetime) -> None:
    """Have programs told that a request is over; what it was answered they fetch."""
    about = {"id": row.id, "message": row.message, "state": row.state.value, "status_code": row.status_code}
    tell_company(db, row.company_id, [Told(WebhookEvent.REQUEST_ANSWERED, {"request": about})], now=now)


def forget_pages(db: Session, row: AskedRequest) -> None:
    """What was shown so far counts for nothing."""
    db.execute(delete(AskedPage).where(AskedPage.asked_id == row.id))
    row.pages, row.objects, row.expected = 0, 0, None
