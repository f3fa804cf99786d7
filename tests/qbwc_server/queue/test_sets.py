"""What leaves together, and that it never leaves twice."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from qbwc_server.ids import new_id
from qbwc_server.queue.models import MessageSet, Pace, QueuedRequest
from qbwc_server.queue.pace import FIRST_PACE
from qbwc_server.queue.sets import (
    Limits,
    count_due,
    count_waiting,
    doubt,
    in_flight,
    passengers,
    unanswered_set_of,
    work_waits,
)
from qbwc_server.queue.settling import Settlement, requests_by_id, settle
from qbwc_server.queue.states import Delivery, Event, Priority, RequestState
from tests.conftest import TurnableClock
from tests.qbwc_server.queue.line import Line, request

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
    assert line.sent() == ["r"]  # what is added to a list depends on what is read
    assert line.sent() == ["l", "t1", "t2", "c"]
    assert line.sent() == ["z"]  # a long answer must not be what the answer to a write is lost with


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
