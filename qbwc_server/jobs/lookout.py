"""Looks which jobs are due for whom, and writes those runs down for whoever does them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

import structlog

from qbwc_server.db import Database
from qbwc_server.jobs.due import When
from qbwc_server.jobs.each import Subject
from qbwc_server.jobs.runs import DueRun, hand_out
from qbwc_server.jobs.schedule import Job

log = structlog.get_logger(__name__)

_AT_A_TIME = 500  # runs per transaction: other writers are not kept waiting
_UTC = ZoneInfo("UTC")


class Lookout:
    """Remembers what it has handed out, so that a look at which nothing is new costs no writing."""

    def __init__(self, database: Database, jobs: Sequence[Job]) -> None:
        self._database = database
        self._jobs = jobs
        self._handed: dict[tuple[str, int], datetime] = {}
        self._bad_zones: set[str] = set()

    def look(self, now: datetime) -> list[DueRun]:
        """Hand out what is due; returns the runs that nobody had handed out before.

        Of several due times that have passed since the last look the newest stands for all. A job whose subjects
        cannot be read is logged, and does not keep back the others.
        """
        new: list[DueRun] = []
        for job in self._jobs:
            try:
                for piece in _pieces(self._due(job, now)):
                    new += self._hand_out(piece)
            except Exception:  # whatever it is, other jobs are due as well; it is tried again at the next look
                log.exception("job not handed out", code="job_not_handed_out", job=job.name)
        return new

    def _hand_out(self, piece: list[DueRun]) -> list[DueRun]:
        with self._database.transaction() as db:
            new = hand_out(db, piece)
        self._handed.update({(run.job, run.subject_id): run.due_at for run in piece})
        return new

    def _due(self, job: Job, now: datetime) -> Iterator[DueRun]:
        with self._database.reading() as db:
            subjects = list(job.each.subjects(db))
        moments: dict[tuple[When, str], datetime] = {}
        for subject in subjects:
            when = subject.when or job.when
            key = when, subject.time_zone
            due_at = moments.get(key) or moments.setdefault(key, when.last_due(now, self._zone(subject)))
            if due_at > subject.since and self._handed.get((job.name, subject.id)) != due_at:
                yield DueRun(job.name, subject.id, subject.company_id, due_at, due_at + when.kept)

    def _zone(self, subject: Subject) -> ZoneInfo:
        try:
            return ZoneInfo(subject.time_zone)
        except (LookupError, ValueError, OSError):  # of one company; its jobs run by UTC until it is corrected
            if subject.time_zone not in self._bad_zones:
                self._bad_zones.add(subject.time_zone)
                log.exception("no such time zone", code="time_zone_unknown", company_id=subject.company_id)
            return _UTC


def _pieces(runs: Iterable[DueRun]) -> Iterator[list[DueRun]]:
    runs = iter(runs)
    while piece := list(islice(runs, _AT_A_TIME)):
        yield piece
