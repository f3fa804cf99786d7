"""QuickBooks did not execute it: it goes once more, or a person is told why."""

from __future__ import annotations

from contextlib import suppress

from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.lifecycle import Reason
from qbwc_server.errors import Notice
from qbwc_server.ids import new_id
from qbwc_server.posting.entries.ensure import ensure, forget, wanted_by
from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.patience import LONGEST_LOCK, MOST_REPEATS
from qbwc_server.posting.requests import OneDocument, Purpose, write
from qbwc_server.posting.submitting.waiting import found_elsewhere, invoices_named
from qbwc_server.posting.texts import CannotWrite, Texts
from qbwc_server.posting.transactions import ADDS
from qbwc_server.posting.transactions.compiled import compile_add, pending
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.reply import Reply
from qbwc_server.queue.sets import first_sent
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Event as RequestEvent
from qbxml.outcome import Cause, Outcome

UNKNOWN_NAMES = (Cause.NOT_THERE, Cause.UNKNOWN_NAME)


def tried_again(work: Work, row: RequestRow, reply: Reply) -> bool:
    """Whether a request that was certainly not executed goes once more.

    What met a lock rests until the next session: whoever has the entry open now will have it open in a second too.
    """
    if reply.said.outcome is not Outcome.TRY_AGAIN:
        return False
    at_once = reply.said.doubtful or reply.said.cause is Cause.ANOTHER_FAILED
    event = RequestEvent.AGAIN if at_once else RequestEvent.LOCKED
    if row.attempts >= MOST_REPEATS:
        since = first_sent(work.db, row.id) or work.now
        if event is RequestEvent.AGAIN or work.now - since > LONGEST_LOCK:
            return False
    work.settle(row, event, reply)
    return True


def refused(work: Work, row: RequestRow, document_id: int, reply: Reply) -> None:
    """QuickBooks said no; everybody else in the set is untouched."""
    if not work.settle(row, RequestEvent.REFUSED, reply):
        return
    said = reply.said
    if said.cause is Cause.NOT_THERE and row.message in ADDS and _names_others_now(work, row, document_id):
        return
    if said.cause is Cause.CLOSED_PERIOD:
        advice = said.advice or _RE_DATE
        work.hold(document_id, row.id, Notice(Reason.CLOSING_DATE, said.sentence, advice))
        return
    if said.cause in UNKNOWN_NAMES:
        with suppress(CannotWrite):  # the options have changed since; it will be asked anew under the new names
            document, texts = load_document(work.document(document_id).body), Texts(work.options.characters)
            forget(work.db, work.company.id, document, texts)
            # what became of them is asked at once, so that a person sees what was renamed
            ensure(work.db, work.company, wanted_by(document, texts), work.now)
    advice = said.advice
    if said.outcome is Outcome.TRY_AGAIN:
        advice = f"It was tried {row.attempts} times. See that nobody has it open in QuickBooks, then submit it again."
    work.fail(document_id, row.id, Notice(reply.reason, said.sentence, advice))


def _names_others_now(work: Work, row: RequestRow, document_id: int) -> bool:
    """Whether what it names has got other TxnIDs since its text was written: then it goes once more, with those."""
    document = load_document(work.document(document_id).body)
    if not document.waits_for():
        return False
    invoices = invoices_named(work.db, work.company, [document])
    txn_ids = invoices.posted
    after = [invoices.pending[origin] for origin in document.waits_for() if origin in invoices.pending]
    sent = work.db.get_one(QueuedRequest, row.id).xml or ""
    if not after and all(f">{txn_id}<" in sent for txn_id in txn_ids.values()):
        return False
    guid, subject = new_id(), OneDocument(document_id)
    anything = dict.fromkeys(invoices.pending, "1-1")
    try:
        named = found_elsewhere(work.db, work.company.id, document_id, document)
        compiled = compile_add(document, guid, work.options, {**anything, **txn_ids, **named})
    except CannotWrite:
        return False
    if after:  # its text is written when they are posted
        compiled = pending(document.kind)
    work.put(write(Purpose.POST, subject, guid, compiled, after=after, last=True), instead_of=row.id)
    return True


def disputed(work: Work, row: RequestRow, document_id: int, reply: Reply) -> None:
    """What came of it is known to QuickBooks only: a person looks there."""
    if work.settle(row, RequestEvent.UNDECIDED, reply):
        work.hold(
            document_id,
            row.id,
            Notice(
                Reason.OUTCOME_UNKNOWN,
                f"It was sent to QuickBooks. {reply.said.sentence}",
                "Look in QuickBooks: if it is there, say under which TxnID; if not, say so and it is sent again.",
            ),
        )


_RE_DATE = "Hand it in again with a date after the closing date, or exclude it."
