"""A change reads what stands in the books first, is written from that, and starts anew when somebody was quicker."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.lifecycle import Event, Reason
from qbwc_server.documents.models import DocumentEvent
from qbwc_server.documents.store import add_notes, show_problems
from qbwc_server.ids import new_id
from qbwc_server.posting.outcome.outcome import DocumentHead, Work
from qbwc_server.posting.patience import MOST_STALE
from qbwc_server.posting.requests import Purpose
from qbwc_server.posting.texts import CannotWrite
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.posting.transactions.compiled import compile_change, compile_read
from qbwc_server.posting.transactions.last_writing import about_to_change, last_writing
from qbwc_server.queue.enqueue import NewRequest
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Event as RequestEvent
from qbwc_server.queue.states import Priority
from qbxml import Aggregate, Answer

STALE_EDIT_SEQUENCE = 3200


def queue_change(work: Work, row: RequestRow, head: DocumentHead, ret: Aggregate) -> None:
    """Queue the modification that turns ``ret`` into the document, in place of ``row``, which is done."""
    found = TRANSACTIONS[head.kind].standing(ret)
    if not work.settle(row, RequestEvent.DONE, result_id=head.txn_id):
        return
    document = work.document(head.id)
    guid = new_id()
    try:
        content, last = load_document(document.body), last_writing(work.db, document)
        compiled = compile_change(content, found, guid, work.options, last)
    except CannotWrite as cannot:
        problem = cannot.problem
        show_problems(document, [problem])
        work.fail(head.id, row.id, reason=problem.code, message=problem.message, advice=problem.advice)
        return
    add_notes(document, compiled.notes)
    about_to_change(document, compiled.others)
    work.put(
        NewRequest(Purpose.POST, row.subject, compiled.message, True, Priority.CHANGE, compiled.xml, (), guid),
        instead_of=row.id,
    )


def read_again(work: Work, row: RequestRow, head: DocumentHead, answer: Answer) -> None:
    """Somebody changed it since we read it: read, compile anew, queue again; after three times a person looks."""
    if not work.settle(row, RequestEvent.REFUSED, code=answer.status_code, message=answer.status_message):
        return
    if stale_times(work, head.id) >= MOST_STALE:
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
