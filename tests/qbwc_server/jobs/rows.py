"""What tests of jobs share: runs in the log, and jobs made up for a test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from qbwc_server.db import Database
from qbwc_server.jobs.due import Every, When
from qbwc_server.jobs.each import SERVER, Each
from qbwc_server.jobs.runs import DueRun, JobRun, hand_out
from qbwc_server.jobs.schedule import Job
from qbwc_server.jobs.states import RunState

MINUTE = timedelta(minutes=1)


def due(job: str, at: datetime, subject_id: int = 0, company_id: int | None = None) -> DueRun:
    """A run to be handed out."""
    return DueRun(job, subject_id, company_id, at, at + timedelta(days=7))


def handed_out(database: Database, *runs: DueRun) -> list[DueRun]:
    """Hand them out; those that are new."""
    with database.transaction() as db:
        return hand_out(db, runs)


def log_of(database: Database) -> list[tuple[str, int, RunState, str | None]]:
    """Job, subject, state and detail of all runs, in the order in which they were due."""
    return [(run.job, run.subject_id, run.state, run.detail) for run in rows(database)]


def rows(database: Database) -> Sequence[JobRun]:
    """All runs, in the order in which they were due."""
    with database.reading() as db:
        return db.scalars(select(JobRun).order_by(JobRun.due_at, JobRun.job, JobRun.subject_id)).all()


def a_job(
    name: str, work: Callable[[datetime, int], str] | None = None, *, when: When | None = None, each: Each = SERVER
) -> Job:
    """A job that does ``work(due_at, subject_id)``."""

    def do(*, due_at: datetime, subject_id: int, **_: object) -> str:
        return "" if work is None else work(due_at, subject_id)

    return Job(name, when or Every(1), each, do)
