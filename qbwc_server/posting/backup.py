"""Is this still the file we wrote to? An older backup lacks our newest postings; nothing is written before that
is known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from qbwc_server.documents.lifecycle import Event, Reason, State
from qbwc_server.documents.models import DocumentRow, Operation
from qbwc_server.documents.store import move
from qbwc_server.ids import new_id
from qbwc_server.posting.compile import KINDS, compile_look
from qbwc_server.posting.look import ADDS, MARGIN, alike, candidate, guid_of, proves_absence, tells_all
from qbwc_server.posting.purposes import Purpose
from qbwc_server.posting.sent import Sent, read_sent
from qbwc_server.posting.submit import submit
from qbwc_server.posting.work import BY, Work
from qbwc_server.queue.delivery import RequestRow
from qbwc_server.queue.enqueue import NewRequest, open_requests, put
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.states import Event as RequestEvent
from qbwc_server.queue.states import Priority, RequestState
from qbwc_server.tenancy.companies import put_on_hold
from qbwc_server.tenancy.models import Company, Hold
from qbxml import Answer, DeletedDateRangeFilter, TransactionQueryRq, TxnDeletedQueryRq, render
from qbxml.status import Outcome, status

NEWEST = 3
CHUNK = 50  # TxnIDs in one query
MOST_ASKED = 3  # times that the same question is put before an answer that says nothing is taken for what it is


class IfMissing(StrEnum):
    """What becomes of a posting that the file lacks."""

    ENTER = "enter"  # again
    WITHDRAW = "withdraw"  # the file is taken as it is
    ASK = "ask"  # a person said that it is there


def ask_for_newest(db: Session, company: Company, now: datetime) -> None:
    """At the start of a session: queue the question whether our newest postings still stand in the file."""
    newest = _newest(db, company, NEWEST)
    if not newest or open_requests(db, company.id, Purpose.SENTINEL, ["newest"]) or _all_are_asked_for(db, company):
        return
    guid = new_id()
    query = TransactionQueryRq(txn_ids=tuple(row.txn_id or "" for row in newest), request_id=str(guid))
    put(db, company.id, [_question(Purpose.SENTINEL, "newest", "TransactionQuery", render(query), guid)], now)


def _question(purpose: Purpose, subject: str, message: str, xml: str, guid: UUID) -> NewRequest:
    return NewRequest(purpose, subject, message, False, Priority.FILE, xml, (), guid)


def _newest(db: Session, company: Company, limit: int) -> Sequence[DocumentRow]:
    """Our newest postings that ought to stand in the file, as far as QuickBooks itself has shown them."""
    return db.scalars(
        select(DocumentRow)
        .where(
            DocumentRow.company_id == company.id,
            DocumentRow.posted_at.is_not(None),
            DocumentRow.state == State.POSTED,
            DocumentRow.edit_sequence.is_not(None),
        )
        .order_by(DocumentRow.posted_at.desc(), DocumentRow.id.desc())
        .limit(limit)
    ).all()


def _all_are_asked_for(db: Session, company: Company) -> bool:
    """Whether a person has lifted the hold, and every single posting is being looked for anyhow."""
    settled = (RequestState.DONE, RequestState.FAILED, RequestState.CANCELLED)
    return bool(
        db.scalar(
            select(
                exists().where(
                    QueuedRequest.company_id == company.id,
                    QueuedRequest.purpose.in_((Purpose.VERIFY, Purpose.SEEK)),
                    QueuedRequest.subject.not_like(f"% {IfMissing.ASK}"),
                    QueuedRequest.state.not_in(settled),
                )
            )
        )
    )


def read_sentinel(work: Work, row: RequestRow, answer: Answer) -> None:
    """Which of the newest are missing? For each one: did somebody delete it?"""
    said = status(answer.status_code, answer.status_message or "")
    there = {getattr(ret, "txn_id", None) for ret in answer.rets}
    if said.outcome is Outcome.TRY_AGAIN and row.attempts < MOST_ASKED:
        work.settle(row, RequestEvent.AGAIN)
        return
    asked = not _all_are_asked_for(work.db, work.company)
    if not work.settle(row, RequestEvent.DONE, code=answer.status_code, message=answer.status_message):
        return
    if not asked or not proves_absence(answer):
        return  # TransactionQuery is not to be had, or nothing is missing
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
        work.put(_question(Purpose.SENTINEL_DELETED, str(document.id), "TxnDeletedQuery", render(query), guid))


def _asked_for(work: Work, row: RequestRow) -> list[DocumentRow]:
    """The documents that this very question named: what has become the newest since then was not asked for."""
    asked = set(re.findall("<TxnID>([^<]+)</TxnID>", work.db.get_one(QueuedRequest, row.id).xml or ""))
    return [document for document in _newest(work.db, work.company, CHUNK) if document.txn_id in asked]


def read_sentinel_deleted(work: Work, row: RequestRow, answer: Answer) -> None:
    """Deleted by a person: then it is withdrawn. Not deleted, yet not there: this is an older copy of the file."""
    said = status(answer.status_code, answer.status_message or "")
    deleted = {getattr(ret, "txn_id", None) for ret in answer.rets}
    if said.outcome is Outcome.TRY_AGAIN and row.attempts < MOST_ASKED:
        work.settle(row, RequestEvent.AGAIN)
        return
    asked = not _all_are_asked_for(work.db, work.company)
    if not work.settle(row, RequestEvent.DONE, code=answer.status_code, message=answer.status_message) or not asked:
        return
    document = work.document(int(row.subject))
    if document.state is not State.POSTED:
        return
    if document.txn_id in deleted:
        found = {"found": "deleted in QuickBooks by a person"}
        move(work.db, document, Event.WITHDRAWN, by=BY, now=work.now, request_id=str(row.id), detail=found)
        return
    told = tells_all(answer) and (deleted or proves_absence(answer))
    why = (
        "although nobody deleted it: an older backup seems to have been restored."
        if told
        else "and QuickBooks does not say whether somebody deleted it: perhaps an older backup was restored."
    )
    put_on_hold(
        work.company,
        Hold.RESTORED_BACKUP,
        f"Document {document.id} ({document.number or document.origin}) was posted as {document.txn_id} and is not in "
        f"the company file any more, {why}",
    )


def verify_all(db: Session, company: Company, now: datetime, if_missing: IfMissing) -> int:
    """Queue the question which of all our postings still stand in the file; returns how many are asked for."""
    rows = db.execute(
        select(DocumentRow.id, DocumentRow.txn_id)
        .where(DocumentRow.company_id == company.id, DocumentRow.state == State.POSTED, DocumentRow.txn_id.is_not(None))
        .order_by(DocumentRow.id)
    ).all()
    new = []
    for start in range(0, len(rows), CHUNK):
        chunk = [(row.id, str(row.txn_id)) for row in rows[start : start + CHUNK]]
        new.append(_verify(chunk, if_missing))
    put(db, company.id, new, now)
    return len(rows)


def check_one(db: Session, company: Company, document: DocumentRow, now: datetime) -> None:
    """Queue the question whether a posting stands in the file under the TxnID that a person named."""
    put(db, company.id, [_verify([(document.id, document.txn_id or "")], IfMissing.ASK)], now)


def _verify(chunk: Sequence[tuple[int, str]], if_missing: IfMissing) -> NewRequest:
    guid = new_id()
    query = TransactionQueryRq(txn_ids=tuple(txn_id for _, txn_id in chunk), request_id=str(guid))
    subject = f"{chunk[0][0]}-{chunk[-1][0]} {if_missing}"
    return _question(Purpose.VERIFY, subject, "TransactionQuery", render(query), guid)


def read_verify(work: Work, row: RequestRow, answer: Answer) -> None:
    """What is missing under its TxnID is looked for by its mark, before anything is done about it."""
    there = {getattr(ret, "txn_id", None) for ret in answer.rets}
    which, if_missing = row.subject.split()
    first, last = map(int, which.split("-"))
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
    if not tells_all(answer) or (gone and not proves_absence(answer)):
        _not_told(work, row, answer, if_missing)
    elif work.settle(row, RequestEvent.DONE, code=answer.status_code, message=answer.status_message):
        for document in gone:
            work.put(_seek(work.db, document, if_missing))


def _not_told(work: Work, row: RequestRow, answer: Answer, if_missing: str) -> None:
    """The answer shows nothing: ask again a few times, then a person looks before anything is written."""
    if row.attempts < MOST_ASKED:
        work.settle(row, RequestEvent.AGAIN)
        return
    said = status(answer.status_code, answer.status_message or "")
    refused = work.settle(row, RequestEvent.REFUSED, code=answer.status_code, message=answer.status_message)
    if refused and if_missing != IfMissing.ASK:
        put_on_hold(
            work.company,
            Hold.RESTORED_BACKUP,
            f"QuickBooks could not be asked which of our postings it holds. {said.meaning}",
        )


def _seek(db: Session, document: DocumentRow, if_missing: str) -> NewRequest:
    guid = new_id()
    sent = _sent(db, document)
    xml = compile_look(document.kind, guid, number=sent.number, day=sent.day or document.date)
    request = _question(Purpose.SEEK, f"{document.id} {if_missing}", "Look", xml, guid)
    if document.kind == "payment":  # after the invoices that it pays
        return NewRequest(request.purpose, request.subject, "Look", False, Priority.LOOK, xml, (), guid)
    return request


def _sent(db: Session, document: DocumentRow) -> Sent:
    """How it was entered the last time."""
    rows = _entered(db, document)
    return read_sent(rows[-1].xml) if rows else Sent(document.posted_number, document.date, document.customer)


def _entered(db: Session, document: DocumentRow) -> list[Any]:
    """Every request that entered this document, or may have: their ids are the marks of what they added."""
    return list(
        db.execute(
            select(QueuedRequest.id, QueuedRequest.xml)
            .where(
                QueuedRequest.company_id == document.company_id,
                QueuedRequest.purpose == Purpose.POST,
                QueuedRequest.subject == str(document.id),
                QueuedRequest.message.in_(ADDS),
                QueuedRequest.attempts > 0,
            )
            .order_by(QueuedRequest.id)
        )
    )


def read_seek(work: Work, row: RequestRow, answer: Answer) -> None:
    """Does it stand in this file under another TxnID? Only what certainly does not is entered again."""
    rets: list[Any] = list(answer.rets)
    subject, if_missing = row.subject.split()
    document = work.document(int(subject))
    if document.state is not State.POSTED:
        work.settle(row, RequestEvent.DONE)
        return
    told = tells_all(answer) and (bool(rets) or proves_absence(answer))
    if not told and row.attempts < MOST_ASKED:
        work.settle(row, RequestEvent.AGAIN)
        return
    if not work.settle(row, RequestEvent.DONE, code=answer.status_code, message=answer.status_message):
        return
    marks = {one.id for one in _entered(work.db, document)}
    ours = [ret for ret in rets if guid_of(ret) in marks]
    if len(ours) == 1:
        detail = {"found": "by its GUID, under another TxnID", "before": document.txn_id}
        document.txn_id, document.edit_sequence = ours[0].txn_id, ours[0].edit_sequence
        move(work.db, document, Event.POSTED, by=BY, now=work.now, request_id=str(row.id), detail=detail)
        return
    candidates = ours or alike(document.kind, document.total, _sent(work.db, document).customer, rets)
    if candidates or not told:
        _ask(work, row, document, candidates, Reason.TWICE if ours else Reason.OUTCOME_UNKNOWN)
    else:
        _missing(work, row, document, if_missing)


def _ask(work: Work, row: RequestRow, document: DocumentRow, found: Sequence[Any], reason: Reason) -> None:
    document.reason = reason.value
    document.message = (
        f"It was in QuickBooks as {document.txn_id}, which the file does not hold any more. "
        + ("It holds it under: " if reason is Reason.TWICE else "It may hold it under: " if found else "")
        + (", ".join(str(ret.txn_id) for ret in found) or "QuickBooks does not show what it holds.")
    )
    document.advice = "Look in QuickBooks, then say under which TxnID it is there, or that it is not there."
    detail = {"candidates": [candidate(document.kind, ret) for ret in found]}
    document.txn_id = document.edit_sequence = document.posted_at = None
    document.operation = Operation.ADD
    move(work.db, document, Event.HELD, by=BY, now=work.now, request_id=str(row.id), detail=detail)


def _missing(work: Work, row: RequestRow, document: DocumentRow, if_missing: str) -> None:
    detail = {"txn_id": document.txn_id, "reason": Reason.MISSING.value}
    if if_missing == IfMissing.ASK:
        _ask(work, row, document, (), Reason.OUTCOME_UNKNOWN)
        document.message = f"QuickBooks has no transaction {detail['txn_id']}, and none that bears our mark."
        return
    if if_missing == IfMissing.WITHDRAW:
        move(work.db, document, Event.WITHDRAWN, by=BY, now=work.now, request_id=str(row.id), detail=detail)
        return
    move(work.db, document, Event.VANISHED, by=BY, now=work.now, request_id=str(row.id), detail=detail)
    document.txn_id = document.edit_sequence = document.posted_at = None
    document.operation = Operation.ADD
    submit(work.db, work.company, [document], by=BY, now=work.now)
