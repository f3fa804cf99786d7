"""A verdict needs evidence: the GUID we gave the transaction, or its certain absence.

Where the evidence does not decide, the document waits for a person with both candidates shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from qbwc_server.books.models import ListEntry
from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.lifecycle import Event, Reason
from qbwc_server.posting.doubt.evidence import alike, candidate, guid_of, proves_absence, sent_by, tells_all
from qbwc_server.posting.doubt.questions import executed_before, look_at_changed, look_at_deleted
from qbwc_server.posting.entries.answers import present, refuse
from qbwc_server.posting.outcome.outcome import DocumentHead, Work
from qbwc_server.posting.outcome.written import posted, written
from qbwc_server.posting.patience import MOST_LOOK_UPS, MOST_SENDINGS, MOST_SENDINGS_ALONE
from qbwc_server.posting.pc_clock import MARGIN, aware
from qbwc_server.posting.requests import Purpose
from qbwc_server.posting.texts import CannotWrite
from qbwc_server.posting.transactions import ADDS, TRANSACTIONS
from qbwc_server.posting.transactions.compiled import agrees, compile_change
from qbwc_server.posting.transactions.last_writing import about_to_change, last_writing
from qbwc_server.queue.enqueue import supply
from qbwc_server.queue.sets import first_sent, times_alone
from qbwc_server.queue.settling import RequestRow, requests_by_id
from qbwc_server.queue.states import Event as RequestEvent
from qbwc_server.queue.states import RequestState
from qbxml import Answer, MissingElement
from qbxml.outcome import Outcome
from qbxml.status import status


def _refuse_strangers(rets: Sequence[Any], about: RequestRow | None) -> None:
    """Raises MissingElement where an entry is of another sort or does not say which it is: that is no answer."""
    if about is not None:
        name = "list_id" if about.purpose == Purpose.CREATE else "txn_id"
        if any(getattr(ret, name, None) is None for ret in rets):
            raise MissingElement(f"what was found of {about.message} comes without {name}")


def read_look(work: Work, row: RequestRow, answer: Answer) -> None:
    """What the look-up found of an uncertain write."""
    rets = list(answer.rets)  # before anything is settled: an answer that breaks off is no answer
    about = _about(work, row)
    _refuse_strangers(rets, about)
    if about is None:
        work.settle(row, RequestEvent.DONE)
    elif not rets and not proves_absence(answer):
        _cannot_look(work, row, about, answer)
    elif work.settle(row, RequestEvent.DONE):
        if about.purpose == Purpose.CREATE:
            _judge_entry(work, about, rets)
        elif about.message == "TxnVoid":
            _judge_void(work, about, rets)
        elif about.message in ADDS:
            if not _judge_add(work, about, rets, answer):
                look_at_changed(work, about)
        else:
            _judge_change(work, about, rets)


def read_look_changed(work: Work, row: RequestRow, answer: Answer) -> None:
    """Nothing of that number or date: did somebody give it another one since? Then it still bears our mark."""
    rets = list(answer.rets)
    about = _about(work, row)
    _refuse_strangers(rets, about)
    if about is None:
        work.settle(row, RequestEvent.DONE)
    elif not rets and not proves_absence(answer):
        _cannot_look(work, row, about, answer)
    elif work.settle(row, RequestEvent.DONE):
        marked = [ret for ret in rets if guid_of(ret) is not None]
        if not _judge_add(work, about, marked, answer):
            look_at_deleted(work, about)


def read_look_deleted(work: Work, row: RequestRow, answer: Answer) -> None:
    """Not in the books: was it there and deleted since? Only if not, it is queued again."""
    rets: list[Any] = list(answer.rets)
    about = _about(work, row)
    _refuse_strangers(rets, about)
    if about is None:
        work.settle(row, RequestEvent.DONE)
        return
    if not tells_all(answer) or not (rets or proves_absence(answer)):
        _cannot_look(work, row, about, answer)
        return
    if not work.settle(row, RequestEvent.DONE):
        return
    number = sent_by(work, about).number
    since = (first_sent(work.db, about.id) or work.now) - MARGIN
    deleted = [
        ret
        for ret in rets
        if (number is None or (ret.ref_number or "").lower() == number.lower())
        and (ret.time_created is None or aware(ret.time_created) >= since)
    ]
    if deleted:
        which = "One of that number" if number is not None else "One that may be it"
        _ask(work, about, work.head(int(about.subject)), deleted, f"{which} was deleted in QuickBooks since.")
    else:
        _again(work, about)


def _about(work: Work, row: RequestRow) -> RequestRow | None:
    """The write that was looked for, while its fate or the number of its executions is open."""
    found = requests_by_id(work.db, work.company.id, [UUID(row.subject)])
    if not found:
        return None
    about = found[0]
    work.states.setdefault(about.id, about.state)
    if work.states[about.id] is not RequestState.UNCERTAIN and not executed_before(found):
        return None
    if about.purpose == Purpose.POST:
        work.learn_documents({int(about.subject)})
    return about


def _judge_entry(work: Work, about: RequestRow, rets: Sequence[Any]) -> None:
    if rets:  # added by us, or there by then: the same thing
        present(work, about, work.db.get_one(ListEntry, int(about.subject)), rets[0].list_id)
    else:
        _again(work, about)


def _judge_void(work: Work, about: RequestRow, rets: Sequence[Any]) -> None:
    head = work.head(int(about.subject))
    if not rets or TRANSACTIONS[head.kind].standing(rets[0]).voided:
        if work.settle(about, RequestEvent.DONE, result_id=head.txn_id):
            values = written(work, rets[0] if rets else None)
            work.post(head.id, Event.WITHDRAWN, about.id, values, {"found": "void" if rets else "gone"})
    else:
        _again(work, about)


def _judge_change(work: Work, about: RequestRow, rets: Sequence[Any]) -> None:
    """Content decides, not the edit sequence: that one has only the resolution of a second."""
    head = work.head(int(about.subject))
    if not rets:
        _ask(work, about, head, [], f"It was in QuickBooks as {head.txn_id} and cannot be found there any more.")
        return
    document = work.document(head.id)
    content = load_document(document.body)
    try:
        found, last = TRANSACTIONS[head.kind].standing(rets[0]), last_writing(work.db, document)
        if agrees(content, found, work.options, last):
            posted(work, about, head, head.txn_id or "", rets[0], None, {"found": "changed as wanted"})
            return
        compiled = compile_change(content, found, about.id, work.options, last)
    except CannotWrite as cannot:
        _ask(work, about, head, rets, cannot.problem.message)
        return
    if _again(work, about):
        about_to_change(document, compiled.others)
        supply(work.db, {about.id: compiled.xml})


def _judge_add(work: Work, about: RequestRow, rets: Sequence[Any], answer: Answer) -> bool:
    """Whether what was found settles the matter; if not, it was not found."""
    head = work.head(int(about.subject))
    ours = [ret for ret in rets if guid_of(ret) == about.id]
    known = work.result_of(about)
    if len(ours) > 1 or any(known not in (None, ret.txn_id) for ret in ours):
        _found_twice(work, about, head, ours)
        return True
    if work.states[about.id] is RequestState.DONE:
        return True
    if ours:
        posted(work, about, head, ours[0].txn_id, ours[0], None, {"found": "by its GUID"})
        return True
    # no GUID at all: typed by hand, or QuickBooks does not tell. If it also says what ours says, only a person can
    # know.
    others = alike(head.kind, head.total, sent_by(work, about).customer, rets)
    if others:
        _ask(work, about, head, others, "QuickBooks holds one like it that does not bear our mark.")
    elif not tells_all(answer):
        _ask(work, about, head, [], "QuickBooks could not show all that it holds of that number or date.")
    else:
        return False
    return True


def _found_twice(work: Work, about: RequestRow, head: DocumentHead, ours: Sequence[Any]) -> None:
    work.settle(about, RequestEvent.DONE, result_id=ours[0].txn_id)
    ids = dict.fromkeys([*filter(None, [about.result_id]), *(str(ret.txn_id) for ret in ours)])
    work.hold(
        head.id,
        about.id,
        reason=Reason.TWICE,
        message=f"QuickBooks holds this document {len(ids)} times: {', '.join(ids)}.",
        advice="Void or delete all but one in QuickBooks, then say which one stays.",
        detail={"transactions": [candidate(head.kind, ret) for ret in ours]},
    )


def _again(work: Work, about: RequestRow) -> bool:
    """It was certainly not executed: it may leave once more, unless that has been in vain too often."""
    few = about.attempts < MOST_SENDINGS_ALONE
    if few or (about.attempts < MOST_SENDINGS and times_alone(work.db, about.id) < MOST_SENDINGS_ALONE):
        return work.settle(about, RequestEvent.AGAIN)
    message = (
        f"It was sent to QuickBooks {about.attempts} times. Each time QuickBooks broke off, or its answer was lost. "
        "Each time it was looked for, and it is not in the books."
    )
    advice = (
        "See what QuickBooks says when it is entered by hand on that computer; then submit it again, or exclude it."
    )
    if about.purpose == Purpose.CREATE:
        refuse(work, about, work.db.get_one(ListEntry, int(about.subject)), message, advice, None)
    elif work.settle(about, RequestEvent.REFUSED, message=message):
        work.fail(int(about.subject), about.id, reason=Reason.SENT_IN_VAIN.value, message=message, advice=advice)
    return False


def _cannot_look(work: Work, row: RequestRow, about: RequestRow, answer: Answer) -> None:
    """QuickBooks refused the look-up itself: try again a few times, then ask a person. Never guess."""
    said = status(answer.status_code, answer.status_message or "")
    if said.outcome is Outcome.TRY_AGAIN and row.attempts < MOST_LOOK_UPS:
        work.settle(row, RequestEvent.AGAIN)
        return
    if not work.settle(row, RequestEvent.DONE, code=answer.status_code, message=answer.status_message):
        return
    if about.purpose == Purpose.POST:
        why = said.meaning if said.outcome is not Outcome.DONE else "its answer shows nothing."
        _ask(work, about, work.head(int(about.subject)), [], f"QuickBooks could not be asked: {why}")
    else:
        _again(work, about)  # adding a list entry again can only meet "name in use"


def _ask(work: Work, about: RequestRow, head: DocumentHead, found: Sequence[Any], why: str) -> None:
    """A person decides, with both candidates shown."""
    if not work.settle(about, RequestEvent.UNDECIDED):
        return
    work.hold(
        head.id,
        about.id,
        reason=Reason.OUTCOME_UNKNOWN,
        message=f"It was sent to QuickBooks, but the answer was lost. {why}",
        advice="Look in QuickBooks: if it is there, say under which TxnID; if it is not, say so and it is sent again.",
        detail={"candidates": [candidate(head.kind, ret) for ret in found]},
    )
