"""Companies: which codes and names they may have, and what an operator changes on them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from argon2 import PasswordHasher

from qbwc_server.db import Database
from qbwc_server.errors import Conflict, Invalid, NotFound
from qbwc_server.tenancy import credentials
from qbwc_server.tenancy.companies import (
    add_company,
    companies,
    find_company,
    postpone,
    renew_password,
)
from qbwc_server.tenancy.credentials import password_matches
from qbwc_server.tenancy.models import Company
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant


@pytest.fixture(autouse=True)
def _passwords_are_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def test_a_company_is_added_with_its_login(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        company, password = add_company(db, code="kern-1", name=" Kern & Söhne ", time_zone="Asia/Tokyo", now=clock())
        other, other_password = add_company(db, code="a", name="東京　本店 👩‍🚀", time_zone="UTC", now=clock())
    with database.reading() as db:
        kept = find_company(db, "kern-1")
        assert (kept.name, kept.time_zone, kept.connector_user, kept.created_at) == (
            "Kern & Söhne", "Asia/Tokyo", "kern-1", clock(),
        )  # fmt: skip
        assert (kept.company_file, kept.postpone_until, kept.minimum_interval_s) == ("", None, None)
        assert password_matches(kept.connector_password_hash, password)
        assert not password_matches(kept.connector_password_hash, other_password)
        assert password not in kept.connector_password_hash
        assert len({UUID(guid) for one in (kept, other) for guid in (one.owner_id, one.file_id)}) == 4
        assert [one.code for one in companies(db)] == ["a", "kern-1"]
    assert company.id != other.id


@pytest.mark.parametrize("code", ["", "-a", "a-", "A", "a b", "a_b", "ä", "a.b", "a/b", "x" * 41, "a\n", "../a", "٣"])
def test_what_is_no_code(sqlite_database: Database, clock: TurnableClock, code: str) -> None:
    with sqlite_database.transaction() as db, pytest.raises(Invalid, match="lower-case"):
        add_company(db, code=code, name="Kern", time_zone="UTC", now=clock())


@pytest.mark.parametrize("code", ["a", "7", "a-b", "a--b", "x" * 40])
def test_codes(sqlite_database: Database, clock: TurnableClock, code: str) -> None:
    with sqlite_database.transaction() as db:
        assert add_company(db, code=code, name="Kern", time_zone="UTC", now=clock())[0].code == code


@pytest.mark.parametrize("name", ["", " \t", "x" * 201, "a\0b", "a\nb", "a\x85b"])
def test_what_is_no_name(sqlite_database: Database, clock: TurnableClock, name: str) -> None:
    with sqlite_database.transaction() as db, pytest.raises(Invalid, match="name"):
        add_company(db, code="kern", name=name, time_zone="UTC", now=clock())


@pytest.mark.parametrize(
    "zone", ["", "Mars/Olympus", "../../etc/passwd", "/etc/passwd", "a\0b", "America", "EST5EDT4,"]
)
def test_what_is_no_time_zone(sqlite_database: Database, clock: TurnableClock, zone: str) -> None:
    with sqlite_database.transaction() as db, pytest.raises(Invalid, match="time zone"):
        add_company(db, code="kern", name="Kern", time_zone=zone, now=clock())


def test_a_code_is_taken_once(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        add_company(db, code="kern", name="Kern", time_zone="UTC", now=clock())
        with pytest.raises(Conflict, match="kern"):
            add_company(db, code="kern", name="Another", time_zone="UTC", now=clock())


def test_nobody_of_that_name(database: Database) -> None:
    with database.reading() as db, pytest.raises(NotFound, match="' OR 1=1"):
        find_company(db, "' OR 1=1 --")


def test_the_old_password_ends_with_the_new_one(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        company, old = add_company(db, code="kern", name="Kern", time_zone="UTC", now=clock())
        new = renew_password(company)
    with database.reading() as db:
        stored = find_company(db, "kern").connector_password_hash
    assert [password_matches(stored, password) for password in (old, new)] == [False, True]


@pytest.fixture
def company(database: Database, clock: TurnableClock) -> Company:
    with database.transaction() as db:
        return tenant(db, clock())


def test_sessions_are_postponed_and_let_go(company: Company, clock: TurnableClock) -> None:
    postpone(company, seconds=90, now=clock())
    assert company.postpone_until == clock() + timedelta(seconds=90)
    for seconds in (0, -5):
        postpone(company, seconds=90, now=clock())
        postpone(company, seconds=seconds, now=clock())
        assert company.postpone_until is None
