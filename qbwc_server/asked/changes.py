"""Answers to requests of programs that change the books, and look-ups of those whose answer is missing.

What bears a mark is looked for by it. What became of the rest only somebody can tell who looks in QuickBooks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import timedelta

from qbwc_server.asked.asking import CHANGE, end_what_follows, forget_pages, request_of, tell_of_request
from qbwc_server.asked.looking import (
    LOOK,
    LOOK_DELETED,
    MOST_SHOWN,
    in_question,
    is_new,
    look_at_deleted,
    mark_of,
    may_be_it,
    since_of,
)
from qbwc_server.asked.messages import bears_mark
from qbwc_server.asked.models import AskedPage, AskedRequest, AskedState
from qbwc_server.documents.open_work import Finding, WorkKind, note_work, settle_work
from qbwc_server.queue.reply import Reply, Work
from qbwc_server.queue.sets import first_sent, times_alone
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Ended, Event, RequestState
from qbxml import Aggregate, plain
from qbxml.outcome import Cause, Outcome

MOST_REPEATS = 5  # sendings of what may simply go again
LONGEST_LOCK = timedelta(days=1)  # that long what meets a lock goes again in each session
MOST_SENDINGS_ALONE, MOST_SENDINGS = 6, 20  # of what was looked for each time, and was not there
MOST_LOOK_UPS = 3
ONLY_QUICKBOOKS_KNOWS = "It bears no mark by which it could be found."
ADVICE = (
    "Look in QuickBooks. If it is done there, say done; if it is not, say again to have it sent once more, or over to "
    "leave it: qbwc-server request decide CODE NUMBER."
)


def read_change(work: Work, row: RequestRow, reply: Reply) -> None:
    """What QuickBooks says of a change. An answer that leaves it open is none: it is looked for."""
    asked, said = work.db.get(AskedRequest, int(row.subject)), reply.said
    if asked is None:
        work.settle(row, Event.DONE, reply)
    elif reply.ended_by is Ended.BREAKDOWN:
        undecided(work, asked, row, said.sentence)
    elif reply.first is not None or reply.recovered is not None:
        _done(work, asked, row, reply.rets, reply)
    elif said.doubtful or (said.outcome is Outcome.DONE and bears_mark(request_of(asked))):
        work.doubt(row)
    elif said.outcome is Outcome.DONE:
        _done(work, asked, row, (), reply)
    elif not _goes_again(work, row, reply) and work.settle(row, Event.REFUSED, reply):
        _refused(work, asked, said.sentence, said.advice, reply.code)


def _goes_again(work: Work, row: RequestRow, reply: Reply) -> bool:
    """Whether what was certainly not executed goes once more; what met a lock, in a later session."""
    if reply.said.outcome is not Outcome.TRY_AGAIN:
        return False
    event = Event.AGAIN if reply.said.cause is Cause.ANOTHER_FAILED else Event.LOCKED
    if row.attempts >= MOST_REPEATS:
        since = first_sent(work.db, row.id) or work.now
        if event is Event.AGAIN or work.now - since > LONGEST_LOCK:
            return False
    return work.settle(row, event, reply)


def read_look(work: Work, row: RequestRow, reply: Reply) -> None:
    """What bears the mark of a change, or may be what it added."""
    open_one = in_question(work, row)
    if open_one is None:
        work.settle(row, Event.DONE, reply)
        return
    about, asked = open_one
    ours = [ret for ret in reply.rets if mark_of(ret) == about.id]
    told = reply.tells_all and reply.shown < MOST_SHOWN and (reply.shown > 0 or reply.proves_absence)
    if not ours and not told and _asked_again(work, row, reply):
        return
    if not work.settle(row, Event.DONE, reply):
        return
    ids = dict.fromkeys(filter(None, [about.result_id, *map(id_of, ours)]))
    if len(ids) > 1:
        _twice(work, asked, [*ids])
    elif work.states[about.id] is RequestState.DONE:
        return
    elif ours:
        _done(work, asked, about, ours)
    elif not told:
        undecided(work, asked, about, "QuickBooks could not show all that was changed since.")
    elif others := may_be_it(reply.rets, request_of(asked), since_of(work, row)):
        undecided(work, asked, about, "QuickBooks holds what may be it and does not bear its mark.", others)
    elif not look_at_deleted(work, row, about, asked):
        undecided(work, asked, about, "QuickBooks does not hold it, and does not tell whether somebody deleted it.")


def read_look_deleted(work: Work, row: RequestRow, reply: Reply) -> None:
    """Not in the books: was it there, and deleted since? Only if not, it is sent again."""
    open_one = in_question(work, row)
    if open_one is None:
        work.settle(row, Event.DONE, reply)
        return
    about, asked = open_one
    told = reply.tells_all and (reply.shown > 0 or reply.proves_absence)
    if not told and _asked_again(work, row, reply):
        return
    if not work.settle(row, Event.DONE, reply):
        return
    deleted = [ret for ret in reply.rets if is_new(ret, since_of(work, row))]
    if not told:
        undecided(work, asked, about, "QuickBooks could not say whether somebody deleted it.")
    elif deleted:
        undecided(work, asked, about, "One that may be it was deleted in QuickBooks since.", deleted)
    else:
        _again(work, asked, about)


def stands(work: Work, row: RequestRow, ret: Aggregate) -> None:
    """What bears the mark of a change stands in the file: is that known? Our own database may be an older one."""
    asked = work.db.get(AskedRequest, int(row.subject)) if row.purpose == CHANGE else None
    if asked is None:
        return
    found = id_of(ret)
    work.states.setdefault(row.id, row.state)
    if work.states[row.id] is RequestState.DONE:
        if row.result_id is not None and found is not None and row.result_id != found:
            _twice(work, asked, [row.result_id, found])
    elif work.states[row.id] in (RequestState.FAILED, RequestState.CANCELLED):
        executed(work, asked, [ret])
    else:
        _done(work, asked, row, [ret])


def _asked_again(work: Work, row: RequestRow, reply: Reply) -> bool:
    tries = reply.said.outcome is Outcome.TRY_AGAIN and row.attempts < MOST_LOOK_UPS
    return tries and work.settle(row, Event.AGAIN)


def _again(work: Work, asked: AskedRequest, about: RequestRow) -> None:
    """It was certainly not executed: it is sent again, unless that has been in vain too often."""
    few = about.attempts < MOST_SENDINGS_ALONE
    if few or (about.attempts < MOST_SENDINGS and times_alone(work.db, about.id) < MOST_SENDINGS_ALONE):
        work.settle(about, Event.AGAIN)
    elif work.settle(about, Event.REFUSED):
        why = f"It was sent to QuickBooks {about.attempts} times, its answer was lost each time, and it is not there."
        _refused(work, asked, why, "See what QuickBooks says when it is entered by hand on that computer.", None)


def undecided(work: Work, asked: AskedRequest, row: RequestRow, why: str, candidates: Sequence[Aggregate] = ()) -> None:
    """Nobody knows: it is not sent again before somebody has looked, and said."""
    if work.settle(row, Event.UNDECIDED):
        hold(work, asked, f"It was sent to QuickBooks, and its answer was lost. {why}", candidates)


def hold(work: Work, asked: AskedRequest, message: str, candidates: Sequence[Aggregate] = ()) -> None:
    """The request waits for whoever says what became of it."""
    asked.state, asked.message_told, asked.advice = AskedState.UNKNOWN, message, ADVICE
    _keep(work, asked, candidates)
    about = f"The request {asked.id} of {asked.by} ({asked.message.removesuffix('Rq')}): {message}"
    finding = Finding(WorkKind.REQUEST_UNKNOWN, str(asked.id), about, ADVICE)
    note_work(work.db, asked.company_id, [finding], now=work.now)
    tell_of_request(work.db, asked, work.now)


def _twice(work: Work, asked: AskedRequest, ids: Sequence[str]) -> None:
    hold(work, asked, f"QuickBooks holds it {len(ids)} times: {', '.join(ids)}. Void or delete all but one there.")


def _done(
    work: Work, asked: AskedRequest, row: RequestRow, rets: Sequence[Aggregate], reply: Reply | None = None
) -> None:
    result = next((found for ret in rets if (found := id_of(ret))), None if reply is None else reply.recovered)
    if work.settle(row, Event.DONE, reply, result_id=result):
        executed(work, asked, rets, reply)


def executed(work: Work, asked: AskedRequest, rets: Sequence[Aggregate], reply: Reply | None = None) -> None:
    """It is in the books, whatever was thought of it before."""
    if asked.state is AskedState.UNKNOWN:
        settle_work(work.db, asked.company_id, WorkKind.REQUEST_UNKNOWN, [str(asked.id)], now=work.now)
    asked.state, asked.settled_at, asked.advice = AskedState.DONE, work.now, None
    asked.status_code = None if reply is None else reply.code
    asked.message_told = "Its answer was lost, and it was found by its mark." if reply is None else reply.words or None
    _keep(work, asked, rets)
    tell_of_request(work.db, asked, work.now)


def _refused(work: Work, asked: AskedRequest, why: str, advice: str | None, code: int | None) -> None:
    asked.state, asked.settled_at, asked.status_code = AskedState.REFUSED, work.now, code
    asked.message_told, asked.advice = why, advice
    tell_of_request(work.db, asked, work.now)
    end_what_follows(work.db, asked, work.now)


def _keep(work: Work, asked: AskedRequest, rets: Sequence[Aggregate]) -> None:
    forget_pages(work.db, asked)
    if rets:
        objects = [{"type": type(ret).__name__, **plain(ret)} for ret in rets]
        body = json.dumps(objects, ensure_ascii=False)
        work.db.add(AskedPage(company_id=asked.company_id, asked_id=asked.id, number=1, body=body))
        asked.pages, asked.objects = 1, len(objects)


def id_of(ret: Aggregate) -> str | None:
    """Its TxnID or ListID."""
    found = getattr(ret, "txn_id", None) or getattr(ret, "list_id", None)
    return None if found is None else str(found)[:40]


READERS: dict[str, Callable[[Work, RequestRow, Reply], None]] = {
    CHANGE: read_change,
    LOOK: read_look,
    LOOK_DELETED: read_look_deleted,
}
