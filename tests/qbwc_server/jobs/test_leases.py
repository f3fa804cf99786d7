"""A lease: one holder at a time, renewed, ended, and taken over; a former holder changes nothing any more."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from qbwc_server.db import Database
from qbwc_server.jobs import leases
from qbwc_server.jobs.leases import Beat, Claimed
from qbwc_server.jobs.states import RunEvent, RunState
from tests.conftest import TurnableClock
from tests.qbwc_server.jobs.rows import MINUTE, due, handed_out, log_of, rows


def _claimed(database: Database, clock: TurnableClock, *jobs: str, holder: str = "h") -> Claimed | None:
    with database.transaction() as db:
        return leases.claim(db, jobs or ("a", "b"), holder=holder, now=clock())


def _running(database: Database) -> list[Beat]:
    with database.reading() as db:
        return leases.running(db)


def _taken(database: Database, clock: TurnableClock, lease: Beat, event: RunEvent = RunEvent.TAKEN_OVER) -> object:
    with database.transaction() as db:
        return leases.take_over(db, lease, event, now=clock(), code="killed", detail="It died.")


def test_the_run_that_has_waited_longest_comes_first_but_the_servers_own_before_all(
    database: Database, clock: TurnableClock
) -> None:
    now = clock()
    handed_out(database, due("a", now, 3), due("a", now - MINUTE, 2), due("b", now), due("c", now - 9 * MINUTE))
    order = [_claimed(database, clock) for _ in range(4)]
    assert [run and (run.job, run.subject_id, run.due_at) for run in order] == [
        ("b", 0, now), ("a", 2, now - MINUTE), ("a", 3, now), None,
    ]  # fmt: skip  # c is a job of which this process knows nothing


def test_runs_of_one_job_and_subject_never_overlap(database: Database, clock: TurnableClock) -> None:
    handed_out(database, due("a", clock()), due("b", clock()))
    first = _claimed(database, clock, "a")
    assert first is not None
    handed_out(database, due("a", clock() + MINUTE), due("a", clock() + MINUTE, 5))
    order = [_claimed(database, clock), _claimed(database, clock), _claimed(database, clock)]
    assert [run and (run.job, run.subject_id) for run in order] == [("b", 0), ("a", 5), None]
    with database.transaction() as db:
        assert leases.finish(db, first, RunEvent.DONE, now=clock())
    second = _claimed(database, clock)
    assert second is not None
    assert second.due_at == clock() + MINUTE


def test_a_claim_may_be_for_one_subject(database: Database, clock: TurnableClock) -> None:
    handed_out(database, due("a", clock(), 1), due("a", clock(), 2))
    with database.transaction() as db:
        run = leases.claim(db, ["a"], holder="h", now=clock(), subject=("a", 2))
        assert run is not None
        assert run.subject_id == 2
        assert leases.claim(db, ["a"], holder="h", now=clock(), subject=("a", 3)) is None


def test_many_who_claim_at_once_get_different_runs(database: Database, clock: TurnableClock) -> None:
    # two of each subject, of which only one may be taken up
    handed_out(database, *(due("a", clock(), number) for number in range(1, 13)))
    handed_out(database, *(due("a", clock() - MINUTE, number) for number in range(1, 13)))
    got: list[Claimed] = []

    def take() -> None:
        while run := _claimed(database, clock):
            got.append(run)

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(run.subject_id for run in got) == list(range(1, 13))
    assert len(_running(database)) == 12


def test_a_run_says_what_became_of_it(database: Database, clock: TurnableClock) -> None:
    handed_out(database, due("a", clock()))
    started = clock()
    run = _claimed(database, clock)
    assert run is not None
    clock.advance(seconds=3)
    with database.transaction() as db:
        assert leases.finish(db, run, RunEvent.FAILED, now=clock(), code="broke", detail="It broke.")
    (row,) = rows(database)
    assert (row.state, row.code, row.detail, row.holder) == (RunState.FAILED, "broke", "It broke.", None)
    assert (row.started_at, row.ended_at) == (started, started + timedelta(seconds=3))


def test_what_is_handed_back_is_due_again_and_done_by_another(database: Database, clock: TurnableClock) -> None:
    handed_out(database, due("a", clock()))
    run = _claimed(database, clock)
    assert run is not None
    with database.transaction() as db:
        assert leases.finish(db, run, RunEvent.HANDED_BACK, now=clock())
    (row,) = rows(database)
    assert (row.state, row.ended_at, row.deaths) == (RunState.DUE, None, 0)
    again = _claimed(database, clock, holder="other")
    assert again == Claimed(run.id, "a", 0, run.due_at, run.claim + 1)


def test_who_has_lost_the_lease_neither_renews_it_nor_says_what_became_of_the_run(
    database: Database, clock: TurnableClock
) -> None:
    handed_out(database, due("a", clock()), due("b", clock()))
    lost, kept = _claimed(database, clock, "a"), _claimed(database, clock, "b")
    assert lost is not None
    assert kept is not None
    (lease,) = [lease for lease in _running(database) if lease.id == lost.id]
    assert _taken(database, clock, lease) == ("a", 0)
    for taken_up in (False, True):
        if taken_up:
            assert _claimed(database, clock, "a", holder="other") is not None
        with database.transaction() as db:
            assert leases.beat(db, [lost, kept]) == {kept.id}
            for event in (RunEvent.DONE, RunEvent.FAILED, RunEvent.HANDED_BACK):
                assert not leases.finish(db, lost, event, now=clock(), detail="I was here.")
        assert log_of(database)[0] == ("a", 0, RunState.RUNNING if taken_up else RunState.DUE, "It died.")


@pytest.mark.parametrize("event", [RunEvent.TAKEN_OVER, RunEvent.FAILED])
def test_a_beat_ends_the_take_over(database: Database, clock: TurnableClock, event: RunEvent) -> None:
    handed_out(database, due("a", clock()))
    run = _claimed(database, clock)
    assert run is not None
    (seen,) = _running(database)
    with database.transaction() as db:
        assert leases.beat(db, [run]) == {run.id}
    assert _taken(database, clock, seen, event) is None
    (now_seen,) = _running(database)
    assert now_seen != seen
    assert _taken(database, clock, now_seen, event) == ("a", 0)
    assert _taken(database, clock, now_seen, event) is None
    (row,) = rows(database)
    assert (row.state, row.deaths) == (RunState.DUE if event is RunEvent.TAKEN_OVER else RunState.FAILED, 1)


def test_a_lease_that_was_taken_up_again_looks_different(database: Database, clock: TurnableClock) -> None:
    handed_out(database, due("a", clock()))
    run = _claimed(database, clock)
    assert run is not None
    (first,) = _running(database)
    with database.transaction() as db:
        leases.finish(db, run, RunEvent.HANDED_BACK, now=clock())
    assert _claimed(database, clock) is not None
    (second,) = _running(database)
    assert second != first
    assert _taken(database, clock, first) is None
