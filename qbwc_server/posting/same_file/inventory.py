"""Which of our postings stand in this file? Asked after a backup was restored, and when a person named a TxnID."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from qbwc_server.books.holds import HoldKind, put_on_hold
from qbwc_server.documents.history import FOUND, entry, record
from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.lifecycle import UNDECIDED, Event, Reason, State
from qbwc_server.documents.models import DocumentRow, Operation
from qbwc_server.documents.store import move
from qbwc_server.errors import Notice
from qbwc_server.ids import new_id
from qbwc_server.posting.doubt.evidence import Sendings, alike, look_by_content, sendings_of, without_our_mark
from qbwc_server.posting.outcome.differing import look_closer
from qbwc_server.posting.outcome.named import as_shown, is_marked, not_the_one, unlike
from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.patience import MOST_QUESTIONS
from qbwc_server.posting.pc_clock import modified_at
from qbwc_server.posting.requests import IfMissing, OneDocument, OnePosting, Postings, Purpose, ask
from qbwc_server.posting.same_file.comparing import compare, hold_unless_it_agrees, not_void
from qbwc_server.posting.same_file.twice import stands_all_the_same
from qbwc_server.posting.sent import Sent
from qbwc_server.posting.submitting.submit import submit
from qbwc_server.posting.submitting.waiting import silence
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.posting.transactions.standing import Standing
from qbwc_server.queue.enqueue import NewRequest, put
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.reply import Reply
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Event as RequestEvent
from qbwc_server.queue.states import Priority
from qbwc_server.tenancy.actor import QUICKBOOKS
from qbwc_server.tenancy.models import Company
from qbxml import MissingElement
from qbxml.messages.transaction import TransactionQueryRq, TransactionRet

CHUNK = 50  # TxnIDs in one query

OUGHT_TO_STAND = or_(  # in the file; what is void too: it keeps its TxnID and comes to zero
    DocumentRow.state == State.POSTED,
    and_(DocumentRow.state == State.WITHDRAWN, DocumentRow.operation == Operation.VOID),
)

MAY_STAND = or_(  # what was to be changed or voided and waits for a person too
    OUGHT_TO_STAND,
    DocumentRow.state.in_((State.FAILED, State.HELD, State.FOR_REVIEW))
    & or_(DocumentRow.reason.is_(None), DocumentRow.reason.not_in([str(reason) for reason in UNDECIDED])),
)

LEFT_OUT = or_(  # deleted by somebody, or left out by a person: in an older copy it may stand
    DocumentRow.state == State.EXCLUDED,
    and_(DocumentRow.state == State.WITHDRAWN, DocumentRow.operation != Operation.VOID),
)

NAMED_IN = (State.POSTED, State.SUBMITTED, State.FOR_REVIEW, State.FAILED, State.HELD)  # what a person said is there


def question_for(txn_ids: Sequence[str]) -> TransactionQueryRq:
    """The question which of these the file holds, in summary."""
    return TransactionQueryRq(txn_ids=tuple(txn_ids), request_id=str(new_id()))


def summaries(reply: Reply) -> dict[str, TransactionRet]:
    """What such a question shows, by TxnID. Raises MissingElement where something does not say which it is."""
    found = {}
    for ret in reply.rets:  # there may be one for each line of a transaction
        if not isinstance(ret, TransactionRet) or ret.txn_id is None:
            raise MissingElement("a transaction was shown without TxnID")
        found[ret.txn_id] = ret
    return found


def verify_all(db: Session, company: Company, now: datetime, if_missing: IfMissing) -> int:
    """Queue the question which of all our postings, voided ones too, still stand in the file, and since when as they
    are; returns how many are asked for.
    """
    rows = db.execute(
        select(DocumentRow.id, DocumentRow.txn_id)
        .where(DocumentRow.company_id == company.id, DocumentRow.txn_id.is_not(None), or_(MAY_STAND, LEFT_OUT))
        .order_by(DocumentRow.id)
    ).all()
    new = []
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        subject = Postings(chunk[0].id, chunk[-1].id, if_missing)
        new.append(ask(Purpose.VERIFY, subject, question_for([str(row.txn_id) for row in chunk])))
    put(db, company.id, new, now)
    return len(rows)


def check_one(db: Session, company: Company, document: DocumentRow, now: datetime) -> UUID:
    """Queue the question what stands in the file under the TxnID that a person named; returns its id."""
    query = TRANSACTIONS[document.kind].by_id([document.txn_id or ""], new_id())
    question = ask(Purpose.CHECK, OneDocument(document.id), query)
    put(db, company.id, [question], now)
    return question.id


def read_verify(work: Work, row: RequestRow, reply: Reply) -> None:
    """What is missing under its TxnID is looked for by its mark, before anything is done about it."""
    there, which = summaries(reply), Postings.of(row)
    documents = _asked_for(work, row, which)
    posted = [document for document in documents if document.state is State.POSTED]
    withdrawn = [document for document in documents if document.state is State.WITHDRAWN]
    left_out = _asked_for(work, row, which, LEFT_OUT)
    gone = [one for one in documents if one.state is not State.WITHDRAWN and one.txn_id not in there]
    if not reply.tells_all or (gone and not reply.proves_absence):
        if _not_told(work, row, reply):
            put_on_hold(
                work.db,
                work.company.id,
                HoldKind.RESTORED_BACKUP,
                f"QuickBooks could not be asked which of our postings it holds. {reply.said.meaning}",
                by=QUICKBOOKS,
                now=work.now,
            )
        return
    if not work.settle(row, RequestEvent.DONE, reply):
        return
    modified = {one.id: one.time_modified for one in posted}
    for document in documents:  # from here on this copy of the file is the right one
        _as_it_stands(document, there.get(document.txn_id or ""))
    for document in gone:
        if document.host is not None:  # what bears no mark of ours is not found under another TxnID
            _not_there(work, row, document, which.if_missing)
        else:
            work.put(_seek(work.db, document, which.if_missing))
    again = which.if_missing is IfMissing.ENTER
    for document in withdrawn:  # plus and minus may come to zero without being void
        found = there.get(document.txn_id or "")
        unclear = document.host is not None or not (found is None or found.amount or document.comes_to_something)
        if found is not None and unclear:
            work.put(compare(document, again=again))
    for document in posted:
        if document in gone:
            continue
        if document.host is not None or (document.revision > 1 and TRANSACTIONS[document.kind].mod_message is not None):
            work.put(compare(document, again=again))
        elif document.time_modified != modified[document.id]:
            work.put(look_closer(document.kind, document.id, document.txn_id))  # a person has written to it since
    not_void(work, row, [one for one in withdrawn if one.host is None], there, again=again)
    for document in left_out:
        shown = there.get(document.txn_id or "")
        if shown is not None and (shown.amount or not document.comes_to_something):
            detail = {"candidates": [{"txn_id": document.txn_id, "total": str(shown.amount)}]}
            document.tell(stands_all_the_same(document.state, str(document.txn_id)))
            how: dict[str, Any] = {"by": QUICKBOOKS, "now": work.now, "request_id": str(row.id), "detail": detail}
            move(work.db, document, Event.HELD, **how)


def _asked_for(
    work: Work, row: RequestRow, which: Postings, those: ColumnElement[bool] = MAY_STAND
) -> Sequence[DocumentRow]:
    """The documents whose TxnIDs this very question named."""
    asked = Sent.from_record(work.db.get_one(QueuedRequest, row.id).sent).txn_ids
    return work.db.scalars(
        select(DocumentRow).where(
            DocumentRow.company_id == work.company.id,
            DocumentRow.id.between(which.first, which.last),
            DocumentRow.txn_id.in_(asked),
            those,
        )
    ).all()


def _as_it_stands(document: DocumentRow, found: TransactionRet | None) -> None:
    shown = modified_at(found)
    if shown != document.time_modified:  # of another writing than the last that we know the edit sequence of
        document.edit_sequence = None
    document.time_modified = shown
    if found is None and document.state is State.WITHDRAWN:
        document.written_at = None


def read_check(work: Work, row: RequestRow, reply: Reply) -> None:
    """Is what stands in the file under the TxnID that a person named this document? What is not there is looked for by
    its mark.
    """
    document = work.document(OneDocument.of(row).document)
    rules = TRANSACTIONS[document.kind]
    shown = [rules.standing(ret) for ret in reply.rets if isinstance(ret, rules.ret)]
    found = next((one for one in shown if one.txn_id == document.txn_id), None)
    if not reply.tells_all or (found is None and not reply.proves_absence):
        if _not_told(work, row, reply) and document.state is State.POSTED:
            _cannot_check(work, row, document, reply)
    elif work.settle(row, RequestEvent.DONE, reply) and _is_named_still(work, row, document):
        if found is not None and is_marked(work, document, found):
            document.host = None  # it became an invoice of its own
        if found is None and document.host is not None:
            _ask(work, row, document, (), Reason.OUTCOME_UNKNOWN, f"QuickBooks has no transaction {document.txn_id}.")
        elif found is None:
            _as_it_stands(document, None)
            work.put(_seek(work.db, document, None), instead_of=row.id)
        elif differences := unlike(work, document, found):
            _hold(work, row, document, not_the_one(document, found, differences), as_shown(found, differences))
        else:
            document.edit_sequence, document.time_modified = found.edit_sequence, found.time_modified
            if document.state is State.POSTED and is_marked(work, document, found):
                hold_unless_it_agrees(work, row, document, found, "QuickBooks holds it otherwise than it says here")


def _is_named_still(work: Work, row: RequestRow, document: DocumentRow) -> bool:
    """Whether the document is taken for what the person named, also where it was revised since."""
    asked = Sent.from_record(work.db.get_one(QueuedRequest, row.id).sent).txn_ids
    return document.state in NAMED_IN and document.txn_id in asked and document.reason not in UNDECIDED


def _cannot_check(work: Work, row: RequestRow, document: DocumentRow, reply: Reply) -> None:
    why = f"QuickBooks could not be asked whether it holds this document as {document.txn_id}. {reply.said.meaning}"
    notice = Notice(Reason.OUTCOME_UNKNOWN, why, _LOOK)
    _hold(work, row, document, notice, {"candidates": []})
    work.cannot_wait(row.id, notice)


def _not_told(work: Work, row: RequestRow, reply: Reply) -> bool:
    """The answer shows nothing: ask again a few times. Returns whether it is given up by this."""
    if row.attempts < MOST_QUESTIONS:
        work.settle(row, RequestEvent.AGAIN)
        return False
    return work.settle(row, RequestEvent.REFUSED, reply)


def _seek(db: Session, document: DocumentRow, if_missing: IfMissing | None) -> NewRequest:
    """Look for it by its mark; None: because a person said that it is there."""
    rules = TRANSACTIONS[document.kind]
    said = _sendings(db, document)
    query = look_by_content(rules, said.numbers, said.last.day or document.date)
    after_others = Priority.LOOK if load_document(document.body).comes_last else None
    if if_missing is None:
        return ask(Purpose.CHECK_MARK, OneDocument(document.id), query, priority=after_others)
    return ask(Purpose.SEEK, OnePosting(document.id, if_missing), query, priority=after_others)


def _sendings(db: Session, document: DocumentRow) -> Sendings:
    return sendings_of(db, document.company_id, [document.id])[document.id]


def read_seek(work: Work, row: RequestRow, reply: Reply) -> None:
    """Does it stand in this file under another TxnID? Only what certainly does not is entered again."""
    about = OnePosting.of(row)
    document = work.document(about.document)
    if _found_by_mark(work, row, document, reply, (State.POSTED, State.FAILED, State.HELD, State.FOR_REVIEW)):
        return
    _not_there(work, row, document, about.if_missing)


def _not_there(work: Work, row: RequestRow, document: DocumentRow, if_missing: IfMissing) -> None:
    """The file certainly does not hold it since a backup was restored."""
    if document.state in (State.HELD, State.FOR_REVIEW):
        why = f"It was in QuickBooks as {document.txn_id}, which the file does not hold since the backup was restored."
        advice = "Say that it is not there, and it is entered anew; or exclude it."
        _hold(work, row, document, Notice(Reason.MISSING, why, advice), {"candidates": []})
    elif if_missing is IfMissing.WITHDRAW:
        _withdrawn(work, row, document)
    else:
        _entered_again(work, row, document)


def read_check_mark(work: Work, row: RequestRow, reply: Reply) -> None:
    """A person said that it is there, and it is not under that TxnID: is it under another one?"""
    document = work.document(OneDocument.of(row).document)
    if not _found_by_mark(work, row, document, reply, NAMED_IN):
        why = f"QuickBooks has no transaction {document.txn_id}, and none that bears our mark."
        _ask(work, row, document, (), Reason.OUTCOME_UNKNOWN, why)


def _found_by_mark(work: Work, row: RequestRow, document: DocumentRow, reply: Reply, states: Collection[State]) -> bool:
    """Whether the answer settles where it stands, or has to be asked for again; if not, the file does not hold it.

    Args:
        states: in which it is to be found at all.
    """
    if document.state not in states or document.txn_id is None or document.reason in UNDECIDED:
        work.settle(row, RequestEvent.DONE, reply)
        return True
    found = [TRANSACTIONS[document.kind].standing(ret) for ret in reply.rets]
    told = reply.tells_all and (reply.shown > 0 or reply.proves_absence)
    if not told and row.attempts < MOST_QUESTIONS:
        work.settle(row, RequestEvent.AGAIN)
        return True
    if not work.settle(row, RequestEvent.DONE, reply):
        return True
    said = _sendings(work.db, document)
    ours = [one for one in found if one.mark in said.marks]
    if len(ours) == 1:
        _renamed(work, row, document, ours[0])
        return True
    candidates = ours or [one for one in without_our_mark(work.db, work.company.id, found) if alike(said, one)]
    if candidates or not told:
        _ask(work, row, document, candidates, Reason.TWICE if ours else Reason.OUTCOME_UNKNOWN)
        return True
    return False


def _renamed(work: Work, row: RequestRow, document: DocumentRow, found: Standing) -> None:
    detail = {"found": "by its GUID, under another TxnID", "before": document.txn_id}
    document.txn_id, document.edit_sequence = found.txn_id, found.edit_sequence
    document.time_modified = modified_at(found.ret)
    how: dict[str, Any] = {"by": QUICKBOOKS, "now": work.now, "request_id": str(row.id), "detail": detail}
    if document.state is State.POSTED:
        move(work.db, document, Event.POSTED, **how)
    else:  # what it waits for has not changed
        record(work.db, [entry(work.company.id, document.id, FOUND, document.state, document.state, **how)])


def _ask(
    work: Work,
    row: RequestRow,
    document: DocumentRow,
    found: Sequence[Standing],
    reason: Reason,
    why: str | None = None,
) -> None:
    message = why or (
        f"It was in QuickBooks as {document.txn_id}, which the file does not hold any more. "
        + ("It holds it under: " if reason is Reason.TWICE else "It may hold it under: " if found else "")
        + (", ".join(one.txn_id for one in found) or "QuickBooks does not show what it holds.")
    )
    _hold(work, row, document, Notice(reason, message, _LOOK), {"candidates": [one.as_candidate() for one in found]})


_LOOK = "Look in QuickBooks, then say under which TxnID it is there, or that it is not there."


def _hold(work: Work, row: RequestRow, document: DocumentRow, notice: Notice, detail: Mapping[str, object]) -> None:
    """Where it is, a person says: until then it is nowhere."""
    document.tell(notice)
    document.not_in_books()
    silence(work.db, work.company.id, [document.id], work.now)
    move(work.db, document, Event.HELD, by=QUICKBOOKS, now=work.now, request_id=str(row.id), detail=detail)


def _withdrawn(work: Work, row: RequestRow, document: DocumentRow) -> None:
    document.written_at = None
    move(
        work.db,
        document,
        Event.WITHDRAWN,
        by=QUICKBOOKS,
        now=work.now,
        request_id=str(row.id),
        detail={"txn_id": document.txn_id, "reason": Reason.MISSING.value},
    )


def _entered_again(work: Work, row: RequestRow, document: DocumentRow) -> None:
    detail = {"txn_id": document.txn_id, "reason": Reason.MISSING.value}
    move(work.db, document, Event.VANISHED, by=QUICKBOOKS, now=work.now, request_id=str(row.id), detail=detail)
    document.not_in_books()
    submit(work.db, work.company, [document], by=QUICKBOOKS, now=work.now, look_first=False)
