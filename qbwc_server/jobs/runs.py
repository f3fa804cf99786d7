"""JobRun: one row per job, subject and due time, with the lease of whoever does it and, later, what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ForeignKey,
    Index,
    Integer,
    UniqueConstraint,
    select,
    text,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from qbwc_server.clock import Clock
from qbwc_server.db import Base, Database
from qbwc_server.db.pieces import delete_in_pieces
from qbwc_server.db.types import Cut, EnumValue, Exact, Key, UtcDateTime, Words
from qbwc_server.jobs.states import RunEvent, RunState, step

_AT_A_TIME = 500  # rows a statement writes
_RUNNING = text(f"state = '{RunState.RUNNING}'")
_DUE = text(f"state = '{RunState.DUE}'")


class JobRun(Base):
    """One run of one job for one subject, due at one time: the unique key is why it happens once.

    The lease: while the run is ``running``, its ``holder`` counts ``beat`` up. A beat that stands still for as long as
    a lease lasts, by the clock of whoever watches it, says that the holder has died; so no two clocks are compared.
    ``claim`` counts how often the run was taken up: what an earlier holder still writes finds another number there.
    """

    __tablename__ = "job_runs"
    __table_args__ = (
        UniqueConstraint("subject_id", "job", "due_at"),
        Index(
            "one_running_per_job_and_subject",
            "job",
            "subject_id",
            unique=True,
            postgresql_where=_RUNNING,
            sqlite_where=_RUNNING,
        ),
        Index("ix_job_runs_due", "precedence", "due_at", "id", postgresql_where=_DUE, sqlite_where=_DUE),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    job: Mapped[str] = mapped_column(Exact(40))
    subject_id: Mapped[int] = mapped_column(Key)  # of the job's ``each``; 0 for the server
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[RunState] = mapped_column(EnumValue(RunState))
    precedence: Mapped[int] = mapped_column(Integer)  # the server's own jobs do not wait behind those of companies
    claim: Mapped[int] = mapped_column(Integer, default=0)
    holder: Mapped[str | None] = mapped_column(Cut(80))
    beat: Mapped[int] = mapped_column(Integer, default=0)
    deaths: Mapped[int] = mapped_column(Integer, default=0)  # of holders
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    code: Mapped[str | None] = mapped_column(Cut(60))  # of what went wrong
    detail: Mapped[str | None] = mapped_column(Words(2000))  # in words
    keep_until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


@dataclass(frozen=True, slots=True)
class DueRun:
    """A run that somebody is to do."""

    job: str
    subject_id: int
    company_id: int | None
    due_at: datetime
    keep_until: datetime


_RUNS = Base.metadata.tables["job_runs"]  # not the class: the ORM would take longer than the database
# PostgreSQL: one statement of one text, however many rows; to read one with thousands of parameters takes longer
_FROM_ARRAYS = text("""
    INSERT INTO job_runs (job, subject_id, company_id, due_at, keep_until, state, precedence, claim, beat, deaths)
    SELECT job, subject_id, company_id, due_at, keep_until, :state, LEAST(subject_id, 1), 0, 0, 0
    FROM unnest(
        CAST(:jobs AS varchar[]), CAST(:subjects AS bigint[]), CAST(:companies AS bigint[]),
        CAST(:due AS timestamptz[]), CAST(:kept AS timestamptz[])
    ) AS new (job, subject_id, company_id, due_at, keep_until)
    ON CONFLICT (subject_id, job, due_at) DO NOTHING
    RETURNING job, subject_id, due_at
""")


def hand_out(db: Session, runs: Sequence[DueRun]) -> list[DueRun]:
    """Write down runs that are due, of one job each subject at most once; returns those that were not known yet.

    An older run of the same subject to which nobody has come by now is skipped.
    """
    new: list[DueRun] = []
    for start in range(0, len(runs), _AT_A_TIME):
        piece = {(run.job, run.subject_id, run.due_at): run for run in runs[start : start + _AT_A_TIME]}
        added = [piece[key] for key in _added(db, list(piece.values()))]
        _skip_older(db, added)
        new += added
    return new


def _added(db: Session, runs: Sequence[DueRun]) -> list[tuple[str, int, datetime]]:
    """Write down those that are not known; returns their keys."""
    if db.get_bind().dialect.name == "postgresql":
        arrays = {
            "state": RunState.DUE.value,
            "jobs": [run.job for run in runs],
            "subjects": [run.subject_id for run in runs],
            "companies": [run.company_id for run in runs],
            "due": [run.due_at for run in runs],
            "kept": [run.keep_until for run in runs],
        }
        added = db.connection().execute(_FROM_ARRAYS, arrays)
        return [(job, subject_id, due_at) for job, subject_id, due_at in added]
    rows = db.connection().execute(
        sqlite.insert(_RUNS)
        .on_conflict_do_nothing(index_elements=["subject_id", "job", "due_at"])
        .returning(_RUNS.c.job, _RUNS.c.subject_id, _RUNS.c.due_at),
        [_row(run) for run in runs],
    )
    return [(job, subject_id, due_at) for job, subject_id, due_at in rows]


def _row(run: DueRun) -> dict[str, object]:
    return {
        "job": run.job,
        "subject_id": run.subject_id,
        "company_id": run.company_id,
        "due_at": run.due_at,
        "state": RunState.DUE,
        "precedence": min(run.subject_id, 1),
        "claim": 0,
        "beat": 0,
        "deaths": 0,
        "keep_until": run.keep_until,
    }


def _skip_older(db: Session, added: Iterable[DueRun]) -> None:
    before, after = step(RunEvent.OVERTAKEN)
    together: dict[tuple[str, datetime], list[int]] = {}
    for run in added:
        together.setdefault((run.job, run.due_at), []).append(run.subject_id)
    for (job, due_at), subjects in together.items():
        db.execute(
            update(JobRun)
            .where(JobRun.job == job, JobRun.state == before, JobRun.due_at < due_at, JobRun.subject_id.in_(subjects))
            .values(state=after, ended_at=due_at, detail="Nobody came to it before it was due again.")
        )


def waiting(db: Session, *, limit: int) -> list[tuple[int, str, int]]:
    """Number, job and subject of the runs that have waited longest."""
    rows = db.execute(
        select(JobRun.id, JobRun.job, JobRun.subject_id)
        .where(JobRun.state == RunState.DUE)
        .order_by(JobRun.precedence, JobRun.due_at, JobRun.id)
        .limit(limit)
    )
    return [(number, job, subject_id) for number, job, subject_id in rows]


def purge_job_runs(*, database: Database, clock: Clock, **_: object) -> str:
    """Drop runs that nobody will ask about; a job, see ``schedule``."""
    dropped = delete_in_pieces(database, JobRun.id, JobRun.keep_until < clock(), JobRun.state != RunState.RUNNING)
    return f"Runs dropped: {dropped}." if dropped else ""
