"""The timed jobs, all in one table. Times are UTC, so that no change of the clocks doubles or drops a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from qbwc_server.connector.sessions import close_silent_sessions
from qbwc_server.jobs.runs import purge_job_runs
from qbwc_server.settings import Settings
from qbwc_server.tenancy.credentials import purge_login_failures

_RUNS_KEPT = timedelta(days=30)


@dataclass(frozen=True)
class EveryMinute:
    """Due at each full minute."""

    def last_due(self, now: datetime) -> datetime:
        """The newest moment, not after ``now``, at which the job was due."""
        return now.replace(second=0, microsecond=0)


@dataclass(frozen=True)
class Daily:
    """Due once a day at ``hour``:``minute`` UTC."""

    hour: int
    minute: int

    def last_due(self, now: datetime) -> datetime:
        """The newest moment, not after ``now``, at which the job was due."""
        today = now.replace(hour=self.hour, minute=self.minute, second=0, microsecond=0)
        return today if today <= now else today - timedelta(days=1)


@dataclass(frozen=True)
class Job:
    """What runs by the clock: in one transaction, and as often as it likes with the same result.

    ``work`` gets the database session, the settings and the present, and returns how many rows it dealt with.
    """

    name: str
    when: EveryMinute | Daily
    work: Callable[[Session, Settings, datetime], int]


def _close_silent_sessions(db: Session, settings: Settings, now: datetime) -> int:
    return close_silent_sessions(db, settings=settings, now=now)


def _purge_login_failures(db: Session, settings: Settings, now: datetime) -> int:
    return purge_login_failures(db, older_than=now - timedelta(seconds=settings.login_pause_s))


def _purge_job_runs(db: Session, _: Settings, now: datetime) -> int:
    return purge_job_runs(db, older_than=now - _RUNS_KEPT)


JOBS: tuple[Job, ...] = (
    Job("close_silent_sessions", EveryMinute(), _close_silent_sessions),
    Job("purge_login_failures", Daily(3, 30), _purge_login_failures),
    Job("purge_job_runs", Daily(3, 40), _purge_job_runs),
)
