"""Who knocks: what is read of a login in one statement, and from where it is known."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from qbwc_server.books.holds import HoldKind, put_on_hold
from qbwc_server.books.models import CompanyFacts
from qbwc_server.connector.door import Knock, Login, knock, remember_address
from qbwc_server.connector.logins import add_login, login_of, postpone
from qbwc_server.connector.models import KnownAddress
from qbwc_server.connector.sessions import open_session
from qbwc_server.db import Database
from qbwc_server.ids import new_id
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.states import RequestState
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.models import Company
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant

KEY = b"k" * 32


class House:
    """A company with a login, before whose door somebody stands."""

    def __init__(self, database: Database, clock: TurnableClock) -> None:
        self.database, self.clock = database, clock
        with database.transaction() as db:
            self.id = tenant(db, clock()).id
            add_login(db, db.get_one(Company, self.id))
            other = tenant(db, clock(), "other")  # whose state is nobody else's
            add_login(db, other)
            put_on_hold(db, other.id, HoldKind.PAUSED, "x", by=SERVER, now=clock())
            open_session(db, other, clock())

    def knock(self, user: str = "kern", address: str = "192.0.2.1") -> Knock:
        with self.database.looking() as db:
            return knock(db, user, address, key=KEY, pause=timedelta(minutes=15), now=self.clock())

    def login(self, address: str = "192.0.2.1") -> Login:
        login = self.knock(address=address).login
        assert login is not None
        return login

    def remember(self, address: str) -> None:
        seen = self.knock(address=address)
        assert seen.login is not None
        with self.database.transaction() as db:
            remember_address(db, seen.login, seen.network, self.clock())


@pytest.fixture
def house(database: Database, clock: TurnableClock) -> House:
    return House(database, clock)


def test_nobody_has_no_login(house: House) -> None:
    seen = house.knock("nobody")
    assert seen.login is None
    assert (seen.guesses.pair, seen.guesses.network, seen.guesses.user) == (0, 0, 0)


def test_a_new_company_is_to_introduce_itself(house: House) -> None:
    login = house.login()
    assert (login.company_id, login.code, login.company_file) == (house.id, "kern", "")
    flags = (login.session_open, login.resting, login.work_waits, login.paused, login.introduced)
    assert flags == (False, False, False, False, False)
    assert login.nothing_to_do(house.clock()) is None


def queued(company_id: int, state: RequestState, now: datetime) -> QueuedRequest:
    return QueuedRequest(
        id=new_id(), company_id=company_id, purpose="post", subject="1", message="InvoiceAdd", writes=True, priority=5,
        state=state, xml="<x/>", created_at=now,
    )  # fmt: skip


@pytest.mark.parametrize("state", RequestState)
def test_work_waits_where_a_request_may_leave(house: House, state: RequestState) -> None:
    with house.database.transaction() as db:
        db.add(
            CompanyFacts(
                company_id=house.id, file_path="", country="US", qbxml_version="13.0", preferences={},
                company_name="Kern", seen_at=house.clock(),
            )
        )  # fmt: skip
    assert house.login().nothing_to_do(house.clock()) == ["", "none"]
    with house.database.transaction() as db:
        db.add(queued(house.id, state, house.clock()))
    login = house.login()
    assert login.work_waits is (state in (RequestState.QUEUED, RequestState.RESTING))
    assert login.resting is (state is RequestState.RESTING)
    assert (login.nothing_to_do(house.clock()) is None) is login.work_waits


def test_paused_postponed_and_with_an_open_session(house: House) -> None:
    with house.database.transaction() as db:
        put_on_hold(db, house.id, HoldKind.RESTORED_BACKUP, "x", by=SERVER, now=house.clock())
    assert not house.login().paused
    with house.database.transaction() as db:
        put_on_hold(db, house.id, HoldKind.PAUSED, "x", by=SERVER, now=house.clock())
        login_of(db, house.id).minimum_interval_s = 900
        open_session(db, db.get_one(Company, house.id), house.clock())
    login = house.login()
    assert (login.paused, login.session_open) == (True, True)
    assert login.nothing_to_do(house.clock()) == ["", "none", "", "900"]
    with house.database.transaction() as db:
        postpone(db, login_of(db, house.id), by=SERVER, seconds=60, now=house.clock())
    assert house.login().nothing_to_do(house.clock()) == ["", "none", "61", "900"]
    house.clock.advance(seconds=60)
    assert house.login().nothing_to_do(house.clock()) == ["", "none", "", "900"]


def test_an_address_is_known_for_ninety_days_and_written_down_once_a_day(house: House) -> None:
    assert not house.login().comes_from_here(house.clock())
    house.remember("192.0.2.1")
    for address, known in (("192.0.2.1", True), ("::ffff:192.0.2.1", True), ("192.0.2.2", False)):
        assert house.login(address).comes_from_here(house.clock()) is known
    assert house.login().seen_lately(house.clock())
    house.clock.advance(days=1)
    assert (house.login().seen_lately(house.clock()), house.login().comes_from_here(house.clock())) == (False, True)
    house.remember("192.0.2.1")
    assert house.login().seen_lately(house.clock())
    house.clock.advance(days=90)
    assert not house.login().comes_from_here(house.clock())


def test_the_newest_twenty_addresses_are_kept(house: House) -> None:
    for number in range(25):
        house.clock.advance(minutes=1)
        house.remember(f"192.0.2.{number}")
    with house.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(KnownAddress)) == 20
    assert house.login("192.0.2.24").comes_from_here(house.clock())
    assert not house.login("192.0.2.4").comes_from_here(house.clock())
