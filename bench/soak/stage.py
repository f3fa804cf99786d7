"""A server in several instances, a company, its QuickBooks and two Web Connectors, all in one process on one clock."""

from __future__ import annotations

import gc
import logging
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, Protocol
from unittest.mock import patch
from uuid import UUID

import structlog
from flask import Flask
from sqlalchemy import Engine, MetaData, Table, delete, event, insert, select

from bench.soak.records import NAMES, STOCK_ITEM
from qbwc_server.app import create_app
from qbwc_server.connector.logins import add_login
from qbwc_server.db import Database
from qbwc_server.jobs.lookout import Lookout
from qbwc_server.jobs.schedule import JOBS
from qbwc_server.jobs.worker import Worker
from qbwc_server.list_kinds import ListKind
from qbwc_server.observe import logs
from qbwc_server.posting.options import change_options
from qbwc_server.settings import Settings, load
from qbwc_server.simulator import (
    Bookkeeper,
    CompanyFile,
    HResultError,
    Pc,
    Switches,
    TransportError,
    WebConnector,
    WsgiTransport,
    web_connector,
)
from qbwc_server.simulator.switches import Edition
from qbwc_server.simulator.wire_faults import Break, FaultCounter
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.companies import add_company

OPTIONS: dict[str, object] = {"create_items": True, "item_income_account": "Sales"}
GC_DEFAULT = gc.get_threshold()
INSTANCES = 2  # of the server
READS_LISTS = "refresh_lists"
START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
CONNECTORS = 2
CANNOT_PARSE = "0x80040400"


class Clock:
    """Time passes only when the schedule says so."""

    def __init__(self) -> None:
        self.moment = START

    def start_again(self) -> None:
        """The next schedule begins on the same day."""
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        """Turn the hands forward."""
        self.moment += timedelta(seconds=seconds)


class DiskFull(Exception):
    """What a database says when it cannot commit."""


Rows = dict[str, list[dict[str, Any]]]
"""The rows of every table, as the database driver gives them."""


@cache
def _tables(engine: Engine) -> list[Table]:
    found = MetaData()
    found.reflect(engine)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def keep(engine: Engine) -> Rows:
    """All that a database holds."""
    with engine.connect() as connection:
        return {
            table.name: [dict(row._mapping) for row in connection.execute(select(table))] for table in _tables(engine)
        }


def put_back(engine: Engine, rows: Rows) -> None:
    """Put these rows in place of all that is there; numbers are given again from where they stood."""
    tables = _tables(engine)
    with engine.begin() as connection:
        for table in reversed(tables):
            connection.execute(delete(table))
        for table in tables:
            if rows.get(table.name):
                connection.execute(insert(table), rows[table.name])
        if engine.dialect.name == "postgresql":
            for table in tables:
                for column in table.primary_key.columns:
                    if column.identity is not None or column.server_default is not None:
                        connection.exec_driver_sql(
                            f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column.name}'), "
                            f'(SELECT coalesce(max("{column.name}"), 0) + 1 FROM "{table.name}"), false)'
                        )


def careless(engine: Engine) -> None:
    """Do not wait for the disk: what schedules break is everything but the power supply."""
    if engine.dialect.name == "sqlite":
        engine.dispose()
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))


class Crew(Protocol):
    """The servers of a schedule, in this process or in processes of their own."""

    clock: Clock
    settings: Settings
    database: Database
    errors: list[dict[str, Any]]  # what they logged as errors
    happened: Counter[str]
    keeps_time: bool  # whether a session that is shorter than its patience is certainly still alive

    def transport(self, dice: random.Random) -> Troubled:
        """The way to them for one schedule."""
        ...

    def clean(self) -> None:
        """Forget the schedules before."""
        ...

    def keep(self) -> Rows:
        """A backup of the database."""
        ...

    def put_back(self, rows: Rows) -> None:
        """The database is put back, and the servers started again."""
        ...

    def jobs(self, *, lists: bool) -> None:
        """Run what is due in the background."""
        ...


class Troubled(Protocol):
    """A transport that meets trouble inside the server with the chance ``trouble`` per call."""

    trouble: float

    def call(self, operation: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str], bytes]:
        """See simulator.Transport."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


class Servers:
    """Instances of the server over one database; each call goes to any of them. Shared by many schedules."""

    keeps_time = True

    def __init__(self, database_url: str) -> None:
        self.clock = Clock()
        self.settings: Settings = load(database_url=database_url)
        self.database = Database(database_url)
        careless(self.database.engine)
        self.apps: list[Flask] = [self._start() for _ in range(INSTANCES)]
        self.errors: list[dict[str, Any]] = []  # what the server logged as errors
        self.commits_to_fail = 0  # of the calls to come
        self.happened: Counter[str] = Counter()

    def transport(self, dice: random.Random) -> Balancer:
        """The way to these servers for one schedule."""
        return Balancer(self, dice)

    def _start(self) -> Flask:
        app = create_app(self.settings, clock=self.clock)
        engine = app.extensions["database"].engine
        event.listen(engine, "commit", self._commit)
        careless(engine)
        return app

    def _commit(self, _: Any) -> None:
        if self.commits_to_fail > 0:
            self.commits_to_fail -= 1
            self.happened["server: commit failed"] += 1
            raise DiskFull

    def keep(self) -> Rows:
        """A backup of the database."""
        return keep(self.database.engine)

    def put_back(self, rows: Rows) -> None:
        """The database is put back, and the server started again."""
        for app in self.apps:
            app.extensions["database"].engine.dispose()
        put_back(self.database.engine, rows)
        self.apps = [self._start() for _ in range(INSTANCES)]

    def jobs(self, *, lists: bool) -> None:
        """Run what is due in the background; the company's lists are read, too, or left alone."""
        jobs = tuple(job for job in JOBS if lists or job.name != READS_LISTS)
        Lookout(self.database, jobs).look(self.clock())
        Worker(self.database, self.settings, jobs, self.clock).work_off()

    def clean(self) -> None:
        """Forget the schedules before."""
        self.clock.start_again()
        put_back(self.database.engine, {})

    def restart(self, number: int) -> None:
        """One instance dies and another takes its place."""
        self.apps[number].extensions["database"].engine.dispose()
        self.apps[number] = self._start()
        self.happened["server: instance replaced"] += 1

    def close(self) -> None:
        """Let go of the database."""
        for app in self.apps:
            app.extensions["database"].engine.dispose()
        self.database.engine.dispose()


class Balancer:
    """The way to the servers: any instance takes any call, and now and then one breaks down in it."""

    def __init__(self, servers: Servers, dice: random.Random) -> None:
        self._servers = servers
        self._dice = dice
        self.trouble = 0.0  # chance of a call to meet trouble inside the server

    def call(self, operation: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str], bytes]:
        """See simulator.Transport."""
        servers, dice = self._servers, self._dice
        number = dice.randrange(INSTANCES)
        if dice.random() < self.trouble:
            match dice.randrange(3):
                case 0:
                    servers.commits_to_fail = 1
                case 1:
                    servers.restart(number)
                case _:
                    WsgiTransport(servers.apps[number]).call(operation, body, headers)
                    servers.restart(number)
                    servers.happened["server: died before it answered"] += 1
                    raise TransportError(f"{operation}: the server died")
        answer = WsgiTransport(servers.apps[number]).call(operation, body, headers)
        servers.commits_to_fail = 0
        return answer

    def close(self) -> None:
        """There is no connection."""


class PoisonedPc(Pc):
    """A PC whose QuickBooks cannot read documents that bear certain marks."""

    def __init__(self, file: CompanyFile) -> None:
        super().__init__(file)
        self.poison: set[str] = set()  # marks of documents that this QuickBooks cannot read
        self.unreadable = 0

    def process(self, request: str) -> str:
        """See simulator.Pc."""
        for mark in self.poison:
            request = request.replace(f"<Memo>{mark}", f"<NoSuchElement/><Memo>{mark}")
        try:
            return super().process(request)
        except HResultError as error:
            self.unreadable += error.hresult == CANNOT_PARSE
            raise


def stocked(code: str, clock: Clock) -> CompanyFile:
    """A company file with what documents name and the server does not add by itself."""
    file = CompanyFile(code, now=clock, sleep=clock.advance, switches=Switches(edition=Edition.PREMIER))
    ann = Bookkeeper(file)
    for kind, tag in (
        (ListKind.CLASS, "Class"),
        (ListKind.VENDOR, "Vendor"),
        (ListKind.OTHER_NAME, "OtherName"),
    ):
        for name in NAMES[kind]:
            ann.add(tag, name)
    books = file.books
    ann.add(
        "ItemInventory",
        STOCK_ITEM,
        income_account=books.lists.account("Sales").ref,
        cogs_account=books.special("CostOfGoodsSold").ref,
        asset_account=books.special("InventoryAssets").ref,
        purchase_cost=Decimal("8.00"),
    )
    return file


class Stage:
    """One company of one schedule: its file, its PCs, its Web Connectors."""

    def __init__(self, servers: Crew, code: str, dice: random.Random, *, connectors: int = CONNECTORS) -> None:
        self.servers, self.code, self.clock = servers, code, servers.clock
        with servers.database.transaction() as db:
            company = add_company(db, code=code, name=code, time_zone="UTC", now=self.clock())
            login, self.password = add_login(db, company)
            change_options(db, company.id, OPTIONS, by=SERVER, now=self.clock())
            self.company_id = company.id
            self.owner_id, self.file_id = UUID(login.owner_id), UUID(login.file_id)
        self.file = stocked(code, self.clock)
        self.other = self.file.other_file("Somebody Else")
        self.pcs = [PoisonedPc(self.file) for _ in range(connectors)]
        self.ways = [servers.transport(dice) for _ in self.pcs]
        self.connectors = [self._connector(*both) for both in zip(self.ways, self.pcs, strict=True)]

    def add_qwc(self) -> None:
        """The .qwc file is added on the first PC: its FileID goes into the company file that is open there."""
        self.pcs[0].register(self.owner_id, self.file_id)
        self.misplaced = self.pcs[0].file is self.other  # who does that has said that it is the company's file

    def right_file(self) -> bool:
        """Open the company's file on every PC. Whether that changed anything."""
        wrong = [pc for pc in self.pcs if pc.file is not self.file]
        for pc in wrong:
            pc.open_other(self.file)
        return bool(wrong)

    def poison(self, mark: str) -> None:
        """QuickBooks cannot read what bears this mark."""
        for pc in self.pcs:
            pc.poison.add(mark)

    def trouble(self, chance: float) -> None:
        """How often from here on a call meets trouble inside the server."""
        for way in self.ways:
            way.trouble = chance

    def close(self) -> None:
        """Hang up."""
        for way in self.ways:
            way.close()

    def _connector(self, way: Troubled, pc: PoisonedPc) -> WebConnector:
        return WebConnector(
            way,
            pc,
            user=self.code,
            password=self.password,
            owner_id=self.owner_id,
            sleep=self.clock.advance,
            max_steps=400,
        )


class _Seen(FaultCounter):
    """Counts the breaks that came to pass."""

    happened: ClassVar[Counter[str]] = Counter()

    def next_call(self, operation: str, said: str = "") -> frozenset[Break]:
        breaks = super().next_call(operation, said)
        self.happened.update(f"wire: {one.value}" for one in breaks)
        return breaks


@contextmanager
def prepared() -> Iterator[None]:
    """Make this process fit for thousands of schedules: breaks and errors are collected."""
    root = logging.getLogger()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)  # what a schedule leaves behind is little, and looking for it took a tenth
    config, handlers, level = structlog.get_config(), root.handlers[:], root.level
    try:
        with patch.object(web_connector, "FaultCounter", _Seen):
            yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*GC_DEFAULT)
        structlog.configure(**config)
        root.handlers[:] = handlers
        root.setLevel(level)


def listen_to(crew: Crew) -> None:
    """From here on errors that the server logs in this process, and breaks of the wire, are this crew's."""

    def keep(_: Any, __: str, event_dict: Any) -> Any:
        crew.errors.append(dict(event_dict))
        raise structlog.DropEvent

    logs.configure("ERROR", "json")
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, structlog.processors.format_exc_info, keep],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    _Seen.happened = crew.happened
