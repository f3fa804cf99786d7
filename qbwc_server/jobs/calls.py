"""Calls that wake workers on any machine, carried by procrastinate. The only module that knows it.

procrastinate holds calls and nothing else: which run is due, who does it and what became of it stands in ``job_runs``.
So a call that is lost, late or doubled does no harm, and its tables may be made anew at any time.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Self

import procrastinate
import structlog
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Status
from procrastinate.schema import SchemaManager
from sqlalchemy import text
from sqlalchemy.engine import make_url

from qbwc_server.db import Database
from qbwc_server.jobs.crew import Subjects
from qbwc_server.jobs.runs import waiting
from qbwc_server.jobs.worker import Worker

log = structlog.get_logger(__name__)

_SCHEMA = "procrastinate"  # of PostgreSQL, beside our own tables
_ONE_AT_A_TIME = 7_224_002  # number of an advisory lock
_TASK, _QUEUE = "work_off", "jobs"
_AT_A_TIME = 200
_MOST_OLD = 1000  # calls repeated at one time


def prepare(database: Database) -> None:
    """Make procrastinate's tables, as this version of it wants them; calls for an older one are dropped."""
    with database.transaction() as db:
        db.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ONE_AT_A_TIME})
        found = db.scalar(text("SELECT obj_description(to_regnamespace(:name), 'pg_namespace')"), {"name": _SCHEMA})
        if found == procrastinate.__version__:
            return
        connection = db.connection()
        for statement in (
            f"DROP SCHEMA IF EXISTS {_SCHEMA} CASCADE",
            f"CREATE SCHEMA {_SCHEMA}",
            f"COMMENT ON SCHEMA {_SCHEMA} IS '{procrastinate.__version__}'",
            f"SET LOCAL search_path TO {_SCHEMA}",
        ):
            connection.execute(text(statement))
        cursor = connection.connection.cursor()
        cursor.execute(SchemaManager.get_schema())
        cursor.close()


class Calls:
    """Puts calls for workers into the queue; at most one waits per job and subject."""

    def __init__(self, database: Database, url: str) -> None:
        self._database = database
        self._app = App(connector=SyncPsycopgConnector(**_connection(url), min_size=1, max_size=2))
        self._waited: set[int] = set()

    def __enter__(self) -> Self:
        self._app.open()
        return self

    def __exit__(self, *_: object) -> None:
        self._app.close()

    def wake(self, subjects: Subjects) -> None:
        """Call for these, and again for those that waited at the last call already."""
        self._call(subjects)
        with self._database.reading() as db:
            due = waiting(db, limit=_MOST_OLD)
        self._call([(job, subject_id) for number, job, subject_id in due if number in self._waited])
        self._waited = {number for number, _, _ in due}

    def _call(self, subjects: Sequence[tuple[str, int]]) -> None:
        for start in range(0, len(subjects), _AT_A_TIME):
            piece = list(dict.fromkeys(subjects[start : start + _AT_A_TIME]))
            try:
                self._defer(piece)
            except AlreadyEnqueued:
                for subject in piece:
                    self._call_one(subject)

    def _call_one(self, subject: tuple[str, int]) -> None:
        with suppress(AlreadyEnqueued):
            self._defer([subject])

    def _defer(self, subjects: Sequence[tuple[str, int]]) -> None:
        calls = [
            self._app.configure_task(_TASK, queue=_QUEUE, queueing_lock=f"{job} {subject_id}").make_new_job(
                job=job, subject_id=subject_id
            )
            for job, subject_id in subjects
        ]
        self._app.job_manager.batch_defer_jobs(calls)


def answer_calls(worker: Worker, url: str, *, threads: int, patience_s: float) -> None:
    """Do what is called for until SIGTERM or SIGINT; what is under way then is handed back or finished.

    Args:
        patience_s: how long to wait before the database is tried again when it is away.
    """
    with asyncio.Runner() as runner:
        runner.get_loop().set_default_executor(ThreadPoolExecutor(threads, thread_name_prefix="job"))
        runner.run(_answer(worker, url, threads, patience_s))


async def _answer(worker: Worker, url: str, threads: int, patience_s: float) -> None:
    stopped = asyncio.Event()
    _when_told_to_stop(asyncio.get_running_loop(), worker, stopped)
    stopping = asyncio.create_task(stopped.wait())
    while not stopped.is_set():
        answering = asyncio.create_task(_answer_until_broken(worker, url, threads))
        await asyncio.wait({answering, stopping}, return_when=asyncio.FIRST_COMPLETED)
        answering.cancel()  # it finishes what is under way
        await asyncio.wait({answering})
        if not answering.cancelled() and (error := answering.exception()):
            log.error("calls not heard", code="calls_not_heard", exc_info=error)
        await asyncio.wait({stopping}, timeout=patience_s)


async def _answer_until_broken(worker: Worker, url: str, threads: int) -> None:
    app = App(connector=PsycopgConnector(**_connection(url), min_size=1, max_size=4))

    @app.task(name=_TASK, queue=_QUEUE)
    def work_off(job: str, subject_id: int) -> None:
        worker.work_off((job, subject_id))

    async with app.open_async():
        for left in await app.job_manager.get_stalled_jobs():  # calls whose worker has died; its runs are taken over
            await app.job_manager.finish_job(left, Status.FAILED, delete_job=True)
        await app.run_worker_async(
            queues=[_QUEUE], concurrency=threads, delete_jobs="always", install_signal_handlers=False
        )


def _when_told_to_stop(loop: asyncio.AbstractEventLoop, worker: Worker, stopped: asyncio.Event) -> None:
    def stop(*_: object) -> None:
        worker.stop.set()
        loop.call_soon_threadsafe(stopped.set)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def _connection(url: str) -> dict[str, Any]:
    """Where psycopg finds the database, and in it the tables."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return {"conninfo": plain, "kwargs": {"options": f"-c search_path={_SCHEMA}"}}
