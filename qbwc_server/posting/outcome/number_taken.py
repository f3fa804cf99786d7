"""A revision gives a document another number: whether somebody has entered one of that number is asked before."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from qbwc_server.documents.history import history
from qbwc_server.documents.lifecycle import Event, Reason
from qbwc_server.documents.models import DocumentRow
from qbwc_server.errors import Notice
from qbwc_server.ids import new_id
from qbwc_server.posting.doubt.evidence import without_our_mark
from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.patience import MOST_QUESTIONS
from qbwc_server.posting.requests import OneDocument, Purpose, ask
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.posting.transactions.standing import Standing
from qbwc_server.queue.enqueue import NewRequest
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.reply import Reply
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Event as RequestEvent
from qbxml.outcome import Outcome

TAKEN_BY = "taken_by"  # in the detail of an event: the TxnID that has the number
ASKED = "asked_number"  # in what a reading knows: the question that was asked before it


def before_another_number(
    work: Work, row: RequestRow, document: DocumentRow, found: Standing
) -> NewRequest | str | None:
    """What comes before a change that gives what was ``found`` another number: the question who has it, or the TxnID of
    whoever has it, of which nobody has been told yet; None where nothing keeps the change.
    """
    number, rules = document.number, TRANSACTIONS[document.kind]
    if number is None or (found.number or "").lower() == number.lower() or not rules.is_asked_by_number:
        return None
    known = (work.db.get_one(QueuedRequest, row.id).sent or {}).get(ASKED)
    asked = None if known is None else work.db.get(QueuedRequest, UUID(known))
    if asked is None:
        return ask(Purpose.LOOK_NUMBER, OneDocument(document.id), rules.glimpse_of_numbers([number], new_id()))
    return asked.result_id if asked.result_id and not _was_told(work, document, asked.result_id) else None


def after_the_question(read: NewRequest, question: NewRequest) -> NewRequest:
    """The same reading of what stands there, which knows that the question was asked before it."""
    return replace(read, sent={**(read.sent or {}), ASKED: str(question.id)})


def _was_told(work: Work, document: DocumentRow, txn_id: str) -> bool:
    """Whether a person has seen it and submitted the document all the same: a revision is no answer."""
    events = history(work.db, document.id)
    for number, one in enumerate(events):
        if (one.detail or {}).get(TAKEN_BY) == txn_id:
            answers = (later.event for later in events[number + 1 :] if later.event in _ANSWERS)
            if next(answers, None) == Event.SUBMITTED.value:
                return True
    return False


_ANSWERS = (Event.SUBMITTED.value, Event.REVISED.value)


def number_taken(document: DocumentRow, txn_id: str) -> Notice:
    """What a person is told."""
    title = TRANSACTIONS[document.kind].document.title
    return Notice(
        Reason.NUMBER_TAKEN,
        f"Its revision has the number {document.number}, and QuickBooks holds another {title} of that number for "
        f"{document.party or 'nobody'}, as {txn_id}, that was not entered from here.",
        "Look at both in QuickBooks. If they are two, submit this one again; if they are one, void or exclude one.",
    )


def read_look_number(work: Work, row: RequestRow, reply: Reply) -> None:
    """Who has the number, of the same party, and bears no mark of ours; what comes to zero looks like a void."""
    if reply.said.outcome is Outcome.TRY_AGAIN and row.attempts < MOST_QUESTIONS:
        work.settle(row, RequestEvent.AGAIN)
        return
    document = work.document(OneDocument.of(row).document)
    shown = [TRANSACTIONS[document.kind].standing(ret) for ret in reply.rets]
    others = [one for one in shown if one.txn_id != document.txn_id and _is_of(document, one)]
    strangers = without_our_mark(work.db, work.company.id, others) if others else []
    work.settle(row, RequestEvent.DONE, reply, result_id=strangers[0].txn_id if strangers else None)


def _is_of(document: DocumentRow, one: Standing) -> bool:
    if (one.number or "").lower() != (document.number or "").lower() or one.total == 0:
        return False
    return document.party is None or one.party is None or one.party.is_called(document.party)
