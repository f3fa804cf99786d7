"""Does runs: takes one up, keeps its lease while it works, writes down what became of it."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from uuid import uuid4

import structlog
from sqlalchemy.exc import SQLAlchemyError

from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.errors import QbwcError
from qbwc_server.jobs import leases
from qbwc_server.jobs.leases import Claimed
from qbwc_server.jobs.schedule import Job
from qbwc_server.jobs.states import RunEvent
from qbwc_server.settings import Settings

log = structlog.get_logger(__name__)

BEATS = 3  # in the time of a lease: one may be late, or lost
_TRIES = 3  # to write down what became of a run


class JobBroke(QbwcError):
    """The job stumbled over something nobody expected."""

    code = "job_broke"
    advice = "It is tried again when it is next due. When it breaks every time, report what the log says of it."


class _Stopping(Exception):
    """The process is to end; what is left of the run is for another."""


class _LeaseLost(Exception):
    """Another has taken the run over."""


class Worker:
    """One process's share of the work; its methods may be called from several threads at once.

    After ``stop`` is set no run is taken up, and those that pass a checkpoint are handed back.
    """

    def __init__(self, database: Database, settings: Settings, jobs: Sequence[Job], clock: Clock) -> None:
        self.stop = threading.Event()
        self.holder = f"{socket.gethostname()[:40]} {os.getpid()} {uuid4().hex[:12]}"
        self._database = database
        self._settings = settings
        self._jobs = {job.name: job for job in jobs}
        self._clock = clock
        self._held: dict[int, Claimed] = {}

    def work_off(self, subject: tuple[str, int] | None = None) -> int:
        """Do what is due, of one job and subject or of all, until nothing is left; returns how many runs that were."""
        done = 0
        while self.work_one(subject):
            done += 1
        return done

    def work_one(self, subject: tuple[str, int] | None = None) -> bool:
        """Do the run that has waited longest; ``False`` when there is none to be done."""
        if self.stop.is_set():
            return False
        with self._database.transaction() as db:
            run = leases.claim(db, self._jobs, holder=self.holder, now=self._clock(), subject=subject)
        if run is None:
            return False
        with self._holding(run), structlog.contextvars.bound_contextvars(job=run.job, subject_id=run.subject_id):
            self._do(run)
        return True

    def beat(self) -> None:
        """Renew the leases of all that is being done here."""
        held = list(self._held.values())
        if not held:
            return
        with self._database.transaction() as db:
            leases.beat(db, held)

    @contextmanager
    def _holding(self, run: Claimed) -> Iterator[None]:
        self._held[run.id] = run
        try:
            yield
        finally:
            del self._held[run.id]

    def _do(self, run: Claimed) -> None:
        job = self._jobs[run.job]
        try:
            said = job.work(
                database=self._database,
                settings=self._settings,
                clock=self._clock,
                due_at=run.due_at,
                subject_id=run.subject_id,
                checkpoint=partial(self._checkpoint, run),
            )
        except _Stopping:
            self._end(run, RunEvent.HANDED_BACK)
        except _LeaseLost:
            log.warning("job run lost", code="job_lease_lost")
        except BaseException as error:  # even SystemExit: it would end a thread, and leave a run that nobody does
            known = error if isinstance(error, QbwcError) else _broke(error)
            log.exception("job failed", code=known.code)
            self._end(run, RunEvent.FAILED, known.code, f"{known} {known.advice}".rstrip())
        else:
            self._end(run, RunEvent.DONE, None, said or None)

    def _checkpoint(self, run: Claimed) -> None:
        if self.stop.is_set():
            raise _Stopping
        with self._database.transaction() as db:
            if not leases.beat(db, [run]):
                raise _LeaseLost

    def _end(self, run: Claimed, event: RunEvent, code: str | None = None, detail: str | None = None) -> None:
        for _ in range(_TRIES):
            try:
                with self._database.transaction() as db:
                    ours = leases.finish(db, run, event, now=self._clock(), code=code, detail=detail)
            except SQLAlchemyError:  # the lease is kept meanwhile; without it the run is done again
                log.exception("job end not written", code="job_end_not_written")
                self.stop.wait(self._settings.job_lease_s / BEATS)
                continue
            if not ours:
                log.warning("job run lost", code="job_lease_lost")
            elif detail and event is RunEvent.DONE:
                log.info("job done", detail=detail)
            return


def _broke(error: BaseException) -> JobBroke:
    # by its type alone: texts of exceptions hold data of customers
    return JobBroke(f"The job stumbled over something nobody expected ({type(error).__name__}).")
