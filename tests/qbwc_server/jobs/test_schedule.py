"""The table of jobs: when each is due, and what each does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from qbwc_server.db import Database
from qbwc_server.jobs.runner import trigger
from qbwc_server.jobs.runs import JobRun, Outcome, claim
from qbwc_server.jobs.schedule import JOBS, Daily, EveryMinute, Job
from qbwc_server.settings import Settings
from qbwc_server.tenancy.credentials import note_login_failure
from qbwc_server.tenancy.models import LoginFailures
from tests.conftest import TurnableClock


def _job(name: str) -> Job:
    return next(job for job in JOBS if job.name == name)


def test_names_are_unique_and_fit_their_column() -> None:
    names = [job.name for job in JOBS]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 40


@pytest.mark.parametrize(
    ("when", "now", "due"),
    [
        (EveryMinute(), "2026-03-02T15:00:00", "2026-03-02T15:00:00"),
        (EveryMinute(), "2026-03-02T15:00:59.999", "2026-03-02T15:00:00"),
        (Daily(3, 30), "2026-03-02T03:29:59", "2026-03-01T03:30:00"),
        (Daily(3, 30), "2026-03-02T03:30:00", "2026-03-02T03:30:00"),
        (Daily(3, 30), "2026-03-02T23:00:00", "2026-03-02T03:30:00"),
    ],
)
def test_the_newest_due_moment(when: EveryMinute | Daily, now: str, due: str) -> None:
    assert when.last_due(datetime.fromisoformat(now).replace(tzinfo=UTC)) == datetime.fromisoformat(due).replace(
        tzinfo=UTC
    )


@pytest.mark.parametrize("when", [EveryMinute(), Daily(3, 30)])
def test_the_trigger_fires_when_the_job_is_due(when: EveryMinute | Daily, clock: TurnableClock) -> None:
    fires = trigger(when).get_next_fire_time(None, clock() + timedelta(seconds=1))
    assert when.last_due(fires) == fires
    assert when.last_due(fires - timedelta(seconds=1)) < fires


def test_login_failures_that_no_longer_count_are_dropped(
    database: Database, settings: Settings, clock: TurnableClock
) -> None:
    pause = timedelta(seconds=settings.login_pause_s)
    with database.transaction() as db:
        note_login_failure(db, "old", "203.0.113.5", pause=pause, now=clock())
    clock.advance(seconds=settings.login_pause_s + 1)
    with database.transaction() as db:
        note_login_failure(db, "new", "203.0.113.6", pause=pause, now=clock())
        before = db.scalar(select(func.count()).select_from(LoginFailures))
        dropped = _job("purge_login_failures").work(db, settings, clock())
        after = db.scalar(select(func.count()).select_from(LoginFailures))
    assert dropped > 0
    assert before is not None
    assert after == before - dropped
    assert after > 0


def test_runs_of_last_month_are_dropped(database: Database, settings: Settings, clock: TurnableClock) -> None:
    with database.transaction() as db:
        claim(db, "x", due_at=clock() - timedelta(days=31), now=clock())
        claim(db, "x", due_at=clock() - timedelta(days=29), now=clock())
        assert _job("purge_job_runs").work(db, settings, clock()) == 1
        assert db.scalars(select(JobRun.outcome)).all() == [Outcome.RUNNING]


def test_without_sessions_there_is_none_to_close(database: Database, settings: Settings, clock: TurnableClock) -> None:
    with database.transaction() as db:
        assert _job("close_silent_sessions").work(db, settings, clock()) == 0
