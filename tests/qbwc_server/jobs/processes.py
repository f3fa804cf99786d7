"""Schedulers and workers as processes of their own, which tests stop and kill: this module is their program, too.

What time it is for them, and how far their jobs may go, is said by files in a folder.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from qbwc_server.db import Database
from qbwc_server.jobs import runner
from qbwc_server.jobs.due import Every
from qbwc_server.jobs.each import Each, Subject
from qbwc_server.jobs.schedule import Job
from qbwc_server.settings import load

LEASE_S = 2.4
THINGS = 6
_PATIENCE_S = 180
_START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


class Folder:
    """Where a test and its processes leave word for each other."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def say(self, line: str) -> None:
        """Note what happened, whole even when several write at once."""
        with (self.path / "said").open("a", encoding="utf-8") as said:
            said.write(line + "\n")

    def said(self, word: str = "") -> list[str]:
        """What was noted, with ``word`` in it."""
        if not (self.path / "said").exists():
            return []
        return [line for line in (self.path / "said").read_text(encoding="utf-8").splitlines() if word in line]

    def allow(self, what: str) -> None:
        """Let jobs go on that wait for it."""
        (self.path / what).touch()

    def allowed(self, what: str) -> bool:
        """Whether they may."""
        return (self.path / what).exists()

    def set_clock(self, minutes: int) -> None:
        """Minutes since the start of the story."""
        (self.path / "clock.new").write_text(str(minutes), encoding="utf-8")
        (self.path / "clock.new").replace(self.path / "clock")

    def clock(self) -> datetime:
        """What time it is."""
        minutes = (self.path / "clock").read_text(encoding="utf-8") if (self.path / "clock").exists() else "0"
        return _START + timedelta(minutes=int(minutes))


def until(condition: Callable[[], object], what: str) -> None:
    """Wait for it, not for ever."""
    deadline = time.monotonic() + _PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"in vain: {what}"
        threading.Event().wait(0.02)


def _transaction_open(database: Database) -> bool:
    """Whether somebody else has a transaction open that writes (SQLite), or any (PostgreSQL)."""
    if database.engine.dialect.name == "sqlite":
        with closing(
            sqlite3.connect(database.engine.url.database or "", timeout=0, isolation_level=None)
        ) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return True
            return False
    with database.reading() as db:
        return bool(
            db.scalar(
                text(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
                )
            )
        )


def things(_: Session) -> Iterable[Subject]:
    """A handful of subjects."""
    return [Subject(number, None, "UTC", _START - timedelta(minutes=1)) for number in range(1, THINGS + 1)]


def jobs(folder: Folder) -> tuple[Job, ...]:
    """``slow`` waits until it may go on, ``patient`` with checkpoints meanwhile; ``quick`` runs for each thing."""

    def slow(**_: object) -> str:
        folder.say(f"slow started {os.getpid()}")
        until(lambda: folder.allowed("slow"), "slow may go on")
        folder.say(f"slow ended {os.getpid()}")
        return f"Done by {os.getpid()}."

    def patient(*, checkpoint: Callable[[], None], **_: object) -> str:
        folder.say(f"patient started {os.getpid()}")
        while not folder.allowed("patient"):
            checkpoint()
            threading.Event().wait(0.02)
        return f"Done by {os.getpid()}."

    def quick(*, due_at: datetime, subject_id: int, **_: object) -> str:
        folder.say(f"quick {subject_id} {due_at:%H:%M}")
        return f"Done by {os.getpid()}."

    server = Each("server", lambda _: (Subject(0, None, "UTC", _START - timedelta(days=1)),))
    table = {
        "slow": Job("slow", Every(60), server, slow),
        "patient": Job("patient", Every(60), server, patient),
        "quick": Job("quick", Every(5), Each("thing", things), quick),
    }
    return tuple(table[name] for name in (folder.path / "jobs").read_text(encoding="utf-8").split())


class Process:
    """A scheduler or worker that runs."""

    def __init__(self, what: str, url: str, folder: Folder, job_workers: str) -> None:
        self._log = folder.path / f"{what}-{time.monotonic_ns()}.log"
        with self._log.open("w", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, what, url, str(folder.path), job_workers], stdout=log, stderr=log
            )
        self.pid = self._process.pid

    def log(self) -> str:
        """What it has logged."""
        return self._log.read_text(encoding="utf-8")

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def fall_asleep(self, database: Database) -> None:
        """Stop in its work, but not in a transaction: with one open, nobody else could write until it awakes."""
        while True:
            self.signal(signal.SIGSTOP)
            os.waitid(os.P_PID, self.pid, os.WSTOPPED)
            if not _transaction_open(database):
                return
            self.awake()
            threading.Event().wait(0.02)

    def awake(self) -> None:
        """Go on."""
        self.signal(signal.SIGCONT)

    def kill(self) -> None:
        """As the kernel does when memory runs out."""
        self._process.kill()
        self._process.wait(_PATIENCE_S)

    def stop(self) -> int:
        """As systemd does; its exit status."""
        self._process.terminate()
        return self._process.wait(_PATIENCE_S)

    def end(self) -> None:
        """Whatever a test has left of it."""
        if self._process.poll() is None:
            self.awake()
            self.kill()


Start = Callable[..., Process]


@contextmanager
def processes(url: str, folder: Folder) -> Iterator[Start]:
    """``start("scheduler")`` and ``start("worker", job_workers="procrastinate")``; all are gone at the end."""
    running: list[Process] = []

    def start(what: str, *, job_workers: str = "scheduler") -> Process:
        process = Process(what, url, folder, job_workers)
        running.append(process)
        until(lambda: f"{what} started" in process.log() or process._process.poll(), "the process starts")
        assert process._process.poll() is None, process.log()
        return process

    try:
        yield start
    finally:
        for process in running:
            process.end()


def main(what: str, url: str, path: str, job_workers: str) -> None:
    """Run as ``what`` until told to stop."""
    folder = Folder(Path(path))
    settings = load(database_url=url, job_lease_s=LEASE_S, job_threads=2, job_workers=job_workers, log_format="text")
    run = runner.run if what == "scheduler" else runner.work
    run(settings, jobs=jobs(folder), now=folder.clock)


if __name__ == "__main__":
    main(*sys.argv[1:])
