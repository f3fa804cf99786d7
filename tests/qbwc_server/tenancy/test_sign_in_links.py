"""A link signs one person in, once, for an hour, and until there is another password."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from qbwc_server.db import Database
from qbwc_server.errors import Conflict, NotFound
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.models import User
from qbwc_server.tenancy.sign_in_links import (
    SIGN_IN_LINK_LIVES,
    make_sign_in_link,
    use_sign_in_link,
    user_of_sign_in_link,
)
from qbwc_server.tenancy.users import add_user, disable, find_user, set_password
from tests.conftest import TurnableClock

EMAIL = "ann@acme.example"


@pytest.fixture
def ann(database: Database, clock: TurnableClock) -> User:
    with database.transaction() as db:
        user = add_user(db, email=EMAIL, name="Ann", by=SERVER, now=clock())
        set_password(db, user, "several words of hers", by=SERVER, now=clock())
        return user


def made(database: Database, clock: TurnableClock) -> str:
    with database.transaction() as db:
        return make_sign_in_link(db, find_user(db, EMAIL), by=SERVER, now=clock())


def test_it_works_once_and_is_kept_nowhere(database: Database, clock: TurnableClock, ann: User) -> None:
    secret = made(database, clock)
    with database.transaction() as db:
        assert secret not in str(db.execute(text("SELECT * FROM sign_in_links")).all())
        assert user_of_sign_in_link(db, secret, clock()).id == ann.id
        assert use_sign_in_link(db, secret, clock()).id == ann.id
        with pytest.raises(NotFound):
            use_sign_in_link(db, secret, clock())


def test_time_another_link_another_password_and_a_disabled_person_end_it(
    database: Database, clock: TurnableClock, ann: User
) -> None:
    first = made(database, clock)
    second = made(database, clock)
    with database.transaction() as db:
        for secret, now in ((first, clock()), (second, clock() + SIGN_IN_LINK_LIVES), ("", clock()), ("é", clock())):
            with pytest.raises(NotFound):
                user_of_sign_in_link(db, secret, now)
        assert user_of_sign_in_link(db, second, clock() + SIGN_IN_LINK_LIVES - timedelta(seconds=1))
        set_password(db, find_user(db, EMAIL), "quite other words", by=SERVER, now=clock())
        with pytest.raises(NotFound):
            use_sign_in_link(db, second, clock())
    third = made(database, clock)
    with database.transaction() as db:
        disable(db, find_user(db, EMAIL), by=SERVER, now=clock())
        with pytest.raises(NotFound):
            use_sign_in_link(db, third, clock())
        with pytest.raises(Conflict):
            make_sign_in_link(db, find_user(db, EMAIL), by=SERVER, now=clock())
