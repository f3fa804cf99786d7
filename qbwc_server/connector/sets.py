"""What became of a message set: answered, unreadable, lost, or never answered at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO, Protocol

from sqlalchemy.orm import Session

from qbwc_server.connector.answers import READERS, Applied, read
from qbwc_server.posting.doubt.questions import executed_before, look_for
from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.patience import MOST_UNANSWERED
from qbwc_server.posting.requests import Purpose
from qbwc_server.queue.models import MessageSet
from qbwc_server.queue.pace import condemn, halve, shrink
from qbwc_server.queue.sets import doubt, passengers, unanswered_set_of
from qbwc_server.queue.settling import RequestRow, requests_by_id
from qbwc_server.queue.states import Delivery, RequestState
from qbwc_server.tenancy.models import Company
from qbxml import Answer
from qbxml.hresults import hresult_code

_STRAYS = 1000
KEPT_OF_A_READ = 64 * 1024  # bytes of an answer to questions only
UNREADABLE_STATUS = 1030  # "not supported": what stands closest to a request that QuickBooks cannot read
SILENT_STATUS = 1010  # "not available": the same for one that it never answers


class Text(Protocol):
    """An answer document, perhaps in a file."""

    size: int

    def open(self) -> BinaryIO: ...
    def read(self, limit: int) -> str: ...


def apply_answers(
    db: Session,
    company: Company,
    rows: list[RequestRow],
    open_answer: Callable[[], BinaryIO],
    now: datetime,
) -> Applied:
    """Work in one answer document.

    Args:
        rows: the requests of the set that is owed; empty when none is, as with an answer that comes late.
        open_answer: gives the document from its beginning, each time it is called.

    Answers are matched by request id alone, so one that comes late or for the second time finds its own request. What
    of ``rows`` has no answer is in doubt and gets a look-up, in this same transaction.
    """
    work = Work(db, company, now)
    applied = Applied(work.counts)
    strays = read(work, applied, {row.id: row for row in rows}, open_answer)
    if strays:
        late = requests_by_id(db, company.id, list(strays)[:_STRAYS])
        applied.strays = len(strays)
        if late:
            work.late.update(row.id for row in late)
            read(work, applied, {row.id: row for row in late}, open_answer)
    unanswered = [row for row in rows if row.id not in applied.answered_ids]
    applied.late_only = bool(applied.answered_ids) and len(unanswered) == len(rows) > 0
    work.counts.answered = len(applied.answered_ids)
    if applied.late_only:  # what is owed is still to come
        look_for(db, company, work.finish(), now)
        return applied
    missing = [row for row in unanswered if work.states[row.id] is RequestState.SENT]
    applied.unanswered = len(missing)
    for row in missing:
        work.doubt(row)
    shrink(db, missing, len(rows))
    look_for(db, company, [*work.finish(), *executed_before(unanswered)], now)
    _give_up(db, company, missing, now)
    return applied


def keep_answer(
    db: Session, company: Company, owed: MessageSet | None, applied: Applied, response: Text, now: datetime
) -> None:
    """Keep what was received as evidence: for sets that wrote or settled a doubt, not for long lists that were read."""
    if owed is None or applied.late_only:  # this is the answer to an earlier set
        owed = unanswered_set_of(db, company.id, applied.answered_ids)
    if owed is None:
        return
    owed.answered_at = now
    owed.answer_bytes = response.size
    if owed.writes or response.size <= KEPT_OF_A_READ:
        owed.answer = response.read(response.size)
    if not applied.unanswered:
        owed.delivery = Delivery.ANSWERED
    elif owed.delivery is Delivery.IN_FLIGHT:
        owed.delivery = Delivery.UNCERTAIN


def unreadable_alone(
    db: Session, company: Company, owed: MessageSet, row: RequestRow, message: str, now: datetime
) -> bool:
    """One request alone could not be read. A question is answered so; a write must have been looked up once before.

    Returns:
        Whether the request is settled by this.
    """
    if row.writes and not condemn(db, row.id):
        return False
    owed.delivery = Delivery.ANSWERED
    _refuse(db, company, [row], UNREADABLE_STATUS, f"It could not read the request. {message}".strip(), now)
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
        _refuse(db, company, requests_by_id(db, company.id, vain), SILENT_STATUS, "", now)


def _refuse(db: Session, company: Company, rows: list[RequestRow], code: int, words: str, now: datetime) -> None:
    """Let the reader of each request hear that QuickBooks does not take it."""
    work = Work(db, company, now)
    work.expect(rows)
    for row in rows:
        refusal = {
            "requestID": str(row.id),
            "statusCode": str(code),
            "statusSeverity": "Error",
            "statusMessage": words,
        }
        READERS[Purpose(row.purpose)](work, row, Answer(f"{row.message}Rs", refusal, lambda: None))
    look_for(db, company, work.finish(), now)


UNREADABLE = "0x80040400"  # QuickBooks could not parse the text


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
