"""A server in several instances, a company, its QuickBooks and two Web Connectors, all in one process on one clock."""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Protocol
from unittest.mock import patch
from uuid import UUID

import structlog
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import Engine, event

from qbwc_server.app import create_app
from qbwc_server.db import Database
from qbwc_server.observe import logs
from qbwc_server.posting.options import change_options
from qbwc_server.settings import Settings, load
from qbwc_server.simulator import HResultError, Pc, TransportError, WebConnector, WsgiTransport, web_connector
from qbwc_server.simulator.company_file import CompanyFile
from qbwc_server.simulator.wire_faults import Break, FaultCounter
from qbwc_server.tenancy import credentials
from qbwc_server.tenancy.companies import add_company

INSTANCES = 2  # of the server
CONNECTORS = 2
CANNOT_PARSE = "0x80040400"


class Clock:
    """Time passes only when the schedule says so."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        """Turn the hands forward."""
        self.moment += timedelta(seconds=seconds)


class DiskFull(Exception):
    """What a database says when it cannot commit."""


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


class Stage:
    """One company of one schedule."""

    def __init__(self, servers: Crew, code: str, dice: random.Random) -> None:
        self.servers, self.code, self.clock = servers, code, servers.clock
        with servers.database.transaction() as db:
            company, self.password = add_company(db, code=code, name=code, time_zone="UTC", now=self.clock())
            change_options(company, {"create_items": True, "item_income_account": "Sales"})
            self.company_id = company.id
            self.owner_id, file_id = UUID(company.owner_id), UUID(company.file_id)
        self.file = CompanyFile(code, now=self.clock, sleep=self.clock.advance)
        self.file.register(self.owner_id, file_id)
        self.pcs = [PoisonedPc(self.file) for _ in range(CONNECTORS)]
        self.ways = [servers.transport(dice) for _ in self.pcs]
        self.connectors = [self._connector(*both) for both in zip(self.ways, self.pcs, strict=True)]

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

    def next_call(self, operation: str) -> frozenset[Break]:
        breaks = super().next_call(operation)
        self.happened.update(f"wire: {one.value}" for one in breaks)
        return breaks


@contextmanager
def prepared() -> Iterator[None]:
    """Make this process fit for thousands of schedules: passwords cost nothing, breaks and errors are collected."""
    root = logging.getLogger()
    config, handlers, level = structlog.get_config(), root.handlers[:], root.level
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    try:
        with patch.object(credentials, "_HASHER", cheap), patch.object(web_connector, "FaultCounter", _Seen):
            yield
    finally:
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
