"""A company with a connection, for tests: add it, run it, look what stands there, kill it anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.finding import find_connection, runs_of
from qbwc_server.channels.connections.models import Connection, ConnectionRun, Record
from qbwc_server.channels.connections.running import RunReport, run_connection
from qbwc_server.channels.connections.setting_up import Choices, add_connection, change_connection
from qbwc_server.channels.contract import Channel
from qbwc_server.db import Database
from qbwc_server.documents.models import DocumentRow
from qbwc_server.settings import Settings
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.companies import add_company, find_company
from tests.conftest import TurnableClock
from tests.introduced import introduced

ANN = Actor(ActorKind.PERSON, "Ann")
CLOCK = Actor(ActorKind.JOB, "run_connection")


class Killed(BaseException):
    """The process is gone: from here on nothing of it reaches the database."""


class KilledAt:
    """A database that dies at its nth transaction, before it commits or right behind that."""

    def __init__(self, database: Database, at: int, *, committed: bool) -> None:
        self.engine, self.now = database.engine, database.now
        self.reading, self.looking = database.reading, database.looking
        self._database, self._left, self._committed = database, at, committed

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction, or the end."""
        self._left -= 1
        if self._left < 0:
            raise Killed
        with self._database.transaction() as db:
            yield db
            if self._left == 0 and not self._committed:
                raise Killed
        if self._left == 0:
            raise Killed


class Connected:
    """One company and its connections."""

    def __init__(self, database: Database, settings: Settings, clock: TurnableClock) -> None:
        self.database, self.settings, self.clock = database, settings, clock
        with database.transaction() as db:
            company = add_company(db, code="shop", name="Shop", time_zone="America/New_York", now=clock())
            introduced(db, company.id, clock())

    def add(self, channel: Channel, options: Mapping[str, object], **choices: Any) -> int:
        """Connect a channel; the id of the connection."""
        with self.database.transaction() as db:
            company = find_company(db, "shop")
            row = add_connection(
                db, company, channel, options, Choices(**choices), settings=self.settings, by=ANN, now=self.clock()
            )
            if channel.start is not None:  # the steps of the start are told elsewhere
                row.started_at = self.clock()
            return row.id

    def change(self, connection_id: int, options: Mapping[str, object], **choices: Any) -> None:
        """Give it other options."""
        with self.database.transaction() as db:
            row = find_connection(db, find_company(db, "shop").id, connection_id, locked=True)
            change_connection(db, row, options, Choices(**choices), settings=self.settings, by=ANN, now=self.clock())

    def run(self, connection_id: int, *, database: Any = None, by: Actor = ANN, **more: Any) -> RunReport:
        """Run it now."""
        return run_connection(
            database or self.database,
            "shop",
            connection_id,
            settings=self.settings,
            by=by,
            clock=self.clock,
            **more,
        )

    def connection(self, connection_id: int) -> Connection:
        """As it stands."""
        with self.database.reading() as db:
            return db.get_one(Connection, connection_id)

    def last_run(self, connection_id: int) -> ConnectionRun:
        """The newest run of it."""
        with self.database.reading() as db:
            return runs_of(db, db.get_one(Connection, connection_id))[0]

    def documents(self) -> dict[str, tuple[str, str, str]]:
        """Every document by origin: state, total, and the items of its lines."""
        with self.database.reading() as db:
            rows = db.scalars(select(DocumentRow).order_by(DocumentRow.origin)).all()
        return {row.origin: (row.state.value, f"{row.total}", row.body_digest) for row in rows}

    def states(self) -> dict[str, str]:
        """State of every document by origin."""
        return {origin: state for origin, (state, _, _) in self.documents().items()}

    def records(self) -> list[Record]:
        """Every record, in the order in which they came."""
        with self.database.reading() as db:
            return list(db.scalars(select(Record).order_by(Record.id)))
