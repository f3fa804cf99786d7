"""Runs the timed jobs. APScheduler says when; the row of the run says who."""

from __future__ import annotations

import signal
import threading
from collections.abc import Sequence
from datetime import UTC
from functools import partial

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from qbwc_server import clock
from qbwc_server.clock import Clock
from qbwc_server.db import Database, schema
from qbwc_server.jobs.runs import Outcome, claim, finish
from qbwc_server.jobs.schedule import JOBS, Daily, EveryMinute, Job
from qbwc_server.observe import logs
from qbwc_server.settings import Settings

log = structlog.get_logger(__name__)

_LATE_S = 6 * 3600  # a run may start this late: the machine slept, or the process was down


def run(settings: Settings, *, stop: threading.Event | None = None, jobs: Sequence[Job] = JOBS) -> None:
    """Run the timed jobs until SIGTERM, SIGINT or ``stop``. Several schedulers on one database do no harm.

    What fell due while no scheduler ran is made up for once, at the start.

    Raises:
        SchemaOutdated, SchemaUnknown: the database is not of this version.
    """
    stop = stop or threading.Event()
    database = Database(settings.database)
    schema.require_current(database.engine)
    logs.configure(settings.log_level, settings.log_format)
    # The memory store: jobs are code, and what must be remembered between processes is in job_runs.
    scheduler = BackgroundScheduler(
        timezone=UTC, job_defaults={"coalesce": True, "misfire_grace_time": _LATE_S, "max_instances": 1}
    )
    for job in jobs:
        scheduler.add_job(
            partial(run_due, database, settings, job),
            trigger(job.when),
            id=job.name,
            next_run_time=clock.now(),
        )
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    scheduler.start()
    log.info("scheduler started", jobs=[job.name for job in jobs])
    try:
        stop.wait()
    finally:
        scheduler.shutdown(wait=True)
        database.engine.dispose()
        log.info("scheduler stopped")


def trigger(when: EveryMinute | Daily) -> CronTrigger:
    """APScheduler's word for ``when``."""
    match when:
        case EveryMinute():
            return CronTrigger(minute="*", timezone=UTC)
        case Daily(hour=hour, minute=minute):
            return CronTrigger(hour=hour, minute=minute, timezone=UTC)


def run_due(database: Database, settings: Settings, job: Job, now: Clock = clock.now) -> Outcome | None:
    """Run ``job`` for the newest moment at which it was due; ``None`` when that run is taken already."""
    due_at = job.when.last_due(now())
    with database.transaction() as db:
        run_id = claim(db, job.name, due_at=due_at, now=now())
    if run_id is None:
        return None
    try:
        with database.transaction() as db:
            count = job.work(db, settings, now())
    except Exception as error:  # whatever a job stumbles over must not end the scheduler; it is logged and kept
        log.exception("job failed", job=job.name)
        outcome, detail = Outcome.FAILED, type(error).__name__
    else:
        outcome, detail = Outcome.DONE, str(count)
        if count:
            log.info("job done", job=job.name, rows=count)
    with database.transaction() as db:
        finish(db, run_id, outcome, detail, now=now())
    return outcome
