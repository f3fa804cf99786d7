"""Ten thousand companies that poll every five minutes, some of them with work, against one server on PostgreSQL."""

from __future__ import annotations

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Final

from sqlalchemy import func, insert, literal, select, text, update

from bench import client, company, crowd, servers
from bench.figures import Report, Section, figure, percentile
from qbwc_server.connector.door import knock
from qbwc_server.connector.models import ConnectorLogin, KnownAddress
from qbwc_server.db import Database
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.tenancy.credentials import keyed_hash, new_password, password_key
from tests.postgres_server import NoPostgres, postgres_server

EVERY: Final = 300  # seconds between two polls of a company
BUSY: Final = 100  # one poll in so many finds work
DOCUMENTS: Final = 10  # of each company with work
MOST_MS: Final = 250.0  # that the slowest call of a hundred may take
_PEOPLE: Final = 32  # sessions that may be under way at once, many more than there are on average
_WARMING: Final = 40  # polls before anything is measured: each worker loads and compiles some things once ...
_BUSY_WARMING: Final = 4  # ... so that many more of them find work
_CALLS_IN_VAIN: Final = 3  # of a session that finds no work
_ENOUGH: Final = 200  # calls of a kind, for the slowest of a hundred to mean something
_PUNCTUAL: Final = 1.0  # seconds after its time at which a poll must have begun


@dataclass(frozen=True)
class Caller:
    """A Web Connector that will poll, and what it needs for it."""

    user: str
    prepared: company.Prepared


@dataclass(frozen=True)
class Polled:
    """What one poll took."""

    late: float  # seconds after it was due
    calls: tuple[client.Call, ...]


def measure(report: Report, *, companies: int, seconds: int) -> list[Section]:
    """Poll at the rate of the whole fleet, for so many seconds."""
    polls = round(seconds * companies / EVERY)
    try:
        with postgres_server() as url, company.folder() as folder:
            database = company.empty_postgres(url, "fleet")
            report(f"fleet: loading {companies:,} companies")
            callers = _callers(database, companies, polls + _WARMING)
            address = database.engine.url.render_as_string(hide_password=False)
            with servers.running("real", address, core=None, folder=Path(folder)) as server:
                _poll(server.url, callers[:_WARMING], rate=companies / EVERY)
                report(f"fleet: {polls:,} polls in {seconds} s")
                before = server.cpu_seconds()
                polled = _poll(server.url, callers[_WARMING:], rate=companies / EVERY)
                cpu = server.cpu_seconds() - before
            posted = _posted(database)
            database.engine.dispose()
    except NoPostgres as reason:
        report(f"fleet: no PostgreSQL ({reason})")
        return []
    owed = DOCUMENTS * sum(caller.prepared.hcp != "" for caller in callers)
    return [_section(polled, posted, owed, companies=companies, seconds=seconds, cpu=cpu)]


def _callers(database: Database, companies: int, polls: int) -> list[Caller]:
    """Who polls, in this order: companies drawn from the whole fleet, one in a hundred with work."""
    dice = random.Random(1)
    crowd.fill(database, companies=companies, requests=0)
    password = new_password()
    with database.transaction() as db:
        key, now = password_key(db), datetime.now(UTC)
        db.execute(update(ConnectorLogin).values(password_hash=keyed_hash(password, key)))
        users = list(db.scalars(select(ConnectorLogin.user).order_by(ConnectorLogin.company_id)))
        # as on every day but the first: where a login comes from is written down once a day
        network = knock(db.connection(), users[0], "127.0.0.1", key=key, pause=timedelta(), now=now).network
        came = select(ConnectorLogin.id, literal(network), ConnectorLogin.company_id, literal(now))
        db.execute(insert(KnownAddress).from_select(["login_id", "network", "company_id", "last_at"], came))
        db.execute(text("ANALYZE"))
    idle = company.Prepared(password, "")
    callers = [Caller(user, idle) for user in dice.choices(users, k=polls)]
    invoices = company.invoices(DOCUMENTS)
    for place in (*range(0, _WARMING, _BUSY_WARMING), *range(_WARMING, polls, BUSY)):
        user = f"busy-{place}"
        callers[place] = Caller(user, company.add(database, user))
        company.bring(database, invoices, user)
    return callers


def _poll(url: str, callers: list[Caller], *, rate: float) -> list[Polled]:
    """Let them come at random, so many a second on average, whether or not those before them have gone."""
    dice, quickbooks = random.Random(2), company.InstantCompany()
    with ThreadPoolExecutor(_PEOPLE) as people:
        due = time.perf_counter()
        sessions = []
        for caller in callers:
            due += dice.expovariate(rate)
            time.sleep(max(0.0, due - time.perf_counter()))
            sessions.append(people.submit(_session, url, caller, quickbooks, due))
        return [one.result() for one in sessions]


def _session(url: str, caller: Caller, quickbooks: client.Company, due: float) -> Polled:
    late = time.perf_counter() - due
    connection = client.Client(url)
    try:
        client.update(connection, caller.user, caller.prepared.password, caller.prepared.hcp, quickbooks)
    finally:
        connection.close()
    return Polled(late, tuple(connection.calls))


def _posted(database: Database) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).where(DocumentRow.state == State.POSTED)) or 0


def _section(polled: list[Polled], posted: int, owed: int, *, companies: int, seconds: int, cpu: float) -> Section:
    took: dict[str, list[float]] = {}
    for one in polled:
        for call in one.calls:
            took.setdefault(call.operation, []).append(call.seconds * 1000)
    figures = []
    for operation, times in (*took.items(), ("every call", list(chain(*took.values())))):
        few = len(times) < _ENOUGH  # the slowest of a hundred is then the slowest of all: shown, not judged
        figures.append(figure(f"{operation}, p50 of {len(times):,}", [percentile(times, 0.5)], "ms"))
        figures.append(figure(f"{operation}, p99", [percentile(times, 0.99)], "ms", at_most=None if few else MOST_MS))
    punctual = sum(one.late < _PUNCTUAL for one in polled) / len(polled)
    figures.append(figure("polls that began when they were due", [punctual], "of 1", at_least=0.99))
    figures.append(figure("documents posted, of those owed", [posted / owed], "of 1", at_least=1.0))
    figures.append(figure("one core, of what the server used", [cpu / seconds], "of 1"))
    sessions = sum(len(one.calls) > _CALLS_IN_VAIN for one in polled)
    return Section(
        f"{companies:,} companies polling every {EVERY // 60} minutes, PostgreSQL",
        f"{len(polled):,} polls in {seconds} s through HTTP, a connection each, at random times; {sessions} found "
        f"{DOCUMENTS} invoices; server as shipped, client and database on the same cores; the database does not wait "
        f"for its disk; load {os.getloadavg()[0]:.1f}.",
        figures,
    )
