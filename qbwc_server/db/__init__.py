"""Engine, declarative base and ``transaction()``: the only place that commits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Dialect, Engine, MetaData, create_engine, event, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.orm import DeclarativeBase, Session

from qbwc_server.db.database_clock import DatabaseClock
from qbwc_server.db.sqlite_file import check_file, database_file, said_plainly
from qbwc_server.db.unusable import DriverMissing

_READ_ONLY = "qbwc_read_only"
_AT_ONCE = "qbwc_at_once"
_PATIENCE_MS = 30_000  # how long a writer waits for another one
_MUST_EXIST = "qbwc_must_exist"


class Base(DeclarativeBase):
    """Base of every table; names of constraints are fixed so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


@event.listens_for(Base, "attribute_instrument", propagate=True)
def _fit_when_set(_: type[Base], _name: str, attribute: Any) -> None:
    """A text is made to fit its column when it is set, not only when it is written: it may be shown before."""
    columns = getattr(attribute.property, "columns", ())
    fitting = getattr(columns[0].type, "fitting", None) if columns else None
    if fitting is None:
        return

    def fit(_target: object, value: object, _before: object, _by: object) -> object:
        return fitting(value) if isinstance(value, str) else value

    event.listen(attribute, "set", fit, retval=True, propagate=True)


def make_engine(url: str) -> Engine:
    """An engine with the guarantees that exactly-once needs.

    SQLite: WAL, foreign keys on, ``synchronous=FULL`` (a set that left must survive a power cut), and
    immediate transactions for writers, so that two processes queue up instead of failing half-way.

    Raises:
        DriverMissing: the driver of PostgreSQL is not installed.
    """
    return _sqlite_engine(url) if make_url(url).get_backend_name() == "sqlite" else _postgres_engine(url)


def _postgres_engine(url: str) -> Engine:
    waiting = {"connect_timeout": 10}
    try:
        return create_engine(
            url, connect_args=waiting, pool_pre_ping=True, pool_size=10, max_overflow=20, hide_parameters=True
        )
    except ImportError:
        raise DriverMissing from None


def _sqlite_engine(url: str) -> Engine:
    file = database_file(url)
    engine = create_engine(
        url,
        connect_args={"timeout": 30, "check_same_thread": False},
        pool_size=10,
        max_overflow=20,
        hide_parameters=True,  # they are customers' data, and exceptions end up in logs
    )

    @event.listens_for(engine, "do_connect")
    def _open(dialect: Dialect, _record: object, arguments: Any, parameters: Any) -> Any:
        if file is not None:
            check_file(file, must_exist=engine.get_execution_options().get(_MUST_EXIST, False))
        with said_plainly(file):
            return dialect.connect(*arguments, **parameters)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours to say, below
        with said_plainly(file):
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_PATIENCE_MS}"):
                connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get(_READ_ONLY, False):
            # cannot fail, and a tenth of a millisecond cheaper so: it stands before every poll
            connection.connection.driver_connection.execute("BEGIN")  # type: ignore[union-attr]
        elif (patience := connection.get_execution_options().get(_AT_ONCE)) is not None:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={int(patience)}")
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            finally:
                connection.exec_driver_sql(f"PRAGMA busy_timeout={_PATIENCE_MS}")
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


class Database:
    """One database that is there: hands out transactions and nothing else."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        self.engine.update_execution_options(**{_MUST_EXIST: True})
        self._reading = self.engine.execution_options(**{_READ_ONLY: True})
        # with PostgreSQL a statement alone needs no BEGIN before it and no ROLLBACK behind it: two ways there and back
        on_server = self.engine.dialect.name == "postgresql"
        self._looking = self._reading.execution_options(isolation_level="AUTOCOMMIT") if on_server else self._reading
        self._at_once = self.engine.execution_options(**{_AT_ONCE: 0})
        self.now = DatabaseClock(self._reading)  # one clock for all hosts

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits at the end, or rolls everything back when an exception passes."""
        with Session(self.engine, expire_on_commit=False) as db, db.begin():
            yield db

    @contextmanager
    def at_once(self, patience_ms: int = 0) -> Iterator[Session]:
        """A transaction for what is not worth waiting for: OperationalError at once where another writes the same.

        On SQLite, another that writes anything.

        Args:
            patience_ms: how long it is waited for all the same.
        """
        engine = self._at_once.execution_options(**{_AT_ONCE: patience_ms}) if patience_ms else self._at_once
        with Session(engine, expire_on_commit=False) as db, db.begin():
            if self.engine.dialect.name == "postgresql":
                db.execute(text(f"SET LOCAL lock_timeout = '{max(1, int(patience_ms))}ms'"))
            yield db

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """The same as ``reading`` for single statements, without the ORM: for what is read very often."""
        with self._looking.connect() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for looking only; it never waits for a writer and never commits."""
        with Session(self._reading, expire_on_commit=False) as db:
            yield db
