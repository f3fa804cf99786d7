"""Codes of an app: as the standard says, each once, never more than a few guesses, and recovery codes beside them."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from sqlalchemy import text

from qbwc_server.db import Database
from qbwc_server.errors import Conflict
from qbwc_server.settings import Settings, load
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.models import User
from qbwc_server.tenancy.second_factor import (
    MOST_FAILURES,
    NoSecondFactor,
    TooManyCodes,
    WrongCode,
    app_address,
    begin,
    begun,
    check,
    code_at,
    codes_left,
    confirm,
    is_on,
    step_of,
    take_away,
)
from qbwc_server.tenancy.users import add_user, find_user
from tests.conftest import TurnableClock


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return load(database_url=database_url, secrets_file=tmp_path / "keys")


class Phone:
    """Ann's, with the app on it."""

    def __init__(self, database: Database, settings: Settings, clock: TurnableClock) -> None:
        self.database, self.settings, self.clock = database, settings, clock
        with database.transaction() as db:
            user = add_user(db, email="ann@a.example", name="Ann", by=SERVER, now=clock())
            self.user_id, self.secret = user.id, begin(db, user, settings=settings)

    def code(self, steps: int = 0) -> str:
        return code_at(base64.b32decode(self.secret), step_of(self.clock()) + steps)

    def confirm(self, code: str) -> list[str]:
        with self.database.transaction() as db:
            user = find_user(db, "ann@a.example")
            return confirm(db, user, code, settings=self.settings, by=SERVER, now=self.clock())

    def opens(self, code: str) -> bool:
        with self.database.transaction() as db:
            return check(db, self.user_id, code, settings=self.settings, now=self.clock())


@pytest.fixture
def phone(database: Database, settings: Settings, clock: TurnableClock) -> Phone:
    return Phone(database, settings, clock)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert code_at(b"12345678901234567890", seconds // 30) == code


def test_it_counts_once_a_code_was_confirmed(phone: Phone) -> None:
    with phone.database.reading() as db:
        assert not is_on(db, phone.user_id)
        assert begun(db, phone.user_id, settings=phone.settings) == phone.secret
        assert phone.secret not in repr(db.execute(text("SELECT * FROM second_factors")).all())
    for wrong in ("000000", "", "12345", "abcdef", "٠١٢٣٤٥", phone.code(5)):
        with pytest.raises(WrongCode):
            phone.confirm(wrong)
    codes = phone.confirm(phone.code())
    assert len(set(codes)) == 10
    with phone.database.reading() as db:
        assert is_on(db, phone.user_id)
        assert begun(db, phone.user_id, settings=phone.settings) is None
        assert codes[0] not in repr(db.execute(text("SELECT * FROM second_factors")).all())
    with pytest.raises(NoSecondFactor):
        phone.confirm(phone.code())
    with phone.database.transaction() as db, pytest.raises(Conflict):
        begin(db, db.get_one(User, phone.user_id), settings=phone.settings)


def test_a_code_opens_once_and_a_clock_may_be_off_by_a_step(phone: Phone) -> None:
    phone.confirm(phone.code())
    assert not phone.opens(phone.code())  # it was used to confirm
    assert phone.opens(phone.code(1))
    assert not phone.opens(phone.code(1))
    phone.clock.advance(seconds=90)
    assert not phone.opens(phone.code(-2))
    assert not phone.opens(phone.code(2))
    assert phone.opens(f" {phone.code()[:3]} {phone.code()[3:]} ")


def test_a_recovery_code_opens_once(phone: Phone) -> None:
    first, second, *_ = phone.confirm(phone.code())
    assert phone.opens(f" {first.upper()} ")
    assert not phone.opens(first)
    assert phone.opens(second)
    with phone.database.reading() as db:
        assert codes_left(db, phone.user_id) == 8


def test_after_some_wrong_codes_not_even_the_right_one_is_looked_at(phone: Phone) -> None:
    phone.confirm(phone.code())
    phone.clock.advance(minutes=1)
    for _ in range(MOST_FAILURES):
        assert not phone.opens("000000")
    with pytest.raises(TooManyCodes):
        phone.opens(phone.code())
    phone.clock.advance(minutes=15)
    assert phone.opens(phone.code())


def test_it_is_taken_away(phone: Phone) -> None:
    phone.confirm(phone.code())
    with phone.database.transaction() as db:
        for _ in range(2):
            take_away(db, find_user(db, "ann@a.example"), by=SERVER, now=phone.clock())
        assert not is_on(db, phone.user_id)
    assert not phone.opens(phone.code(1))


def test_the_address_for_apps() -> None:
    assert (
        app_address("ABC", "ann+x@a.example", "Our portal")
        == "otpauth://totp/Our%20portal%3Aann%2Bx%40a.example?secret=ABC&issuer=Our%20portal"
    )
