"""Is this still the file we wrote to? An older backup lacks what we wrote last; nothing is written before that is
known.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from qbwc_server.books.holds import HoldKind, put_on_hold
from qbwc_server.documents.lifecycle import Event, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import move
from qbwc_server.ids import new_id
from qbwc_server.posting.doubt.evidence import deletions
from qbwc_server.posting.onto.there import gone_from
from qbwc_server.posting.outcome.differing import gone
from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.patience import MOST_QUESTIONS, MOST_UNANSWERED, PAUSE
from qbwc_server.posting.pc_clock import MARGIN, is_older, may_be_older, modified_at
from qbwc_server.posting.requests import OneDocument, Purpose, TheFile, ask, open_of
from qbwc_server.posting.same_file.inventory import CHUNK, OUGHT_TO_STAND, question_for, summaries
from qbwc_server.posting.sent import Sent
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.posting.transactions.standing import Standing
from qbwc_server.queue.enqueue import NewRequest, put
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.reply import Reply
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Event as RequestEvent
from qbwc_server.queue.states import RequestState
from qbwc_server.tenancy.actor import QUICKBOOKS
from qbwc_server.tenancy.models import Company
from qbxml.messages.transaction import DeletedDateRangeFilter, TxnDeletedQueryRq, TxnDelType
from qbxml.outcome import Outcome

NEWEST = 3


def ask_for_newest(db: Session, company: Company, now: datetime) -> None:
    """At the start of a session: queue the question whether what we wrote last still stands in the file."""
    newest = _newest(db, company, NEWEST)
    if not newest or open_of(db, company.id, Purpose.SENTINEL, [TheFile()]):
        return
    if _all_are_asked_for(db, company) or asked_in_vain(db, company, now, Purpose.SENTINEL):
        return
    query = question_for([row.txn_id or "" for row in newest])
    put(db, company.id, [ask(Purpose.SENTINEL, TheFile(), query)], now)


def _newest(db: Session, company: Company, limit: int) -> Sequence[DocumentRow]:
    """What we wrote last and ought to stand in the file, as far as QuickBooks itself has shown it."""
    return db.scalars(
        select(DocumentRow)
        .where(
            DocumentRow.company_id == company.id,
            DocumentRow.written_at.is_not(None),
            DocumentRow.txn_id.is_not(None),
            OUGHT_TO_STAND,
        )
        .order_by(DocumentRow.written_at.desc(), DocumentRow.id.desc())
        .limit(limit)
    ).all()


def asked_in_vain(db: Session, company: Company, now: datetime, purpose: Purpose) -> bool:
    """Whether QuickBooks could not be brought to answer that question lately; asking again only keeps all else out."""
    return bool(
        db.scalar(
            select(
                exists().where(
                    QueuedRequest.company_id == company.id,
                    QueuedRequest.purpose == purpose,
                    QueuedRequest.attempts >= MOST_UNANSWERED,
                    QueuedRequest.settled_at > now - PAUSE,
                )
            )
        )
    )


def _all_are_asked_for(db: Session, company: Company) -> bool:
    """Whether a person has lifted the hold, and every single posting is being looked for anyhow."""
    settled = (RequestState.DONE, RequestState.FAILED, RequestState.CANCELLED)
    return bool(
        db.scalar(
            select(
                exists().where(
                    QueuedRequest.company_id == company.id,
                    QueuedRequest.purpose.in_((Purpose.VERIFY, Purpose.SEEK)),
                    QueuedRequest.state.not_in(settled),
                )
            )
        )
    )


def read_sentinel(work: Work, row: RequestRow, reply: Reply) -> None:
    """Is one of the newest as it was before we changed it? Are some missing? Of each: did somebody delete it?"""
    there = {txn_id: modified_at(ret) for txn_id, ret in summaries(reply).items()}
    if reply.said.outcome is Outcome.TRY_AGAIN and row.attempts < MOST_QUESTIONS:
        work.settle(row, RequestEvent.AGAIN)
        return
    asked = not _all_are_asked_for(work.db, work.company)
    if not work.settle(row, RequestEvent.DONE, reply):
        return
    if not asked:
        return
    documents = _asked_for(work, row)
    for document in documents:
        _compare(work, document, there.get(document.txn_id or ""))
    if not reply.proves_absence:
        return  # TransactionQuery is not to be had, or nothing is missing
    for document in documents:
        if document.txn_id in there:
            continue
        missing(work, document)


def missing(work: Work, document: DocumentRow) -> None:
    """Ask whether somebody deleted what is not there; of what QuickBooks does not tell it, a person looks."""
    deleted_type = TRANSACTIONS[document.kind].deleted_type
    if deleted_type is None:
        _perhaps_older(work, document, told=False)
    else:
        work.put(_was_it_deleted(document, deleted_type))


def _was_it_deleted(document: DocumentRow, deleted_type: TxnDelType) -> NewRequest:
    """The question whether somebody deleted what is not there."""
    query = TxnDeletedQueryRq(
        txn_del_types=(deleted_type,),
        deleted_date_range_filter=DeletedDateRangeFilter(
            from_deleted_date=(document.written_at or document.created_at) - MARGIN
        ),
        request_id=str(new_id()),
    )
    return ask(Purpose.SENTINEL_DELETED, OneDocument(document.id), query)


def _compare(work: Work, document: DocumentRow, shown: datetime | None) -> None:
    """What QuickBooks shows as it was before it wrote for us comes from an older copy of the file."""
    known = document.time_modified
    if shown is None or known is None:
        return
    if is_older(shown, known):
        _hold_for_older(work, document, shown, known)
    elif may_be_older(shown, known):
        query = TRANSACTIONS[document.kind].by_id([document.txn_id or ""], new_id())
        work.put(ask(Purpose.SENTINEL_CLOSER, OneDocument(document.id), query))


def read_sentinel_closer(work: Work, row: RequestRow, reply: Reply) -> None:
    """The time of its last change may only be told with another offset: its edit sequence is not."""
    if reply.said.outcome is Outcome.TRY_AGAIN and row.attempts < MOST_QUESTIONS:
        work.settle(row, RequestEvent.AGAIN)
        return
    document = work.document(OneDocument.of(row).document)
    found = None if reply.first is None else TRANSACTIONS[document.kind].standing(reply.first)
    if not work.settle(row, RequestEvent.DONE, reply) or found is None or found.txn_id != document.txn_id:
        return
    shown, known = found.time_modified, document.time_modified
    if shown is None or known is None or not may_be_older(shown, known):
        return
    if _is_as_before(work, document, found):
        _hold_for_older(work, document, shown, known)
    else:
        document.time_modified = shown  # the same writing, as QuickBooks tells its time from now on


def _is_as_before(work: Work, document: DocumentRow, found: Standing) -> bool:
    """Whether it stands there as before our last writing. A void tells no edit sequence; it tells by its lines."""
    if document.state is State.WITHDRAWN:
        return not gone_from(work, document, found)
    known, shown = document.edit_sequence, found.edit_sequence
    if document.state is not State.POSTED or known is None or shown is None or shown == known:
        return False
    return not (known.isdecimal() and shown.isdecimal() and int(shown) > int(known))  # somebody has edited it since


def _hold_for_older(work: Work, document: DocumentRow, shown: datetime, known: datetime) -> None:
    put_on_hold(
        work.db,
        work.company.id,
        HoldKind.RESTORED_BACKUP,
        f"Document {document.id} ({document.number or document.origin}) was written at {_utc(known)} by the clock "
        f"of QuickBooks, and the company file shows it as of {_utc(shown)}: an older backup seems to have been "
        "restored.",
        by=QUICKBOOKS,
        now=work.now,
    )


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _asked_for(work: Work, row: RequestRow) -> list[DocumentRow]:
    """The documents that this very question named, unless they were written since then: nothing is asked of those."""
    asking = work.db.get_one(QueuedRequest, row.id)
    asked = Sent.from_record(asking.sent).txn_ids
    return [
        document
        for document in _newest(work.db, work.company, CHUNK)
        if document.txn_id in asked and (document.written_at or work.now) <= asking.created_at
    ]


def read_sentinel_deleted(work: Work, row: RequestRow, reply: Reply) -> None:
    """Deleted by a person: then it is withdrawn. Not deleted, yet not there: this is an older copy of the file."""
    deleted = {one.txn_id for one in deletions(reply.rets)}
    if reply.said.outcome is Outcome.TRY_AGAIN and row.attempts < MOST_QUESTIONS:
        work.settle(row, RequestEvent.AGAIN)
        return
    asked = not _all_are_asked_for(work.db, work.company)
    if not work.settle(row, RequestEvent.DONE, reply) or not asked:
        return
    document = work.document(OneDocument.of(row).document)
    if document.txn_id is None or document.state in (State.SUBMITTED, State.EXCLUDED):
        return
    if document.txn_id in deleted:
        document.written_at = None  # it need not be asked for again
        if document.state is State.WITHDRAWN:
            return
        work.findings.append(gone(document, "was deleted"))
        if document.state is not State.POSTED:
            return  # what a person is asked about it stays; submitted, it is found missing
        found = {"found": "deleted in QuickBooks by a person"}
        move(work.db, document, Event.WITHDRAWN, by=QUICKBOOKS, now=work.now, request_id=str(row.id), detail=found)
        return
    _perhaps_older(work, document, told=reply.tells_all and (bool(deleted) or reply.proves_absence))


def _perhaps_older(work: Work, document: DocumentRow, *, told: bool) -> None:
    why = (
        "although nobody deleted it: an older backup seems to have been restored."
        if told
        else "and QuickBooks does not say whether somebody deleted it: perhaps an older backup was restored."
    )
    put_on_hold(
        work.db,
        work.company.id,
        HoldKind.RESTORED_BACKUP,
        f"Document {document.id} ({document.number or document.origin}) was posted as {document.txn_id} and is not in "
        f"the company file any more, {why}",
        by=QUICKBOOKS,
        now=work.now,
    )
