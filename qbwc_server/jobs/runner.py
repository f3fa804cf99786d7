"""The scheduler and the worker: processes that see to it that jobs run. APScheduler says when to look what is due."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from types import ModuleType

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from qbwc_server.clock import Clock
from qbwc_server.db import Database, schema
from qbwc_server.errors import Unusable
from qbwc_server.jobs.crew import Again, Crew, Threads
from qbwc_server.jobs.lookout import Lookout
from qbwc_server.jobs.schedule import JOBS, Job
from qbwc_server.jobs.watch import Watch
from qbwc_server.jobs.worker import BEATS, Worker
from qbwc_server.observe import logs
from qbwc_server.settings import JobWorkers, Settings

log = structlog.get_logger(__name__)


class NoProcrastinate(Unusable):
    """The jobs are to be done by workers, and the program that carries the calls for them is not installed."""

    code = "no_procrastinate"
    advice = "Install it with: pip install 'qbwc-server[procrastinate]', or set job_workers to \"scheduler\"."


class NoWorkers(Unusable):
    """The scheduler does the jobs itself here: a worker would have nothing to do."""

    code = "no_workers"
    advice = 'Set job_workers to "procrastinate" for the scheduler and the workers; that needs PostgreSQL.'


def run(
    settings: Settings, *, stop: threading.Event | None = None, jobs: Sequence[Job] = JOBS, now: Clock | None = None
) -> None:
    """Run the scheduler until SIGTERM, SIGINT or ``stop``. Several on one database do no harm.

    What fell due while none ran is made up for at the start.

    Raises:
        SchemaOutdated, SchemaUnknown: the database is not of this version.
        NoProcrastinate: it is wanted and not installed.
    """
    stop = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    with _opened(settings) as database:
        now = now or database.now
        worker = Worker(database, settings, jobs, now)
        lookout, watch = Lookout(database, jobs), Watch(database, settings.job_lease_s, now)
        with _again("job-beat", settings, worker.beat), _crew(settings, database, worker) as crew:

            def look() -> None:
                taken = watch.look()
                due = lookout.look(now())
                crew.wake([*taken, *((run.job, run.subject_id) for run in due)])

            with _again("job-look", settings, look) as looking, _each_minute(looking):
                log.info("scheduler started", jobs=[job.name for job in jobs])
                stop.wait()
    log.info("scheduler stopped")


def work(settings: Settings, *, jobs: Sequence[Job] = JOBS, now: Clock | None = None) -> None:
    """Run a worker until SIGTERM or SIGINT: it does what the scheduler calls for. Any number, on any machine.

    Raises:
        SchemaOutdated, SchemaUnknown: the database is not of this version.
        NoWorkers: the settings have the scheduler do the jobs.
        NoProcrastinate: it is not installed.
    """
    if settings.job_workers is not JobWorkers.PROCRASTINATE:
        raise NoWorkers
    with _opened(settings) as database:
        calls = _procrastinate()
        calls.prepare(database)
        now = now or database.now
        worker, watch = Worker(database, settings, jobs, now), Watch(database, settings.job_lease_s, now)
        with (
            _again("job-beat", settings, worker.beat),
            calls.Calls(database, settings.database) as crew,
            _again("job-watch", settings, lambda: crew.wake(watch.look())),
        ):
            log.info("worker started", jobs=[job.name for job in jobs])
            patience_s = settings.job_lease_s / BEATS
            calls.answer_calls(worker, settings.database, threads=settings.job_threads, patience_s=patience_s)
    log.info("worker stopped")


@contextmanager
def _opened(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database)
    try:
        schema.require_current(database.engine)
        logs.configure(settings.log_level, settings.log_format)
        yield database
    finally:
        database.engine.dispose()


@contextmanager
def _crew(settings: Settings, database: Database, worker: Worker) -> Iterator[Crew]:
    """Who does the work: threads of this process, or workers that are called."""
    if settings.job_workers is JobWorkers.PROCRASTINATE:
        calls = _procrastinate()
        calls.prepare(database)
        with calls.Calls(database, settings.database) as crew:
            yield crew
        return
    threads = Threads(worker, settings.job_threads)
    threads.start()
    try:
        yield threads
    finally:
        threads.stop()


@contextmanager
def _again(name: str, settings: Settings, function: Callable[[], None]) -> Iterator[Again]:
    """``function``, several times in the time of a lease."""
    again = Again(name, settings.job_lease_s / BEATS, function)
    again.start()
    try:
        yield again
    finally:
        again.stop()


@contextmanager
def _each_minute(looking: Again) -> Iterator[BackgroundScheduler]:
    """A look at each full minute, where everything falls due. When the clock is set back, APScheduler sleeps until the
    old time is reached again; the looks in between do not.
    """
    # the memory store: jobs are code, and what must be remembered between processes is in job_runs
    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.add_job(looking.now, CronTrigger(minute="*", timezone=UTC), misfire_grace_time=None, coalesce=True)
    scheduler.start()
    try:
        yield scheduler
    finally:
        scheduler.shutdown(wait=True)


def _procrastinate() -> ModuleType:
    """The module that knows procrastinate, which is not always installed."""
    try:
        from qbwc_server.jobs import calls
    except ModuleNotFoundError as missing:
        if missing.name not in ("procrastinate", "psycopg_pool"):
            raise
        raise NoProcrastinate from None
    return calls
