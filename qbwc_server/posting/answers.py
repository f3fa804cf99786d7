"""Answers of QuickBooks: each to the reader of its purpose; then what is missing, doubted, or came too late."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from qbwc_server.posting.backup import read_sentinel, read_sentinel_deleted
from qbwc_server.posting.entry_answers import read_create, read_ensure
from qbwc_server.posting.look import executed_before, look_for, read_look, read_look_changed, read_look_deleted
from qbwc_server.posting.post_answers import read_for_change, read_post
from qbwc_server.posting.purposes import Purpose
from qbwc_server.posting.verify import MOST_JOURNEYS, read_compare, read_seek, read_verify
from qbwc_server.posting.work import Counts, Work
from qbwc_server.queue.delivery import RequestRow, condemn, doubt, passengers, requests_by_id, shrink, unanswered_set_of
from qbwc_server.queue.models import MessageSet
from qbwc_server.queue.states import Delivery, Event, RequestState
from qbwc_server.tenancy.models import Company
from qbxml import Answer, MissingElement, ParseError, read_answers

_STRAYS = 1000
KEPT_OF_A_READ = 64 * 1024  # bytes of an answer to questions only
_DETAILS = frozenset(
    f"{name}Ret"
    for name in (
        "InvoiceLine",
        "InvoiceLineGroup",
        "SalesReceiptLine",
        "SalesReceiptLineGroup",
        "CreditMemoLine",
        "CreditMemoLineGroup",
        "AppliedToTxn",
        "DataExt",
    )
) | {"BillAddress", "BillAddressBlock", "ShipAddress", "ShipAddressBlock"}
UNREADABLE_STATUS = 1030  # "not supported": what stands closest to a request that QuickBooks cannot read
SILENT_STATUS = 1010  # "not available": the same for one that it never answers


def _read_greeting(work: Work, row: RequestRow, answer: Answer) -> None:
    work.settle(row, Event.DONE, code=answer.status_code)


READERS: dict[Purpose, Callable[[Work, RequestRow, Answer], None]] = {
    Purpose.POST: read_post,
    Purpose.READ_FOR_CHANGE: read_for_change,
    Purpose.ENSURE: read_ensure,
    Purpose.CREATE: read_create,
    Purpose.LOOK: read_look,
    Purpose.LOOK_CHANGED: read_look_changed,
    Purpose.LOOK_DELETED: read_look_deleted,
    Purpose.SENTINEL: read_sentinel,
    Purpose.SENTINEL_DELETED: read_sentinel_deleted,
    Purpose.VERIFY: read_verify,
    Purpose.SEEK: read_seek,
    Purpose.COMPARE: read_compare,
    Purpose.GREETING: _read_greeting,
}


class Text(Protocol):
    """An answer document, perhaps in a file."""

    size: int

    def open(self) -> BinaryIO: ...
    def read(self, limit: int) -> str: ...


@dataclass
class Applied:
    """What an answer document brought."""

    counts: Counts
    broken: str | None = None  # why the document could not be read to its end
    unanswered: int = 0
    strays: int = 0
    late_only: bool = False  # it answered nothing of the set that is owed, only earlier requests
    answered_ids: set[UUID] = field(default_factory=set)


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
    strays = _read(work, applied, {row.id: row for row in rows}, open_answer)
    if strays:
        late = requests_by_id(db, company.id, list(strays)[:_STRAYS])
        applied.strays = len(strays)
        if late:
            work.late.update(row.id for row in late)
            _read(work, applied, {row.id: row for row in late}, open_answer)
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


def _read(
    work: Work, applied: Applied, rows: dict[UUID, RequestRow], open_answer: Callable[[], BinaryIO]
) -> dict[UUID, None]:
    """Read the document once for ``rows``; returns the ids of answers to other requests."""
    work.expect(list(rows.values()))
    strays: dict[UUID, None] = {}
    try:
        with open_answer() as source:
            for answer in read_answers(source, skip=_unread(rows)):
                request_id = _uuid(answer.request_id)
                row = None if request_id is None else rows.get(request_id)
                if row is not None:
                    try:
                        with work.one_answer():
                            READERS[Purpose(row.purpose)](work, row, answer)
                    except MissingElement as error:  # it says nothing that can be used; the others do
                        applied.broken = str(error)
                    else:
                        applied.answered_ids.add(row.id)
                elif request_id is not None and request_id not in applied.answered_ids:
                    strays[request_id] = None
    except ParseError as error:
        applied.broken = str(error)
    return strays


def _unread(rows: dict[UUID, RequestRow]) -> frozenset[str]:
    """Parts of objects that nobody looks at: of what was just written, id, number and total say all."""
    only_written = all(row.purpose in (Purpose.POST, Purpose.CREATE) for row in rows.values())
    return _DETAILS if only_written else frozenset()


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


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
    vain = [row.id for row in unanswered if not row.writes and row.attempts >= MOST_JOURNEYS]
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
