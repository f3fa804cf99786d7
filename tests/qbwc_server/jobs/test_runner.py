"""Jobs run when due, once, and a job that breaks does not stop the others."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from qbwc_server.db import Database
from qbwc_server.db.unusable import SchemaOutdated
from qbwc_server.jobs import runner
from qbwc_server.jobs.runs import JobRun, Outcome
from qbwc_server.jobs.schedule import Daily, EveryMinute, Job
from qbwc_server.settings import Settings, load
from tests.conftest import TurnableClock

pytestmark = pytest.mark.usefixtures("_logging_as_before")


def _runs(database: Database) -> list[tuple[str, Outcome, str | None]]:
    with database.reading() as db:
        return [(run.job, run.outcome, run.detail) for run in db.scalars(select(JobRun).order_by(JobRun.id))]


def test_a_due_job_runs_once(database: Database, settings: Settings, clock: TurnableClock) -> None:
    done: list[datetime] = []

    def work(_: Session, __: Settings, now: datetime) -> int:
        done.append(now)
        return 5

    job = Job("sweep", EveryMinute(), work)
    assert runner.run_due(database, settings, job, clock) is Outcome.DONE
    assert runner.run_due(database, settings, job, clock) is None
    clock.advance(seconds=59)
    assert runner.run_due(database, settings, job, clock) is None
    clock.advance(seconds=1)
    assert runner.run_due(database, settings, job, clock) is Outcome.DONE
    assert len(done) == 2
    assert _runs(database) == [("sweep", Outcome.DONE, "5")] * 2


def test_a_job_that_breaks_leaves_nothing_half_done(
    database: Database, settings: Settings, clock: TurnableClock
) -> None:
    def work(db: Session, _: Settings, __: datetime) -> int:
        db.execute(text("INSERT INTO login_failures (key, count, last_at) VALUES ('k', 1, '2026-03-02 15:00:00')"))
        raise ZeroDivisionError("hunter2")

    assert runner.run_due(database, settings, Job("sweep", EveryMinute(), work), clock) is Outcome.FAILED
    assert _runs(database) == [("sweep", Outcome.FAILED, "ZeroDivisionError")]
    with database.reading() as db:
        assert db.execute(text("SELECT count(*) FROM login_failures")).scalar_one() == 0


def test_what_fell_due_while_nobody_ran_is_made_up_for_at_the_start(settings: Settings) -> None:
    stop = threading.Event()
    ran: list[str] = []

    def job(name: str, last: str) -> Job:
        def work(_: Session, __: Settings, ___: datetime) -> int:
            ran.append(name)
            if last in ran:
                stop.set()
            return 0

        return Job(name, Daily(3, 30), work)

    runner.run(settings, stop=stop, jobs=[job("a", last="a")])
    assert ran == ["a"]
    stop.clear()
    runner.run(settings, stop=stop, jobs=[job("a", last="a"), job("b", last="b")])  # the same day again
    assert ran == ["a", "b"]


def test_an_old_schema_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemaOutdated):
        runner.run(load(database_url=f"sqlite:///{tmp_path}/empty.db"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_scheduler_cleanly(sqlite_url: str, number: signal.Signals) -> None:
    program = (
        "import sys; sys.stderr = sys.stdout; from qbwc_server.jobs import runner; "
        "from qbwc_server.settings import load; runner.run(load(database_url=sys.argv[1])); print('ended')"
    )
    with subprocess.Popen([sys.executable, "-uc", program, sqlite_url], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "scheduler started" in line:
                process.send_signal(number)
                break
        rest = process.stdout.read()
    assert process.returncode == 0
    assert "scheduler stopped" in rest
    assert rest.endswith("ended\n")
