"""Companies: which codes and names they may have, and what an operator changes on them."""

from __future__ import annotations

import pytest

from qbwc_server.db import Database
from qbwc_server.errors import Conflict, Invalid, NotFound
from qbwc_server.tenancy.companies import (
    add_company,
    companies,
    find_company,
)
from tests.conftest import TurnableClock


def test_a_company_is_added(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        company = add_company(db, code="kern-1", name=" Kern & Söhne ", time_zone="Asia/Tokyo", now=clock())
        other = add_company(db, code="a", name="東京　本店 👩‍🚀", time_zone="UTC", now=clock())
    with database.reading() as db:
        kept = find_company(db, "kern-1")
        assert (kept.name, kept.time_zone, kept.created_at) == ("Kern & Söhne", "Asia/Tokyo", clock())
        assert [one.code for one in companies(db)] == ["a", "kern-1"]
    assert company.id != other.id


@pytest.mark.parametrize("code", ["", "-a", "a-", "A", "a b", "a_b", "ä", "a.b", "a/b", "x" * 41, "a\n", "../a", "٣"])
def test_what_is_no_code(sqlite_database: Database, clock: TurnableClock, code: str) -> None:
    with sqlite_database.transaction() as db, pytest.raises(Invalid, match="lower-case"):
        add_company(db, code=code, name="Kern", time_zone="UTC", now=clock())


@pytest.mark.parametrize("code", ["a", "7", "a-b", "a--b", "x" * 40])
def test_codes(sqlite_database: Database, clock: TurnableClock, code: str) -> None:
    with sqlite_database.transaction() as db:
        assert add_company(db, code=code, name="Kern", time_zone="UTC", now=clock()).code == code


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
