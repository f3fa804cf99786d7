"""What became of a message set: answered, unreadable, lost, or never answered at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from qbwc_server.connector.answers import READERS, Applied, Received, work_in
from qbwc_server.connector.looking import executed_before, look_for
from qbwc_server.connector.text import Text
from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.patience import MOST_UNANSWERED
from qbwc_server.queue.models import MessageSet
from qbwc_server.queue.pace import condemn, halve, shrink
from qbwc_server.queue.reply import Reply
from qbwc_server.queue.sets import doubt, passengers, unanswered_set_of
from qbwc_server.queue.settling import RequestRow, doubt_requests, requests_by_id
from qbwc_server.queue.states import Delivery, Ended, RequestState
from qbwc_server.tenancy.models import Company
from qbxml.hresults import hresult_code

KEPT_OF_A_READ = 64 * 1024  # bytes of an answer to questions only
KEPT_OF_A_WRITE = 16 * 1024 * 1024  # of one that proves what was written
UNREADABLE = "0x80040400"  # QuickBooks could not parse the text


@dataclass(frozen=True, slots=True)
class Arrived:
    """An answer document that was read."""

    received: Received
    size: int  # in bytes
    kept: str | None  # what is kept of its text


def apply_answers(
    db: Session,
    company: Company,
    rows: list[RequestRow],
    received: Received,
    now: datetime,
    *,
    one_by_one: bool = False,
) -> Applied:
    """Work in one answer document.

    What of ``rows``, the requests of the set that is owed, has no answer is in doubt and gets a look-up, in this same
    transaction.
    """
    applied = work_in(db, company, rows, received, now, one_by_one=one_by_one)
    unanswered = [row for row in rows if row.id not in applied.answered]
    applied.late_only = bool(applied.answered) and len(unanswered) == len(rows) > 0
    if applied.late_only:  # what is owed is still to come
        look_for(db, company, applied.uncertain, now)
        return applied
    missing = [row for row in unanswered if applied.states[row.id] is RequestState.SENT]
    applied.unanswered = len(missing)
    shrink(db, missing, len(rows))
    uncertain = [*applied.uncertain, *doubt_requests(db, missing, now), *executed_before(unanswered)]
    look_for(db, company, uncertain, now)
    _give_up(db, company, missing, now)
    return applied


def kept_of(response: Text, rows: list[RequestRow]) -> str | None:
    """What is kept of an answer as evidence: not long lists that were only read."""
    if any(row.writes for row in rows):
        return response.read(KEPT_OF_A_WRITE)
    return response.read(response.size) if response.size <= KEPT_OF_A_READ else None


def keep_answer(
    db: Session, company: Company, owed: MessageSet | None, applied: Applied, arrived: Arrived, now: datetime
) -> None:
    """Keep what was received as evidence, beside the set that it answers."""
    if owed is None or applied.late_only:  # this is the answer to an earlier set
        owed = unanswered_set_of(db, company.id, applied.answered)
    if owed is None:
        return
    owed.answered_at = now
    owed.answer_bytes, owed.answer = arrived.size, arrived.kept
    if not applied.unanswered:
        owed.delivery = Delivery.ANSWERED
    elif owed.delivery is Delivery.IN_FLIGHT:
        owed.delivery = Delivery.UNCERTAIN


def unreadable_alone(
    db: Session, company: Company, owed: MessageSet, row: RequestRow, message: str, now: datetime
) -> bool:
    """One request alone could not be read. It counts the second time: by then a write was looked up, a question asked
    once more.

    Returns:
        Whether the request is settled by this.
    """
    if not condemn(db, row.id):
        return False
    owed.delivery = Delivery.ANSWERED
    _without_answer(db, company, [row], Reply.none(Ended.UNREADABLE, message), now)
    return True


def put_in_doubt(db: Session, company: Company, owed: MessageSet, now: datetime) -> None:
    """Nobody knows what QuickBooks did of this set: its writes are looked for, its questions are asked again.

    A question that has been asked in vain again and again is given up, so that it does not keep everything else out.
    """
    rows = passengers(db, owed)
    sent = [row for row in rows if row.state is RequestState.SENT]
    look_for(db, company, [*doubt(db, owed, now), *executed_before(rows)], now)
    shrink(db, sent, len(rows))
    _give_up(db, company, sent, now)


def _give_up(db: Session, company: Company, unanswered: list[RequestRow], now: datetime) -> None:
    """Questions that have been asked in vain too often; a write is looked for each time, which has its own end."""
    vain = [row.id for row in unanswered if not row.writes and row.attempts >= MOST_UNANSWERED]
    if vain:
        _without_answer(db, company, requests_by_id(db, company.id, vain), Reply.none(Ended.SILENCE), now)


def _without_answer(db: Session, company: Company, rows: list[RequestRow], reply: Reply, now: datetime) -> None:
    """Let the reader of each request hear that there is no answer, and why."""
    work = Work(db, company, now)
    work.expect(rows)
    for row in rows:
        READERS[row.purpose](work, row, reply)
    look_for(db, company, work.finish(), now)


def set_failed(db: Session, company: Company, owed: MessageSet, code: str, message: str, now: datetime) -> bool:
    """Record the HRESULT and put every write of the set in doubt.

    A set that could not be read holds a request that cannot be read: it is halved until that one stands alone. Even
    then its writes are looked up first, because it is nowhere written that QuickBooks reads all before it executes any.

    Returns:
        Whether the set could not be read; then the session goes on.
    """
    owed.hresult, owed.hresult_message = hresult_code(code)[:20], message[:2000]
    owed.answered_at = now
    unreadable = owed.hresult == UNREADABLE
    rows = passengers(db, owed)
    if unreadable and len(rows) == 1 and unreadable_alone(db, company, owed, rows[0], message, now):
        return True
    if unreadable and len(rows) > 1:
        halve(db, rows)
    put_in_doubt(db, company, owed, now)
    return unreadable
