"""The lane: one at a time per company, in nobody's way who saves settings, made where it is missing."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from qbwc_server.connector.models import UpdateSessionRow
from qbwc_server.connector.sessions import close_silent_sessions, find_session, open_session
from qbwc_server.db import Database
from qbwc_server.queue.lane import Lane, take_free_lanes, take_lane
from qbwc_server.settings import load
from qbwc_server.tenancy.models import Company
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant

_HASTE = text("SET LOCAL lock_timeout = '200ms'")


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Database]:
    database = Database(postgres_url)
    yield database
    database.engine.dispose()


def company_in(database: Database, clock: TurnableClock, code: str = "kern") -> int:
    with database.transaction() as db:
        return tenant(db, clock(), code).id


def test_a_lane_is_made_by_whoever_comes_first(database: Database, clock: TurnableClock) -> None:
    company_id = company_in(database, clock)
    for _ in range(2):
        with database.transaction() as db:
            take_lane(db, company_id)
    with database.reading() as db:
        needed = database.engine.dialect.name == "postgresql"
        assert list(db.scalars(select(Lane.company_id))) == ([company_id] if needed else [])


def test_only_one_is_in_a_lane_and_others_have_theirs(postgres: Database, clock: TurnableClock) -> None:
    kern, other = company_in(postgres, clock), company_in(postgres, clock, "other")
    with postgres.transaction() as db:
        take_lane(db, kern)
        with postgres.transaction() as beside:
            take_lane(beside, other)
        with pytest.raises(OperationalError, match="lock timeout"), postgres.transaction() as behind:
            behind.execute(_HASTE)
            take_lane(behind, kern)
    with postgres.transaction() as after:
        take_lane(after, kern)


def test_two_who_come_first_at_once_stand_one_behind_the_other(postgres: Database, clock: TurnableClock) -> None:
    kern = company_in(postgres, clock)
    order: list[str] = []

    def second() -> None:
        with postgres.transaction() as db:
            take_lane(db, kern)
            order.append("second")

    with postgres.transaction() as db:
        take_lane(db, kern)
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.5)
        order.append("first")
    thread.join(20)
    assert order == ["first", "second"]


def test_settings_are_saved_while_an_update_session_holds_the_lane(postgres: Database, clock: TurnableClock) -> None:
    kern = company_in(postgres, clock)
    with postgres.transaction() as db:
        take_lane(db, kern)
        _, ticket = open_session(db, db.get_one(Company, kern), clock())
    with postgres.transaction() as db:
        assert find_session(db, ticket) is not None
        with postgres.transaction() as saving:
            saving.execute(_HASTE)
            company = saving.get_one(Company, kern)
            company.name = "Kern & Sons"
    with postgres.reading() as db:
        assert db.get_one(Company, kern).name == "Kern & Sons"


def test_a_session_with_a_call_under_way_is_not_ended_as_silent(postgres: Database, clock: TurnableClock) -> None:
    kern = company_in(postgres, clock)
    settings = load(session_timeout_s=300, session_idle_s=60)

    def closed() -> str:
        return close_silent_sessions(database=postgres, settings=settings, clock=clock)

    with postgres.transaction() as db:
        take_lane(db, kern)
        _, ticket = open_session(db, db.get_one(Company, kern), clock())
    clock.advance(seconds=61)
    with postgres.transaction() as db:
        found = find_session(db, ticket)
        assert found is not None
        assert closed() == ""
        found[0].last_call_at = clock()
    assert closed() == ""
    with postgres.transaction() as db:
        ended = select(UpdateSessionRow.company_id).where(UpdateSessionRow.ended_at.is_not(None))
        assert take_free_lanes(db, ended) == []
    clock.advance(seconds=61)
    assert closed() == "Sessions closed: 1."
