"""Which of our postings stand in this file? Asked after a backup was restored, and when a person named a TxnID."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from qbwc_server.books.holds import HoldKind, put_on_hold
from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.lifecycle import Event, Reason, State
from qbwc_server.documents.models import DocumentRow, Operation
from qbwc_server.documents.store import move
from qbwc_server.ids import new_id
from qbwc_server.posting.doubt.evidence import (
    Sent,
    alike,
    candidate,
    guid_of,
    proves_absence,
    read_sent,
    tells_all,
)
from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.patience import MOST_QUESTIONS
from qbwc_server.posting.pc_clock import modified_at
from qbwc_server.posting.requests import Purpose
from qbwc_server.posting.submitting.submit import submit
from qbwc_server.posting.texts import CannotWrite
from qbwc_server.posting.transactions import ADDS, TRANSACTIONS
from qbwc_server.posting.transactions.compiled import agrees, compile_look, compile_read
from qbwc_server.posting.transactions.last_writing import last_writing
from qbwc_server.queue.enqueue import NewRequest, put
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Event as RequestEvent
from qbwc_server.queue.states import Priority
from qbwc_server.tenancy.actor import QUICKBOOKS
from qbwc_server.tenancy.models import Company
from qbxml import Answer, render
from qbxml.messages.transaction import TransactionQueryRq
from qbxml.status import status

CHUNK = 50  # TxnIDs in one query
OUGHT_TO_STAND = or_(  # in the file; what is void too: it keeps its TxnID and comes to zero
    DocumentRow.state == State.POSTED,
    and_(DocumentRow.state == State.WITHDRAWN, DocumentRow.operation == Operation.VOID),
)


class IfMissing(StrEnum):
    """What becomes of a posting that the file lacks."""

    ENTER = "enter"  # again
    WITHDRAW = "withdraw"  # the file is taken as it is
    ASK = "ask"  # a person said that it is there


def question(purpose: Purpose, subject: str, message: str, xml: str, guid: UUID) -> NewRequest:
    """A question about the file itself: it leaves before everything else, and alone."""
    return NewRequest(purpose, subject, message, False, Priority.FILE, xml, (), guid)


def verify_all(db: Session, company: Company, now: datetime, if_missing: IfMissing) -> int:
    """Queue the question which of all our postings, voided ones too, still stand in the file, and since when as they
    are; returns how many are asked for.
    """
    rows = db.execute(
        select(DocumentRow.id, DocumentRow.txn_id)
        .where(
            DocumentRow.company_id == company.id,
            DocumentRow.txn_id.is_not(None),
            OUGHT_TO_STAND,
        )
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
    return question(Purpose.VERIFY, subject, "TransactionQuery", render(query), guid)


def read_verify(work: Work, row: RequestRow, answer: Answer) -> None:
    """What is missing under its TxnID is looked for by its mark, before anything is done about it."""
    rets: list[Any] = list(answer.rets)
    there = {ret.txn_id: ret for ret in rets}
    which, if_missing = row.subject.split()
    first, last = map(int, which.split("-"))
    documents = work.db.scalars(
        select(DocumentRow).where(
            DocumentRow.company_id == work.company.id,
            DocumentRow.id.between(first, last),
            DocumentRow.txn_id.is_not(None),
            OUGHT_TO_STAND,
        )
    ).all()
    posted = [document for document in documents if document.state is State.POSTED]
    gone = [document for document in posted if document.txn_id not in there]
    if not tells_all(answer) or (gone and not proves_absence(answer)):
        _not_told(work, row, answer, if_missing)
        return
    if not work.settle(row, RequestEvent.DONE, code=answer.status_code, message=answer.status_message):
        return
    for document in documents:  # from here on this copy of the file is the right one
        ret = there.get(document.txn_id)
        document.time_modified = modified_at(ret)
        if ret is None and document.state is State.WITHDRAWN:
            document.written_at = None
    for document in gone:
        work.put(_seek(work.db, document, if_missing))
    if if_missing != IfMissing.ENTER:
        return
    for document in posted:
        if document.txn_id in there and document.revision > 1 and TRANSACTIONS[document.kind].mod_message is not None:
            work.put(_compare(document))
    revived = [
        document
        for document in documents
        if document.state is State.WITHDRAWN and document.txn_id in there and there[document.txn_id].amount
    ]
    for document in revived:
        found = {"found": f"comes to {there[document.txn_id].amount} in QuickBooks again"}
        move(work.db, document, Event.REVIVED, by=QUICKBOOKS, now=work.now, request_id=str(row.id), detail=found)
    if revived:
        submit(work.db, work.company, revived, by=QUICKBOOKS, now=work.now)


def _compare(document: DocumentRow) -> NewRequest:
    guid = new_id()
    message, xml = compile_read(document.kind, guid, txn_id=document.txn_id or "")
    return NewRequest(Purpose.COMPARE, str(document.id), message, False, Priority.LOOK, xml, (), guid)


def read_compare(work: Work, row: RequestRow, answer: Answer) -> None:
    """Does it say in this file what it was changed into last? If not, nobody knows who is right: a person does."""
    ret: Any = next(iter(answer.rets), None)
    if ret is None and row.attempts < MOST_QUESTIONS:
        work.settle(row, RequestEvent.AGAIN)
        return
    document = work.document(int(row.subject))
    if not work.settle(row, RequestEvent.DONE) or ret is None or document.state is not State.POSTED:
        return
    try:
        found = TRANSACTIONS[document.kind].standing(ret)
        same = agrees(load_document(document.body), found, work.options, last_writing(work.db, document))
    except CannotWrite:
        same = False
    if same:
        return
    document.reason = Reason.CHANGED_MEANWHILE.value
    total = TRANSACTIONS[document.kind].total_of(ret)
    document.message = "Since the backup was restored QuickBooks holds it otherwise than it was changed last" + (
        f", with a total of {total}." if total is not None else "."
    )
    document.advice = "Submit it again to make the change once more, or hand in a revision that says what is right."
    detail = {"candidates": [candidate(document.kind, ret)]}
    move(work.db, document, Event.HELD, by=QUICKBOOKS, now=work.now, request_id=str(row.id), detail=detail)


def _not_told(work: Work, row: RequestRow, answer: Answer, if_missing: str) -> None:
    """The answer shows nothing: ask again a few times, then a person looks before anything is written."""
    if row.attempts < MOST_QUESTIONS:
        work.settle(row, RequestEvent.AGAIN)
        return
    said = status(answer.status_code, answer.status_message or "")
    refused = work.settle(row, RequestEvent.REFUSED, code=answer.status_code, message=answer.status_message)
    if refused and if_missing != IfMissing.ASK:
        put_on_hold(
            work.db,
            work.company.id,
            HoldKind.RESTORED_BACKUP,
            f"QuickBooks could not be asked which of our postings it holds. {said.meaning}",
            by=QUICKBOOKS,
            now=work.now,
        )


def _seek(db: Session, document: DocumentRow, if_missing: str) -> NewRequest:
    guid = new_id()
    sent = _sent(db, document)
    xml = compile_look(document.kind, guid, number=sent.number, day=sent.day or document.date)
    request = question(Purpose.SEEK, f"{document.id} {if_missing}", "Look", xml, guid)
    if document.kind == "payment":  # after the invoices that it pays
        return NewRequest(request.purpose, request.subject, "Look", False, Priority.LOOK, xml, (), guid)
    return request


def _sent(db: Session, document: DocumentRow) -> Sent:
    """How it was entered the last time."""
    rows = _entered(db, document)
    return read_sent(rows[-1].xml) if rows else Sent(document.posted_number, document.date, document.party)


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
    if not told and row.attempts < MOST_QUESTIONS:
        work.settle(row, RequestEvent.AGAIN)
        return
    if not work.settle(row, RequestEvent.DONE, code=answer.status_code, message=answer.status_message):
        return
    marks = {one.id for one in _entered(work.db, document)}
    ours = [ret for ret in rets if guid_of(ret) in marks]
    if len(ours) == 1:
        detail = {"found": "by its GUID, under another TxnID", "before": document.txn_id}
        document.txn_id, document.edit_sequence = ours[0].txn_id, ours[0].edit_sequence
        document.time_modified = modified_at(ours[0])
        move(work.db, document, Event.POSTED, by=QUICKBOOKS, now=work.now, request_id=str(row.id), detail=detail)
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
    document.not_in_books()
    move(work.db, document, Event.HELD, by=QUICKBOOKS, now=work.now, request_id=str(row.id), detail=detail)


def _missing(work: Work, row: RequestRow, document: DocumentRow, if_missing: str) -> None:
    detail = {"txn_id": document.txn_id, "reason": Reason.MISSING.value}
    if if_missing == IfMissing.ASK:
        _ask(work, row, document, (), Reason.OUTCOME_UNKNOWN)
        document.message = f"QuickBooks has no transaction {detail['txn_id']}, and none that bears our mark."
        return
    if if_missing == IfMissing.WITHDRAW:
        document.written_at = None
        move(work.db, document, Event.WITHDRAWN, by=QUICKBOOKS, now=work.now, request_id=str(row.id), detail=detail)
        return
    move(work.db, document, Event.VANISHED, by=QUICKBOOKS, now=work.now, request_id=str(row.id), detail=detail)
    document.not_in_books()
    submit(work.db, work.company, [document], by=QUICKBOOKS, now=work.now)
