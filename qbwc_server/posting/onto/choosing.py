"""Which invoice of somebody else the lines of a document belong on; what happens as long as there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from qbwc_server.documents.history import FOUND, entry, record
from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.kinds.invoice import Invoice
from qbwc_server.documents.kinds.onto import NoInvoice, Onto
from qbwc_server.documents.lifecycle import Reason
from qbwc_server.documents.models import DocumentRow, Operation
from qbwc_server.documents.store import add_notes, show_problems
from qbwc_server.errors import Notice
from qbwc_server.ids import new_id
from qbwc_server.posting.doubt.evidence import sendings_of
from qbwc_server.posting.doubt.judge import judge_add
from qbwc_server.posting.onto.fitness import Fitness, is_void, most_recent
from qbwc_server.posting.onto.question import customer_of
from qbwc_server.posting.onto.there import queue_change_there, stands_there
from qbwc_server.posting.outcome.outcome import DocumentHead, Work
from qbwc_server.posting.outcome.refused import refused, tried_again
from qbwc_server.posting.patience import MOST_REPEATS
from qbwc_server.posting.requests import OneDocument, Purpose, write
from qbwc_server.posting.submitting.looked_for import looks_before
from qbwc_server.posting.texts import CannotWrite
from qbwc_server.posting.transactions.compiled import compile_add, is_on
from qbwc_server.posting.transactions.host import key_of
from qbwc_server.posting.transactions.last_writing import keys_of, keys_of_others, last_writing
from qbwc_server.posting.transactions.standing import Standing
from qbwc_server.queue.reply import Reply
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Event
from qbwc_server.tenancy.actor import QUICKBOOKS
from qbxml.outcome import Outcome

WAITS = "waits_for_invoice"
_MOST_TOLD = 3


def read_choose(work: Work, row: RequestRow, reply: Reply) -> None:
    """What QuickBooks holds for the customer: the lines stand there already, or go onto one, or there is none yet."""
    head, said = work.head_of(row), reply.said
    told = reply.tells_all and (reply.shown > 0 or reply.proves_absence)
    if not told and said.outcome is Outcome.DONE and row.attempts < MOST_REPEATS:
        work.settle(row, Event.AGAIN)  # done, and yet nothing came
        return
    if not told:
        if not tried_again(work, row, reply):
            refused(work, row, head.id, reply)
        return
    document = work.document(head.id)
    content = load_document(document.body)
    if not isinstance(content, Invoice) or content.onto is None:
        work.settle(row, Event.DONE, reply)
        return
    found = [head.rules.standing(ret) for ret in reply.rets]
    try:
        _choose(work, row, reply, head, document, content, content.onto, found)
    except CannotWrite as cannot:
        show_problems(document, [cannot.problem])
        if work.settle(row, Event.REFUSED, reply):
            work.fail(head.id, row.id, cannot.problem.notice)


def _choose(
    work: Work,
    row: RequestRow,
    reply: Reply,
    head: DocumentHead,
    document: DocumentRow,
    content: Invoice,
    onto: Onto,
    found: Sequence[Standing],
) -> None:
    marks = sendings_of(work.db, work.company.id, [head.id])[head.id].marks
    ours = [one for one in found if one.mark in marks]
    if ours and judge_add(work, row, ours, complete=True):  # it became an invoice of its own before
        return
    bearing = [one for one in found if not is_void(one) and _bears_ours(work, document, content, one)]
    if bearing:
        first = min(bearing, key=lambda one: (one.time_created or work.now, one.txn_id))
        _take(work, row, head, document, first, "its keys stand there", stands_there(first, keys_of(content)))
        return
    fitness = Fitness(work.db, document, content, work.options, found)
    why = {one.txn_id: fitness.why_not(one) for one in found}
    chosen = most_recent([one for one in found if why[one.txn_id] is None])
    if chosen is not None:
        _take(work, row, head, document, chosen, "the most recent unsent invoice of the window", {"former": {}})
        return
    passed_over = [
        f"Invoice {one.number or one.txn_id} of {one.day} {why[one.txn_id]}."
        for one in found
        if onto.holds(one.day) and one.party is not None and one.party.is_called(customer_of(content, work.options))
    ][:_MOST_TOLD]
    if not onto.came(work.now):
        _wait(work, row, reply, document, content, onto, passed_over)
    elif onto.no_invoice is NoInvoice.REPORT:
        _report(work, row, reply, content, onto, passed_over)
    else:
        _create(work, row, reply, document, content, passed_over)


def _bears_ours(work: Work, document: DocumentRow, content: Invoice, one: Standing) -> bool:
    """Whether a key of ours stands there: a change was executed of which we do not know any more.

    Lines and keys of other documents that stand there tell nothing of this one.
    """
    if not is_on(content, one, work.options, last_writing(work.db, document, one.txn_id)):
        return False
    others = keys_of_others(work.db, document, one.txn_id)
    return not others or any(key_of(line) in keys_of(content) - others for line in one.lines)


def _take(
    work: Work,
    row: RequestRow,
    head: DocumentHead,
    document: DocumentRow,
    one: Standing,
    how: str,
    host: dict[str, object],
) -> None:
    """It is this one from now on; what is to be changed on it is written from what was just read."""
    document.txn_id, document.operation, document.host = one.txn_id, Operation.CHANGE, host
    detail = {"found": how, "txn_id": one.txn_id, "number": one.number, "date": str(one.day)}
    step = entry(
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
    record(work.db, [step])
    document.tell(None)
    queue_change_there(work, row, replace(head, txn_id=one.txn_id, operation=Operation.CHANGE), one.ret)


def _wait(
    work: Work,
    row: RequestRow,
    reply: Reply,
    document: DocumentRow,
    content: Invoice,
    onto: Onto,
    passed_over: Sequence[str],
) -> None:
    """Visibly, until the moment has come; every session asks again."""
    until = onto.until.astimezone(ZoneInfo(work.company.time_zone))
    then = "an invoice of its own is made" if onto.no_invoice is NoInvoice.CREATE else "you are told"
    advice = f"Every update asks for one until {until:%Y-%m-%d %H:%M}; if there is none by then, {then}."
    message = " ".join((_none(content, onto), *passed_over))
    if work.settle(row, Event.LOCKED, reply, words=message):
        document.tell(Notice(WAITS, message, advice))


def _report(
    work: Work, row: RequestRow, reply: Reply, content: Invoice, onto: Onto, passed_over: Sequence[str]
) -> None:
    message = " ".join((_none(content, onto), *passed_over))
    advice = "Make the invoice in QuickBooks, or see that it is unsent, then submit this again; or exclude it."
    if work.settle(row, Event.REFUSED, reply, words=message):
        work.fail(OneDocument.of(row).document, row.id, Notice(Reason.NO_INVOICE, message, advice))


def _create(
    work: Work, row: RequestRow, reply: Reply, document: DocumentRow, content: Invoice, passed_over: Sequence[str]
) -> None:
    """An ordinary invoice of our own; what may have been entered by an earlier sending is looked for first."""
    guid = new_id()
    compiled = compile_add(content, guid, work.options)
    request = write(Purpose.POST, OneDocument(document.id), guid, compiled)
    looks = looks_before(work.db, work.company.id, [(document, request)], work.now)
    if not work.settle(row, Event.DONE, reply):
        return
    add_notes(document, [_none(content, None), *passed_over])
    document.tell(None)
    for look in looks.values():
        work.put(look)
    work.put(replace(request, after=tuple(look.id for look in looks.values())), instead_of=row.id)


def _none(content: Invoice, onto: Onto | None) -> str:
    if onto is None:
        return f"There was no unsent invoice of {content.customer.name}, so an invoice of its own was made."
    days = (
        f"{onto.first} to {onto.last}"
        if onto.billing_day is None
        else f"{onto.first} to {onto.last} and on " + str(onto.billing_day)
    )
    return f"QuickBooks holds no unsent invoice of {content.customer.name} dated {days}."
