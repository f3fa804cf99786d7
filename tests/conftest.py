"""Fixtures for everybody: an empty database on both engines, a clock that tests turn, settings, the application."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import signal
import sys
import uuid
import zlib
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import structlog
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import URL, Engine, make_url
from werkzeug.routing import Rule

import qbwc_server.db
from qbwc_server.db import Database, schema
from qbwc_server.settings import Settings, load
from qbwc_server.tenancy import credentials
from tests.kept_connections import KeptConnections
from tests.postgres_server import NoPostgres, emptied, has_postgres, postgres_server

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # started with nohup or in the background: processes that tests
    signal.signal(signal.SIGINT, signal.default_int_handler)  # start would inherit that, and no Ctrl-C would reach them


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--one-database",
        action="store_true",
        help="What runs on either database runs on one of the two, which one is told by its name: half the time.",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Half of what runs on either database stays out, where that is asked for; without PostgreSQL, its half."""
    if not config.getoption("--one-database"):
        return
    engines = ("sqlite", "postgresql") if has_postgres() else ("sqlite",)
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        given = getattr(item, "callspec", None)
        engine = given.params.get("database_url") if given else None
        test = item.nodeid.replace(str(engine), "")
        fits = engine is None or engine == engines[zlib.crc32(test.encode()) % len(engines)]
        (kept if fits else left_out).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


def pytest_collection_finish() -> None:
    """What is there by now stays: the collector of garbage need not look at it again and again, a tenth of the time."""
    gc.collect()
    gc.freeze()


# how long an example takes says how busy the machine is, and nothing about the code; the rest is as it was
hypothesis.settings.register_profile(
    "any speed",
    hypothesis.settings(),
    deadline=None,
    suppress_health_check={*hypothesis.settings().suppress_health_check, hypothesis.HealthCheck.too_slow},
)
hypothesis.settings.load_profile("any speed")


class TurnableClock:
    """A clock whose hands only the test turns: 2026-03-02 15:00 UTC, a Monday, at first."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> None:
        """Turn forward: ``clock.advance(minutes=5)``, names as of timedelta."""
        self.moment += timedelta(**by)


@pytest.fixture
def clock() -> TurnableClock:
    """The time of the test."""
    return TurnableClock()


@pytest.fixture(scope="session", autouse=True)
def _statements_are_compiled_once() -> Iterator[None]:
    """Engines of one kind share a dialect, and with it what was compiled: otherwise each test compiles all anew."""
    make_engine = qbwc_server.db.make_engine
    first: dict[str, Engine] = {}

    def make_known_engine(url: str) -> Engine:
        engine = make_engine(url)
        known = first.setdefault(engine.dialect.name, engine)
        if known is not engine:
            engine.dialect, engine._compiled_cache = known.dialect, known._compiled_cache
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(qbwc_server.db, "make_engine", make_known_engine)
        yield


@pytest.fixture(scope="session", autouse=True)
def _sqlite_need_not_survive_a_power_cut() -> Iterator[None]:
    """Test databases skip the wait for the disk; only the processes that a test starts keep it."""
    make_engine = qbwc_server.db.make_engine

    def make_careless_engine(url: str) -> Engine:
        engine = make_engine(url)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(qbwc_server.db, "make_engine", make_careless_engine)
        yield


@pytest.fixture(scope="session", autouse=True)
def shipped_hasher() -> Iterator[PasswordHasher]:
    """What passwords of people are hashed with outside of tests; in them a hash costs next to nothing."""
    with pytest.MonkeyPatch.context() as patch:
        shipped = credentials._HASHER
        patch.setattr(credentials, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield shipped


@pytest.fixture(scope="session", autouse=True)
def _addresses_are_compiled_once() -> Iterator[None]:
    """Applications share what werkzeug compiles for each of 140 addresses: otherwise each test compiles all anew."""
    compile_builder = Rule._compile_builder
    known: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}

    def compile_once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        if rule.defaults:
            return compile_builder(rule, append_unknown)
        key = (rule.rule, *rule._trace, append_unknown)
        if key not in known:
            known[key] = compile_builder(rule, append_unknown)
        return known[key]  # it is handed the rule, and with it the converters

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_once)
        yield


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    schema.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[str]:
    """The URL of a migrated, empty PostgreSQL database, to be copied; the server lives as long as the session."""
    try:
        with postgres_server() as url:
            name = "template_" + uuid.uuid4().hex
            template = make_url(url).set(database=name).render_as_string(hide_password=False)
            on_server(url, f"CREATE DATABASE {name}")
            try:
                schema.upgrade(template)
                yield template
            finally:
                on_server(url, f"DROP DATABASE {name} WITH (FORCE)")
    except NoPostgres as reason:
        pytest.skip(str(reason))


def on_server(url: str | URL, statement: str) -> None:
    """Run a statement beside the databases of the tests, such as CREATE DATABASE."""
    engine = create_engine(make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """An empty SQLite database, for tests to which the engine does not matter."""
    path = tmp_path / "qbwc.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session", autouse=True)
def kept_connections() -> Iterator[KeptConnections]:
    """Engines of PostgreSQL leave their connections to the next test."""
    make_engine, kept = qbwc_server.db.make_engine, KeptConnections()

    def make_thrifty_engine(url: str) -> Engine:
        engine = make_engine(url)
        if engine.dialect.name == "postgresql":
            kept.serve(engine)
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(qbwc_server.db, "make_engine", make_thrifty_engine)
        yield kept
    kept.close()


@pytest.fixture(scope="session")
def _postgres_left_over(postgres_template: str, kept_connections: KeptConnections) -> Iterator[list[str]]:
    """Databases that were emptied after their test: a new one costs a tenth of a second, emptying a hundredth."""
    names: list[str] = []
    yield names
    kept_connections.close()
    for name in names:
        on_server(postgres_template, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(
    postgres_template: str, _postgres_left_over: list[str], kept_connections: KeptConnections
) -> Iterator[str]:
    """An empty PostgreSQL database, for tests of what only PostgreSQL does."""
    template = make_url(postgres_template)
    if _postgres_left_over:
        name = _postgres_left_over.pop()
    else:
        name = "test_" + uuid.uuid4().hex
        on_server(template, f"CREATE DATABASE {name} TEMPLATE {template.database}")
    url = template.set(database=name)
    yield url.render_as_string(hide_password=False)
    if emptied(url, kept_connections):
        _postgres_left_over.append(name)
    else:
        kept_connections.forget(name)
        on_server(template, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database on either engine; the test runs on both."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database on either engine; the test runs on both."""
    database = Database(database_url)
    yield database
    database.engine.dispose()


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """An empty SQLite database, for tests to which the engine does not matter."""
    database = Database(sqlite_url)
    yield database
    database.engine.dispose()


@pytest.fixture(autouse=True)
def _own_settings_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the developer has set in the environment means nothing to tests."""
    for name in [name for name in os.environ if name.startswith("QBWC_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session", autouse=True)
def _events_go_to_logging() -> None:
    """Not to standard output, structlog's default, where they would stand between what a command prints."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


@pytest.fixture(scope="session", autouse=True)
def _logs_go_to_standard_error() -> None:
    """structlog prints to standard output until it is configured; there it would mix with what a command says."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.__stderr__))


@pytest.fixture
def _logging_as_before() -> Iterator[None]:
    """For tests of what configures the logs of its process."""
    root, configuration = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    structlog.contextvars.clear_contextvars()
    yield
    root.handlers[:], root.level = handlers, level
    structlog.contextvars.clear_contextvars()
    structlog.configure(**configuration)


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Defaults, on the database of the test."""
    return load(database_url=database_url)


@pytest.fixture
def app(settings: Settings, clock: TurnableClock) -> Iterator[Flask]:
    """The whole application on the database of the test."""
    from qbwc_server.app import create_app  # here: most tests do without Flask and spyne

    app = create_app(settings, clock=clock)
    app.testing = True
    yield app
    app.extensions["database"].engine.dispose()


# A skipped test is a promise nobody checks: in CI every skip fails. Elsewhere they are listed with their reasons.
_NO_SKIPS = bool(os.environ.get("QBWC_NO_SKIPS"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if _NO_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"skipped, which counts as failed here: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if _NO_SKIPS and report.skipped:
        report.outcome, report.longrepr = "failed", f"skipped, which counts as failed here: {report.longrepr}"
    return report
