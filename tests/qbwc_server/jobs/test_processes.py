"""Schedulers and workers as real processes: killed, stopped, put to sleep, two at a time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from qbwc_server.db import Database
from qbwc_server.jobs.runs import JobRun
from qbwc_server.jobs.states import RunState
from tests.qbwc_server.jobs.processes import THINGS, Folder, Start, processes, until
from tests.qbwc_server.jobs.rows import rows


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Where test and processes leave word for each other."""
    (tmp_path / "word").mkdir()
    return Folder(tmp_path / "word")


@pytest.fixture
def start(database_url: str, database: Database, folder: Folder) -> Iterator[Start]:
    """Starts schedulers."""
    with processes(database_url, folder) as start:
        yield start


@pytest.fixture
def call(postgres_url: str, postgres: Database, folder: Folder) -> Iterator[Start]:
    """Starts schedulers and workers that hear of due runs by procrastinate."""
    with processes(postgres_url, folder) as start:
        yield lambda what: start(what, job_workers="procrastinate")


def _plan(folder: Folder, jobs: str) -> None:
    (folder.path / "jobs").write_text(jobs, encoding="utf-8")


def _only(database: Database) -> JobRun:
    (row,) = rows(database)
    return row


def _all_done(database: Database, count: int) -> bool:
    found = rows(database)
    return len(found) == count and {row.state for row in found} == {RunState.DONE}


def test_a_scheduler_is_killed_in_the_middle_and_another_does_its_run(
    database: Database, folder: Folder, start: Start
) -> None:
    _plan(folder, "slow")
    first = start("scheduler")
    until(lambda: folder.said(f"slow started {first.pid}"), "the first begins")
    second = start("scheduler")
    first.kill()
    until(lambda: folder.said(f"slow started {second.pid}"), "the second takes over")
    assert _only(database).state is RunState.RUNNING
    folder.allow("slow")
    until(lambda: _all_done(database, 1), "it is done")
    assert folder.said("ended") == [f"slow ended {second.pid}"]
    row = _only(database)
    assert (row.deaths, row.claim, row.detail) == (1, 2, f"Done by {second.pid}.")
    assert second.stop() == 0


def test_a_due_time_is_not_lost_with_the_only_scheduler(database: Database, folder: Folder, start: Start) -> None:
    _plan(folder, "slow")
    killed = start("scheduler")
    until(lambda: folder.said("slow started"), "it begins")
    killed.kill()
    assert _only(database).state is RunState.RUNNING
    folder.allow("slow")
    start("scheduler")
    until(lambda: _all_done(database, 1), "it is done after all")
    assert len(folder.said("started")) == 2


def test_who_was_asleep_while_another_took_over_does_not_record_itself_as_done(
    database: Database, folder: Folder, start: Start
) -> None:
    _plan(folder, "slow")
    asleep = start("scheduler")
    until(lambda: folder.said(f"slow started {asleep.pid}"), "the first begins")
    asleep.fall_asleep(database)
    other = start("scheduler")
    until(lambda: folder.said(f"slow started {other.pid}"), "the other takes over")
    folder.allow("slow")
    until(lambda: _all_done(database, 1), "it is done")
    asleep.awake()
    until(lambda: folder.said(f"slow ended {asleep.pid}"), "the first awakes and ends too")
    until(lambda: "job_lease_lost" in asleep.log(), "it notices")
    assert asleep.stop() == 0
    row = _only(database)
    assert (row.state, row.claim, row.detail) == (RunState.DONE, 2, f"Done by {other.pid}.")


def test_two_schedulers_side_by_side_one_killed_and_restarted_run_everything_once(
    database: Database, folder: Folder, start: Start
) -> None:
    _plan(folder, "quick")
    schedulers = [start("scheduler"), start("scheduler")]
    for tick, minutes in enumerate((0, 5, 10, 15, 10, 20, 25)):  # once the clock is set back
        folder.set_clock(minutes)
        if tick == 3:
            schedulers[0].kill()
            schedulers[0] = start("scheduler")
        times = len({0, 5, 10, 15, 20, 25}.intersection((0, 5, 10, 15, 10, 20, 25)[: tick + 1]))
        until(partial(_all_done, database, times * THINGS), f"all is done at {minutes}")
    said = folder.said("quick")
    assert len(said) == len(set(said)) == 6 * THINGS
    assert [scheduler.stop() for scheduler in schedulers] == [0, 0]


def test_what_is_under_way_at_the_stop_is_handed_back_and_done_by_the_next(
    database: Database, folder: Folder, start: Start
) -> None:
    _plan(folder, "patient")
    first = start("scheduler")
    until(lambda: folder.said("patient started"), "it begins")
    assert first.stop() == 0
    row = _only(database)
    assert (row.state, row.deaths) == (RunState.DUE, 0)
    folder.allow("patient")
    start("scheduler")
    until(lambda: _all_done(database, 1), "it is done")


def test_a_worker_is_killed_in_the_middle_and_another_does_its_run(
    postgres: Database, folder: Folder, call: Start
) -> None:
    _plan(folder, "slow quick")
    call("scheduler")
    first = call("worker")
    until(lambda: folder.said(f"slow started {first.pid}"), "the first begins")
    second = call("worker")
    first.kill()
    until(lambda: folder.said(f"slow started {second.pid}"), "the second takes over")
    folder.allow("slow")
    until(lambda: _all_done(postgres, 1 + THINGS), "all is done")
    (row,) = [row for row in rows(postgres) if row.job == "slow"]
    assert (row.deaths, row.claim, row.detail) == (1, 2, f"Done by {second.pid}.")
    folder.set_clock(5)
    until(lambda: _all_done(postgres, 1 + 2 * THINGS), "the survivor goes on")
    quick = folder.said("quick")
    assert len(quick) == len(set(quick)) == 2 * THINGS
    assert second.stop() == 0


def test_workers_share_the_work_and_the_scheduler_does_none(postgres: Database, folder: Folder, call: Start) -> None:
    _plan(folder, "quick")
    scheduler, first, second = call("scheduler"), call("worker"), call("worker")
    for tick in range(4):
        folder.set_clock(5 * tick)
        until(partial(_all_done, postgres, (tick + 1) * THINGS), "all is done")
    by = {row.detail for row in rows(postgres)}
    assert by <= {f"Done by {first.pid}.", f"Done by {second.pid}."}
    said = folder.said("quick")
    assert len(said) == len(set(said)) == 4 * THINGS
    assert [process.stop() for process in (first, second, scheduler)] == [0, 0, 0]


def test_a_worker_that_is_stopped_hands_back_what_is_under_way(postgres: Database, folder: Folder, call: Start) -> None:
    _plan(folder, "patient")
    call("scheduler")
    first = call("worker")
    until(lambda: folder.said("patient started"), "it begins")
    assert first.stop() == 0
    row = _only(postgres)
    assert (row.state, row.deaths) == (RunState.DUE, 0)
    folder.allow("patient")
    call("worker")
    until(lambda: _all_done(postgres, 1), "it is done by the next worker")
