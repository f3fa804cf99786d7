"""A holder has died when its beat stands still for a lease by the watcher's own steady clock, and by no other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qbwc_server.db import Database
from qbwc_server.jobs import leases
from qbwc_server.jobs.leases import Claimed
from qbwc_server.jobs.states import RunState
from qbwc_server.jobs.watch import MOST_DEATHS, Watch
from tests.conftest import TurnableClock
from tests.qbwc_server.jobs.rows import due, handed_out, log_of

LEASE_S = 60.0


class _Steady:
    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def steady() -> _Steady:
    return _Steady()


@pytest.fixture
def watch(database: Database, clock: TurnableClock, steady: _Steady) -> Watch:
    return Watch(database, LEASE_S, clock, steady)


def _claimed(database: Database, clock: TurnableClock) -> Claimed:
    with database.transaction() as db:
        run = leases.claim(db, ["a"], holder="h", now=clock())
    assert run is not None
    return run


def test_a_beat_that_stands_still_for_a_lease_says_that_the_holder_died(
    database: Database, clock: TurnableClock, watch: Watch, steady: _Steady
) -> None:
    handed_out(database, due("a", clock()))
    _claimed(database, clock)
    assert watch.look() == []
    steady.seconds += LEASE_S - 0.1
    assert watch.look() == []
    steady.seconds += 0.1
    assert watch.look() == [("a", 0)]
    assert watch.look() == []
    assert log_of(database) == [("a", 0, RunState.DUE, "The process that did it ended in the middle.")]


def test_a_beat_that_goes_on_is_never_taken_over(
    database: Database, clock: TurnableClock, watch: Watch, steady: _Steady
) -> None:
    handed_out(database, due("a", clock()))
    run = _claimed(database, clock)
    for _ in range(5):
        assert watch.look() == []
        steady.seconds += LEASE_S - 1
        with database.transaction() as db:
            leases.beat(db, [run])
    steady.seconds += LEASE_S
    assert watch.look() == []  # it has not been seen standing still: this watch was asleep meanwhile
    steady.seconds += LEASE_S
    assert watch.look() == [("a", 0)]


@pytest.mark.parametrize("leap", [timedelta(days=365), timedelta(days=-365)])
def test_a_clock_that_is_set_kills_nobody(
    database: Database, clock: TurnableClock, watch: Watch, steady: _Steady, leap: timedelta
) -> None:
    handed_out(database, due("a", clock()))
    _claimed(database, clock)
    watch.look()
    clock.moment += leap
    steady.seconds += LEASE_S / 2
    assert watch.look() == []
    other = Watch(database, LEASE_S, clock, steady)  # another machine, whose clock is wrong
    assert other.look() == []


def test_two_watches_take_it_over_once(database: Database, clock: TurnableClock, steady: _Steady) -> None:
    handed_out(database, due("a", clock()))
    _claimed(database, clock)
    watches = [Watch(database, LEASE_S, clock, steady) for _ in range(2)]
    assert [watch.look() for watch in watches] == [[], []]
    steady.seconds += LEASE_S
    assert [watch.look() for watch in watches] == [[("a", 0)], []]


def test_a_run_that_kills_its_processes_is_given_up_until_it_is_next_due(
    database: Database, clock: TurnableClock, watch: Watch, steady: _Steady
) -> None:
    handed_out(database, due("a", clock()))
    taken = []
    for _ in range(MOST_DEATHS):
        _claimed(database, clock)
        watch.look()
        steady.seconds += LEASE_S
        taken.append(watch.look())
    assert taken == [[("a", 0)]] * (MOST_DEATHS - 1) + [[]]
    ((_, _, state, detail),) = log_of(database)
    assert state is RunState.FAILED
    assert detail is not None
    assert detail.startswith("The process that did this job ended in the middle, several times. It is tried again")
