"""Answers to the requests that write a document: posted, refused, to be read again, or in doubt."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.lifecycle import Event, Reason
from qbwc_server.documents.models import DocumentEvent, Operation
from qbwc_server.documents.store import add_notes, show_problems
from qbwc_server.ids import new_id
from qbwc_server.posting.compile import KINDS, compile_change, compile_read
from qbwc_server.posting.ensure import forget
from qbwc_server.posting.pc_clock import modified_at
from qbwc_server.posting.purposes import Purpose
from qbwc_server.posting.texts import CannotWrite, Texts
from qbwc_server.posting.work import DocumentHead, Work
from qbwc_server.queue.delivery import RequestRow, first_sent
from qbwc_server.queue.enqueue import NewRequest, cancel, open_requests
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.states import Event as RequestEvent
from qbwc_server.queue.states import Priority, RequestState
from qbxml import Aggregate, Answer, MissingElement
from qbxml.outcome import Outcome
from qbxml.status import status
from qbxml.status_codes import Status

STALE_EDIT_SEQUENCE = 3200
NOT_THERE = 3120
UNKNOWN_NAMES = frozenset({3120, 3130, 3140})
AT_ONCE = frozenset({3230, 3231})  # another request of the set failed
CLOSED_PERIOD = frozenset({3161, 3171})
LONGEST_ID = 36  # IDTYPE
MOST_ATTEMPTS = 5  # of a request that was not executed and may simply go again
LONGEST_LOCK = timedelta(days=1)  # that long it goes again in each session, however many there are
MOST_CHANGES = 3  # times that somebody else was quicker, then a person looks


def read_post(work: Work, row: RequestRow, answer: Answer) -> None:
    """The answer to an Add, Mod or Void of a document."""
    said = status(answer.status_code, answer.status_message or "")
    head = work.head(int(row.subject))
    ret = next(iter(answer.rets), None)
    txn_id = getattr(ret, "txn_id", None) or getattr(answer.error_recovery, "txn_id", None)
    if txn_id is not None:  # what was written came back: whatever remark the code makes, it is there
        posted(work, row, head, txn_id, ret, answer)
    elif said.doubtful or said.outcome is Outcome.DONE:  # done, says the code; but what was done? look
        work.doubt(row)
    elif answer.status_code == STALE_EDIT_SEQUENCE and row.message.endswith("Mod"):
        _read_again(work, row, head, answer)
    elif tried_again(work, row, said, answer):
        pass
    elif answer.status_code == NOT_THERE and row.message == "TxnVoid":
        # it is not in the books: that is what was wanted
        if work.settle(row, RequestEvent.DONE, code=answer.status_code, message=answer.status_message):
            found = {"found": "QuickBooks does not have it any more"}
            work.post(head.id, Event.WITHDRAWN, row.id, written(work, None), found)
    else:
        refused(work, row, head.id, said, answer)


def tried_again(work: Work, row: RequestRow, said: Status, answer: Answer) -> bool:
    """Whether a request that was certainly not executed goes once more.

    What met a lock rests until the next session: whoever has the entry open now will have it open in a second too.
    """
    if said.outcome is not Outcome.TRY_AGAIN:
        return False
    event = RequestEvent.AGAIN if said.doubtful or said.code in AT_ONCE else RequestEvent.LOCKED
    if row.attempts >= MOST_ATTEMPTS:
        since = first_sent(work.db, row.id) or work.now
        if event is RequestEvent.AGAIN or work.now - since > LONGEST_LOCK:
            return False
    work.settle(row, event, code=answer.status_code, message=answer.status_message)
    return True


def written(work: Work, ret: Aggregate | None) -> dict[str, Any]:
    """What is remembered of a writing that QuickBooks has shown: by this an older copy of the file is recognised."""
    return {"written_at": None if ret is None else work.now, "time_modified": modified_at(ret)}


def posted(
    work: Work,
    row: RequestRow,
    head: DocumentHead,
    txn_id: str,
    ret: Aggregate | None,
    answer: Answer | None,
    detail: dict[str, Any] | None = None,
) -> None:
    """QuickBooks has it: under which id, with which number and total. Raises MissingElement for what is no id."""
    if len(txn_id) > LONGEST_ID:
        raise MissingElement(f"{row.message} was answered with an id of {len(txn_id)} characters")
    code = answer.status_code if answer is not None else None
    message = answer.status_message if answer is not None and code else None
    if not work.settle(row, RequestEvent.DONE, code=code, message=message, result_id=txn_id):
        _executed_again(work, row, head, txn_id)
        return
    if row.message == "TxnVoid":
        work.post(head.id, Event.WITHDRAWN, row.id, written(work, ret), detail)
        return
    earlier = _earlier_sending(work, row, head)
    if earlier not in (None, txn_id):
        _twice(work, row, head, str(earlier), txn_id)
        return
    total = KINDS[head.kind].total(ret) if ret is not None else None
    values = {
        "txn_id": txn_id,
        "edit_sequence": (getattr(ret, "edit_sequence", None) or "")[:16] or None,
        "posted_number": (getattr(ret, "ref_number", None) or "")[:30] or None,
        "posted_total": total,
        "posted_at": work.now,
        **written(work, ret),
    }
    if total is not None and head.total is not None and total != head.total:
        add_notes(
            work.document(head.id),
            [f"total: QuickBooks comes to {total}, the document says {head.total}; check tax and rounding"],
        )
    work.post(head.id, Event.POSTED, row.id, values, detail)


def _earlier_sending(work: Work, row: RequestRow, head: DocumentHead) -> str | None:
    """The id under which an earlier request of this document came into the books unseen, where that is known.

    Only a document that is held for it can have one, while a later request of it was on its way.
    """
    if head.reason != Reason.OUTCOME_UNKNOWN or work.states[row.id] is RequestState.DISPUTED:
        return None
    return work.db.scalar(
        select(QueuedRequest.result_id).where(
            QueuedRequest.company_id == work.company.id,
            QueuedRequest.purpose == Purpose.POST,
            QueuedRequest.subject == row.subject,
            QueuedRequest.id != row.id,
            QueuedRequest.result_id.is_not(None),
            QueuedRequest.state.in_((RequestState.FAILED, RequestState.CANCELLED)),
        )
    )


def _executed_again(work: Work, row: RequestRow, head: DocumentHead, txn_id: str) -> None:
    """A request that is settled already was executed, says a second answer: once more, or against all that was known.

    It must never happen, and if it does it must never be hidden.
    """
    known = work.result_of(row)
    if txn_id in (known, head.txn_id) or row.message == "TxnVoid":
        return
    if known is not None:
        _twice(work, row, head, known, txn_id)
        return
    work.db.get_one(QueuedRequest, row.id).result_id = txn_id  # refused or cancelled, and in the books all the same
    if head.txn_id is not None:
        _twice(work, row, head, head.txn_id, txn_id)
        return
    later = open_requests(work.db, work.company.id, Purpose.POST, [row.subject])
    cancel(work.db, later.values(), work.now)
    work.hold(
        head.id,
        row.id,
        reason=Reason.OUTCOME_UNKNOWN,
        message=f"An answer that came late says that an earlier sending of it is in QuickBooks as {txn_id}.",
        advice="Look in QuickBooks: if it is there, say under which TxnID; if it is not, say so and it is sent again.",
        detail={"candidates": [{"txn_id": txn_id}]},
    )


def refused(work: Work, row: RequestRow, document_id: int, said: Status, answer: Answer) -> None:
    """QuickBooks said no; everybody else in the set is untouched."""
    if not work.settle(row, RequestEvent.REFUSED, code=answer.status_code, message=answer.status_message):
        return
    words = (answer.status_message or "").strip()
    message = f"{said.meaning} QuickBooks says: {words}" if words else said.meaning
    if answer.status_code in CLOSED_PERIOD or "closing date" in words.lower():
        work.hold(document_id, row.id, reason=Reason.CLOSING_DATE, message=message, advice=said.advice or _RE_DATE)
        return
    if answer.status_code in UNKNOWN_NAMES:
        with suppress(CannotWrite):  # the options have changed since; it will be asked anew under the new names
            forget(
                work.db,
                work.company.id,
                load_document(work.document(document_id).body),
                Texts(work.options.characters),
            )
    advice = said.advice
    if said.outcome is Outcome.TRY_AGAIN:
        advice = f"It was tried {row.attempts} times. See that nobody has it open in QuickBooks, then submit it again."
    work.fail(document_id, row.id, reason=f"quickbooks_{answer.status_code}", message=message, advice=advice)


_RE_DATE = "Hand it in again with a date after the closing date, or exclude it."


def read_for_change(work: Work, row: RequestRow, answer: Answer) -> None:
    """What stands in the books now: the modification is written from it, with its edit sequence and line ids."""
    said = status(answer.status_code, answer.status_message or "")
    head = work.head(int(row.subject))
    ret = next(iter(answer.rets), None)
    if ret is not None:
        queue_change(work, row, head, ret)
    elif tried_again(work, row, said, answer):
        pass
    elif said.outcome is Outcome.NOTHING_FOUND or answer.status_code == NOT_THERE:
        if work.settle(row, RequestEvent.REFUSED, code=answer.status_code, message=answer.status_message):
            work.hold(
                head.id,
                row.id,
                reason=Reason.MISSING,
                message=f"It was in QuickBooks as {head.txn_id} and cannot be found there any more.",
                advice="Exclude it if it was deleted on purpose; or say that it is not there, and it is entered anew.",
            )
    elif said.outcome is Outcome.DONE:  # and yet nothing came
        if row.attempts < MOST_ATTEMPTS:
            work.settle(row, RequestEvent.AGAIN)
        elif work.settle(row, RequestEvent.REFUSED, code=answer.status_code, message=answer.status_message):
            work.fail(
                head.id,
                row.id,
                reason=Reason.MISSING.value,
                message=f"QuickBooks does not show what stands in the books as {head.txn_id}, so it was not changed.",
                advice="Look at it in QuickBooks, then submit it again.",
            )
    else:
        refused(work, row, head.id, said, answer)


def queue_change(work: Work, row: RequestRow, head: DocumentHead, ret: Aggregate) -> None:
    """Queue the modification that turns ``ret`` into the document, in place of ``row``, which is done."""
    if not work.settle(row, RequestEvent.DONE, result_id=head.txn_id):
        return
    document = work.document(head.id)
    guid = new_id()
    try:
        compiled = compile_change(load_document(document.body), ret, guid, work.options)
    except CannotWrite as cannot:
        problem = cannot.problem
        show_problems(document, [problem])
        work.fail(head.id, row.id, reason=problem.code, message=problem.message, advice=problem.advice)
        return
    add_notes(document, compiled.notes)
    work.put(
        NewRequest(Purpose.POST, row.subject, compiled.message, True, Priority.CHANGE, compiled.xml, (), guid),
        instead_of=row.id,
    )


def _read_again(work: Work, row: RequestRow, head: DocumentHead, answer: Answer) -> None:
    """Somebody changed it since we read it: read, compile anew, queue again; after three times a person looks."""
    if not work.settle(row, RequestEvent.REFUSED, code=answer.status_code, message=answer.status_message):
        return
    if stale_times(work, head.id) >= MOST_CHANGES:
        work.hold(
            head.id,
            row.id,
            reason=Reason.CHANGED_MEANWHILE,
            message="Each time it was about to be changed, somebody else had just changed it in QuickBooks.",
            advice="Look whether someone has it open in QuickBooks, then submit it again.",
        )
        return
    queue_read(work, row, head)


def stale_times(work: Work, document_id: int) -> int:
    """How often it has met a stale edit sequence since it was last submitted, this time included."""
    submitted = select(func.max(DocumentEvent.at)).where(
        DocumentEvent.document_id == document_id, DocumentEvent.event == Event.SUBMITTED.value
    )
    earlier = work.db.scalar(
        select(func.count()).where(
            QueuedRequest.company_id == work.company.id,
            QueuedRequest.purpose == Purpose.POST,
            QueuedRequest.subject == str(document_id),
            QueuedRequest.status_code == STALE_EDIT_SEQUENCE,
            QueuedRequest.created_at >= submitted.scalar_subquery(),
        )
    )
    return (earlier or 0) + 1


def queue_read(work: Work, row: RequestRow, head: DocumentHead) -> None:
    """Ask once more what stands in the books, in place of ``row``."""
    guid: UUID = new_id()
    message, xml = compile_read(head.kind, guid, txn_id=head.txn_id or "")
    work.put(
        NewRequest(Purpose.READ_FOR_CHANGE, row.subject, message, False, Priority.READ, xml, (), guid),
        instead_of=row.id,
    )


def _twice(work: Work, row: RequestRow, head: DocumentHead, one: str, other: str) -> None:
    if head.operation is Operation.VOID:
        return
    work.hold(
        head.id,
        row.id,
        reason=Reason.TWICE,
        message=f"QuickBooks holds this document two times: as {one} and as {other}.",
        advice="Void or delete one of the two in QuickBooks, then say which one stays.",
        detail={"transactions": [one, other]},
    )
