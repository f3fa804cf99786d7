"""The clock of the database: one for all hosts, so that theirs need not agree."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text

_LOOK_AGAIN_S = 30.0
_JUMP_S = 1.0  # more than that between the steady and the local clock: somebody set it, or this machine slept


@dataclass(frozen=True, slots=True)
class _Look:
    moment: datetime
    steady: float
    local: float


class DatabaseClock:
    """What time it is by PostgreSQL, asked now and then and counted on from there; with SQLite this machine's time."""

    def __init__(
        self, engine: Engine, steady: Callable[[], float] = time.monotonic, local: Callable[[], float] = time.time
    ) -> None:
        self._engine, self._steady, self._local = engine, steady, local
        self._on_this_machine = engine.dialect.name == "sqlite"
        self._last: _Look | None = None
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        """The present moment, aware, in UTC."""
        if self._on_this_machine:
            return datetime.fromtimestamp(self._local(), UTC)
        last = self._last
        if last is None or not self._may_count_on(last):
            with self._lock:
                last = self._last
                if last is None or not self._may_count_on(last):
                    last = self._last = self._look()
        return last.moment + timedelta(seconds=self._steady() - last.steady)

    def _may_count_on(self, last: _Look) -> bool:
        passed = self._steady() - last.steady
        return passed < _LOOK_AGAIN_S and abs(self._local() - last.local - passed) < _JUMP_S

    def _look(self) -> _Look:
        with self._engine.connect() as connection:
            moment: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return _Look(moment.astimezone(UTC), self._steady(), self._local())
