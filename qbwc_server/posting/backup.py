"""Is this still the file we wrote to? An older backup lacks our newest postings; nothing is written before that
is known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.documents.lifecycle import Event, Reason, State
from qbwc_server.documents.models import DocumentRow, Operation
from qbwc_server.documents.store import move
from qbwc_server.ids import new_id
from qbwc_server.posting.compile import KINDS
from qbwc_server.posting.look import MARGIN
from qbwc_server.posting.purposes import Purpose
from qbwc_server.posting.submit import submit
from qbwc_server.posting.work import BY, Work
from qbwc_server.queue.delivery import RequestRow
from qbwc_server.queue.enqueue import NewRequest, open_requests, put
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.states import Event as RequestEvent
from qbwc_server.queue.states import Priority
from qbwc_server.tenancy.companies import put_on_hold
from qbwc_server.tenancy.models import Company, Hold
from qbxml import Answer, DeletedDateRangeFilter, TransactionQueryRq, TxnDeletedQueryRq, render
from qbxml.status import Outcome, status

NEWEST = 3
CHUNK = 50  # TxnIDs in one query


def ask_for_newest(db: Session, company: Company, now: datetime) -> None:
    """At the start of a session: queue the question whether our newest postings still stand in the file."""
    newest = _newest(db, company, NEWEST)
    if not newest or open_requests(db, company.id, Purpose.SENTINEL, ["newest"]):
        return
    guid = new_id()
    query = TransactionQueryRq(txn_ids=tuple(row.txn_id or "" for row in newest), request_id=str(guid))
    put(
        db,
        company.id,
        [NewRequest(Purpose.SENTINEL, "newest", "TransactionQuery", False, Priority.LOOK, render(query), (), guid)],
        now,
    )


def _newest(db: Session, company: Company, limit: int) -> Sequence[DocumentRow]:
    """Our newest postings that ought to stand in the file."""
    return db.scalars(
        select(DocumentRow)
        .where(
            DocumentRow.company_id == company.id,
            DocumentRow.posted_at.is_not(None),
            DocumentRow.state == State.POSTED,
        )
        .order_by(DocumentRow.posted_at.desc(), DocumentRow.id.desc())
        .limit(limit)
    ).all()


def read_sentinel(work: Work, row: RequestRow, answer: Answer) -> None:
    """Which of the newest are missing? For each one: did somebody delete it?"""
    said = status(answer.status_code, answer.status_message or "")
    if said.outcome not in (Outcome.DONE, Outcome.NOTHING_FOUND):
        # TransactionQuery is not to be had: nothing can be concluded, and nothing is
        work.settle(row, RequestEvent.DONE, code=answer.status_code, message=answer.status_message)
        return
    there = {getattr(ret, "txn_id", None) for ret in answer.rets}
    if not work.settle(row, RequestEvent.DONE):
        return
    for document in _asked_for(work, row):
        if document.txn_id in there:
            continue
        guid = new_id()
        query = TxnDeletedQueryRq(
            txn_del_types=(KINDS[document.kind].txn_type,),
            deleted_date_range_filter=DeletedDateRangeFilter(
                from_deleted_date=(document.posted_at or document.created_at) - MARGIN
            ),
            request_id=str(guid),
        )
        work.put(
            NewRequest(
                Purpose.SENTINEL_DELETED,
                str(document.id),
                "TxnDeletedQuery",
                False,
                Priority.LOOK,
                render(query),
                (),
                guid,
            )
        )


def _asked_for(work: Work, row: RequestRow) -> list[DocumentRow]:
    """The documents that this very question named: what has become the newest since then was not asked for."""
    asked = set(re.findall("<TxnID>([^<]+)</TxnID>", work.db.get_one(QueuedRequest, row.id).xml or ""))
    return [document for document in _newest(work.db, work.company, CHUNK) if document.txn_id in asked]


def read_sentinel_deleted(work: Work, row: RequestRow, answer: Answer) -> None:
    """Deleted by a person: then it is withdrawn. Not deleted, yet not there: this is an older copy of the file."""
    deleted = {getattr(ret, "txn_id", None) for ret in answer.rets}
    if not work.settle(row, RequestEvent.DONE):
        return
    document = work.document(int(row.subject))
    if document.state is not State.POSTED:
        return
    if document.txn_id in deleted:
        move(
            work.db,
            document,
            Event.WITHDRAWN,
            by=BY,
            now=work.now,
            request_id=str(row.id),
            detail={"found": "deleted in QuickBooks by a person"},
        )
        return
    put_on_hold(
        work.company,
        Hold.RESTORED_BACKUP,
        f"Document {document.id} ({document.number or document.origin}) was posted as {document.txn_id} and is "
        f"not in the "
        "company file any more, although nobody deleted it: an older backup seems to have been restored.",
    )


def verify_all(db: Session, company: Company, now: datetime) -> int:
    """Queue the question which of all our postings still stand in the file; returns how many are asked for."""
    rows = db.execute(
        select(DocumentRow.id, DocumentRow.txn_id)
        .where(DocumentRow.company_id == company.id, DocumentRow.state == State.POSTED, DocumentRow.txn_id.is_not(None))
        .order_by(DocumentRow.id)
    ).all()
    new = []
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        guid = new_id()
        query = TransactionQueryRq(txn_ids=tuple(str(row.txn_id) for row in chunk), request_id=str(guid))
        subject = f"{chunk[0].id}-{chunk[-1].id}"
        new.append(
            NewRequest(Purpose.VERIFY, subject, "TransactionQuery", False, Priority.LOOK, render(query), (), guid)
        )
    put(db, company.id, new, now)
    return len(rows)


def read_verify(work: Work, row: RequestRow, answer: Answer) -> None:
    """What is missing goes to the books again, as a new transaction."""
    said = status(answer.status_code, answer.status_message or "")
    there = {getattr(ret, "txn_id", None) for ret in answer.rets}
    if said.outcome not in (Outcome.DONE, Outcome.NOTHING_FOUND):
        work.settle(row, RequestEvent.AGAIN if row.attempts < NEWEST else RequestEvent.REFUSED)
        return
    if not work.settle(row, RequestEvent.DONE):
        return
    first, last = map(int, row.subject.split("-"))
    gone = [
        document
        for document in work.db.scalars(
            select(DocumentRow).where(
                DocumentRow.company_id == work.company.id,
                DocumentRow.id.between(first, last),
                DocumentRow.state == State.POSTED,
                DocumentRow.txn_id.is_not(None),
            )
        )
        if document.txn_id not in there
    ]
    for document in gone:
        move(
            work.db,
            document,
            Event.VANISHED,
            by=BY,
            now=work.now,
            request_id=str(row.id),
            detail={"txn_id": document.txn_id, "reason": Reason.MISSING.value},
        )
        document.txn_id = document.edit_sequence = document.posted_at = None
        document.operation = Operation.ADD
    if gone:
        submit(work.db, work.company, gone, by=BY, now=work.now)
