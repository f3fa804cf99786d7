"""How the timed jobs stand: when each ran last, what waits, what failed, and whether anybody runs them at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from qbwc_server.jobs.runs import JobRun
from qbwc_server.jobs.schedule import JOBS, Job
from qbwc_server.jobs.states import RunState
from qbwc_server.tenancy.models import Company

_SILENCE = timedelta(minutes=5)  # something is due every minute
_LOOKED_BACK = timedelta(days=62)  # for failures: two periods of the rarest job
_MOST_FAILURES = 20  # told of one job


@dataclass(frozen=True)
class FailedRun:
    """The newest run for somebody, when it failed; the next may do better."""

    company: str | None  # code
    subject_id: int
    due_at: datetime
    code: str | None
    message: str | None


@dataclass(frozen=True)
class FailedJob:
    """A timed job whose newest run for one company, or for one of its connections, failed."""

    job: str
    due_at: str  # ISO 8601
    code: str | None
    message: str


@dataclass(frozen=True)
class JobStanding:
    """One job."""

    name: str
    when: str
    each: str
    last_ended: datetime | None
    waiting: int
    running: int
    failed: int  # subjects whose newest run failed
    failures: list[FailedRun]  # the first of them


@dataclass(frozen=True)
class JobsReport:
    """All jobs; ``scheduler_seen`` is the newest moment at which one was at work."""

    scheduler_seen: datetime | None
    scheduler_is_silent: bool
    jobs: list[JobStanding]

    @property
    def needs_a_person(self) -> bool:
        """Whether somebody has to see to it."""
        return self.scheduler_is_silent or any(job.failed for job in self.jobs)


def jobs_report(db: Session, *, now: datetime, jobs: Sequence[Job] = JOBS) -> JobsReport:
    """How all jobs stand."""
    seen = db.scalar(select(func.max(JobRun.due_at)))
    silent = seen is None or now - seen > _SILENCE
    return JobsReport(seen, silent, [_standing(db, job, now) for job in jobs])


def failed_jobs_of(db: Session, company_id: int, *, now: datetime, jobs: Sequence[Job] = JOBS) -> list[FailedJob]:
    """What failed last of what is done for one company, each job once, with its newest failure."""
    return failed_jobs_in(db, [company_id], now=now, jobs=jobs).get(company_id, [])


def failed_jobs_in(
    db: Session, company_ids: Sequence[int], *, now: datetime, jobs: Sequence[Job] = JOBS
) -> dict[int, list[FailedJob]]:
    """The same by company, of those for which something failed."""
    newest = _newest(JobRun.company_id.in_(company_ids), now - _LOOKED_BACK).subquery()
    rows = db.execute(
        select(JobRun.company_id, JobRun.job, JobRun.due_at, JobRun.code, JobRun.detail)
        .join(
            newest,
            and_(
                JobRun.job == newest.c.job,
                JobRun.subject_id == newest.c.subject_id,
                JobRun.due_at == newest.c.due_at,
            ),
        )
        .where(
            JobRun.company_id.in_(company_ids),
            JobRun.state == RunState.FAILED,
            JobRun.job.in_([job.name for job in jobs]),
        )
        .order_by(JobRun.due_at, JobRun.id)
    )
    found: dict[int, dict[str, FailedJob]] = {}
    for company_id, job, due_at, code, detail in rows:
        assert company_id is not None  # they are asked for by it
        found.setdefault(company_id, {})[job] = FailedJob(job, due_at.isoformat(), code, detail or "")
    return {company_id: [failed[job] for job in sorted(failed)] for company_id, failed in found.items()}


def _standing(db: Session, job: Job, now: datetime) -> JobStanding:
    def count(state: RunState) -> int:
        found = select(func.count()).select_from(JobRun).where(JobRun.job == job.name, JobRun.state == state)
        return db.execute(found).scalar_one()

    failures = _failures(db, job, now - _LOOKED_BACK)
    return JobStanding(
        name=job.name,
        when=str(job.when),
        each=job.each.name,
        last_ended=db.scalar(select(func.max(JobRun.ended_at)).where(JobRun.job == job.name)),
        waiting=count(RunState.DUE),
        running=count(RunState.RUNNING),
        failed=len(failures),
        failures=failures[:_MOST_FAILURES],
    )


def _failures(db: Session, job: Job, since: datetime) -> list[FailedRun]:
    """The newest ended run of each subject, where it failed."""
    newest = _newest(JobRun.job == job.name, since).subquery()
    rows = db.execute(
        select(Company.code, JobRun.subject_id, JobRun.due_at, JobRun.code, JobRun.detail)
        .join(newest, and_(JobRun.subject_id == newest.c.subject_id, JobRun.due_at == newest.c.due_at))
        .outerjoin(Company, Company.id == JobRun.company_id)
        .where(JobRun.job == job.name, JobRun.state == RunState.FAILED)
        .order_by(JobRun.subject_id)
    )
    return [FailedRun(*row) for row in rows]


def _newest(which: ColumnElement[bool], since: datetime) -> Select[str, int, datetime]:
    """When the newest run that ended was due, of each job and subject."""
    return (
        select(JobRun.job, JobRun.subject_id, func.max(JobRun.due_at).label("due_at"))
        .where(which, JobRun.due_at >= since, JobRun.state.in_([RunState.DONE, RunState.FAILED]))
        .group_by(JobRun.job, JobRun.subject_id)
    )
