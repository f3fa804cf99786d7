"""A verdict needs evidence: the mark we gave the transaction, or its certain absence.

Where the evidence does not decide, the document waits for a person with both candidates shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from qbwc_server.documents.history import revisions_since
from qbwc_server.documents.kinds import Document, load_document
from qbwc_server.documents.lifecycle import Event, Reason
from qbwc_server.documents.models import Operation
from qbwc_server.errors import Notice
from qbwc_server.posting.doubt.evidence import (
    Sendings,
    alike,
    as_deleted,
    deletions,
    without_our_mark,
)
from qbwc_server.posting.doubt.questions import (
    candidates_before,
    look_at_added,
    look_at_changed,
    look_at_deleted,
    sendings,
)
from qbwc_server.posting.entries.answers import found_under_another_name, present, refuse
from qbwc_server.posting.onto.there import is_taken, judge_take_back
from qbwc_server.posting.outcome.changing import ADVICE_CHANGE, ADVICE_VOID, is_told_of, take_and_change
from qbwc_server.posting.outcome.outcome import DocumentHead, Work
from qbwc_server.posting.outcome.written import VOID, as_posted, posted, written
from qbwc_server.posting.patience import MOST_LOOK_UPS, MOST_SENDINGS, MOST_SENDINGS_ALONE, MOST_SHOWN
from qbwc_server.posting.pc_clock import aware, reach_back
from qbwc_server.posting.requests import OneDocument, OneRequest, Purpose, as_supplied
from qbwc_server.posting.submitting.closing_date import closed_in_books
from qbwc_server.posting.texts import CannotWrite
from qbwc_server.posting.transactions import ADDS
from qbwc_server.posting.transactions.compiled import agrees, compile_change, differences
from qbwc_server.posting.transactions.last_writing import about_to_change, edited_since, last_writing
from qbwc_server.posting.transactions.standing import Standing, guid_of
from qbwc_server.queue.enqueue import supply
from qbwc_server.queue.reply import Reply
from qbwc_server.queue.sets import times_alone
from qbwc_server.queue.settling import RequestRow, requests_by_id
from qbwc_server.queue.states import Ended, RequestState
from qbwc_server.queue.states import Event as RequestEvent
from qbxml import MissingElement
from qbxml.outcome import Outcome


def read_look(work: Work, row: RequestRow, reply: Reply) -> None:
    """What the look-up found of an uncertain write."""
    about = _about(work, row)
    if about is None:
        work.settle(row, RequestEvent.DONE, reply)
    elif about.purpose == Purpose.CREATE:
        _read_look_for_entry(work, row, about, reply)
    else:
        found = _standings(work, about, reply)
        if not reply.shown and not reply.proves_absence:
            _cannot_look(work, row, about, reply)
        elif work.settle(row, RequestEvent.DONE, reply):
            if about.message == VOID:
                _judge_void(work, about, found)
            elif about.message not in ADDS:
                _judge_change(work, about, found)
            elif (like := _like_it(work, about, found)) and reply.tells_all:
                look_at_changed(work, about, row, [one.as_candidate() for one in like])
            elif not judge_add(work, about, found, complete=reply.tells_all):
                look_at_changed(work, about, row)


def read_look_changed(work: Work, row: RequestRow, reply: Reply) -> None:
    """Nothing of that number or date: did somebody give it another one since? Then it still bears our mark."""
    about = _about(work, row)
    if about is None:
        work.settle(row, RequestEvent.DONE, reply)
        return
    if about.purpose == Purpose.CREATE:
        _read_look_for_added(work, row, about, reply)
        return
    found, like = _standings(work, about, reply), candidates_before(work, row)
    if not reply.shown and not reply.proves_absence:
        _cannot_look(work, row, about, reply, like)
    elif work.settle(row, RequestEvent.DONE, reply):
        marks = sendings(work, about).marks
        complete = reply.tells_all and reply.shown < MOST_SHOWN
        ours = [one for one in found if one.mark in marks]
        if like and not ours:
            _ask(work, about, work.head_of(about), like, _NO_MARK)
        elif not judge_add(work, about, ours, complete=complete):
            if work.head_of(about).rules.deleted_type is None:
                why = "QuickBooks does not hold it, and does not tell whether somebody deleted it."
                _ask(work, about, work.head_of(about), [], why)
            else:
                look_at_deleted(work, about, row)


def read_look_deleted(work: Work, row: RequestRow, reply: Reply) -> None:
    """Not in the books: was it there and deleted since? Only if not, it is queued again."""
    about = _about(work, row)
    if about is None:
        work.settle(row, RequestEvent.DONE, reply)
        return
    found = deletions(reply.rets)
    if not reply.tells_all or not (found or reply.proves_absence):
        _cannot_look(work, row, about, reply)
        return
    if not work.settle(row, RequestEvent.DONE, reply):
        return
    said = sendings(work, about)
    since = reach_back(work.db, work.company.id, said.first_sent(work.db) or work.now)
    deleted = [
        one
        for one in found
        if (not said.numbers or said.has_number(one.ref_number))
        and (one.time_created is None or aware(one.time_created) >= since)
    ]
    if deleted:
        which = "One of that number" if said.numbers else "One that may be it"
        why = f"{which} was deleted in QuickBooks since."
        _ask(work, about, work.head_of(about), [as_deleted(one) for one in deleted], why)
    else:
        _again(work, about)


def _standings(work: Work, about: RequestRow, reply: Reply) -> list[Standing]:
    """What was found. Raises MissingElement where it is of another sort, or does not say which it is."""
    rules = work.head_of(about).rules
    return [rules.standing(ret) for ret in reply.rets]


def _about(work: Work, row: RequestRow) -> RequestRow | None:
    """The write that was looked for, while its fate or the number of its executions is open."""
    found = requests_by_id(work.db, work.company.id, [OneRequest.of(row).request])
    if not found:
        return None
    about = found[0]
    work.states.setdefault(about.id, about.state)
    # WAITING: it has not left, but an earlier one has; DONE: perhaps a second time
    open_ = (RequestState.UNCERTAIN, RequestState.WAITING)
    if work.states[about.id] not in open_ and (about.state is not RequestState.DONE or about.message not in ADDS):
        return None
    if about.purpose == Purpose.POST:
        work.learn_documents({OneDocument.of(about).document})
    return about


def _read_look_for_entry(work: Work, row: RequestRow, about: RequestRow, reply: Reply) -> None:
    """Added by us, or there by then: the same thing."""
    list_id = getattr(reply.first, "list_id", None)
    if reply.rets and list_id is None:
        raise MissingElement(f"what was found of {about.message} comes without ListID")
    if list_id is None and not reply.proves_absence:
        _cannot_look(work, row, about, reply)
    elif work.settle(row, RequestEvent.DONE, reply):
        if list_id is not None:
            present(work, about, work.entry_of(about), list_id)
        else:
            look_at_added(work, about, row)


def _read_look_for_added(work: Work, row: RequestRow, about: RequestRow, reply: Reply) -> None:
    """None of its name: is one there that bears its mark?"""
    marked = [ret for ret in reply.rets if guid_of(ret) == about.id and getattr(ret, "list_id", None)]
    if not marked and (not reply.tells_all or not (reply.shown or reply.proves_absence)):
        _cannot_look(work, row, about, reply)
    elif work.settle(row, RequestEvent.DONE, reply):
        if not marked:
            _again(work, about)
            return
        name = str(getattr(marked[0], "full_name", None) or getattr(marked[0], "name", ""))
        list_id = str(getattr(marked[0], "list_id", ""))
        found_under_another_name(work, about, work.entry_of(about), list_id, name)


def _judge_void(work: Work, about: RequestRow, found: Sequence[Standing]) -> None:
    """By its lines: a total of zero may be a sum of plus and minus."""
    head = work.head_of(about)
    if found and not found[0].voided:
        if not _is_closed(work, about, found[0]) and not _is_edited(work, about, found[0], ADVICE_VOID):
            _again(work, about)
    elif work.settle(about, RequestEvent.DONE, result_id=head.txn_id):
        values = written(work, found[0].ret if found else None)
        work.post(head.id, Event.WITHDRAWN, about.id, values, {"found": "void" if found else "gone"})


def _judge_change(work: Work, about: RequestRow, found: Sequence[Standing]) -> None:
    """Content decides, not the edit sequence: that one has only the resolution of a second."""
    head = work.head_of(about)
    if not found:
        _ask(work, about, head, [], f"It was in QuickBooks as {head.txn_id} and cannot be found there any more.")
        return
    document = work.document(head.id)
    if head.operation is Operation.VOID:  # lines on an invoice of somebody else are taken back
        again = judge_take_back(work, about, head, found[0])
        if again is not None and _again(work, about):
            supply(work.db, {about.id: as_supplied(again)})
        return
    content = load_document(document.body)
    try:
        last = last_writing(work.db, document)
        if agrees(content, found[0], work.options, last):
            posted(work, about, head, head.txn_id or "", found[0].ret, None, {"found": "changed as wanted"})
            return
        if document.host is not None and is_taken(work, about, document, found[0]):
            return
        compiled = compile_change(content, found[0], about.id, work.options, last)
    except CannotWrite as cannot:
        _ask(work, about, head, [found[0].as_candidate()], cannot.problem.message)
        return
    if _is_closed(work, about, found[0]) or _is_edited(work, about, found[0], ADVICE_CHANGE, content):
        return
    if _again(work, about):
        about_to_change(document, compiled)
        supply(work.db, {about.id: as_supplied(compiled)})


def _is_closed(work: Work, about: RequestRow, found: Standing) -> bool:
    """Whether somebody has dated it on a closed day before our writing came there."""
    told = closed_in_books(work.db, work.company.id, found.day)
    if told is not None and work.settle(about, RequestEvent.REFUSED, words=told.message):
        work.hold(OneDocument.of(about).document, about.id, told)
    return told is not None


def _is_edited(work: Work, about: RequestRow, found: Standing, advice: str, content: Document | None = None) -> bool:
    """Whether a person has to look first, since somebody edited what our writing is about to meet once more.

    Args:
        content: what our writing says; it may have been executed before the edit.
    """
    document = work.document(OneDocument.of(about).document)
    if not edited_since(document, found):
        return False
    last = last_writing(work.db, document)
    with suppress(CannotWrite):  # the options have changed since: nobody can tell what was written
        seen = differences(found, work.options, last)
        if content is not None:
            seen = min(seen, differences(found, work.options, last, content), key=len)
        if is_told_of(work, about, document, found, seen, advice):
            work.settle(about, RequestEvent.REFUSED, words="Somebody edited it in QuickBooks.")
            return True
    return False


_NO_MARK = "QuickBooks holds one like it that does not bear our mark."


def _like_it(work: Work, about: RequestRow, found: Sequence[Standing]) -> list[Standing]:
    """What may be it and bears no mark of ours, where none was found that does: ours may have another number by now."""
    said = sendings(work, about)
    done = work.states[about.id] is RequestState.DONE
    return [] if done or any(one.mark in said.marks for one in found) else _may_be_it(work, said, found)


def judge_add(work: Work, about: RequestRow, found: Sequence[Standing], *, complete: bool) -> bool:
    """Whether what was found settles the matter; if not, it was not found."""
    head, said = work.head_of(about), sendings(work, about)
    ours = [one for one in found if one.mark in said.marks]
    ids = {one.txn_id for one in ours} | ({known} if (known := work.result_of(about)) is not None else set())
    if len(ids) > 1:
        _found_twice(work, about, head, ours)
        return True
    if work.states[about.id] is RequestState.DONE:
        return True
    if ours:
        _found(work, about, head, said, ours[0])
        return True
    others = _may_be_it(work, said, found)
    if others:
        candidates = [one.as_candidate() for one in others]
        _ask(work, about, head, candidates, _NO_MARK)
    elif not complete:
        _ask(work, about, head, [], "QuickBooks could not show all that it holds of that number or date.")
    else:
        return False
    return True


def _found(work: Work, about: RequestRow, head: DocumentHead, said: Sendings, one: Standing) -> None:
    """It bears our mark: that of the sending in question, or of an earlier one of the same document."""
    if one.mark == about.id:
        posted(work, about, head, one.txn_id, one.ret, None, {"found": "by its GUID"})
        return
    earlier = said.of(one.mark)
    since = 0 if earlier is None else revisions_since(work.db, head.id, {str(earlier.id): earlier.created_at})
    if earlier is None or head.undecided or (since and head.rules.mod_message is None):
        why = "QuickBooks holds what an earlier sending of it said, and that cannot be changed from here."
        _ask(work, about, head, [one.as_candidate()], why)
        return
    earlier.result_id = one.txn_id
    if not work.settle(about, RequestEvent.DONE, result_id=one.txn_id):
        work.take_out(about.id, let_go=not since)
    if since:
        take_and_change(work, about, head, one, revisions=since)
    else:
        as_posted(work, about, head, one.txn_id, one.ret, {"found": "by the GUID of an earlier sending"})


def _may_be_it(work: Work, said: Sendings, found: Sequence[Standing]) -> list[Standing]:
    """No mark of ours: typed by hand, or QuickBooks does not tell. If it also says what ours says, only a person can
    know.
    """
    return [one for one in without_our_mark(work.db, work.company.id, found) if alike(said, one)]


def _found_twice(work: Work, about: RequestRow, head: DocumentHead, ours: Sequence[Standing]) -> None:
    if not work.settle(about, RequestEvent.DONE, result_id=ours[0].txn_id):
        work.take_out(about.id)
    ids = dict.fromkeys([*filter(None, [about.result_id]), *(one.txn_id for one in ours)])
    work.hold(
        head.id,
        about.id,
        Notice(
            Reason.TWICE,
            f"QuickBooks holds this document {len(ids)} times: {', '.join(ids)}.",
            "Void or delete all but one in QuickBooks, then say which one stays.",
        ),
        {"transactions": [one.as_candidate() for one in ours]},
    )


def _again(work: Work, about: RequestRow) -> bool:
    """It was certainly not executed: it may leave once more, unless that has been in vain too often."""
    if work.states[about.id] is RequestState.WAITING:
        return True  # it is let go with the question that it waited for
    if about.purpose == Purpose.POST and work.head_of(about).undecided:
        work.settle(about, RequestEvent.UNDECIDED)  # what becomes of it a person says
        return False
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
        refuse(work, about, work.entry_of(about), message, advice, None)
    elif work.settle(about, RequestEvent.REFUSED, words=message):
        head = work.head_of(about)
        work.fail(head.id, about.id, Notice(Reason.SENT_IN_VAIN, message, advice))
    return False


def _cannot_look(
    work: Work, row: RequestRow, about: RequestRow, reply: Reply, candidates: Sequence[Mapping[str, str]] = ()
) -> None:
    """QuickBooks refused the look-up itself: try again a few times, then ask a person. Never guess."""
    said = reply.said
    unread = reply.ended_by is Ended.UNREADABLE and about.purpose == Purpose.CREATE
    if (said.outcome is Outcome.TRY_AGAIN or unread) and row.attempts < MOST_LOOK_UPS:
        work.settle(row, RequestEvent.AGAIN)
        return
    if not work.settle(row, RequestEvent.DONE, reply):
        return
    why = said.sentence if said.outcome is not Outcome.DONE else "its answer shows nothing."
    why = f"QuickBooks could not be asked: {why}"
    if about.purpose == Purpose.POST:
        _ask(work, about, work.head_of(about), candidates, why)
    else:
        advice = "See in QuickBooks whether it is there, then submit the document again: it is looked for anew."
        refuse(work, about, work.entry_of(about), f"It was to be added, but the answer was lost. {why}", advice, None)


def _ask(work: Work, about: RequestRow, head: DocumentHead, candidates: Sequence[Mapping[str, str]], why: str) -> None:
    """A person decides, with both candidates shown."""
    if work.states[about.id] is RequestState.WAITING:
        work.take_out(about.id)
    elif not work.settle(about, RequestEvent.UNDECIDED):
        return
    work.hold(
        head.id,
        about.id,
        Notice(
            Reason.OUTCOME_UNKNOWN,
            f"It was sent to QuickBooks, but the answer was lost. {why}",
            "Look in QuickBooks: if it is there, say under which TxnID; if it is not, say so and it is sent again.",
        ),
        {"candidates": list(candidates)},
    )
