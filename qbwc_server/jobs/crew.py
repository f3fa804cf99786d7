"""The threads that do due runs inside the scheduler, and the threads that do something again and again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

from qbwc_server.jobs.worker import Worker

log = structlog.get_logger(__name__)

Subjects = Sequence[tuple[str, int]]


class Crew(Protocol):
    """Whoever does what the scheduler hands out."""

    def wake(self, subjects: Subjects) -> None:
        """Runs of these jobs and subjects are to be done."""
        ...


class Threads:
    """A bounded number of threads of this process; they do whatever is due, not only what they were woken for."""

    def __init__(self, worker: Worker, count: int) -> None:
        self._worker = worker
        self._woken = threading.Condition()
        self._calls = 0
        self._threads = [threading.Thread(target=self._work, name=f"job-{n}", daemon=True) for n in range(count)]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def wake(self, subjects: Subjects) -> None:
        """Look whether something is due."""
        with self._woken:
            self._calls += 1
            self._woken.notify_all()

    def stop(self) -> None:
        """Hand back what passes a checkpoint, wait for the rest."""
        self._worker.stop.set()
        self.wake(())
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while not self._worker.stop.is_set():
            calls = self._calls
            try:
                self._worker.work_off()
            except Exception:  # the database is away; the next call comes within the time of a lease
                log.exception("job not taken up", code="job_not_taken_up")
            with self._woken:
                while self._calls == calls and not self._worker.stop.is_set():
                    self._woken.wait()


class Again:
    """A thread that calls a function at once, then every so many seconds, and whenever it is told to.

    The seconds are those of the steady clock. An exception is logged, and the function called again next time.
    """

    def __init__(self, name: str, every_s: float, function: Callable[[], None]) -> None:
        self._every_s = every_s
        self._function = function
        self._stopping = False
        self._now = threading.Event()
        self._thread = threading.Thread(target=self._go_round, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def now(self) -> None:
        """Do not wait for the next time."""
        self._now.set()

    def stop(self) -> None:
        """End, after a call that is under way."""
        self._stopping = True
        self._now.set()
        self._thread.join()

    def _go_round(self) -> None:
        while True:
            self._now.clear()
            if self._stopping:
                return
            try:
                self._function()
            except Exception:  # the database is away, most likely
                log.exception("job keeping failed", code="job_keeping_failed", thread=self._thread.name)
            self._now.wait(self._every_s)
