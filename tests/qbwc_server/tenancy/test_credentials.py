"""Passwords, tickets and tokens: made, stored as digests, checked in the same time for everybody, slowed down."""

from __future__ import annotations

import re
from datetime import timedelta

import argon2
import pytest
from sqlalchemy import select, text

from qbwc_server.db import Database
from qbwc_server.tenancy import credentials
from qbwc_server.tenancy.credentials import (
    add_token,
    digest,
    find_token,
    forget_login_failures,
    login_is_paused,
    new_password,
    new_secret,
    note_login_failure,
    password_hash,
    password_matches,
    purge_login_failures,
)
from qbwc_server.tenancy.models import ApiToken, LoginFailures
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant

QUICK = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PAUSE = timedelta(minutes=15)


def test_passwords_are_long_random_and_easy_to_type() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){4}", password) for password in made)


def test_hashes_are_argon2id_as_owasp_asks() -> None:
    found = argon2.extract_parameters(password_hash("secret"))
    assert found.type is argon2.Type.ID
    assert found.memory_cost >= 19 * 1024
    assert found.time_cost >= 2
    assert found.salt_len >= 16
    assert password_hash("secret") != password_hash("secret")


def test_nobody_is_checked_with_the_same_effort_as_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    somebody = password_hash("secret")
    nobody = credentials._NOBODY
    assert argon2.extract_parameters(nobody) == argon2.extract_parameters(somebody)
    checked = []

    class Watched:
        def verify(self, stored: str, password: str) -> bool:
            checked.append(stored)
            return QUICK.verify(QUICK.hash("secret"), password)

    monkeypatch.setattr(credentials, "_HASHER", Watched())
    assert password_matches(somebody, "secret")
    assert not password_matches(somebody, "wrong")
    assert not password_matches(None, "secret")  # right for the stand-in, and yet nobody's
    assert not password_matches(None, "x" * 10_000)
    assert not password_matches(somebody, "x" * 10_000)
    assert checked == [somebody, somebody, nobody, nobody, somebody]


@pytest.mark.parametrize("password", ["", "ä東京👩‍🚀", "x" * 200, " leading", "a\nb", "a\0b"])
def test_any_password_up_to_200_characters(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    monkeypatch.setattr(credentials, "_HASHER", QUICK)
    stored = password_hash(password)
    assert password_matches(stored, password)
    assert not password_matches(stored, password + "x")
    assert not password_matches(stored, password[:-1] if password else "x")


def test_a_password_that_is_too_long_is_never_hashed_and_never_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "_HASHER", QUICK)
    assert not password_matches(QUICK.hash("x" * 201), "x" * 201)
    assert not password_matches(QUICK.hash(""), "x" * 201)  # what is checked in its place must not let anybody in


def test_secrets_carry_256_bits_and_are_stored_as_digests() -> None:
    made = {new_secret() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", secret) for secret in made)
    assert len({digest(secret) for secret in made}) == 200
    assert re.fullmatch("[0-9a-f]{64}", digest("\ud800"))  # whatever somebody sends as a ticket has a digest


def test_a_token_speaks_for_its_company_and_is_nowhere_to_be_read(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        alice, bob = tenant(db, clock(), "alice"), tenant(db, clock(), "bob")
        tokens = [add_token(db, alice, label="till 1", now=clock()), add_token(db, alice, label="till 2", now=clock())]
        bobs = add_token(db, bob, label="shop", now=clock())
    with database.reading() as db:
        found = [find_token(db, token) for token in [*tokens, bobs]]
        assert [known[1].code for known in found if known] == ["alice", "alice", "bob"]
        for stranger in ("", "qbwc_", tokens[0][:-1], tokens[0].upper(), digest(tokens[0]), "' OR 1=1 --", "\ud800"):
            assert find_token(db, stranger) is None
        everything = repr(db.execute(text("SELECT * FROM api_tokens")).all())
    assert tokens[0].startswith("qbwc_")
    assert not any(token.removeprefix("qbwc_") in everything for token in [*tokens, bobs])


def test_tokens_go_with_their_company(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        company = tenant(db, clock())
        add_token(db, company, label="till", now=clock())
        db.flush()
        db.execute(text("DELETE FROM companies"))
        assert db.scalars(select(ApiToken)).all() == []


class Door:
    """Somebody tries passwords; three wrong ones are the limit."""

    def __init__(self, database: Database, clock: TurnableClock) -> None:
        self.database, self.clock = database, clock

    def fail(self, user: str, address: str, times: int = 1) -> None:
        for _ in range(times):
            with self.database.transaction() as db:
                note_login_failure(db, user, address, pause=PAUSE, now=self.clock())

    def shut(self, user: str, address: str) -> bool:
        with self.database.reading() as db:
            return login_is_paused(db, user, address, failures=3, pause=PAUSE, now=self.clock())

    def succeed(self, user: str, address: str) -> None:
        with self.database.transaction() as db:
            forget_login_failures(db, user, address)


@pytest.fixture
def door(database: Database, clock: TurnableClock) -> Door:
    return Door(database, clock)


def test_guessing_from_one_address_is_stopped_and_nobody_else_is(door: Door) -> None:
    door.fail("kern", "192.0.2.1", 2)
    assert not door.shut("kern", "192.0.2.1")
    door.fail("kern", "192.0.2.1")
    assert door.shut("kern", "192.0.2.1")
    assert not door.shut("kern", "192.0.2.2")  # the real connector, from elsewhere
    assert not door.shut("other", "192.0.2.1")  # another company behind the same address


def test_guessing_many_logins_from_one_address_is_stopped(door: Door) -> None:
    for number in range(15):
        assert not door.shut("kern", "192.0.2.1")
        door.fail(f"guess-{number}", "192.0.2.1")
    assert door.shut("kern", "192.0.2.1")
    assert not door.shut("kern", "192.0.2.2")


def test_guessing_one_login_from_many_addresses_is_stopped(door: Door) -> None:
    for number in range(30):
        assert not door.shut("kern", "198.51.100.1")
        door.fail("kern", f"192.0.2.{number}")
    assert door.shut("kern", "198.51.100.1")
    assert not door.shut("other", "198.51.100.1")


def test_the_pause_ends_and_counting_begins_anew(door: Door) -> None:
    door.fail("kern", "192.0.2.1", 3)
    door.clock.advance(minutes=14, seconds=59)
    assert door.shut("kern", "192.0.2.1")
    door.clock.advance(seconds=1)
    assert not door.shut("kern", "192.0.2.1")
    door.fail("kern", "192.0.2.1", 2)
    assert not door.shut("kern", "192.0.2.1")
    door.fail("kern", "192.0.2.1")
    assert door.shut("kern", "192.0.2.1")


def test_a_right_password_clears_this_address_with_this_login_only(door: Door) -> None:
    door.fail("kern", "192.0.2.1", 2)
    door.fail("kern", "192.0.2.2", 2)
    door.succeed("kern", "192.0.2.1")
    door.fail("kern", "192.0.2.1", 2)
    assert not door.shut("kern", "192.0.2.1")
    door.fail("kern", "192.0.2.2")
    assert door.shut("kern", "192.0.2.2")


def test_success_with_an_own_login_does_not_open_the_door_to_others(door: Door) -> None:
    for number in range(15):
        door.fail(f"guess-{number}", "192.0.2.1")
        door.succeed("mine", "192.0.2.1")
    assert door.shut("kern", "192.0.2.1")


def test_counts_say_nothing_of_names_and_addresses_and_are_dropped_in_time(door: Door) -> None:
    door.fail("kern", "192.0.2.1")
    with door.database.reading() as db:
        keys = db.scalars(select(LoginFailures.key)).all()
    assert len(keys) == 3
    assert all(re.fullmatch("[0-9a-f]{64}", key) for key in keys)
    door.clock.advance(minutes=20)
    door.fail("kern", "192.0.2.2")  # renews the count of the login
    with door.database.transaction() as db:
        assert purge_login_failures(db, older_than=door.clock() - PAUSE) == 2
        assert len(db.scalars(select(LoginFailures)).all()) == 3
