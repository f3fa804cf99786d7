"""How often a token may ask: counted exactly, over all processes, token by token."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from qbwc_server.api import access
from qbwc_server.app import create_app
from qbwc_server.settings import Settings, load
from qbwc_server.tenancy.models import ApiToken
from qbwc_server.tenancy.rates import count_request
from tests.conftest import TurnableClock
from tests.qbwc_server.api.conftest import Caller


@pytest.fixture
def settings(database_url: str) -> Settings:
    return load(database_url=database_url, api_requests_per_minute=3)


def test_the_fourth_in_a_minute_waits(alice: Caller, charlie: Caller, clock: TurnableClock) -> None:
    clock.moment = clock.moment.replace(second=10, microsecond=0)
    for left in ("2", "1", "0"):
        answer = alice.get("/status")
        assert answer.status_code == 200
        assert (answer.headers["RateLimit-Limit"], answer.headers["RateLimit-Remaining"]) == ("3", left)
    refused = alice.get("/status")
    assert (refused.status_code, refused.get_json()["code"]) == (429, "too_many_requests")
    assert refused.get_json()["retryable"] is True
    assert refused.get_json()["outcome"] == "not_sent"
    assert (refused.headers["Retry-After"], refused.headers["RateLimit-Reset"]) == ("50", "50")
    assert charlie.get("/status").status_code == 200
    clock.advance(seconds=50)
    assert alice.get("/status").headers["RateLimit-Remaining"] == "2"


def test_what_is_refused_for_another_reason_counts(alice: Caller) -> None:
    for path in ("/nothing", "/documents/77", "/documents?x=1"):
        alice.get(path)
    alice.get("/documents/78")
    assert alice.get("/documents/79").status_code == 429


def test_a_clock_that_is_set_back_begins_no_minute_anew(alice: Caller, clock: TurnableClock) -> None:
    for _ in range(3):
        alice.get("/status")
    clock.moment -= timedelta(minutes=1)
    assert alice.get("/status").status_code == 429


def test_all_processes_count_together(app: Flask, settings: Settings, alice: Caller, clock: TurnableClock) -> None:
    other = create_app(settings, clock=clock)
    try:
        clients = [app.test_client(), other.test_client()] * 4
        callers = [replace(alice, client=client) for client in clients]
        with ThreadPoolExecutor(4) as threads:
            found = Counter(answer.status_code for answer in threads.map(lambda one: one.get("/status"), callers))
    finally:
        other.extensions["database"].engine.dispose()
    assert found == {200: 3, 429: 5}


@pytest.fixture
def unlimited(database_url: str, clock: TurnableClock) -> Iterator[Flask]:
    app = create_app(load(database_url=database_url, api_requests_per_minute=0), clock=clock)
    yield app
    app.extensions["database"].engine.dispose()


def test_none_is_refused_where_there_is_no_limit(unlimited: Flask, alice: Caller) -> None:
    caller = replace(alice, client=unlimited.test_client())
    answers = [caller.get("/status") for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert "RateLimit-Limit" not in answers[0].headers


def test_the_beginning_of_a_minute_is_that_of_the_clock(app: Flask, alice: Caller, clock: TurnableClock) -> None:
    with app.extensions["database"].transaction() as db:
        at = clock.moment.replace(second=59, microsecond=999_999)
        assert [count_request(db, 1, 1, 3, at).count for _ in range(2)] == [1, 2]
        assert count_request(db, 1, 1, 3, at + timedelta(microseconds=1)).count == 1


def test_what_could_not_be_counted_is_counted_with_the_next(
    app: Flask, alice: Caller, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "_PATIENCE_MS", 1)
    with app.extensions["database"].transaction() as db:
        db.scalars(select(ApiToken).with_for_update()).one()
        answers = [alice.get("/status") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert "RateLimit-Remaining" not in answers[0].headers
    assert alice.get("/status").headers["RateLimit-Remaining"] == "0"
    assert alice.get("/status").status_code == 429
