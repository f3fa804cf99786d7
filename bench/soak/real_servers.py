"""Real server processes behind HTTP, killed with SIGKILL at random moments and started again."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import exists, select

from bench import machine
from bench.soak.stage import Clock, Rows, careless, keep, put_back
from qbwc_server.db import Database
from qbwc_server.queue.models import MessageSet
from qbwc_server.queue.states import Delivery
from qbwc_server.settings import Settings, load
from qbwc_server.simulator import HttpTransport, TransportError

PATIENCE_S = 1  # after which the server gives up a silent session
LONGEST_KILL_DELAY_S = 0.03  # most calls take less
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["bench.soak.real_servers", "qbwc_server.app", "qbwc_server.serving"])


class RealClock(Clock):
    """The time of day; what the schedule calls a long pause is long enough for a silent session to be given up."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database

    def __call__(self) -> datetime:
        return datetime.now(UTC)

    def advance(self, seconds: float) -> None:
        """Wait, but never long, and only where somebody waits for an answer."""
        time.sleep(PATIENCE_S + 0.1 if seconds > 300 and self._answer_is_owed() else 0.01)

    def _answer_is_owed(self) -> bool:
        with self._database.reading() as db:
            return bool(db.scalar(select(exists().where(MessageSet.delivery == Delivery.IN_FLIGHT))))


def _serve(settings: dict[str, Any], log: str, ready: Connection) -> None:
    os.setsid()  # a group of its own: killed as a whole
    target = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(target, 1)
    os.dup2(target, 2)
    threading.Thread(target=_end_with, args=(ready,), daemon=True).start()
    from qbwc_server.serving import serve

    serve(load(**settings), ready=ready.send)


def _end_with(player: Connection) -> None:
    """Wait until the process that plays is gone, then go as well, with all workers."""
    with suppress(EOFError, OSError):
        player.recv()
    os.killpg(0, signal.SIGKILL)


class RealServers:
    """One server of two worker processes, as ``qbwc-server serve`` runs it. Shared by many schedules."""

    keeps_time = False  # a busy machine may let any session fall silent for a second

    def __init__(self, database_url: str, folder: Path) -> None:
        self._values: dict[str, Any] = {
            "database_url": database_url,
            "session_timeout_s": PATIENCE_S,
            "session_idle_s": 0,
            "port": 0,
            "workers": 2,
            "log_level": "ERROR",
            "login_failures": 1_000_000,
        }
        self.settings: Settings = load(**self._values)
        self.database = Database(database_url)
        careless(self.database.engine)
        self.clock: Clock = RealClock(self.database)
        self.happened: Counter[str] = Counter()
        self._log = folder / "server.log"
        self._read = 0
        self.errors: list[dict[str, Any]] = _Logged(self)
        self.url = ""
        self._reviving = threading.Lock()
        self._start()

    def _start(self) -> None:
        ours, theirs = _context.Pipe()
        self._process = _context.Process(target=_serve, args=(self._values, str(self._log), theirs), daemon=True)
        self._process.start()
        theirs.close()
        try:
            url = ours.recv() if ours.poll(60) else None
        except EOFError:
            url = None
        if url is None:
            raise RuntimeError("the server did not start:\n" + self._log.read_text()[-3000:])
        self.url = f"{url}/qbwc"
        self._line = ours  # kept open as long as the server is wanted

    def clean(self) -> None:
        """Each schedule has a company of its own; the others do no harm."""

    def keep(self) -> Rows:
        """A backup of the database."""
        return keep(self.database.engine)

    def put_back(self, rows: Rows) -> None:
        """The server stops, the database is put back, and the server starts again."""
        self.close()
        put_back(self.database.engine, rows)
        self._start()

    def jobs(self, *, lists: bool) -> None:
        """Nothing of what is checked here is done by a timed job yet."""

    def transport(self, dice: random.Random) -> KilledInBetween:
        """The way to the server for one schedule."""
        return KilledInBetween(self, dice)

    def kill(self, *, everything: bool, dice: random.Random) -> None:
        """SIGKILL, to all processes or to one worker."""
        if not self._reviving.acquire(blocking=False):
            return  # the other connector has had it killed, and it is being started again
        try:
            self._kill(everything, dice)
        finally:
            self._reviving.release()

    def _kill(self, everything: bool, dice: random.Random) -> None:
        pid = self._process.pid
        if pid is None:
            return
        if everything:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            self.happened["server: all processes killed"] += 1
            return
        workers = machine.family(pid)[1:]
        if workers:
            with suppress(ProcessLookupError):
                os.kill(dice.choice(workers), signal.SIGKILL)
            self.happened["server: one worker killed"] += 1

    def revive(self) -> None:
        """Start again when nothing is left."""
        with self._reviving:
            self._process.join(10)
            if not self._process.is_alive():
                self._start()

    def new_errors(self) -> list[dict[str, Any]]:
        """What the server logged since the last time."""
        with self._log.open("rb") as log:
            log.seek(self._read)
            text = log.read()
            self._read = log.tell()
        found = []
        for line in text.decode(errors="replace").splitlines():
            try:
                record = json.loads(line)
            except ValueError:
                record = {"line": line}
            # gunicorn says so of a worker that was killed
            if "SIGKILL" not in line and "was sent" not in line and line.strip():
                found.append(record)
        return found

    def close(self) -> None:
        """Stop everything."""
        if self._process.pid is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.join(10)
        self.database.engine.dispose()


class _Logged(list[dict[str, Any]]):
    """The errors in the server's log, looked up when asked for."""

    def __init__(self, servers: RealServers) -> None:
        super().__init__()
        self._servers = servers

    def clear(self) -> None:
        super().clear()
        with suppress(FileNotFoundError):
            self._servers.new_errors()

    def __iter__(self) -> Any:
        self.extend(self._servers.new_errors())
        return super().__iter__()


class KilledInBetween:
    """HTTP to the server; now and then it is killed while a call is under way."""

    def __init__(self, servers: RealServers, dice: random.Random) -> None:
        self._servers = servers
        self._dice = dice
        self._http = HttpTransport(servers.url, timeout=30)
        self._url = servers.url
        self.trouble = 0.0

    def call(self, operation: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str], bytes]:
        """See simulator.Transport."""
        servers, dice = self._servers, self._dice
        if self._url != servers.url:
            self._http.close()
            self._http, self._url = HttpTransport(servers.url, timeout=30), servers.url
        if dice.random() >= self.trouble:
            return self._http.call(operation, body, headers)
        everything = dice.random() < 0.5
        delay = dice.uniform(0, LONGEST_KILL_DELAY_S)
        killer = threading.Timer(delay, lambda: servers.kill(everything=everything, dice=dice))
        killer.start()
        try:
            return self._http.call(operation, body, headers)
        except TransportError:
            servers.happened["server: killed in the middle of a call"] += 1
            raise
        finally:
            killer.join()
            if everything:
                servers.revive()
                self._http.close()

    def close(self) -> None:
        """Hang up."""
        self._http.close()
