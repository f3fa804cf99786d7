"""Logins of Web Connectors: made, renewed, postponed; nothing of a password can be read."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from qbwc_server.connector.logins import add_login, login_of, postpone, renew_password
from qbwc_server.connector.operations import WebConnectorOperations
from qbwc_server.db import Database
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.settings import Settings
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.credentials import password_key, password_matches
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant


def test_a_login_is_added_once_for_each_company(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        (kern, password), (other, other_password) = (
            add_login(db, tenant(db, clock(), code)) for code in ("kern", "other")
        )
        key = password_key(db)
    with database.reading() as db:
        kept = login_of(db, kern.company_id)
        assert (kept.user, kept.company_file, kept.postpone_until, kept.minimum_interval_s) == ("kern", "", None, None)
        assert password_matches(kept.password_hash, password, key)
        assert not password_matches(kept.password_hash, other_password, key)
        assert len({UUID(guid) for one in (kern, other) for guid in (one.owner_id, one.file_id)}) == 4
        everything = repr(db.execute(text("SELECT * FROM connector_logins")).all())
        assert not any(group in everything for group in password.split("-"))


def test_a_company_without_a_login(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db, pytest.raises(NotFound, match="login"):
        login_of(db, tenant(db, clock()).id)


def test_the_old_password_ends_with_the_new_one(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        login, old = add_login(db, tenant(db, clock()))
        new = renew_password(db, login, clock(), by=SERVER)
        key = password_key(db)
    with database.reading() as db:
        stored = login_of(db, login.company_id).password_hash
    assert [password_matches(stored, password, key) for password in (old, new)] == [False, True]


def test_the_old_password_is_kept_for_a_while(database: Database, settings: Settings, clock: TurnableClock) -> None:
    with database.transaction() as db:
        login, first = add_login(db, tenant(db, clock()))
        second = renew_password(db, login, clock(), by=SERVER, keep_old=timedelta(hours=1))
    operations = WebConnectorOperations(database, settings, clock)

    def opens(password: str) -> bool:
        ticket, said = operations.authenticate("kern", password, "192.0.2.1")[:2]
        if ticket:
            operations.close_connection(ticket)
        return said != "nvu"

    assert [opens(password) for password in (first, second, "wrong")] == [True, True, False]
    clock.advance(minutes=59)
    assert opens(first)
    clock.advance(minutes=1)
    assert [opens(password) for password in (first, second)] == [False, True]
    with database.transaction() as db:
        third = renew_password(db, login_of(db, login.company_id), clock(), by=SERVER, keep_old=timedelta(days=7))
        fourth = renew_password(db, login_of(db, login.company_id), clock(), by=SERVER)
    assert [opens(password) for password in (second, third, fourth)] == [False, False, True]


def test_a_session_that_the_old_password_opened_goes_on_while_that_is_kept(
    database: Database, settings: Settings, clock: TurnableClock
) -> None:
    with database.transaction() as db:
        login, first = add_login(db, tenant(db, clock()))
    operations = WebConnectorOperations(database, settings, clock)
    (ticket, *_) = operations.authenticate("kern", first, "192.0.2.1")
    with database.transaction() as db:
        renew_password(db, login_of(db, login.company_id), clock(), by=SERVER, keep_old=timedelta(hours=1))
    assert operations.close_connection(ticket) == "All is well."


@pytest.mark.parametrize("kept", [timedelta(0), timedelta(days=-1), timedelta(days=7, seconds=1)])
def test_the_old_password_is_not_kept_for_long(database: Database, clock: TurnableClock, kept: timedelta) -> None:
    with database.transaction() as db:
        login, _ = add_login(db, tenant(db, clock()))
        with pytest.raises(Invalid, match="at most 7 days"):
            renew_password(db, login, clock(), by=SERVER, keep_old=kept)


def test_sessions_are_postponed_and_let_go(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        login, _ = add_login(db, tenant(db, clock()))
        postpone(db, login, by=SERVER, seconds=90, now=clock())
        assert login.postpone_until == clock() + timedelta(seconds=90)
        for seconds in (0, -5):
            postpone(db, login, by=SERVER, seconds=90, now=clock())
            postpone(db, login, by=SERVER, seconds=seconds, now=clock())
            assert login.postpone_until is None
