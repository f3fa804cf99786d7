"""Update sessions in the database: one open per company, given up after silence, closed with words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qbwc_server.connector import sessions
from qbwc_server.connector.models import UpdateSessionRow
from qbwc_server.connector.session import SessionState
from qbwc_server.connector.sessions import (
    close_silent_sessions,
    end_session,
    find_session,
    is_alive,
    open_session,
    open_session_of,
    ticket_is_known,
)
from qbwc_server.db import Database
from qbwc_server.queue.lane import take_lane
from qbwc_server.queue.models import MessageSet
from qbwc_server.queue.states import Delivery
from qbwc_server.settings import load
from qbwc_server.tenancy.models import Company
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant

ADDRESS = "https://books.example.com"


@pytest.fixture
def company(database: Database, clock: TurnableClock) -> Company:
    with database.transaction() as db:
        return tenant(db, clock())


def opened(database: Database, company: Company, clock: TurnableClock) -> tuple[int, str]:
    with database.transaction() as db:
        take_lane(db, company.id)
        session, ticket = open_session(db, company, clock())
        return session.id, ticket


def sent(database: Database, company: Company, session_id: int, clock: TurnableClock) -> None:
    with database.transaction() as db:
        db.add(
            MessageSet(
                company_id=company.id, session_id=session_id, delivery=Delivery.IN_FLIGHT, writes=True,
                request_count=1, body="", sent_at=clock(),
            )
        )  # fmt: skip


def test_a_ticket_opens_its_session_and_is_stored_as_a_digest(
    database: Database, company: Company, clock: TurnableClock
) -> None:
    session_id, ticket = opened(database, company, clock)
    with database.reading() as db:
        row = db.get_one(UpdateSessionRow, session_id)
        assert (row.state, row.started_at, row.last_call_at, row.ended_at) == (
            SessionState.READY, clock(), clock(), None,
        )  # fmt: skip
        assert ticket not in row.ticket_digest
        found = find_session(db, ticket)
        assert found is not None
        assert (found[0].id, found[1].id) == (session_id, company.id)
        assert ticket_is_known(db, ticket)
        for guess in ("", ticket[:-1], ticket.upper(), row.ticket_digest, "' OR 1=1 --", "\ud800", "x" * 100_000):
            assert find_session(db, guess) is None
            assert not ticket_is_known(db, guess)


def test_a_second_open_session_is_impossible_by_the_database_itself(
    database: Database, company: Company, clock: TurnableClock
) -> None:
    session_id, ticket = opened(database, company, clock)
    with pytest.raises(IntegrityError):
        opened(database, company, clock)
    with database.transaction() as db:
        other = tenant(db, clock(), "other")
    opened(database, other, clock)
    with database.transaction() as db:
        end_session(db.get_one(UpdateSessionRow, session_id), clock(), "Done.")
    opened(database, company, clock)
    with database.reading() as db:
        assert not ticket_is_known(db, ticket)  # nothing left under it, so no answer may come late
        still = open_session_of(db, company)
        assert still is not None
        assert still.id != session_id


@pytest.mark.parametrize(("owed", "patience"), [(False, 60), (True, 300)])
def test_silence_says_less_while_quickbooks_is_at_work(
    database: Database, company: Company, clock: TurnableClock, owed: bool, patience: int
) -> None:
    settings = load(session_timeout_s=300, session_idle_s=60)
    session_id, _ = opened(database, company, clock)
    if owed:
        sent(database, company, session_id, clock)

    def alive() -> bool:
        with database.reading() as db:
            return is_alive(db, db.get_one(UpdateSessionRow, session_id), settings, clock())

    def closed() -> str:
        return close_silent_sessions(database=database, settings=settings, clock=clock)

    clock.advance(seconds=patience - 1)
    assert alive()
    assert closed() == ""
    clock.advance(seconds=1)
    assert not alive()
    assert closed() == "Sessions closed: 1."
    assert closed() == ""
    with database.reading() as db:
        row = db.get_one(UpdateSessionRow, session_id)
        assert (row.state, row.ended_at, row.closing_words) == (
            SessionState.CLOSED, clock(), "The Web Connector fell silent.",
        )  # fmt: skip
        sets = db.scalars(select(MessageSet.delivery)).all()
        assert list(sets) == ([Delivery.IN_FLIGHT] if owed else [])  # the next session looks into it


class _CalledInBetween(Database):
    """A database on which something happens before each of our transactions, after we have looked."""

    def __init__(self, url: str, before: Callable[[], None]) -> None:
        super().__init__(url)
        self._before = before

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        self._before()
        with super().transaction() as db:
            yield db


def test_a_call_that_comes_while_silence_is_looked_for_keeps_its_session(
    database: Database, database_url: str, company: Company, clock: TurnableClock
) -> None:
    settings = load(session_timeout_s=300, session_idle_s=60)
    session_id, ticket = opened(database, company, clock)
    clock.advance(minutes=10)

    def call() -> None:
        with database.transaction() as db:
            found = find_session(db, ticket)
            assert found is not None
            found[0].last_call_at = clock()

    looked = _CalledInBetween(database_url, call)
    assert close_silent_sessions(database=looked, settings=settings, clock=clock) == ""
    looked.engine.dispose()
    with database.reading() as db:
        assert db.get_one(UpdateSessionRow, session_id).ended_at is None


def test_a_session_that_cannot_be_closed_does_not_keep_the_others_open(
    database: Database, company: Company, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load(session_timeout_s=300, session_idle_s=60)
    with database.transaction() as db:
        other = tenant(db, clock(), "other")
    broken_id, _ = opened(database, company, clock)
    session_id, _ = opened(database, other, clock)
    clock.advance(minutes=10)

    def end(session: UpdateSessionRow, now: datetime, words: str | None = None) -> None:
        if session.id == broken_id:
            raise ZeroDivisionError
        end_session(session, now, words)

    monkeypatch.setattr(sessions, "end_session", end)
    with pytest.raises(ZeroDivisionError):
        close_silent_sessions(database=database, settings=settings, clock=clock)
    with database.reading() as db:
        assert db.get_one(UpdateSessionRow, broken_id).ended_at is None
        assert db.get_one(UpdateSessionRow, session_id).ended_at == clock()


def test_an_end_is_told_once() -> None:
    session, clock = UpdateSessionRow(state=SessionState.READY), TurnableClock()
    end_session(session, clock(), "First.")
    ended = session.ended_at
    clock.advance(hours=1)
    end_session(session, clock(), "Second.")
    assert (session.ended_at, session.closing_words, session.state) == (ended, "First.", SessionState.CLOSED)
