"""Requests are put in, wait for one another, are let go and taken out."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from qbwc_server.ids import new_id
from qbwc_server.queue.enqueue import cancel, hand_over, hold_back, open_requests, release, supply, waiting_for
from qbwc_server.queue.models import QueuedRequest, RequestWait
from qbwc_server.queue.states import RequestState
from tests.conftest import TurnableClock
from tests.qbwc_server.queue.line import Line, request

QUEUED, WAITING, CANCELLED = RequestState.QUEUED, RequestState.WAITING, RequestState.CANCELLED


def test_what_waits_for_nothing_may_leave(line: Line) -> None:
    first = request("a")
    line.put(first, request("b", after=(first.id, first.id)))  # the same one named twice counts once
    line.put()
    assert line.states() == {"a": QUEUED, "b": WAITING}
    row = line.row("a")
    assert (row.id, row.attempts, row.created_at, row.settled_at) == (first.id, 0, line.clock(), None)


def test_it_goes_when_the_last_of_those_it_waits_for_is_done(line: Line) -> None:
    a, b = request("a"), request("b")
    line.put(a, b, request("c", after=(a.id, b.id)), request("d", after=(b.id,)))
    with line.database.transaction() as db:
        assert release(db, [a.id]) == []
    assert line.states()["c"] is WAITING
    with line.database.transaction() as db:
        release(db, [b.id])
    assert line.states() == dict.fromkeys("abcd", QUEUED)
    with line.database.transaction() as db:
        assert release(db, [a.id, b.id]) == []  # a second time changes nothing
        assert release(db, []) == []


def test_what_is_held_back_waits_for_one_more(line: Line) -> None:
    a, b, c, look = request("a"), request("b"), request("c"), request("look")
    line.put(a, request("b", after=(a.id,), id=b.id), c, look)
    with line.database.transaction() as db:
        hold_back(db, line.company_id, {b.id: look.id, c.id: look.id})
        hold_back(db, line.company_id, {})
    assert line.states() == {"a": QUEUED, "b": WAITING, "c": WAITING, "look": QUEUED}
    with line.database.transaction() as db:
        release(db, [look.id])
    assert line.states() == {"a": QUEUED, "b": WAITING, "c": QUEUED, "look": QUEUED}


def test_released_requests_without_text_are_named_so_that_they_get_one(line: Line) -> None:
    a, b, c = request("a"), request("b", xml=None), request("c")
    line.put(a)
    line.put(request("b", xml=None, after=(a.id,), id=b.id), request("c", after=(a.id,), id=c.id))
    with line.database.transaction() as db:
        assert [(row.id, row.subject) for row in release(db, [a.id])] == [(b.id, "b")]
        supply(db, {b.id: ("<late/>", {"number": "1"})})
        supply(db, {})
    assert (line.row("b").xml, line.row("b").sent) == ("<late/>", {"number": "1"})


def test_what_was_taken_out_is_not_let_go(line: Line) -> None:
    a, b = request("a"), request("b")
    line.put(a, request("b", after=(a.id,), id=b.id))
    with line.database.transaction() as db:
        assert cancel(db, [b.id], line.clock()) == {b.id}
        assert release(db, [a.id]) == []
    assert line.states()["b"] is CANCELLED


def test_waiting_is_handed_over(line: Line) -> None:
    a, b, c = request("a"), request("b"), request("c")
    line.put(a, b, request("c", after=(a.id,), id=c.id))
    with line.database.transaction() as db:
        hand_over(db, a.id, b.id)
        assert waiting_for(db, a.id) == []
        assert [(row.id, row.purpose, row.subject) for row in waiting_for(db, b.id)] == [(c.id, "post", "c")]
        release(db, [a.id])
    assert line.states()["c"] is WAITING
    with line.database.transaction() as db:
        release(db, [b.id])
    assert line.states()["c"] is QUEUED


@pytest.mark.parametrize("state", RequestState)
def test_only_what_has_certainly_not_left_is_taken_out(line: Line, state: RequestState) -> None:
    a = request("a")
    line.put(a)
    with line.database.transaction() as db:
        db.execute(update(QueuedRequest).values(state=state))
        gone = cancel(db, [a.id, new_id()], line.clock())
    may = state in (RequestState.WAITING, RequestState.QUEUED, RequestState.RESTING, RequestState.DISPUTED)
    assert gone == ({a.id} if may else set())
    assert line.row("a").state is (CANCELLED if may else state)
    assert line.row("a").settled_at == (line.clock() if may else None)
    with line.database.transaction() as db:
        assert cancel(db, [], line.clock()) == set()


def test_open_requests_are_the_newest_unsettled_of_each_subject(line: Line, clock: TurnableClock) -> None:
    other = Line(line.database, clock, "other")
    other.put(request("a"))
    requests = [request("a"), request("a"), request("b"), request("c", purpose="look")]
    line.put(*requests)
    with line.database.transaction() as db:
        assert open_requests(db, line.company_id, "post", ["a", "b", "c"]) == {
            "a": requests[1].id,
            "b": requests[2].id,
        }
        cancel(db, [requests[1].id, requests[2].id], clock())
        assert open_requests(db, line.company_id, "post", ["a", "b"]) == {"a": requests[0].id}


def test_a_wait_for_a_request_that_does_not_exist_is_refused(line: Line) -> None:
    with pytest.raises(IntegrityError):
        line.put(request("a", after=(new_id(),)))
    assert line.states() == {}


def test_waits_go_with_their_request(line: Line) -> None:
    a, b = request("a"), request("b")
    line.put(a, request("b", after=(a.id,), id=b.id))
    with line.database.transaction() as db:
        cancel(db, [b.id], line.clock())
        assert db.scalars(select(RequestWait)).all() == []
