"""A change reads what stands in the books first, is written from that, and starts anew when somebody was quicker."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from uuid import UUID

from sqlalchemy import func, select

from qbwc_server.documents.history import FOUND, entry, record
from qbwc_server.documents.kinds import Document, load_document
from qbwc_server.documents.lifecycle import Event, Reason
from qbwc_server.documents.models import DocumentEvent, DocumentRow, Operation
from qbwc_server.documents.store import add_notes, show_problems
from qbwc_server.errors import Notice
from qbwc_server.ids import new_id
from qbwc_server.posting.options import Edits
from qbwc_server.posting.outcome.differing import edited, left_unapplied, moved_total, stays
from qbwc_server.posting.outcome.named import as_shown, not_the_one, strangers
from qbwc_server.posting.outcome.number_taken import TAKEN_BY, after_the_question, before_another_number, number_taken
from qbwc_server.posting.outcome.other_entry import renamed_since
from qbwc_server.posting.outcome.outcome import DocumentHead, Work
from qbwc_server.posting.outcome.written import written
from qbwc_server.posting.patience import MOST_STALE
from qbwc_server.posting.requests import OneDocument, Purpose, ask, of_documents, write
from qbwc_server.posting.submitting.closing_date import closed_in_books
from qbwc_server.posting.texts import CannotWrite
from qbwc_server.posting.transactions.compiled import compile_change, compile_void, differences, edits_since
from qbwc_server.posting.transactions.last_writing import NOT_OURS, about_to_change, edited_since, last_writing, seen_as
from qbwc_server.posting.transactions.standing import Difference, Standing
from qbwc_server.posting.transactions.writing import LastWriting
from qbwc_server.queue.enqueue import put
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.reply import Reply
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Event as RequestEvent
from qbwc_server.tenancy.actor import QUICKBOOKS
from qbxml import Aggregate
from qbxml.outcome import Cause
from qbxml.status_codes import STATUS

STALE = tuple(code for code, said in STATUS.items() if said.cause is Cause.STALE)


def queue_change(work: Work, row: RequestRow, head: DocumentHead, ret: Aggregate) -> None:
    """Queue the modification that turns ``ret`` into the document, in place of ``row``, which is done."""
    found = head.rules.standing(ret)
    if not work.settle(row, RequestEvent.DONE, result_id=head.txn_id):
        return
    document = work.document(head.id)
    guid = new_id()
    try:
        if _is_a_strangers(work, row, document, found) or _is_closed(work, row, document, found):
            return
        content, last = load_document(document.body), last_writing(work.db, document)
        if asked := renamed_since(work.db, work.company, work.options, content, found, work.now):
            queue_read(work, row, head, after=asked)
            return
        if edited_before_change(work, row, document, content, found, last):
            return
        if _number_is_asked_for(work, row, head, document, found):
            return
        compiled = compile_change(content, found, guid, work.options, last)
    except CannotWrite as cannot:
        problem = cannot.problem
        show_problems(document, [problem])
        work.fail(head.id, row.id, problem.notice)
        return
    add_notes(document, compiled.notes)
    work.findings += [stays(document, name, what) for name, what in compiled.stays.items()]
    about_to_change(document, compiled)
    work.put(write(Purpose.POST, OneDocument(head.id), guid, compiled), instead_of=row.id)


def _number_is_asked_for(
    work: Work, row: RequestRow, head: DocumentHead, document: DocumentRow, found: Standing
) -> bool:
    """Whether the change waits, since it gives another number: for the question who has that, or for a person."""
    first = before_another_number(work, row, document, found)
    if isinstance(first, str):
        work.hold(document.id, row.id, number_taken(document, first), {TAKEN_BY: first})
    elif first is not None:
        put(work.db, work.company.id, [first], work.now)
        query = head.rules.by_id([head.txn_id or ""], new_id())
        read = ask(Purpose.READ_FOR_CHANGE, OneDocument(head.id), query, after=(first.id,))
        work.put(after_the_question(read, first), instead_of=row.id)
    return first is not None


def queue_void(work: Work, row: RequestRow, head: DocumentHead, ret: Aggregate) -> None:
    """Queue the void of ``ret`` in place of ``row``, which is done; it may be void already."""
    found = head.rules.standing(ret)
    if not work.settle(row, RequestEvent.DONE, result_id=head.txn_id):
        return
    document = work.document(head.id)
    if _is_a_strangers(work, row, document, found):
        return
    if found.voided and (document.posted_total or head.comes_to_something):
        work.post(head.id, Event.WITHDRAWN, row.id, written(work, found.ret), {"found": "void"})
        return
    if _is_closed(work, row, document, found) or edited_before_void(work, row, document, found):
        return
    if found.paid:
        work.findings.append(left_unapplied(document, found))
    guid = new_id()
    compiled = compile_void(head.kind, found.txn_id, guid)
    work.put(write(Purpose.POST, OneDocument(head.id), guid, compiled), instead_of=row.id)


def edited_before_void(work: Work, row: RequestRow, document: DocumentRow, found: Standing) -> bool:
    """Whether a person has to look first, since somebody edited in QuickBooks what is about to be void."""
    if not edited_since(document, found):
        return False
    seen: list[Difference] = []
    last = last_writing(work.db, document)
    with suppress(CannotWrite):  # the options have changed since: nobody can tell what was written
        seen = differences(found, work.options, last)
    seen = seen or moved_total(document, found, work.options, last)
    return is_told_of(work, row, document, found, seen, ADVICE_VOID)


def _is_a_strangers(work: Work, row: RequestRow, document: DocumentRow, found: Standing) -> bool:
    """Whether what stands there is not this document, so that a change would destroy somebody else's."""
    differences = strangers(work, document, found)
    if differences:
        document.not_in_books()
        work.hold(document.id, row.id, not_the_one(document, found, differences), as_shown(found, differences))
    return bool(differences)


def _is_closed(work: Work, row: RequestRow, document: DocumentRow, found: Standing) -> bool:
    """Whether it stands in the books on a day that is closed: a change would take it out of there."""
    told = closed_in_books(work.db, work.company.id, found.day)
    if told is not None:
        work.hold(document.id, row.id, told)
    return told is not None


def edited_before_change(
    work: Work, row: RequestRow, document: DocumentRow, content: Document, found: Standing, last: LastWriting
) -> bool:
    """Whether a person has to look first, since somebody edited in QuickBooks what is about to be changed.

    Both versions are shown, whatever the company has chosen. What a person has seen is not asked again.

    Raises:
        CannotWrite: what it ought to say cannot be written.
    """
    if not edited_since(document, found) or not differences(found, work.options, last, content):
        return False
    seen = edits_since(found, work.options, last, content) or moved_total(document, found, work.options, last)
    return is_told_of(work, row, document, found, seen, ADVICE_CHANGE)


def is_told_of(
    work: Work, row: RequestRow, document: DocumentRow, found: Standing, seen: Sequence[Difference], advice: str
) -> bool:
    """Tell what somebody edited; whether a person has to look first."""
    if not seen:
        return False
    told = edited(document, found, seen)
    seen_as(document, found)
    if work.options.edits_in_quickbooks is Edits.NOTE:
        work.findings.append(told)
        return False
    work.hold(document.id, row.id, Notice(Reason.EDITED, told.message, advice), told.detail)
    return True


ADVICE_CHANGE = "Submit it to write the revision over the edit; or hand in a revision that says what the edit says."
ADVICE_VOID = "Submit it to void it all the same; or keep it, and it stands in the books as it is."


def read_again(work: Work, row: RequestRow, head: DocumentHead, reply: Reply) -> None:
    """Somebody changed it since we read it: read, compile anew, queue again; after three times a person looks."""
    if not work.settle(row, RequestEvent.REFUSED, reply):
        return
    if stale_times(work, head.id) >= MOST_STALE:
        work.hold(
            head.id,
            row.id,
            Notice(
                Reason.CHANGED_MEANWHILE,
                "Each time it was about to be changed, somebody else had just changed it in QuickBooks.",
                "Look whether someone has it open in QuickBooks, then submit it again.",
            ),
        )
        return
    queue_read(work, row, head)


def take_and_change(work: Work, row: RequestRow, head: DocumentHead, found: Standing, *, revisions: int) -> None:
    """An older content of the document stands in the books: it is the document's from now on, and is changed.

    Args:
        revisions: how many of the document the request that entered it did not know.
    """
    document = work.document(head.id)
    document.txn_id, document.operation, document.posted_at = found.txn_id, Operation.CHANGE, work.now
    document.edit_sequence = NOT_OURS if found.touched else found.edit_sequence
    document.written = {"revision": document.revision - revisions}
    detail = {"found": "by the GUID of an earlier sending, to be changed", "txn_id": found.txn_id}
    record(
        work.db,
        [
            entry(
                work.company.id,
                head.id,
                FOUND,
                head.state,
                head.state,
                by=QUICKBOOKS,
                now=work.now,
                request_id=str(row.id),
                detail=detail,
            )
        ],
    )
    query = head.rules.by_id([found.txn_id], new_id())
    work.put(ask(Purpose.READ_FOR_CHANGE, OneDocument(head.id), query), instead_of=row.id)


def stale_times(work: Work, document_id: int) -> int:
    """How often it has met a stale edit sequence since it was last submitted, this time included."""
    submitted = select(func.max(DocumentEvent.at)).where(
        DocumentEvent.document_id == document_id, DocumentEvent.event == Event.SUBMITTED.value
    )
    earlier = work.db.scalar(
        select(func.count()).where(
            of_documents(work.company.id, [document_id], [Purpose.POST]),
            QueuedRequest.status_code.in_(STALE),
            QueuedRequest.created_at >= submitted.scalar_subquery(),
        )
    )
    return (earlier or 0) + 1


def queue_read(work: Work, row: RequestRow, head: DocumentHead, after: Iterable[UUID] = ()) -> None:
    """Ask once more what stands in the books, in place of ``row``.

    Args:
        after: questions that are to be answered first.
    """
    query = head.rules.by_id([head.txn_id or ""], new_id())
    work.put(ask(Purpose.READ_FOR_CHANGE, OneDocument(head.id), query, after=after), instead_of=row.id)
