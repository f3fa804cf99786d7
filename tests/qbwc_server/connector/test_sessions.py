"""Update sessions in the database: one open per company, given up after silence, closed with words."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

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
        assert ticket_is_known(db, ticket)  # a late answer under it may still come
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

    def closed() -> int:
        with database.transaction() as db:
            return close_silent_sessions(db, settings=settings, now=clock())

    clock.advance(seconds=patience - 1)
    assert alive()
    assert closed() == 0
    clock.advance(seconds=1)
    assert not alive()
    assert closed() == 1
    assert closed() == 0
    with database.reading() as db:
        row = db.get_one(UpdateSessionRow, session_id)
        assert (row.state, row.ended_at, row.closing_words) == (
            SessionState.CLOSED, clock(), "The Web Connector fell silent.",
        )  # fmt: skip
        sets = db.scalars(select(MessageSet.delivery)).all()
        assert list(sets) == ([Delivery.IN_FLIGHT] if owed else [])  # the next session looks into it


def test_an_end_is_told_once() -> None:
    session, clock = UpdateSessionRow(state=SessionState.READY), TurnableClock()
    end_session(session, clock(), "First.")
    ended = session.ended_at
    clock.advance(hours=1)
    end_session(session, clock(), "Second.")
    assert (session.ended_at, session.closing_words, session.state) == (ended, "First.", SessionState.CLOSED)
