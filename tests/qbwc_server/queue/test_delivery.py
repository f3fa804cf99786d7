"""What leaves together, that it never leaves twice, and what is learned from how long it took."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from qbwc_server.db import Database
from qbwc_server.ids import new_id
from qbwc_server.queue.delivery import (
    FIRST_PACE,
    Limits,
    Settlement,
    condemn,
    count_due,
    count_waiting,
    doubt,
    halve,
    in_flight,
    learn_pace,
    passengers,
    requests_by_id,
    settle,
    unanswered_set_of,
    work_waits,
)
from qbwc_server.queue.models import MessageSet, Pace, QueuedRequest
from qbwc_server.queue.states import Delivery, Event, Priority, RequestState
from tests.conftest import TurnableClock
from tests.qbwc_server.queue.line import WIDE, Line, request

SENT, QUEUED, DONE = RequestState.SENT, RequestState.QUEUED, RequestState.DONE


def names(count: int) -> list[str]:
    return [f"r{n:03}" for n in range(count)]


def test_what_left_is_kept_word_for_word(line: Line) -> None:
    line.put(request("a"), request("b"))
    leaving = line.leave()
    assert leaving is not None
    kept = line.set_of(leaving.id)
    assert (kept.body, kept.request_count, kept.writes, kept.delivery) == ("<a/> <b/>", 2, True, Delivery.IN_FLIGHT)
    assert (kept.sent_at, kept.answered_at, kept.answer) == (line.clock(), None, None)
    assert line.on_board(kept) == ["a", "b"]
    assert line.states() == {"a": SENT, "b": SENT}
    assert (line.row("a").attempts, line.row("b").attempts) == (1, 1)


def test_nothing_due_is_no_set(line: Line) -> None:
    first = request("a")
    assert line.leave() is None
    line.put(first, request("b", after=(first.id,)))
    assert line.sent() == ["a"]
    assert line.leave() is None  # b waits


def test_the_order_is_by_priority_then_by_age(line: Line) -> None:
    priorities = {"t1": Priority.TRANSACTION, "c": Priority.CHANGE, "r": Priority.READ, "l": Priority.LIST,
                  "t2": Priority.TRANSACTION, "z": Priority.REFRESH}  # fmt: skip
    line.put(*(request(name, priority=priority) for name, priority in priorities.items()))
    assert line.sent() == ["r", "l", "t1", "t2", "c", "z"]


def test_look_ups_leave_before_everything_else_and_alone(line: Line) -> None:
    line.put(request("a"), request("look1", priority=Priority.LOOK, writes=False), request("b"))
    line.put(request("look2", priority=Priority.LOOK, writes=False))
    leaving = line.leave()
    assert leaving is not None
    assert (leaving.body, leaving.writes) == ("<look1/> <look2/>", False)
    line.answered(leaving.id)
    assert line.sent() == ["a", "b"]


def test_at_first_a_modest_set_then_as_many_as_was_learned(line: Line) -> None:
    line.put(*map(request, names(100)))
    assert line.sent() == names(100)[:FIRST_PACE]
    with line.database.transaction() as db:
        db.add(Pace(company_id=line.company_id, requests=40))
    assert line.sent() == names(100)[25:65]
    assert line.sent(Limits(requests=5, size=1 << 20)) == names(100)[65:70]


@pytest.mark.parametrize(("size", "count"), [(1, 1), (7, 1), (13, 1), (14, 2), (20, 2), (21, 3), (10_000, 4)])
def test_bytes_are_limited_but_one_always_goes(line: Line, size: int, count: int) -> None:
    line.put(*map(request, names(4)))  # seven bytes each
    assert len(line.sent(Limits(requests=200, size=size))) == count


@pytest.mark.parametrize(("largest", "leaving"), [
    ({"r000": 2}, 2), ({"r002": 2}, 2), ({"r003": 3}, 3), ({"r003": 2}, 3), ({"r001": 1}, 1), ({"r000": 0}, 1),
    ({}, 5),
])  # fmt: skip
def test_after_an_unreadable_set_smaller_ones_follow(line: Line, largest: dict[str, int], leaving: int) -> None:
    line.put(*map(request, names(5)))
    with line.database.transaction() as db:
        for name, value in largest.items():
            db.execute(update(QueuedRequest).where(QueuedRequest.subject == name).values(largest_set=value))
    assert len(line.sent()) == leaving


def test_a_second_set_in_flight_is_impossible_by_the_database_itself(line: Line, clock: TurnableClock) -> None:
    line.put(request("a"), request("b"))
    line.leave(Limits(requests=1, size=1000))
    with pytest.raises(IntegrityError):
        line.leave()
    assert line.states() == {"a": SENT, "b": QUEUED}  # nothing of the attempt is left
    other = Line(line.database, clock, "other")
    other.put(request("a"))
    assert other.leave() is not None  # each company has its own
    with line.database.reading() as db:
        owed = in_flight(db, line.company_id)
        assert owed is not None
        assert owed.company_id == line.company_id


@pytest.mark.parametrize("ended", [Delivery.ANSWERED, Delivery.UNCERTAIN])
def test_answered_and_doubted_sets_make_room_however_many(line: Line, ended: Delivery) -> None:
    line.put(*map(request, names(3)))
    for _ in range(3):
        leaving = line.leave(Limits(requests=1, size=1000))
        assert leaving is not None
        with line.database.transaction() as db:
            db.get_one(MessageSet, leaving.id).delivery = ended
    with line.database.reading() as db:
        assert in_flight(db, line.company_id) is None


def test_work_waits_while_something_is_due_or_owed(line: Line) -> None:
    def waits() -> bool:
        with line.database.reading() as db:
            return work_waits(db, line.company_id)

    assert not waits()
    line.put(request("a"))
    assert waits()
    leaving = line.leave()
    assert leaving is not None
    assert waits()  # an answer is owed
    line.answered(leaving.id)
    assert not waits()


def test_due_is_what_may_leave_now(line: Line, clock: TurnableClock) -> None:
    first = request("a")
    line.put(first, request("b"), request("c", after=(first.id,)))
    Line(line.database, clock, "other").put(request("a"))
    with line.database.reading() as db:
        assert (count_due(db, line.company_id), count_waiting(db, line.company_id)) == (2, 1)


def test_settling_follows_the_table_and_ignores_what_no_longer_matters(line: Line) -> None:
    a, b = request("a"), request("b")
    line.put(a, b)
    line.leave()
    states = {a.id: SENT, b.id: SENT}
    with line.database.transaction() as db:
        settle(
            db,
            states,
            [
                Settlement(a.id, Event.DONE, 0, "fine", "T-1"),
                Settlement(a.id, Event.REFUSED, 3100, "late and wrong"),
                Settlement(b.id, Event.AGAIN, 3175, "locked"),
            ],
            line.clock(),
        )
    assert states == {a.id: DONE, b.id: QUEUED}
    done, again = line.row("a"), line.row("b")
    assert (done.state, done.status_code, done.status_message, done.result_id, done.settled_at) == (
        DONE, 0, "fine", "T-1", line.clock(),
    )  # fmt: skip
    assert (again.state, again.status_code, again.settled_at) == (QUEUED, 3175, None)
    line.clock.advance(minutes=1)
    with line.database.transaction() as db:
        settle(db, {a.id: DONE}, [Settlement(a.id, Event.REFUSED, 1)], line.clock())
        settle(db, {}, [], line.clock())
    assert (line.row("a").status_code, line.row("a").settled_at) == (0, done.settled_at)


def test_in_doubt_writes_are_uncertain_and_questions_are_asked_again(line: Line) -> None:
    line.put(request("w1"), request("q", writes=False), request("w2"), request("done"))
    leaving = line.leave()
    assert leaving is not None
    with line.database.transaction() as db:
        done = next(row for row in passengers(db, leaving) if row.subject == "done")
        settle(db, {done.id: SENT}, [Settlement(done.id, Event.DONE)], line.clock())
        doubted = doubt(db, db.get_one(MessageSet, leaving.id), line.clock())
    assert sorted(row.subject for row in doubted) == ["w1", "w2"]
    uncertain = RequestState.UNCERTAIN
    assert line.states() == {"w1": uncertain, "w2": uncertain, "q": QUEUED, "done": DONE}
    assert line.set_of(leaving.id).delivery is Delivery.UNCERTAIN


def test_what_is_uncertain_does_not_leave(line: Line) -> None:
    line.put(request("a"))
    leaving = line.leave()
    assert leaving is not None
    with line.database.transaction() as db:
        doubt(db, db.get_one(MessageSet, leaving.id), line.clock())
    assert line.leave() is None


@pytest.mark.parametrize(("count", "largest"), [(9, 4), (4, 2), (3, 1), (2, 1), (1, 1)])
def test_halving(line: Line, count: int, largest: int) -> None:
    line.put(*map(request, names(count)))
    leaving = line.leave()
    assert leaving is not None
    with line.database.transaction() as db:
        halve(db, passengers(db, leaving))
    assert {line.row(name).largest_set for name in names(count)} == {largest}


def test_a_request_is_condemned_the_second_time(line: Line) -> None:
    one = request("a")
    line.put(one)
    for expected in (False, True, True):
        with line.database.transaction() as db:
            assert condemn(db, one.id) is expected


def test_a_late_answer_finds_its_requests_and_its_set(line: Line, clock: TurnableClock) -> None:
    a, b = request("a"), request("b")
    line.put(a, b)
    first = line.leave()
    assert first is not None
    with line.database.transaction() as db:
        doubt(db, db.get_one(MessageSet, first.id), clock())
        db.execute(update(QueuedRequest).values(state=QUEUED))  # looked for, not found
    clock.advance(minutes=10)
    second = line.leave()
    assert second is not None
    stranger = Line(line.database, clock, "other").company_id
    with line.database.reading() as db:
        assert {row.subject for row in requests_by_id(db, line.company_id, [a.id, b.id, new_id()])} == {"a", "b"}
        assert requests_by_id(db, stranger, [a.id]) == []
        found = unanswered_set_of(db, line.company_id, [a.id])
        assert found is not None
        assert found.id == first.id  # the second one is in flight: it is not late
        assert unanswered_set_of(db, stranger, [a.id]) is None
        assert unanswered_set_of(db, line.company_id, [new_id()]) is None


@pytest.mark.parametrize(
    ("known", "carried", "seconds", "learned"),
    [
        (None, 25, 5, 50),  # twice as quick as wanted
        (None, 25, 0, 50),  # at most doubled, however quick
        (None, 25, 20, 12),
        (None, 25, 3600, 1),  # never less than one
        (None, 3, 0.1, None),  # a small set says nothing about a large one
        (None, 3, 100, 1),  # but that even a few take long, it does say
        (100, 100, 10, 100),
        (150, 150, 1, 200),  # the limit
        (100, 60, 3, 120),
        (100, 50, 1, 100),
    ],
)
def test_the_pace(line: Line, known: int | None, carried: int, seconds: float, learned: int | None) -> None:
    assert pace_after(line, known, carried, seconds) == learned


def pace_after(line: Line, known: int | None, carried: int, seconds: float) -> int | None:
    with line.database.transaction() as db:
        db.query(Pace).delete()
        if known is not None:
            db.add(Pace(company_id=line.company_id, requests=known))
        db.flush()
        sent = MessageSet(company_id=line.company_id, request_count=carried, sent_at=line.clock())
        learn_pace(db, sent, now=line.clock() + timedelta(seconds=seconds), target_s=10.0, most=200)
        db.flush()
        row = db.get(Pace, line.company_id)
        return None if row is None else row.requests


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    known=st.none() | st.integers(1, 200),
    carried=st.integers(1, 200),
    seconds=st.floats(-5, 10_000, allow_nan=False),
)
def test_the_pace_stays_within_bounds_whatever_the_clock_says(
    sqlite_line: Line, known: int | None, carried: int, seconds: float
) -> None:
    before = known or FIRST_PACE
    after = pace_after(sqlite_line, known, carried, seconds) or FIRST_PACE
    assert 1 <= after <= 200
    assert after <= max(before, 2 * carried)
    if seconds > 10:  # longer than wanted
        assert after <= carried


def test_a_set_that_took_exactly_the_time_wanted_is_followed_by_one_like_it(line: Line) -> None:
    line.put(*map(request, names(25)))
    leaving = line.leave(WIDE)
    assert leaving is not None
    assert pace_after(line, 25, leaving.request_count, 10) == 25


@pytest.fixture
def sqlite_line(sqlite_database: Database, clock: TurnableClock) -> Line:
    """The same where the engine does not matter."""
    return Line(sqlite_database, clock)
