"""Does a document say in this file what it was changed into last, and is what was void still void?"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.lifecycle import Event, Reason, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import move
from qbwc_server.errors import Notice
from qbwc_server.ids import new_id
from qbwc_server.posting.onto.there import gone_from
from qbwc_server.posting.outcome.differing import edited, moved_total
from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.patience import MOST_QUESTIONS
from qbwc_server.posting.requests import OneDocument, Purpose, ask
from qbwc_server.posting.submitting.submit import submit
from qbwc_server.posting.texts import CannotWrite
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.posting.transactions.compiled import agrees, differences
from qbwc_server.posting.transactions.last_writing import last_writing
from qbwc_server.posting.transactions.standing import Standing
from qbwc_server.queue.enqueue import NewRequest
from qbwc_server.queue.reply import Reply
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Event as RequestEvent
from qbwc_server.tenancy.actor import QUICKBOOKS
from qbxml.messages.transaction import TransactionRet


def not_void(
    work: Work, row: RequestRow, withdrawn: Sequence[DocumentRow], there: dict[str, TransactionRet], *, again: bool
) -> None:
    """What is void here and comes to something there: it is voided once more, or a person decides."""
    revived = []
    for document in withdrawn:
        found = there.get(document.txn_id or "")
        if found is None or not found.amount:
            continue
        if not again:
            _live_again(work, row, document, f"comes to {found.amount}")
        else:
            _revive_one(work, row, document, f"comes to {found.amount} in QuickBooks again")
            revived.append(document)
    if revived:
        submit(work.db, work.company, revived, by=QUICKBOOKS, now=work.now)


def _revive_one(work: Work, row: RequestRow, document: DocumentRow, found: str) -> None:
    detail = {"found": found}
    move(work.db, document, Event.REVIVED, by=QUICKBOOKS, now=work.now, request_id=str(row.id), detail=detail)


def _live_again(work: Work, row: RequestRow, document: DocumentRow, found: str) -> None:
    """What was void is not, in the file that is taken as it is: a person says whether it is to be void."""
    why = f"It was void, and since the backup was restored it is not void in QuickBooks: it {found}."
    advice = "Submit it to void it once more; or keep it, and it stands in the books as it is."
    document.tell(Notice(Reason.CHANGED_MEANWHILE, why, advice))
    move(work.db, document, Event.HELD, by=QUICKBOOKS, now=work.now, request_id=str(row.id), detail={"found": found})


def compare(document: DocumentRow, *, again: bool) -> NewRequest:
    """The question what a document says in this file."""
    query = TRANSACTIONS[document.kind].by_id([document.txn_id or ""], new_id())
    return ask(Purpose.COMPARE if again else Purpose.COMPARE_AS_IS, OneDocument(document.id), query)


def read_compare(work: Work, row: RequestRow, reply: Reply) -> None:
    """Does it say in this file what it was changed into last? If not, nobody knows who is right: a person does."""
    _read_compare(work, row, reply, again=True)


def read_compare_as_is(work: Work, row: RequestRow, reply: Reply) -> None:
    """The same where the file is taken as it is: what is not void there is not voided without a person either."""
    _read_compare(work, row, reply, again=False)


def _read_compare(work: Work, row: RequestRow, reply: Reply, *, again: bool) -> None:
    if reply.first is None and row.attempts < MOST_QUESTIONS:
        work.settle(row, RequestEvent.AGAIN)
        return
    document = work.document(OneDocument.of(row).document)
    if not work.settle(row, RequestEvent.DONE, reply):
        return
    if document.state is State.WITHDRAWN and reply.first is not None:
        if gone_from(work, document, TRANSACTIONS[document.kind].standing(reply.first)):
            return
        if again:
            _revive_one(work, row, document, "its lines are not void in QuickBooks")
            submit(work.db, work.company, [document], by=QUICKBOOKS, now=work.now)
        else:
            _live_again(work, row, document, "has lines that come to something")
        return
    if document.state is not State.POSTED:
        return
    if reply.first is None:
        _differs(work, row, document, "QuickBooks did not show what it holds since the backup was restored.", [])
        return
    found = TRANSACTIONS[document.kind].standing(reply.first)
    hold_unless_it_agrees(
        work,
        row,
        document,
        found,
        "Since the backup was restored QuickBooks holds it otherwise than it was changed last",
    )


def hold_unless_it_agrees(work: Work, row: RequestRow, document: DocumentRow, found: Standing, why: str) -> None:
    """What the books hold and the document does not say is for a person; what a person has added is told.

    Args:
        why: the sentence that says what differs, without its end.
    """
    try:
        same = agrees(load_document(document.body), found, work.options, last_writing(work.db, document))
    except CannotWrite:
        same = False
    if same:
        tell_edits(work, document, found)
    else:
        total = "" if found.total is None else f", with a total of {found.total}"
        _differs(work, row, document, f"{why}{total}.", [found.as_candidate()])


def _differs(
    work: Work, row: RequestRow, document: DocumentRow, why: str, candidates: Sequence[dict[str, str]]
) -> None:
    advice = "Submit it again to make the change once more, or hand in a revision that says what is right."
    document.tell(Notice(Reason.CHANGED_MEANWHILE, why, advice))
    detail = {"candidates": list(candidates)}
    move(work.db, document, Event.HELD, by=QUICKBOOKS, now=work.now, request_id=str(row.id), detail=detail)


def tell_edits(work: Work, document: DocumentRow, found: Standing) -> None:
    """Show what a person has made of what we wrote last."""
    seen, last = [], last_writing(work.db, document)
    with suppress(CannotWrite):  # the options have changed since: nobody can tell what was written
        seen = differences(found, work.options, last)
    if seen := seen or moved_total(document, found, work.options, last):
        work.findings.append(edited(document, found, seen))
