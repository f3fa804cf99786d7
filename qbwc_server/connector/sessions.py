"""Open, find, close update sessions; one company has at most one open session."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import String, bindparam, cast, exists, select, update
from sqlalchemy.orm import Session

from qbwc_server.clock import Clock
from qbwc_server.connector.answers import Applied
from qbwc_server.connector.models import UpdateSessionRow
from qbwc_server.connector.session import Call, SessionState, after
from qbwc_server.db import Database
from qbwc_server.errors import Conflict
from qbwc_server.queue.lane import take_free_lanes, take_lane
from qbwc_server.queue.models import MessageSet
from qbwc_server.queue.states import Delivery
from qbwc_server.settings import Settings
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.credentials import digest, new_secret
from qbwc_server.tenancy.models import Company
from qbxml.hresults import Written, hresult

# Statements of each call, put together once: to put one together takes longer than to execute it.
_OF_TICKET = UpdateSessionRow.ticket_digest == bindparam("digest")
_COMPANY_OF_TICKET = select(UpdateSessionRow.company_id).where(_OF_TICKET)
_SESSION_AND_COMPANY = (
    select(UpdateSessionRow, Company).join(Company, Company.id == UpdateSessionRow.company_id).where(_OF_TICKET)
)
_SHUT_OUT = "shut-out-"  # and a number: no digest of any ticket
_SLACK = timedelta(days=1)  # a clock may have been set meanwhile


def open_session(
    db: Session, company: Company, now: datetime, *, connector_version: str | None = None
) -> tuple[UpdateSessionRow, str]:
    """A new session and its ticket, which only the Web Connector knows from now on."""
    ticket = new_secret()
    session = UpdateSessionRow(
        company_id=company.id,
        ticket_digest=digest(ticket),
        state=SessionState.READY,
        started_at=now,
        last_call_at=now,
        posted={},
        connector_version=connector_version,
    )
    db.add(session)
    db.flush()
    return session, ticket


def session_and_company(db: Session, ticket: str) -> tuple[UpdateSessionRow, Company] | None:
    """Session and company of a ticket, open or ended, as they stand: another call may change them this moment."""
    if not ticket:
        return None
    row = db.execute(_SESSION_AND_COMPANY, {"digest": digest(ticket)}).one_or_none()
    return None if row is None else (row[0], row[1])


def find_session(db: Session, ticket: str) -> tuple[UpdateSessionRow, Company] | None:
    """Session and company of a ticket, open or ended; the company's lane is taken for this transaction.

    Both are read when the lane is ours: while this call waited for it, another may have ended the session.
    """
    if not ticket:
        return None
    company_id = db.scalar(_COMPANY_OF_TICKET, {"digest": digest(ticket)})
    if company_id is None:
        return None
    take_lane(db, company_id)
    return session_and_company(db, ticket)


def ticket_is_known(db: Session, ticket: str) -> bool:
    """Whether large answers may come under this ticket: its session is open, or one of its sets was never answered.

    The answer to such a set is of use however late it comes. All others have nothing more to say at length.
    """
    session = db.scalars(select(UpdateSessionRow).where(UpdateSessionRow.ticket_digest == digest(ticket))).one_or_none()
    if session is None or session.ended_at is None:
        return session is not None
    unanswered = exists().where(
        MessageSet.company_id == session.company_id,
        MessageSet.sent_at.between(session.started_at - _SLACK, session.ended_at + _SLACK),
        MessageSet.session_id == session.id,
        MessageSet.answer_bytes.is_(None),
    )
    return bool(db.scalar(select(unanswered)))


def open_session_of(db: Session, company: Company) -> UpdateSessionRow | None:
    """The company's open session."""
    return db.scalars(
        select(UpdateSessionRow).where(UpdateSessionRow.company_id == company.id, UpdateSessionRow.ended_at.is_(None))
    ).one_or_none()


def is_alive(db: Session, session: UpdateSessionRow, settings: Settings, now: datetime) -> bool:
    """Whether the session's connector may still be at work.

    While a set is in QuickBooks' hands silence says little, so that session is given up later: a second connector
    must not look up, let alone write, what the first one may be executing this moment. A call that lies far in the
    future was made before the clock was set back, and is as old as that.
    """
    owed = db.scalar(
        select(exists().where(MessageSet.company_id == session.company_id, MessageSet.delivery == Delivery.IN_FLIGHT))
    )
    patience = settings.session_timeout_s if owed else settings.session_idle_s
    return abs(now - session.last_call_at) < timedelta(seconds=patience)


def may_be_executing(db: Session, company_id: int, settings: Settings, now: datetime) -> bool:
    """Whether QuickBooks may still be at work on what left last, although its session has ended.

    Closing the connection says nothing of QuickBooks, and a failed call does not prove that it stopped. So the newest
    set keeps every connector away for a while, as long as nothing was heard of it but that; an answer ends it.
    """
    newest = db.execute(
        select(MessageSet.delivery, MessageSet.writes, MessageSet.hresult, MessageSet.answer_bytes, MessageSet.sent_at)
        .add_columns(UpdateSessionRow.last_call_at)
        .outerjoin(UpdateSessionRow, UpdateSessionRow.id == MessageSet.session_id)
        .where(MessageSet.company_id == company_id)
        .order_by(MessageSet.sent_at.desc(), MessageSet.id.desc())
        .limit(1)
    ).one_or_none()
    if newest is None or newest.answer_bytes is not None:
        return False
    if newest.delivery is not Delivery.IN_FLIGHT:
        failed = newest.hresult is not None and hresult(newest.hresult).written is Written.UNKNOWN
        if not (failed and newest.writes):
            return False
    last_heard: datetime = max(newest.sent_at, newest.last_call_at or newest.sent_at)
    return abs(now - last_heard) < timedelta(seconds=settings.session_timeout_s)


def count(session: UpdateSessionRow, applied: Applied) -> None:
    """Add up what an answer document brought."""
    session.answered += len(applied.answered)
    session.needs_you += applied.counts.needs_you
    if applied.counts.posted:
        session.posted = dict(Counter(session.posted) + applied.counts.posted)


class NoSessionOpen(Conflict):
    """There is nothing to release."""

    code = "no_session_open"
    advice = "Look again: it ended by itself meanwhile."


def release_session(db: Session, company: Company, *, by: Actor, now: datetime) -> None:
    """End the open session, which somebody takes for stuck. What is out stays out, and is looked up by the next one.

    Raises:
        NoSessionOpen: it has ended already.
    """
    take_lane(db, company.id)
    session = open_session_of(db, company)
    if session is None:
        raise NoSessionOpen("No update session is open.")
    end_session(session, now, "Somebody released the session.")
    note_audit(db, Audited.SESSION_RELEASED, by=by, now=now, company_id=company.id, subject=str(session.id))


def end_session(session: UpdateSessionRow, now: datetime, words: str | None = None) -> None:
    """Close it; a set that is still out stays in flight and is looked up by the next session."""
    session.state = after(session.state, Call.HUNG_UP)
    session.ended_at = session.ended_at or now
    session.closing_words = session.closing_words or words


def shut_out(db: Session, company_id: int, now: datetime) -> None:
    """Nobody gets in any more with a ticket that was given out: it was for who knew the old password.

    An open session ends, and what comes late under an ended one is not believed. What was sent and not answered is
    looked up by the next session, as after a lost answer.
    """
    for session in db.scalars(
        select(UpdateSessionRow).where(UpdateSessionRow.company_id == company_id, UpdateSessionRow.ended_at.is_(None))
    ):
        end_session(session, now, "The password was changed.")
    db.flush()
    db.execute(
        update(UpdateSessionRow)
        .where(UpdateSessionRow.company_id == company_id, UpdateSessionRow.ticket_digest.not_like(f"{_SHUT_OUT}%"))
        .values(ticket_digest=_SHUT_OUT + cast(UpdateSessionRow.id, String))
        .execution_options(synchronize_session="fetch")
    )


def close_silent_sessions(*, database: Database, settings: Settings, clock: Clock, **_: object) -> str:
    """End sessions whose connector fell silent; a job, see ``jobs.schedule``.

    Each in a transaction of its own; one with a call under way has not fallen silent.
    """
    patience = timedelta(seconds=min(settings.session_idle_s, settings.session_timeout_s))
    fell_silent = (UpdateSessionRow.ended_at.is_(None), UpdateSessionRow.last_call_at <= clock() - patience)
    with database.reading() as db:
        silent = db.scalars(select(UpdateSessionRow.company_id).where(*fell_silent)).all()
    ended, broken = 0, None
    for company_id in silent:
        try:
            with database.transaction() as db:
                ended += _close_if_silent(db, company_id, settings, clock())
        except Exception as error:  # noqa: BLE001  # of one company; raised after the others had their turn
            broken = error
    if broken is not None:
        raise broken
    return f"Sessions closed: {ended}." if ended else ""


def _close_if_silent(db: Session, company_id: int, settings: Settings, now: datetime) -> bool:
    open_here = select(UpdateSessionRow).where(
        UpdateSessionRow.company_id == company_id, UpdateSessionRow.ended_at.is_(None)
    )
    free = take_free_lanes(db, open_here.with_only_columns(UpdateSessionRow.company_id))
    session = db.scalars(open_here).one_or_none() if free else None
    if session is None or is_alive(db, session, settings, now):
        return False
    end_session(session, now, "The Web Connector fell silent.")
    return True
