"""JobRun: one row per job, company and due time, so that however many schedulers run, a job runs once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from qbwc_server.db import Base
from qbwc_server.db.types import EnumValue, Exact, Key, UtcDateTime, Words

ALL_COMPANIES = 0


class Outcome(StrEnum):
    """What became of a run."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class JobRun(Base):
    """One run of one job. The unique key is the claim: whoever inserts the row does the work."""

    __tablename__ = "job_runs"
    __table_args__ = (UniqueConstraint("job", "company_id", "due_at"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    job: Mapped[str] = mapped_column(Exact(40))
    company_id: Mapped[int] = mapped_column(Key)  # ALL_COMPANIES, when the job is not one company's
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[Outcome] = mapped_column(EnumValue(Outcome))
    detail: Mapped[str | None] = mapped_column(Words(2000))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def claim(db: Session, job: str, *, due_at: datetime, now: datetime, company_id: int = ALL_COMPANIES) -> int | None:
    """The id of the run, when it is ours to do; ``None`` when somebody has done it or is at it."""
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    return db.scalar(
        insert(JobRun)
        .values(job=job, company_id=company_id, due_at=due_at, outcome=Outcome.RUNNING, started_at=now)
        .on_conflict_do_nothing(index_elements=["job", "company_id", "due_at"])
        .returning(JobRun.id)
    )


def finish(db: Session, run_id: int, outcome: Outcome, detail: str, *, now: datetime) -> None:
    """Say what became of a run."""
    db.execute(update(JobRun).where(JobRun.id == run_id).values(outcome=outcome, detail=detail, finished_at=now))


def purge_job_runs(db: Session, *, older_than: datetime) -> int:
    """Drop runs that nobody will ask about; returns how many."""
    dropped = db.scalars(delete(JobRun).where(JobRun.due_at < older_than).returning(JobRun.id))
    return len(dropped.all())
