"""The claim of a run: once per job, company and due time."""

from __future__ import annotations

import threading
from datetime import timedelta

from sqlalchemy import select

from qbwc_server.db import Database
from qbwc_server.jobs.runs import JobRun, Outcome, claim, finish, purge_job_runs
from tests.conftest import TurnableClock


def test_a_run_is_claimed_once(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        first = claim(db, "sweep", due_at=clock(), now=clock())
        assert first is not None
        assert claim(db, "sweep", due_at=clock(), now=clock()) is None
        assert claim(db, "sweep", due_at=clock(), now=clock(), company_id=1) is not None
        assert claim(db, "other", due_at=clock(), now=clock()) is not None
        assert claim(db, "sweep", due_at=clock() + timedelta(minutes=1), now=clock()) is not None


def test_of_many_at_once_one_gets_it(database: Database, clock: TurnableClock) -> None:
    claims: list[int | None] = []

    def try_it() -> None:
        with database.transaction() as db:
            claims.append(claim(db, "sweep", due_at=clock(), now=clock()))

    threads = [threading.Thread(target=try_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(run is None for run in claims) == [False] + [True] * 5


def test_a_run_says_what_became_of_it(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        run_id = claim(db, "sweep", due_at=clock(), now=clock())
        assert run_id is not None
    clock.advance(seconds=3)
    with database.transaction() as db:
        finish(db, run_id, Outcome.DONE, "7", now=clock())
    with database.reading() as db:
        run = db.scalars(select(JobRun)).one()
    assert (run.outcome, run.detail) == (Outcome.DONE, "7")
    assert run.finished_at is not None
    assert run.finished_at - run.started_at == timedelta(seconds=3)


def test_old_runs_are_dropped(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        for days in (0, 10, 40):
            claim(db, "sweep", due_at=clock() - timedelta(days=days), now=clock())
        assert purge_job_runs(db, older_than=clock() - timedelta(days=30)) == 1
        assert len(db.scalars(select(JobRun.id)).all()) == 2
