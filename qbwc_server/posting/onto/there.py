"""Lines of ours on an invoice of somebody else: changed there, taken back, and what that invoice became meanwhile."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.kinds.invoice import Invoice
from qbwc_server.documents.lifecycle import Event, Reason, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import add_notes, show_problems
from qbwc_server.errors import Notice
from qbwc_server.ids import new_id
from qbwc_server.posting.onto.fitness import Fitness, is_void
from qbwc_server.posting.onto.kept import tell_kept
from qbwc_server.posting.onto.question import ask_for_invoices
from qbwc_server.posting.outcome.changing import edited_before_change, edited_before_void, queue_read
from qbwc_server.posting.outcome.other_entry import renamed_since
from qbwc_server.posting.outcome.outcome import DocumentHead, Work
from qbwc_server.posting.outcome.written import as_posted, written
from qbwc_server.posting.requests import OneDocument, Purpose, write
from qbwc_server.posting.texts import CannotWrite
from qbwc_server.posting.transactions.compiled import (
    Compiled,
    agrees,
    compile_change,
    compile_take_back,
    is_on,
)
from qbwc_server.posting.transactions.host import key_of
from qbwc_server.posting.transactions.last_writing import about_to_change, last_writing
from qbwc_server.posting.transactions.standing import Standing
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Event as RequestEvent
from qbxml import Aggregate

_ADVICE = (
    "Nothing on it was changed. Correct that invoice in QuickBooks if it is still to be corrected, and submit this "
    "again; or bill the difference with the next one."
)


def queue_change_there(work: Work, row: RequestRow, head: DocumentHead, ret: Aggregate) -> None:
    """Queue the modification that puts the lines of a document onto ``ret``, in place of ``row``, which is done."""
    found = head.rules.standing(ret)
    if not work.settle(row, RequestEvent.DONE, result_id=found.txn_id):
        return
    document = work.document(head.id)
    content = load_document(document.body)
    if document.only_chosen:
        _forget_former(document, found)
    try:
        last = last_writing(work.db, document)
        if agrees(content, found, work.options, last):
            head = replace(head, txn_id=found.txn_id)
            as_posted(work, row, head, found.txn_id, found.ret, {"found": "its lines stand on the invoice already"})
            return
        if is_taken(work, row, document, found):
            return
        if asked := renamed_since(work.db, work.company, work.options, content, found, work.now):
            queue_read(work, row, replace(head, txn_id=found.txn_id), after=asked)
            return
        if edited_before_change(work, row, document, content, found, last):
            return
        guid = new_id()
        compiled = compile_change(content, found, guid, work.options, last)
    except CannotWrite as cannot:
        _cannot(work, row, document, cannot)
        return
    add_notes(document, compiled.notes)
    tell_kept(work, document, found, compiled.remarks)
    about_to_change(document, compiled)
    work.put(write(Purpose.POST, OneDocument(document.id), guid, compiled), instead_of=row.id)


def queue_take_back(work: Work, row: RequestRow, head: DocumentHead, ret: Aggregate) -> None:
    """Queue the modification that takes the lines of a document off ``ret``; the invoice itself is not voided."""
    found = head.rules.standing(ret)
    if not work.settle(row, RequestEvent.DONE, result_id=head.txn_id):
        return
    document = work.document(head.id)
    tell_kept(work, document, found, ())
    if gone_from(work, document, found):
        work.post(head.id, Event.WITHDRAWN, row.id, written(work, found.ret), {"found": "not on the invoice any more"})
        return
    if is_taken(work, row, document, found) or edited_before_void(work, row, document, found):
        return
    guid = new_id()
    try:
        compiled = compile_take_back(found, guid, work.options, last_writing(work.db, document))
    except CannotWrite as cannot:
        _cannot(work, row, document, cannot)
        return
    work.put(write(Purpose.POST, OneDocument(document.id), guid, compiled), instead_of=row.id)


def judge_take_back(work: Work, about: RequestRow, head: DocumentHead, found: Standing) -> Compiled | None:
    """Whether the lines are off, after the answer was lost; what is to be sent once more where they are not."""
    document = work.document(head.id)
    if gone_from(work, document, found):
        if work.settle(about, RequestEvent.DONE, result_id=head.txn_id):
            work.post(head.id, Event.WITHDRAWN, about.id, written(work, found.ret), {"found": "taken back"})
        return None
    if is_taken(work, about, document, found):
        return None
    try:
        return compile_take_back(found, about.id, work.options, last_writing(work.db, document))
    except CannotWrite as cannot:
        if work.settle(about, RequestEvent.REFUSED, words=cannot.problem.message):
            _cannot(work, about, document, cannot)
        return None


def is_taken(work: Work, row: RequestRow, document: DocumentRow, found: Standing) -> bool:
    """Whether nothing may be changed on the invoice any more: where nothing of ours is on it another one is chosen,
    else a person is told.

    Args:
        row: a question that is settled, or a write in doubt, which is refused by this.

    Raises:
        CannotWrite: QuickBooks has no such names.
    """
    content = load_document(document.body)
    if not isinstance(content, Invoice) or content.onto is None:
        return False
    stands = is_on(content, found, work.options, last_writing(work.db, document))
    fitness = Fitness(work.db, document, content, work.options, [found])
    why = fitness.why_not(found, ours_on_it=stands)
    if why is None:
        return False
    work.settle(row, RequestEvent.REFUSED, words=f"The invoice {why}.")
    if not stands:
        choose_another(work, row, document)
        return True
    message = f"Invoice {found.number or found.txn_id}, on which its lines stand, {why}."
    work.fail(document.id, row.id, Notice(Reason.INVOICE_TAKEN, message, _ADVICE))
    return True


def choose_another(work: Work, row: RequestRow, document: DocumentRow) -> None:
    """Ask anew which invoice the lines belong on, in place of ``row``: the one that was chosen is not fit any more."""
    content = load_document(document.body)
    if not isinstance(content, Invoice) or content.onto is None:
        return
    document.not_in_books()
    try:
        question = ask_for_invoices(document.id, content, content.onto, work.options, new_id())
    except CannotWrite as cannot:
        _cannot(work, row, document, cannot)
        return
    work.put(question, instead_of=row.id)


def gone_from(work: Work, document: DocumentRow, found: Standing) -> bool:
    """Whether nothing of ours comes to anything there: the lines are off, or all of it is void."""
    if document.host is None:
        return found.voided
    content, last = load_document(document.body), last_writing(work.db, document)
    if document.state is State.WITHDRAWN and last.host is not None:  # lines that were given back are theirs again
        ids = [[line for line in some if line not in last.host.former] for some in last.line_ids]
        last = replace(last, line_ids=ids, host=replace(last.host, former={}))
    try:
        return is_void(found) or not is_on(content, found, work.options, last)
    except CannotWrite:
        return False  # the options have changed since: nobody can tell what was written


def is_void_there(document: DocumentRow, found: Standing) -> bool:
    """Whether somebody has voided what the document stands in: plus and minus may come to zero, too."""
    if document.host is not None:
        return is_void(found)
    return found.voided and document.comes_to_something


def stands_there(found: Standing, keys: Collection[str]) -> dict[str, Any]:
    """What is remembered of an invoice on which our lines were found: what they took over, nobody knows."""
    ours = [line for line in found.lines if not line.is_group and key_of(line) in keys]
    return {"former": {str(line.txn_line_id): None for line in ours}}


def _forget_former(document: DocumentRow, found: Standing) -> None:
    """What lines were about to take over: nothing of that was executed, and people may have changed those since."""
    keys = {str(line.txn_line_id): key_of(line) for line in found.lines}
    former = (document.host or {}).get("former", {})
    document.host = {
        "former": {line: said for line, said in former.items() if said is None or said.get("key") == keys.get(line)}
    }


def _cannot(work: Work, row: RequestRow, document: DocumentRow, cannot: CannotWrite) -> None:
    show_problems(document, [cannot.problem])
    work.fail(document.id, row.id, cannot.problem.notice)
