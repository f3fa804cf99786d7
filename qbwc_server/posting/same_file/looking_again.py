"""What was posted is looked at again, in the background: deleted, voided or edited in QuickBooks, it is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.lifecycle import Event, State
from qbwc_server.documents.models import DocumentRow, Operation
from qbwc_server.documents.store import move
from qbwc_server.posting.onto.there import gone_from, is_void_there
from qbwc_server.posting.outcome.differing import filled_again, gone, look_closer
from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.pc_clock import modified_at
from qbwc_server.posting.requests import OneDocument, Purpose, TheFile, ask, open_of
from qbwc_server.posting.same_file.beside import NUMBER, look_beside
from qbwc_server.posting.same_file.comparing import tell_edits
from qbwc_server.posting.same_file.inventory import CHUNK, MAY_STAND, question_for, summaries
from qbwc_server.posting.same_file.newest import missing
from qbwc_server.posting.sent import Sent
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.posting.transactions.last_writing import seen_as
from qbwc_server.posting.transactions.standing import Standing
from qbwc_server.queue.enqueue import put
from qbwc_server.queue.lane import take_lane
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.reply import Reply
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Event as RequestEvent
from qbwc_server.tenancy.actor import QUICKBOOKS
from qbwc_server.tenancy.models import Company
from qbxml.messages.transaction import TransactionRet

EACH_WITHIN = timedelta(days=30)
ROUNDS = 25  # days of work in which all are looked at, so that a few days without a session do no harm
LEAST, MOST = 10 * CHUNK, 400 * CHUNK  # documents a day


def look_again(
    *, database: Database, clock: Clock, subject_id: int, checkpoint: Callable[[], None], **_: object
) -> str:
    """Queue the day's questions about what one company has posted; a job, see ``jobs.schedule``."""
    with database.transaction() as db:
        company = db.get(Company, subject_id)
        asked = 0 if company is None else ask_again(db, company, now=clock())
    checkpoint()
    return f"Posted documents to be looked at: {asked}." if asked else ""


def ask_again(db: Session, company: Company, *, now: datetime) -> int:
    """Ask for those that were not seen for the longest time, as many as a day's share; returns how many.

    Nothing is asked while questions of an earlier day still wait.
    """
    take_lane(db, company.id)
    if open_of(db, company.id, Purpose.LOOK_AGAIN, [TheFile()]):
        return 0
    posted = (DocumentRow.company_id == company.id, MAY_STAND, DocumentRow.txn_id.is_not(None))
    many = db.scalar(select(func.count()).select_from(DocumentRow).where(*posted)) or 0
    due = or_(DocumentRow.seen_at.is_(None), DocumentRow.seen_at <= now - EACH_WITHIN + timedelta(days=ROUNDS))
    chosen = db.execute(
        select(DocumentRow.txn_id, DocumentRow.kind, NUMBER)
        .where(*posted, due, DocumentRow.posted_at <= now - timedelta(days=1))
        .order_by(DocumentRow.seen_at.asc().nulls_first(), DocumentRow.id)
        .limit(max(LEAST, min(MOST, -(-many // ROUNDS))))
    ).all()
    known = [str(txn_id) for txn_id, _, _ in chosen]
    chunks = [known[start : start + CHUNK] for start in range(0, len(known), CHUNK)]
    again = [ask(Purpose.LOOK_AGAIN, TheFile(), question_for(chunk)) for chunk in chunks]
    put(db, company.id, [*again, *look_beside(db, company.id, [(kind, number) for _, kind, number in chosen])], now)
    return len(known)


def read_look_again(work: Work, row: RequestRow, reply: Reply) -> None:
    """What is there as it was left needs no closer look."""
    there = summaries(reply)
    if not work.settle(row, RequestEvent.DONE, reply):
        return
    for document in _asked_for(work, row):
        shown, first = there.get(document.txn_id or ""), document.seen_at is None
        if shown is not None:
            document.seen_at = work.now
        if shown is None and reply.proves_absence:
            document.seen_at = work.now
            missing(work, document)
        elif shown is not None and (
            _changed_since(document, modified_at(shown)) or (first and _says_something_else(document, shown))
        ):
            work.put(look_closer(document.kind, document.id, document.txn_id))


def _asked_for(work: Work, row: RequestRow) -> Sequence[DocumentRow]:
    asking = work.db.get_one(QueuedRequest, row.id)
    ids = Sent.from_record(asking.sent).txn_ids
    found = work.db.scalars(
        select(DocumentRow).where(
            DocumentRow.company_id == work.company.id,
            DocumentRow.txn_id.in_(ids),
            MAY_STAND,
        )
    )
    return [one for one in found if (one.written_at or work.now) <= asking.created_at]


def _changed_since(document: DocumentRow, shown: datetime | None) -> bool:
    """Also an earlier time is another one: of a PC whose clock is behind that of the one that wrote it."""
    return shown is not None and shown != document.time_modified


def _says_something_else(document: DocumentRow, shown: TransactionRet) -> bool:
    """Whether an edit in the seconds of our writing is to be looked for; later ones have another time."""
    number, total = document.posted_number, document.posted_total
    memo = load_document(document.body).memo or ""
    return (
        (shown.ref_number or None) != number
        or (shown.txn_date is not None and shown.txn_date != document.date)
        or (shown.amount is not None and total is not None and abs(shown.amount) != abs(total))
        or (shown.memo or "") != memo
    )


def read_look_closer(work: Work, row: RequestRow, reply: Reply) -> None:
    """Is it void there, or does it say something else than we wrote?"""
    document = work.document(OneDocument.of(row).document)
    found = None if reply.first is None else TRANSACTIONS[document.kind].standing(reply.first)
    if not work.settle(row, RequestEvent.DONE, reply) or found is None or found.txn_id != document.txn_id:
        return
    if document.state is not State.POSTED:
        _tell_of_others(work, document, found)
        return
    if is_void_there(document, found):
        move(work.db, document, Event.WITHDRAWN, by=QUICKBOOKS, now=work.now, request_id=str(row.id), detail=_VOID)
        document.operation = Operation.VOID
        work.findings.append(gone(document, "was voided"))
    else:
        tell_edits(work, document, found)
    seen_as(document, found)


def _tell_of_others(work: Work, document: DocumentRow, found: Standing) -> None:
    """What is void here and comes to something there; what waits for a person and is void there, or was edited.

    It stays as it is: whoever submits it hears of the edit again.
    """
    document.time_modified = found.time_modified
    if document.state is State.WITHDRAWN:
        if document.operation is Operation.VOID and not gone_from(work, document, found):
            work.findings.append(filled_again(document, found))
    elif document.state is State.SUBMITTED:
        return
    elif is_void_there(document, found):
        work.findings.append(gone(document, "was voided"))
    else:
        tell_edits(work, document, found)


_VOID = {"found": "voided in QuickBooks by a person"}
