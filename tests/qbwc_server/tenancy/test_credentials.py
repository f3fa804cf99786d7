"""Passwords, tickets and tokens: made, stored as digests, checked in the same time for everybody."""

from __future__ import annotations

import hmac
import re
import threading
from collections.abc import Callable

import argon2
import pytest

from qbwc_server.db import Database
from qbwc_server.tenancy import credentials
from qbwc_server.tenancy.credentials import (
    digest,
    is_keyed,
    is_slow,
    keyed_hash,
    new_password,
    new_secret,
    password_key,
    password_matches,
)
from qbwc_server.tenancy.server_key import known_key, server_key

QUICK = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
KEY = b"0123456789abcdef" * 2


def test_passwords_are_long_random_and_easy_to_type() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){4}", password) for password in made)


PASSWORDS = ["", "ä東京👩‍🚀", "x" * 200, " leading", "a\nb", "a\0b", "\ud800"]


@pytest.mark.parametrize("password", PASSWORDS)
def test_a_keyed_hash_is_of_one_password_and_one_key(password: str) -> None:
    stored = keyed_hash(password, KEY)
    assert len(stored) <= 200
    assert password_matches(stored, password, KEY)
    for wrong in (password + "x", password[:-1] if password else "x", stored):
        assert not password_matches(stored, wrong, KEY)
    for key in (KEY[::-1], b"", None):
        assert not password_matches(stored, password, key)
    assert (is_keyed(stored, KEY), is_keyed(stored, KEY[::-1]), is_slow(stored)) == (True, False, False)


def test_what_people_choose_is_slow_to_guess(shipped_hasher: argon2.PasswordHasher) -> None:
    cost = (shipped_hasher.time_cost, shipped_hasher.memory_cost, shipped_hasher.parallelism)
    assert cost == (2, 19 * 1024, 1)  # OWASP's smallest
    assert is_slow(shipped_hasher.hash("secret"))


@pytest.mark.parametrize("password", PASSWORDS)
def test_what_older_versions_hashed_goes_on_working(password: str) -> None:
    stored = QUICK.hash(password.encode("utf-8", "surrogatepass"))
    assert password_matches(stored, password, KEY)
    assert password_matches(stored, password, None)
    assert not password_matches(stored, password + "x", KEY)
    assert (is_keyed(stored, KEY), is_slow(stored)) == (False, True)


def test_nobody_is_checked_with_the_same_effort_as_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    somebody = keyed_hash("secret", KEY)
    monkeypatch.setattr(credentials, "_HASHER", None)  # no stranger costs 20 ms
    compared: list[int] = []
    compare: Callable[[bytes, bytes], bool] = hmac.compare_digest

    def watched(one: bytes, other: bytes) -> bool:
        compared.append(len(other))
        return compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", watched)
    assert password_matches(somebody, "secret", KEY)
    assert not password_matches(somebody, "wrong", KEY)
    assert not password_matches(None, "secret", KEY)
    assert not password_matches(None, "secret", None)
    assert compared == [len(somebody)] * 4


def test_nobody_has_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hmac, "compare_digest", lambda *_: True)  # even if one were found for the stand-in
    assert not password_matches(None, "secret", KEY)
    assert not password_matches(keyed_hash("secret", KEY), "secret", None)


def test_a_password_that_is_too_long_is_never_hashed_and_never_right() -> None:
    assert not password_matches(QUICK.hash("x" * 201), "x" * 201, KEY)
    assert not password_matches(keyed_hash("x" * 201, KEY), "x" * 201, KEY)


def test_the_key_is_made_once_and_kept(database: Database) -> None:
    with database.reading() as db:
        assert known_key(db, "passwords") is None
    with database.transaction() as db:
        key = password_key(db)
        assert len(key) == 32
    with database.transaction() as db:
        assert password_key(db) == key
        assert server_key(db, "others") != key
    with database.reading() as db:
        assert known_key(db, "passwords") == key


def test_two_processes_that_need_a_key_first_get_the_same(postgres_url: str) -> None:
    database = Database(postgres_url)
    made: list[bytes] = []

    def second() -> None:
        with database.transaction() as db:
            made.append(password_key(db))

    thread = threading.Thread(target=second)
    with database.transaction() as db:
        made.append(password_key(db))
        thread.start()
        thread.join(0.5)  # it waits for what this one will have made
    thread.join(20)
    assert made[0] == made[1]
    database.engine.dispose()


def test_secrets_carry_256_bits_and_are_stored_as_digests() -> None:
    made = {new_secret() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", secret) for secret in made)
    assert len({digest(secret) for secret in made}) == 200
    assert re.fullmatch("[0-9a-f]{64}", digest("\ud800"))  # whatever somebody sends as a ticket has a digest
