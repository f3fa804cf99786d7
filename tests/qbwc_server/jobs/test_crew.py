"""Threads that do what is due, a bounded number at a time, and threads that do something again and again."""

from __future__ import annotations

import threading
from datetime import datetime

from structlog.testing import capture_logs

from qbwc_server.db import Database
from qbwc_server.jobs.crew import Again, Threads
from qbwc_server.jobs.states import RunState
from qbwc_server.jobs.worker import Worker
from qbwc_server.settings import Settings
from tests.conftest import TurnableClock
from tests.qbwc_server.jobs.rows import a_job, due, handed_out, log_of

PATIENCE_S = 20


def test_no_more_run_at_a_time_than_there_are_threads(
    database: Database, settings: Settings, clock: TurnableClock
) -> None:
    all_busy = threading.Barrier(3, timeout=PATIENCE_S)
    working, most, lock = 0, 0, threading.Lock()
    done = threading.Semaphore(0)

    def work(_: datetime, subject_id: int) -> str:
        nonlocal working, most
        with lock:
            working += 1
            most = max(most, working)
        if subject_id <= 3:
            all_busy.wait()
        with lock:
            working -= 1
        done.release()
        return ""

    handed_out(database, *(due("sync", clock(), number) for number in range(1, 13)))
    threads = Threads(Worker(database, settings, [a_job("sync", work)], clock), 3)
    threads.start()
    for _ in range(12):
        assert done.acquire(timeout=PATIENCE_S)
    threads.stop()
    assert most == 3
    assert {state for _, _, state, _ in log_of(database)} == {RunState.DONE}


def test_threads_that_wait_are_woken(database: Database, settings: Settings, clock: TurnableClock) -> None:
    done = threading.Semaphore(0)

    def work(_: datetime, __: int) -> str:
        done.release()
        return ""

    threads = Threads(Worker(database, settings, [a_job("sync", work)], clock), 2)
    threads.start()
    for _ in range(3):
        clock.advance(minutes=1)
        handed_out(database, due("sync", clock()))
        threads.wake([("sync", 0)])
        assert done.acquire(timeout=PATIENCE_S)
    threads.stop()


def test_stopping_waits_for_what_is_under_way(database: Database, settings: Settings, clock: TurnableClock) -> None:
    started, go_on = threading.Event(), threading.Event()

    def work(_: datetime, __: int) -> str:
        started.set()
        assert go_on.wait(PATIENCE_S)
        return "Finished."

    handed_out(database, due("a", clock()))
    worker = Worker(database, settings, [a_job("a", work)], clock)
    threads = Threads(worker, 2)
    threads.start()
    assert started.wait(PATIENCE_S)
    stopping = threading.Thread(target=threads.stop)
    stopping.start()
    assert worker.stop.wait(PATIENCE_S)
    assert stopping.is_alive()
    go_on.set()
    stopping.join(PATIENCE_S)
    assert log_of(database) == [("a", 0, RunState.DONE, "Finished.")]


def test_threads_outlive_a_database_that_is_away(settings: Settings, sqlite_url: str, clock: TurnableClock) -> None:
    done, away = threading.Event(), threading.Event()

    class Broken(Worker):
        def work_one(self, subject: tuple[str, int] | None = None) -> bool:
            if not away.is_set():
                away.set()
                raise ZeroDivisionError
            done.set()
            return False

    database = Database(sqlite_url)
    with capture_logs() as logged:
        threads = Threads(Broken(database, settings, [], clock), 1)
        threads.start()
        assert away.wait(PATIENCE_S)
        threads.wake(())
        assert done.wait(PATIENCE_S)
        threads.stop()
    assert [entry["code"] for entry in logged] == ["job_not_taken_up"]
    database.engine.dispose()


def test_again_and_again_at_once_in_time_and_when_told_even_after_it_broke() -> None:
    calls = threading.Semaphore(0)

    def call() -> None:
        calls.release()
        raise ZeroDivisionError

    with capture_logs() as logged:
        rare, often = Again("rare", 3600, call), Again("often", 0.001, call)
        rare.start()
        assert calls.acquire(timeout=PATIENCE_S)
        rare.now()
        assert calls.acquire(timeout=PATIENCE_S)
        rare.stop()
        often.start()
        for _ in range(3):
            assert calls.acquire(timeout=PATIENCE_S)
        often.stop()
    assert {entry["code"] for entry in logged} == {"job_keeping_failed"}
