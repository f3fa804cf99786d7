"""Answers to questions of programs: kept page by page, the next page asked for, begun again where the thread broke."""

from __future__ import annotations

import json
from collections.abc import Callable

from qbwc_server.asked.asking import ASKED, as_queued, end_what_follows, forget_pages, request_of, tell_of_request
from qbwc_server.asked.changes import READERS as CHANGES
from qbwc_server.asked.messages import rendered
from qbwc_server.asked.models import AskedPage, AskedRequest, AskedState
from qbwc_server.ids import new_id
from qbwc_server.queue.reply import Reply, Work
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Event
from qbxml import plain
from qbxml.outcome import Cause, Outcome

MOST_REPEATS = 5  # sendings of a question that may simply go again
MOST_RESTARTS = 5  # times that one question begins again
AGAIN_AND_AGAIN = "QuickBooks forgot again and again how far its answer had been read."


def read_asked(work: Work, row: RequestRow, reply: Reply) -> None:
    """A page is kept and the next one asked for; what was lost on the way is begun again."""
    asked = work.db.get(AskedRequest, int(row.subject))
    if asked is None or asked.state is not AskedState.WAITING or asked.request_id != row.id:
        work.settle(row, Event.DONE, reply)
    elif reply.ended_by is None and reply.said.cause is Cause.ITERATOR_GONE:
        if work.settle(row, Event.DONE, reply):
            _restart(work, asked, reply)
    elif reply.ended_by is None and reply.said.outcome in (Outcome.DONE, Outcome.NOTHING_FOUND):
        if work.settle(row, Event.DONE, reply):
            _take_page(work, asked, reply)
    elif reply.ended_by is None and reply.said.outcome is Outcome.TRY_AGAIN and row.attempts < MOST_REPEATS:
        work.settle(row, Event.AGAIN)
    elif work.settle(row, Event.REFUSED, reply):
        _end(work, asked, AskedState.REFUSED if reply.ended_by is None else AskedState.UNANSWERED, reply)


def _take_page(work: Work, asked: AskedRequest, reply: Reply) -> None:
    left = reply.remaining or 0
    if asked.expected is not None and reply.shown + left != asked.expected:
        _restart(work, asked, reply)  # a page was lost with its answer
        return
    objects = [{"type": type(ret).__name__, **plain(ret)} for ret in reply.rets]
    asked.pages += 1
    asked.objects += len(objects)
    asked.whole = asked.whole and reply.whole
    body = json.dumps(objects, ensure_ascii=False)
    work.db.add(AskedPage(company_id=asked.company_id, asked_id=asked.id, number=asked.pages, body=body))
    if left and reply.iterator_id:
        asked.expected = left
        _ask_again(work, asked, reply.iterator_id)
    else:
        _end(work, asked, AskedState.DONE, reply)


def _restart(work: Work, asked: AskedRequest, reply: Reply) -> None:
    asked.restarts += 1
    forget_pages(work.db, asked)
    if asked.restarts > MOST_RESTARTS:
        _end(work, asked, AskedState.UNANSWERED, reply)
        asked.message_told = AGAIN_AND_AGAIN
    else:
        _ask_again(work, asked, None)


def _ask_again(work: Work, asked: AskedRequest, iterator_id: str | None) -> None:
    key, last = new_id(), asked.request_id
    asked.request_id = key
    work.put(as_queued(asked, key, rendered(request_of(asked), str(key), iterator_id=iterator_id)), instead_of=last)


def _end(work: Work, asked: AskedRequest, state: AskedState, reply: Reply) -> None:
    asked.state, asked.settled_at, asked.expected = state, work.now, None
    asked.status_code = reply.code
    if state is not AskedState.DONE:
        asked.message_told, asked.advice = reply.said.sentence, reply.said.advice
    elif reply.words:
        asked.message_told = reply.words
    tell_of_request(work.db, asked, work.now)
    if state is not AskedState.DONE:
        end_what_follows(work.db, asked, work.now)


READERS: dict[str, Callable[[Work, RequestRow, Reply], None]] = {ASKED: read_asked, **CHANGES}
