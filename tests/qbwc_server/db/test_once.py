"""What two people add in the same moment is there once, and the later one is told so."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from qbwc_server.db import Database
from qbwc_server.errors import Conflict
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.companies import add_company, companies
from qbwc_server.tenancy.members import add_member
from qbwc_server.tenancy.partners import add_partner, find_partner, partners
from qbwc_server.tenancy.permissions import Role
from qbwc_server.tenancy.users import add_user, find_user, users
from tests.conftest import TurnableClock


def test_after_a_refusal_the_transaction_goes_on(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        add_partner(db, code="a", name="A", now=clock())
        with pytest.raises(Conflict):
            add_partner(db, code="a", name="Another", now=clock())
        add_partner(db, code="b", name="B", now=clock())
    with database.reading() as db:
        assert [each.name for each in partners(db)] == ["A", "B"]


ADD: dict[str, Callable[[Session, TurnableClock], object]] = {
    "partner": lambda db, clock: add_partner(db, code="same", name="Same", now=clock()),
    "user": lambda db, clock: add_user(db, email="same@b.example", name="Same", by=SERVER, now=clock()),
    "company": lambda db, clock: add_company(
        db, code="same", name="Same", time_zone="UTC", now=clock(), partner=find_partner(db, "office")
    ),
    "member": lambda db, clock: add_member(
        db, find_user(db, "ann@b.example"), find_partner(db, "office"), Role.OWNER, by=SERVER, now=clock()
    ),
}


@pytest.mark.parametrize("what", ADD)
def test_two_at_once(database: Database, clock: TurnableClock, what: str) -> None:
    with database.transaction() as db:
        add_partner(db, code="office", name="Office", now=clock())
        add_user(db, email="ann@b.example", name="Ann", by=SERVER, now=clock())
    ended: list[str] = []
    first_is_in, second_waits = threading.Event(), threading.Event()

    def second() -> None:
        first_is_in.wait()
        second_waits.set()
        try:
            with database.transaction() as db:
                ADD[what](db, clock)
        except Conflict as refusal:
            ended.append(refusal.code)

    thread = threading.Thread(target=second)
    thread.start()
    with database.transaction() as db:
        ADD[what](db, clock)
        first_is_in.set()
        second_waits.wait()
    thread.join()
    assert ended == ["conflict"]
    with database.reading() as db:
        assert len(users(db)) == (2 if what == "user" else 1)
        assert len(companies(db)) == (1 if what == "company" else 0)
