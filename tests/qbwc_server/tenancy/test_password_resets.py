"""A link for a new password is kept as a digest, and two at once use it once."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text

from qbwc_server.db import Database
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.settings import Settings
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.password_resets import answer, ask_reset, unanswered, use_reset
from qbwc_server.tenancy.users import WeakPassword, add_user
from tests.conftest import TurnableClock

EMAIL = "ann@example.com"


@pytest.fixture
def secret(database: Database, settings: Settings, clock: TurnableClock) -> str:
    with database.transaction() as db:
        add_user(db, email=EMAIL, name="Ann", by=SERVER, now=clock())
    ask_reset(database, settings, email=" Ann@Example.com", address="203.0.113.7", now=clock())
    with database.transaction() as db:
        (row,) = unanswered(db, 10)
        found = answer(db, row, now=clock())
        assert unanswered(db, 10) == []
    assert found is not None
    return found[1]


def test_the_secret_stands_nowhere(database: Database, secret: str) -> None:
    with database.reading() as db:
        assert secret not in str(db.execute(text("SELECT * FROM password_resets")).all())
        assert secret not in str(db.execute(text("SELECT * FROM audit_records")).all())


def test_two_at_once_use_it_once(database: Database, secret: str, clock: TurnableClock) -> None:
    came: list[str] = []
    ready = threading.Barrier(2)

    def use(password: str) -> None:
        ready.wait()
        try:
            with database.transaction() as db:
                use_reset(db, secret, password=password, place="", now=clock())
            came.append("used")
        except NotFound:
            came.append("ended")

    both = [threading.Thread(target=use, args=(f"a password of number {number}",)) for number in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(came) == ["ended", "used"]


def test_a_weak_password_uses_nothing_up(database: Database, secret: str, clock: TurnableClock) -> None:
    with pytest.raises(WeakPassword), database.transaction() as db:
        use_reset(db, secret, password="short", place="", now=clock())
    with database.transaction() as db:
        assert use_reset(db, secret, password="several other words", place="", now=clock()).email == EMAIL


@pytest.mark.parametrize(
    "email", ["", "ann", "ann@", "a" * 300 + "@example.com", "a@example.com\nbcc: eve@example.com"]
)
def test_what_is_no_address_is_refused(
    database: Database, settings: Settings, clock: TurnableClock, email: str
) -> None:
    with pytest.raises(Invalid):
        ask_reset(database, settings, email=email, address="", now=clock())
