"""Users: one for each e-mail address, passwords that nobody guesses and nobody can read."""

from __future__ import annotations

import argon2
import pytest

from qbwc_server.db import Database
from qbwc_server.errors import Conflict, Invalid, NotFound
from qbwc_server.tenancy import credentials
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.models import User
from qbwc_server.tenancy.users import (
    WeakPassword,
    add_user,
    disable,
    enable,
    find_user,
    read_email,
    set_password,
    signed_in,
    users,
)
from tests.conftest import TurnableClock

BY = Actor(ActorKind.COMMAND_LINE, "root")
PASSWORD = "zwölf Löwen gähnen"


def ann(database: Database, clock: TurnableClock) -> User:
    with database.transaction() as db:
        user = add_user(db, email=" Ann@Example.COM ", name=" Ann O'Hara ", by=BY, now=clock())
        set_password(db, user, PASSWORD, by=BY, now=clock())
    return user


def test_a_user_is_found_however_the_address_is_written(database: Database, clock: TurnableClock) -> None:
    user = ann(database, clock)
    assert (user.email, user.name, user.disabled_at) == ("ann@example.com", "Ann O'Hara", None)
    with database.transaction() as db:
        for said in ("ann@example.com", "ANN@EXAMPLE.COM", " ann@example.com\n"):
            assert find_user(db, said).id == user.id
        with pytest.raises(Conflict, match=r"ann@example\.com"):
            add_user(db, email="ANN@example.com", name="Another", by=BY, now=clock())
        add_user(db, email="aaa@example.com", name="First", by=BY, now=clock())
        assert [each.email for each in users(db)] == ["aaa@example.com", "ann@example.com"]
        for stranger in ("ben@example.com", "", "' OR 1=1 --", "x" * 1000):
            with pytest.raises(NotFound):
                find_user(db, stranger)


@pytest.mark.parametrize(
    "said",
    ["", "ann", "@example.com", "ann@", "a b@example.com", "a@b@c", "a\n@b.example", "a\0@b", "x" * 65 + "@b.example",
     "a@" + "x" * 260, "a@b.example, c@d.example", "<a@b.example>", "a@b\ud800"],
)  # fmt: skip
def test_what_is_no_address_is_refused(said: str) -> None:
    with pytest.raises(Invalid, match="no e-mail address"):
        read_email(said)


def test_the_right_password_signs_in_and_no_other(database: Database, clock: TurnableClock) -> None:
    user = ann(database, clock)
    with database.reading() as db:
        assert signed_in(db, "ANN@example.com", PASSWORD) is not None
        composed_otherwise = PASSWORD.replace("ö", "o\u0308").replace("ä", "a\u0308")
        assert signed_in(db, "ann@example.com", composed_otherwise) is not None
        for wrong in ("", PASSWORD.upper(), PASSWORD + " ", "x" * 1000, "\ud800", str(user.password_hash)):
            assert signed_in(db, "ann@example.com", wrong) is None
        for nobody in ("ben@example.com", "", "nonsense"):
            assert signed_in(db, nobody, PASSWORD) is None
    assert PASSWORD not in str(vars(user))
    assert str(user.password_hash).startswith("$argon2id$")


def test_without_a_password_or_disabled_nobody_signs_in(database: Database, clock: TurnableClock) -> None:
    ann(database, clock)
    with database.transaction() as db:
        add_user(db, email="new@example.com", name="New", by=BY, now=clock())
        for said in ("", PASSWORD, "None"):
            assert signed_in(db, "new@example.com", said) is None
        user = find_user(db, "ann@example.com")
        disable(db, user, by=BY, now=clock())
        first = user.disabled_at
        clock.advance(days=1)
        disable(db, user, by=BY, now=clock())
        assert user.disabled_at == first
        assert signed_in(db, user.email, PASSWORD) is None
        enable(db, user, by=BY, now=clock())
        assert signed_in(db, user.email, PASSWORD) is not None


def test_an_unknown_address_costs_as_much_as_a_known_one(
    database: Database, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch, shipped_hasher: argon2.PasswordHasher
) -> None:
    ann(database, clock)
    checked: list[str] = []

    def check(stored: str | None, password: str, key: bytes | None) -> bool:
        checked.append(str(stored))
        return credentials.password_matches(stored, password, key)

    monkeypatch.setattr("qbwc_server.tenancy.users.password_matches", check)
    with database.reading() as db:
        for email in ("ann@example.com", "ben@example.com", "nonsense"):
            signed_in(db, email, "wrong")
    assert len(checked) == 3
    assert all(stored.startswith("$argon2id$") for stored in checked)
    own = argon2.extract_parameters(checked[1])
    assert own == argon2.extract_parameters(shipped_hasher.hash(PASSWORD))


@pytest.mark.parametrize(
    "weak",
    ["", "short", "elevenchars", "aaaaaaaaaaaaaaa", "abababababab", "x" * 201, "ann@example.com", "Ann of Gables"],
)
def test_passwords_that_would_be_guessed_are_refused_and_not_quoted(
    weak: str, sqlite_database: Database, clock: TurnableClock
) -> None:
    with sqlite_database.transaction() as db:
        user = add_user(db, email="ann@example.com", name="ann of gables", by=BY, now=clock())
        with pytest.raises(WeakPassword) as refused:
            set_password(db, user, weak, by=BY, now=clock())
    assert user.password_hash is None
    if len(weak) > 5:
        assert weak not in str(refused.value.as_record())


def test_a_new_password_ends_the_old_one(database: Database, clock: TurnableClock) -> None:
    ann(database, clock)
    with database.transaction() as db:
        set_password(db, find_user(db, "ann@example.com"), "another long password", by=BY, now=clock())
        assert signed_in(db, "ann@example.com", PASSWORD) is None
        assert signed_in(db, "ann@example.com", "another long password") is not None
