"""Runs are handed out once per job, subject and due time, and dropped from the log when nobody asks for them."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from qbwc_server.db import Database
from qbwc_server.jobs import leases
from qbwc_server.jobs.runs import JobRun, hand_out, purge_job_runs, waiting
from qbwc_server.jobs.states import RunEvent, RunState
from tests.conftest import TurnableClock
from tests.qbwc_server.jobs.rows import MINUTE, due, handed_out, log_of, rows
from tests.qbwc_server.tenants import tenant


def test_a_run_is_handed_out_once(database: Database, clock: TurnableClock) -> None:
    runs = [due("a", clock()), due("b", clock()), due("a", clock(), 7)]
    assert handed_out(database, *runs) == runs
    assert handed_out(database, *runs) == []
    later = due("a", clock() + MINUTE)
    assert handed_out(database, *runs, later) == [later]
    assert handed_out(database) == []


def test_many_runs_are_handed_out_at_once(database: Database, clock: TurnableClock) -> None:
    runs = [due("a", clock(), number) for number in range(1, 1203)]
    assert handed_out(database, *runs) == runs
    assert handed_out(database, *runs) == []
    assert len(rows(database)) == 1202


def test_of_many_at_once_one_hands_it_out(database: Database, clock: TurnableClock) -> None:
    new: list[int] = []

    def try_it() -> None:
        new.append(len(handed_out(database, *(due("a", clock(), number) for number in range(20)))))

    threads = [threading.Thread(target=try_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(new) == 20
    assert len(rows(database)) == 20


def test_a_newer_run_stands_for_older_ones_that_nobody_came_to(database: Database, clock: TurnableClock) -> None:
    first, second = clock(), clock() + MINUTE
    handed_out(database, due("a", first), due("a", first, 7), due("b", first))
    with database.transaction() as db:
        assert leases.claim(db, ["a"], holder="h", now=clock(), subject=("a", 7)) is not None
    handed_out(database, due("a", second), due("a", second, 7))
    assert log_of(database) == [
        ("a", 0, RunState.SKIPPED, "Nobody came to it before it was due again."),
        ("a", 7, RunState.RUNNING, None),
        ("b", 0, RunState.DUE, None),
        ("a", 0, RunState.DUE, None),
        ("a", 7, RunState.DUE, None),
    ]
    with database.reading() as db:
        assert [(job, subject_id) for _, job, subject_id in waiting(db, limit=9)] == [("b", 0), ("a", 0), ("a", 7)]


def test_an_older_run_that_is_handed_out_late_does_not_skip_a_newer_one(
    database: Database, clock: TurnableClock
) -> None:
    handed_out(database, due("a", clock()))
    handed_out(database, due("a", clock() - MINUTE))  # the clock was set back
    assert [state for _, _, state, _ in log_of(database)] == [RunState.DUE, RunState.DUE]


def test_the_database_knows_one_running_per_subject(database: Database, clock: TurnableClock) -> None:
    handed_out(database, due("a", clock()), due("a", clock() - MINUTE))
    with pytest.raises(IntegrityError), database.transaction() as db:
        db.query(JobRun).update({"state": RunState.RUNNING})


def test_what_ran_for_a_company_goes_with_it(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        company = tenant(db, clock())
        hand_out(db, [due("a", clock(), company.id, company.id), due("b", clock())])
    with database.transaction() as db:
        run = leases.claim(db, ["a"], holder="h", now=clock())
        assert run is not None
        db.delete(db.merge(company))
    with database.transaction() as db:
        assert not leases.finish(db, run, RunEvent.DONE, now=clock())
    assert [job for job, *_ in log_of(database)] == ["b"]


def test_old_runs_are_dropped_but_for_those_that_go_on(database: Database, clock: TurnableClock) -> None:
    handed_out(database, *(due("a", clock(), number) for number in range(1, 1103)))
    with database.transaction() as db:
        going = leases.claim(db, ["a"], holder="h", now=clock())
    assert going is not None
    clock.advance(days=7)
    handed_out(database, due("b", clock()))
    assert purge_job_runs(database=database, clock=clock) == ""
    clock.moment += timedelta(microseconds=1)
    assert purge_job_runs(database=database, clock=clock) == "Runs dropped: 1101."
    assert [(job, state) for job, _, state, _ in log_of(database)] == [("a", RunState.RUNNING), ("b", RunState.DUE)]
