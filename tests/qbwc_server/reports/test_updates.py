"""The last fortnight by day, and one update with what travelled in it."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from qbwc_server.connector.sessions import NoSessionOpen, open_session, open_session_of, release_session
from qbwc_server.db import Database
from qbwc_server.errors import NotFound
from qbwc_server.reports.updates import DAYS, fortnight, texts_of, update_of
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.audit import audit_of
from qbwc_server.tenancy.companies import find_company
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant


def test_days_are_those_of_the_companys_clocks(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        company = tenant(db, clock())
        company.time_zone = "America/New_York"
        other = tenant(db, clock(), "other")
        for hours, posted in ((0, {"invoices": 3, "payments": 1}), (12, {"invoices": 2}), (24 * 20, {"invoices": 9})):
            clock.advance(hours=-hours)
            session, _ = open_session(db, company, clock())
            session.posted, session.needs_you = posted, hours
            session.ended_at = clock()
            clock.advance(hours=hours)
            db.flush()
        open_session(db, other, clock())[0].posted = {"invoices": 100}
    with database.reading() as db:
        days = fortnight(db, find_company(db, "kern"), now=clock())
    assert [day.day for day in days] == [date.fromordinal(date(2026, 2, 17).toordinal() + n) for n in range(DAYS)]
    # 2026-03-02 15:00 UTC is a Monday morning in New York; twelve hours before it was Sunday night
    assert [(day.posted, day.needs_you) for day in days[-2:]] == [(2, 12), (4, 0)]
    assert sum(day.posted for day in days) == 6


def test_an_update_is_that_of_its_company(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        company, other = tenant(db, clock()), tenant(db, clock(), "other")
        session, _ = open_session(db, company, clock())
        found = update_of(db, company.id, session.id)
        assert (found.session.id, found.sets, found.more) == (session.id, [], False)
        with pytest.raises(NotFound):
            update_of(db, other.id, session.id)
        with pytest.raises(NotFound):
            texts_of(db, company.id, uuid4())


def test_a_stuck_session_is_released_once(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        company = tenant(db, clock())
        open_session(db, company, clock())
        release_session(db, company, by=SERVER, now=clock())
        assert open_session_of(db, company) is None
        with pytest.raises(NoSessionOpen):
            release_session(db, company, by=SERVER, now=clock())
        assert [str(row.action) for row in audit_of(db, company_id=company.id)].count("session_released") == 1
