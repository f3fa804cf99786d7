"""The lease of a run: taken up, renewed while the work goes on, ended, and taken over from a holder that has died."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from qbwc_server.jobs.runs import JobRun
from qbwc_server.jobs.states import RunEvent, RunState, step

_RACES = 10  # how often another may be quicker to the same subject before this one leaves it alone


@dataclass(frozen=True, slots=True)
class Claimed:
    """A run that is ours to do, under the number of our claim."""

    id: int
    job: str
    subject_id: int
    due_at: datetime
    claim: int


@dataclass(frozen=True, slots=True)
class Beat:
    """What the lease of a run that somebody does looks like now."""

    id: int
    claim: int
    beat: int
    deaths: int


def claim(
    db: Session, jobs: Iterable[str], *, holder: str, now: datetime, subject: tuple[str, int] | None = None
) -> Claimed | None:
    """Take up the run that has waited longest, of one of ``jobs``; none of a subject for whom the same job runs.

    Args:
        subject: take up only a run of this job and subject.
    """
    before, after = step(RunEvent.CLAIMED)
    sibling = aliased(JobRun)
    running = select(sibling.id).where(
        sibling.job == JobRun.job, sibling.subject_id == JobRun.subject_id, sibling.state == after
    )
    waiting = select(JobRun.id).where(JobRun.state == before, JobRun.job.in_(list(jobs)), ~running.exists())
    if subject is not None:
        waiting = waiting.where(JobRun.job == subject[0], JobRun.subject_id == subject[1])
    longest = waiting.order_by(JobRun.precedence, JobRun.due_at, JobRun.id).limit(1).with_for_update(skip_locked=True)
    for _ in range(_RACES):
        run_id = db.scalar(longest)
        if run_id is None:
            return None
        try:
            with db.begin_nested():
                return _taken_up(db, run_id, holder, now)
        except IntegrityError:
            continue  # in the same moment another took up another run of this subject
    return None


def _taken_up(db: Session, run_id: int, holder: str, now: datetime) -> Claimed:
    before, after = step(RunEvent.CLAIMED)
    row = db.execute(
        update(JobRun)
        .where(JobRun.id == run_id, JobRun.state == before)
        .values(state=after, holder=holder, claim=JobRun.claim + 1, beat=JobRun.beat + 1, started_at=now)
        .returning(JobRun.id, JobRun.job, JobRun.subject_id, JobRun.due_at, JobRun.claim)
    ).one()
    return Claimed(*row)


def beat(db: Session, runs: Iterable[Claimed]) -> set[int]:
    """Renew the leases of ``runs``; returns the ids of those that are still ours."""
    kept: set[int] = set()
    for run in runs:
        kept.update(_written(db, run, beat=JobRun.beat + 1))
    return kept


def finish(
    db: Session, run: Claimed, event: RunEvent, *, now: datetime, code: str | None = None, detail: str | None = None
) -> bool:
    """Say what became of a run; ``False``, and nothing is written, when another has taken it over."""
    _, after = step(event)
    ended = None if after is RunState.DUE else now
    return bool(_written(db, run, state=after, holder=None, ended_at=ended, code=code, detail=detail))


def _written(db: Session, run: Claimed, **values: object) -> Iterable[int]:
    """The id of the run when it is still ours, else nothing; the values are written only then."""
    ours = (JobRun.id == run.id, JobRun.state == RunState.RUNNING, JobRun.claim == run.claim)
    return db.scalars(update(JobRun).where(*ours).values(**values).returning(JobRun.id)).all()


def running(db: Session) -> list[Beat]:
    """The leases of all runs that somebody does."""
    rows = db.execute(
        select(JobRun.id, JobRun.claim, JobRun.beat, JobRun.deaths).where(JobRun.state == RunState.RUNNING)
    )
    return [Beat(*row) for row in rows]


def take_over(
    db: Session, dead: Beat, event: RunEvent, *, now: datetime, code: str, detail: str
) -> tuple[str, int] | None:
    """End the lease of a holder that has died, unless its beat goes on after all.

    Returns:
        Job and subject of the run.
    """
    before, after = step(event)
    row = db.execute(
        update(JobRun)
        .where(JobRun.id == dead.id, JobRun.state == before, JobRun.claim == dead.claim, JobRun.beat == dead.beat)
        .values(
            state=after,
            holder=None,
            deaths=JobRun.deaths + 1,
            ended_at=None if after is RunState.DUE else now,
            code=code,
            detail=detail,
        )
        .returning(JobRun.job, JobRun.subject_id)
    ).one_or_none()
    return None if row is None else (row[0], row[1])
