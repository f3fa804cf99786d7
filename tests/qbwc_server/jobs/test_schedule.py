"""The table of jobs, as it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from qbwc_server.db import Database
from qbwc_server.jobs.due import Daily
from qbwc_server.jobs.each import BILLING, BULK, CONNECTION, WEBHOOK
from qbwc_server.jobs.lookout import Lookout
from qbwc_server.jobs.schedule import JOBS, Job
from qbwc_server.jobs.states import RunState
from qbwc_server.jobs.worker import Worker
from qbwc_server.settings import Settings
from qbwc_server.tenancy.guessing import counted_as, note_wrong_password
from qbwc_server.tenancy.models import LoginFailures
from tests.conftest import TurnableClock
from tests.qbwc_server.jobs.rows import due, handed_out, log_of, rows
from tests.qbwc_server.tenants import tenant


def _said(database: Database, settings: Settings, clock: TurnableClock, name: str) -> str:
    (job,) = [job for job in JOBS if job.name == name]
    return job.work(
        database=database, settings=settings, clock=clock, due_at=clock(), subject_id=0, checkpoint=lambda: None
    )


def test_names_are_unique_and_fit_their_column() -> None:
    names = [job.name for job in JOBS]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 40


def test_every_job_runs_on_an_empty_database_and_on_one_with_a_company(
    database: Database, settings: Settings, clock: TurnableClock
) -> None:
    for _ in range(2):
        clock.advance(days=40)
        Lookout(database, JOBS).look(clock())
        Worker(database, settings, JOBS, clock).work_off()
        with database.transaction() as db:
            tenant(db, clock(), f"c{clock():%m%d}")
    some = (BILLING, BULK, CONNECTION, WEBHOOK)
    assert {row.job for row in rows(database)} == {job.name for job in JOBS if job.each not in some}
    assert [row for row in rows(database) if row.state is not RunState.DONE] == []


@pytest.mark.parametrize("job", [job for job in JOBS if isinstance(job.when, Daily)], ids=lambda job: job.name)
def test_what_runs_daily_stays_out_of_the_hours_that_some_days_have_twice_or_not_at_all(job: Job) -> None:
    assert isinstance(job.when, Daily)
    assert not 1 <= job.when.hour <= 2


def test_login_failures_that_no_longer_count_are_dropped(
    database: Database, settings: Settings, clock: TurnableClock
) -> None:
    pause = timedelta(seconds=settings.login_pause_s)
    with database.transaction() as db:
        note_wrong_password(db, counted_as(b"k", "old", "203.0.113.5"), exists=True, pause=pause, now=clock())
    clock.advance(seconds=settings.login_pause_s + 1)
    with database.transaction() as db:
        note_wrong_password(db, counted_as(b"k", "new", "203.0.113.6"), exists=True, pause=pause, now=clock())
    with database.reading() as db:
        before = db.execute(select(func.count()).select_from(LoginFailures)).scalar_one()
    said = _said(database, settings, clock, "purge_login_failures")
    with database.reading() as db:
        after = db.execute(select(func.count()).select_from(LoginFailures)).scalar_one()
    assert 0 < after < before
    assert said == f"Counts of wrong passwords dropped: {before - after}."


def test_runs_are_dropped_when_their_time_is_over(database: Database, settings: Settings, clock: TurnableClock) -> None:
    handed_out(database, due("x", datetime(2026, 2, 1, tzinfo=UTC)), due("x", clock()))
    assert _said(database, settings, clock, "purge_job_runs") == "Runs dropped: 1."
    assert log_of(database) == [("x", 0, RunState.DUE, None)]
