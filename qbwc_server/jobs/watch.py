"""Watches leases: a run whose holder has died is to be done by another."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.errors import QbwcError
from qbwc_server.jobs import leases
from qbwc_server.jobs.leases import Beat
from qbwc_server.jobs.states import RunEvent

log = structlog.get_logger(__name__)

MOST_DEATHS = 3  # of holders during one run: it may be the run that kills them


class JobKilled(QbwcError):
    """The process that did this job ended in the middle, several times."""

    code = "job_killed"
    advice = (
        "It is tried again when it is next due. Look whether the machine ran out of memory, or somebody stopped it."
    )


class Watch:
    """Tells by its own steady clock, which nobody sets, how long a beat has stood still.

    Neither the clocks of several machines nor a clock that is set meanwhile can end the lease of a living holder.
    """

    def __init__(
        self, database: Database, lease_s: float, clock: Clock, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._lease_s = lease_s
        self._clock = clock
        self._steady = steady
        self._seen: dict[Beat, float] = {}  # since when a lease looks as it does

    def look(self) -> list[tuple[str, int]]:
        """Take runs from holders that have died; returns job and subject of those that are to be done now."""
        with self._database.reading() as db:
            running = leases.running(db)
        now = self._steady()
        self._seen = {lease: self._seen.get(lease, now) for lease in running}
        dead = [lease for lease, since in self._seen.items() if now - since >= self._lease_s]
        taken = [self._take_over(lease) for lease in dead]
        return [subject for subject in taken if subject is not None]

    def _take_over(self, dead: Beat) -> tuple[str, int] | None:
        again = dead.deaths + 1 < MOST_DEATHS
        event = RunEvent.TAKEN_OVER if again else RunEvent.FAILED
        words = "The process that did it ended in the middle." if again else f"{JobKilled()} {JobKilled.advice}"
        with self._database.transaction() as db:
            subject = leases.take_over(db, dead, event, now=self._clock(), code=JobKilled.code, detail=words)
        if subject is None:
            return None
        log.error("job run taken over" if again else "job failed", code=JobKilled.code, job=subject[0])
        return subject if again else None
