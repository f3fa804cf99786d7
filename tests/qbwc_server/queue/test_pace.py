"""What is learned from how long a set took, and how sets that could not be read are cut."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qbwc_server.db import Database
from qbwc_server.queue.models import MessageSet, Pace
from qbwc_server.queue.pace import FIRST_PACE, condemn, halve, learn_pace
from qbwc_server.queue.sets import (
    passengers,
)
from qbwc_server.queue.states import RequestState
from tests.conftest import TurnableClock
from tests.qbwc_server.queue.line import WIDE, Line, request

SENT, QUEUED, DONE = RequestState.SENT, RequestState.QUEUED, RequestState.DONE


def names(count: int) -> list[str]:
    return [f"r{n:03}" for n in range(count)]


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


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
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
