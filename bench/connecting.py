"""How fast records of a connection become drafted documents, and that memory does not grow with their number."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from bench import company, machine
from bench.figures import Report, Section, figure
from qbwc_server.channels.connections.finding import connections_of
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.running import run_connection
from qbwc_server.channels.connections.setting_up import Choices, add_connection, change_connection
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.channels.feed.channel import FEED
from qbwc_server.db import Database
from qbwc_server.jobs.each import CONNECTION
from qbwc_server.jobs.lookout import Lookout
from qbwc_server.jobs.schedule import JOBS
from qbwc_server.settings import Settings, load
from qbwc_server.start import collect_seldom
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.companies import find_company
from tests.channels.upstream_server import Asked, Told, standing
from tests.postgres_server import NoPostgres, postgres_server

ON_A_PAGE = 500
WARMING = 2_000  # records of another account, so that what is loaded at first use is no growth
MOST_GROWTH_MB = 24.0
_BY = Actor(ActorKind.COMMAND_LINE, "bench")


def measure(report: Report, *, rounds: int, records: int) -> list[Section]:
    """Rounds of a first run over HTTP, each into a database of its own, and of a second one that finds all known."""
    _, core = machine.cores()
    machine.pin(core)
    speeds: list[float] = []
    busy: list[float] = []
    known: list[float] = []
    growth: list[float] = []
    for number in range(rounds):
        report(f"connecting: round {number + 1} of {rounds}")
        with company.folder() as name:
            drafted, cpu, again, grown = _round(Path(name), records)
        speeds.append(records / drafted)
        busy.append(cpu * 1000 / records)
        known.append(records / again)
        growth.append(grown)
    return [
        Section(
            f"Records to drafted documents, {records:,} sales of three lines",
            f"One run of a feed: pages of {ON_A_PAGE} over HTTP from this machine, records kept, drafted, documents "
            "kept for review; SQLite with durable commit, one process on one core. Growth is of resident memory at its "
            "highest.",
            [
                figure("records to documents", speeds, "per s", at_least=2000),
                figure("CPU per record, the feed's own included", busy, "ms"),
                figure("records that are known", known, "per s"),
                figure("memory growth", growth, "MB", at_most=MOST_GROWTH_MB),
            ],
        )
    ]


def _round(folder: Path, records: int) -> tuple[float, float, float, float]:
    """Seconds and CPU seconds of the first run, seconds of the second, and the growth of memory in megabytes."""
    collect_seldom()  # as the server does
    database = company.empty(folder)
    company.add(database)
    url = database.engine.url.render_as_string(hide_password=False)
    settings = load(database_url=url, private_upstreams=True, secrets_file=folder / "keys")
    _run(database, settings, "warming", WARMING)
    before = machine.reset_peak_memory(os.getpid())
    cpu = time.process_time()
    first = _run(database, settings, "measured", records)
    cpu = time.process_time() - cpu
    grown = (machine.peak_memory(os.getpid()) - before) / 1e6
    second = _run(database, settings, "measured", records, again=True)
    database.engine.dispose()
    return first, cpu, second, grown


def _run(database: Database, settings: Settings, name: str, records: int, *, again: bool = False) -> float:
    pages = _pages(records)

    def answer(asked: Asked) -> Told:
        if not asked.path.endswith("/sales"):
            return Told()
        place = int(asked.params.get("after", "0"))
        more = {"Feed-Next": str(place + 1)} if place + 1 < len(pages) else {}
        return Told(200, more, pages[place])

    with standing(answer) as server:
        since = datetime(2026, 1, 1, tzinfo=UTC) if again else None
        number = _connected(database, settings, name, server.address)
        began = time.perf_counter()
        done = run_connection(
            database, company.CODE, number, settings=settings, by=_BY, clock=database.now, since=since
        )
        took = time.perf_counter() - began
    if done.notice is not None or done.documents.counts.added != (0 if again else records):
        raise RuntimeError(f"not what was to come: {done}")
    return took


def _connected(database: Database, settings: Settings, name: str, address: str) -> int:
    """The connection of that name; its address is where the feed stands now."""
    with database.transaction() as db:
        tenant = find_company(db, company.CODE)
        options = {"address": address, "name": name, "page_size": ON_A_PAGE}
        for row in connections_of(db, tenant.id):
            if row.account == name:
                change_connection(db, row, options, Choices(), settings=settings, by=_BY, now=database.now())
                return row.id
        return add_connection(db, tenant, FEED, options, Choices(), settings=settings, by=_BY, now=database.now()).id


def _pages(records: int) -> Sequence[bytes]:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    lines = [_line(number, start + timedelta(seconds=number)) for number in range(records)]
    return ["".join(lines[place : place + ON_A_PAGE]).encode() for place in range(0, records, ON_A_PAGE)]


def _line(number: int, moment: datetime) -> str:
    document = {
        "kind": "sales_receipt",
        "number": str(number),
        "date": "2026-03-02",
        "customer": f"Customer {number % company.CUSTOMERS}",
        "memo": "Order of the web shop",
        "lines": [{"item": item, "quantity": 2, "rate": "12.50", "amount": "25.00"} for item in company.ITEMS],
        "total": "75.00",
    }
    return json.dumps({"key": f"o{number}", "changed_at": moment.isoformat(), "document": document}) + "\n"


def hand_out(report: Report, *, connections: int) -> list[Section]:
    """How long it takes until runs of that many connections, due in the same minute, are written down for workers."""
    try:
        with postgres_server() as url:
            database = company.empty_postgres(url, "due")
            report(f"connecting: {connections:,} connections due at once")
            took = _look(database, connections)
            database.engine.dispose()
    except NoPostgres as reason:
        report(f"connecting: without PostgreSQL ({reason})")
        return []
    return [
        Section(
            f"{connections:,} connections due in the same minute",
            "PostgreSQL; one scheduler, until every run is written down for whoever does it.",
            [figure("handed out in", [took], "s", at_most=10)],
        )
    ]


def _look(database: Database, connections: int) -> float:
    company.add(database)
    made = database.now() - timedelta(days=1)
    shared = {"channel": FEED.code, "title": "Bench", "options": {}, "every_minutes": 5, "submits": False}
    with database.transaction() as db:
        tenant = find_company(db, company.CODE)
        db.execute(
            insert(Connection),
            [
                {**shared, "company_id": tenant.id, "account": f"a{number}", "state": ConnectionState.RUNNING,
                 "created_at": made, "changed_at": made}
                for number in range(connections)
            ],
        )  # fmt: skip
    lookout = Lookout(database, [job for job in JOBS if job.each is CONNECTION])
    began = time.perf_counter()
    found = lookout.look(database.now())
    took = time.perf_counter() - began
    if len(found) != connections:
        raise RuntimeError(f"{len(found)} of {connections} were handed out")
    return took
