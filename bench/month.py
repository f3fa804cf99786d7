"""A month of connections that run every five minutes, in simulated time, by two schedulers that are killed at times.

``python -m bench.month --connections 1000 --days 30`` plays it. The exit status is 1 where something is wrong.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench import company
from qbwc_server.channels.connections.models import Connection, Record
from qbwc_server.channels.connections.setting_up import Choices, add_connection
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.channels.feed.channel import FEED
from qbwc_server.db import Database
from qbwc_server.documents.models import DocumentRow
from qbwc_server.jobs.each import CONNECTION
from qbwc_server.jobs.lookout import Lookout
from qbwc_server.jobs.runs import JobRun
from qbwc_server.jobs.schedule import JOBS
from qbwc_server.jobs.states import RunState
from qbwc_server.jobs.watch import Watch
from qbwc_server.jobs.worker import Worker
from qbwc_server.observe import logs
from qbwc_server.settings import Settings, load
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.companies import find_company
from tests.channels.connected import Killed, KilledAt
from tests.channels.feed_upstream import FeedUpstream
from tests.channels.upstream_server import Asked, Told, UpstreamServer, standing

EVERY = timedelta(minutes=5)
START = datetime(2026, 3, 1, tzinfo=UTC)
_BY = Actor(ActorKind.COMMAND_LINE, "month")
_JOBS = [job for job in JOBS if job.each is CONNECTION]
_MOST_TRANSACTIONS = 12  # of one run; at one of them its process is killed


@dataclass
class Wall:
    """The time of the simulation, for everybody the same."""

    moment: datetime

    def __call__(self) -> datetime:
        """The present."""
        return self.moment


class Scheduler:
    """One process: it hands out and works; a killed one comes back as another."""

    def __init__(self, database: Database, settings: Settings, wall: Wall) -> None:
        self._database, self._settings, self._wall = database, settings, wall
        self._start(database)

    def _start(self, database: Database) -> None:
        self.lookout = Lookout(self._database, _JOBS)
        self.worker = Worker(database, self._settings, _JOBS, self._wall)

    def look(self) -> None:
        """Hand out what is due."""
        self.lookout.look(self._wall())

    def work_one(self, dice: random.Random, *, kill: bool) -> bool | None:
        """Do one run; None where the process was killed in the middle of it."""
        if kill:
            at = dice.randrange(1, _MOST_TRANSACTIONS)
            self._start(KilledAt(self._database, at, committed=dice.random() < 0.5))  # type: ignore[arg-type]
        try:
            return self.worker.work_one()
        except Killed:
            return None
        finally:
            if kill:
                self._start(self._database)


@dataclass
class Month:
    """What is played, and what was."""

    connections: int
    periods: int
    seed: int = 1
    kill_every: int = 25  # runs
    kills: int = 0
    sales: dict[int, set[str]] = field(default_factory=dict)  # keys by connection

    def play(self, database: Database, settings: Settings) -> list[str]:
        """Play it on an empty database that has a company; what is wrong, in sentences."""
        dice, wall = random.Random(self.seed), Wall(START)
        feeds = [FeedUpstream() for _ in range(self.connections)]
        with _standing(feeds) as server:
            numbers = self._connected(database, settings, server)
            self.sales = {number: set() for number in numbers}
            schedulers = [Scheduler(database, settings, wall) for _ in range(2)]
            ticks = [0.0]
            watch = Watch(database, settings.job_lease_s, wall, steady=lambda: ticks[0])
            for period in range(1, self.periods + 1):
                self._sell(dice, feeds, numbers, wall.moment)
                wall.moment = START + period * EVERY + timedelta(seconds=dice.randrange(60))
                self._run_all(dice, schedulers, watch, ticks, settings)
        return self._verdict(database, numbers)

    def _connected(self, database: Database, settings: Settings, server: UpstreamServer) -> list[int]:
        found = []
        with database.transaction() as db:
            tenant = find_company(db, company.CODE)
            for number in range(self.connections):
                options = {"address": f"{server.address}/{number}", "name": f"feed-{number}", "page_size": 100}
                row = add_connection(
                    db, tenant, FEED, options, Choices(every_minutes=5), settings=settings, by=_BY, now=START
                )
                row.state = ConnectionState.RUNNING
                found.append(row.id)
        return found

    def _sell(self, dice: random.Random, feeds: list[FeedUpstream], numbers: list[int], since: datetime) -> None:
        for feed, number in zip(feeds, numbers, strict=True):
            for _ in range(dice.choice((0, 0, 0, 1, 2))):
                key = f"s{len(self.sales[number])}"
                self.sales[number].add(key)
                document = {"kind": "sales_receipt", "date": "2026-03-02", "customer": "Ann",
                            "lines": [{"item": "Tea", "amount": "5.00"}]}  # fmt: skip
                feed.put(key, since + timedelta(seconds=dice.randrange(240)), document)

    def _run_all(
        self,
        dice: random.Random,
        schedulers: list[Scheduler],
        watch: Watch,
        ticks: list[float],
        settings: Settings,
    ) -> None:
        dice.shuffle(schedulers)
        for scheduler in schedulers:
            scheduler.look()
        working = True
        while working:
            done = []
            for scheduler in schedulers:
                kill = dice.randrange(self.kill_every) == 0
                outcome = scheduler.work_one(dice, kill=kill)
                self.kills += outcome is None
                done.append(outcome is not False)
            taken = watch.look()
            ticks[0] += settings.job_lease_s + 1  # so long has a run of a killed one stood still
            taken += watch.look()
            working = any(done) or bool(taken)

    def _verdict(self, database: Database, numbers: list[int]) -> list[str]:
        wrong: list[str] = []
        with database.reading() as db:
            asked = select(JobRun.subject_id, JobRun.due_at)
            runs = Counter((number, due_at) for number, due_at in db.execute(asked))
            due = {(number, START + period * EVERY) for number in numbers for period in range(1, self.periods + 1)}
            wrong += _said("due and not run", due - set(runs)) + _said("run and not due", set(runs) - due)
            wrong += _said("run more than once", [key for key, count in runs.items() if count > 1])
            states = select(JobRun.id, JobRun.state, JobRun.detail).where(JobRun.state != RunState.DONE)
            unfinished = [f"{number} {state}: {detail}" for number, state, detail in db.execute(states)]
            wrong += _said("runs that did not come to their end", unfinished)
            for number in numbers:
                wrong += self._verdict_of(db, number)
        return wrong

    def _verdict_of(self, db: Session, number: int) -> list[str]:
        keys = list(db.scalars(select(Record.source_key).where(Record.connection_id == number)))
        name = db.get_one(Connection, number).account
        origins = set(db.scalars(select(DocumentRow.origin).where(DocumentRow.origin.like(f"feed:{name}:%"))))
        wanted = {f"feed:{name}:{key}" for key in self.sales[number]}
        wrong = _said(f"{name}: kept twice", [key for key, count in Counter(keys).items() if count > 1])
        wrong += _said(f"{name}: sold and missed", self.sales[number] - set(keys))
        wrong += _said(f"{name}: no document", wanted - origins) + _said(f"{name}: invented", origins - wanted)
        return wrong


def _said(what: str, found: Iterable[object]) -> list[str]:
    some = sorted(map(str, found))
    return [f"{what}: {len(some)}, such as {some[0]}"] if some else []


@contextmanager
def _standing(feeds: list[FeedUpstream]) -> Iterator[UpstreamServer]:
    def answer(asked: Asked) -> Told:
        return feeds[int(asked.path.split("/")[1])].answer(asked)

    with standing(answer) as server:
        yield server


def main() -> int:
    """Play a month and say what was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--days", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args()
    logs.configure("CRITICAL", "text")  # each kill would be told with its whole stack
    month = Month(said.connections, max(1, round(said.days * 288)), said.seed)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        database = company.empty(Path(folder))
        company.add(database)
        url = database.engine.url.render_as_string(hide_password=False)
        settings = load(database_url=url, private_upstreams=True, secrets_file=Path(folder) / "keys")
        wrong = month.play(database, settings)
        took = time.perf_counter() - began
        database.engine.dispose()
    sys.stdout.write(
        f"{month.connections} connections, {month.periods} periods, {month.kills} kills, "
        f"{month.connections * month.periods / took:.1f} runs a second: {wrong or 'all is well'}\n"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
