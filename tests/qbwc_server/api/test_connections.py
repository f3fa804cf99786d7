"""Connections over REST: from the declaration to the run, without a secret on the way back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from qbwc_server.api.connections import ROUTES
from qbwc_server.app import create_app
from qbwc_server.jobs.schedule import JOBS
from qbwc_server.jobs.worker import Worker
from qbwc_server.settings import Settings, load
from qbwc_server.tenancy.permissions import Permission
from tests.channels.feed_upstream import FeedUpstream, feed_upstream
from tests.channels.test_feed import sale
from tests.conftest import TurnableClock
from tests.qbwc_server.api.conftest import Caller


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return load(database_url=database_url, private_upstreams=True, secrets_file=tmp_path / "keys")


@pytest.fixture
def app(settings: Settings, clock: TurnableClock) -> Iterator[Flask]:
    app = create_app(settings, clock=clock)
    app.testing = True
    yield app
    app.extensions["database"].engine.dispose()


@pytest.fixture
def feed(clock: TurnableClock) -> Iterator[FeedUpstream]:
    with feed_upstream() as feed:
        feed.key = "a-secret-key"
        feed.put("1001", clock() - timedelta(hours=1), sale("5.00"))
        yield feed


def wanted(feed: FeedUpstream) -> dict[str, Any]:
    options = {"address": feed.server.address, "name": "tea-shop", "key": feed.key}
    return {"channel": "feed", "options": options, "title": "Tea", "every_minutes": 7, "since": "2026-01-01"}


def test_the_types_tell_all_that_a_form_needs(alice: Caller) -> None:
    (feed,) = [one for one in alice.get("/connection-types").get_json()["types"] if one["channel"] == "feed"]
    assert feed["schema"]["properties"]["key"]["writeOnly"] is True
    assert [option["name"] for option in feed["options"] if option["required"]] == ["address", "name"]
    assert feed["checks"] == [{"name": "key", "title": "Try the address and the key"}]


def test_from_connecting_to_the_documents(
    alice: Caller, feed: FeedUpstream, app: Flask, settings: Settings, clock: TurnableClock
) -> None:
    made = alice.post("/connections", json=wanted(feed))
    assert made.status_code == 201
    assert made.get_json()["options"] == {"address": feed.server.address, "name": "tea-shop", "key": "***"}
    assert made.get_json()["since"] == "2026-01-01T05:00:00+00:00"  # where the books are kept
    one = f"/connections/{made.get_json()['id']}"
    assert alice.post(f"{one}/run").get_json()["code"] == "connection_not_running"
    tried = alice.post(f"{one}/test").get_json()
    assert (tried["state"], tried["checks"][0]["well"]) == ("running", True)
    assert alice.post(f"{one}/run").status_code == 202
    Worker(app.extensions["database"], settings, JOBS, clock).work_off()
    shown = alice.get(one).get_json()
    assert (shown["records"]["drafted"], shown["runs"][0]["outcome"]) == (1, "done")
    assert [document["origin"] for document in alice.get("/documents").get_json()["documents"]] == [
        "feed:tea-shop:1001"
    ]
    assert [record["key"] for record in alice.get(f"{one}/records").get_json()["records"]] == ["1001"]
    assert alice.get(f"{one}/records?state=set_aside").get_json() == {"records": [], "next": None}
    assert alice.post(f"{one}/pause").get_json()["state"] == "paused"
    assert alice.post(f"{one}/pause").status_code == 409
    assert alice.post(f"{one}/resume").get_json()["state"] == "running"
    for answer in (made, alice.get(one), alice.get("/connections"), alice.post(f"{one}/test")):
        assert "a-secret-key" not in answer.get_data(as_text=True)


def test_asked_again_since_a_day_everything_is_asked_for(
    alice: Caller, feed: FeedUpstream, app: Flask, settings: Settings, clock: TurnableClock
) -> None:
    one = f"/connections/{alice.post('/connections', json=wanted(feed)).get_json()['id']}"
    alice.post(f"{one}/test")
    for body in ({}, {"since": "2026-02-01"}):
        alice.post(f"{one}/run", json=body)
        Worker(app.extensions["database"], settings, JOBS, clock).work_off()
        clock.advance(minutes=1)
    newest, first = alice.get(one).get_json()["runs"]
    assert newest["windows"]["sales"]["since"] < first["windows"]["sales"]["until"]
    assert (first["records"]["new"], newest["records"]["known"]) == (1, 1)


def test_disconnecting_asks_what_becomes_of_the_documents(alice: Caller, feed: FeedUpstream) -> None:
    one = f"/connections/{alice.post('/connections', json=wanted(feed)).get_json()['id']}"
    assert alice.post(f"{one}/disconnect").get_json()["code"] == "invalid"
    ended = alice.post(f"{one}/disconnect", json={"unposted": "keep"}).get_json()
    assert (ended["state"], ended["removed"]) == ("disconnected", 0)
    assert "key" not in ended["options"]
    assert alice.post(f"{one}/test").status_code == 409


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"channel": "fed"}, "unknown_channel"),
        ({"channel": None}, "invalid"),
        ({"options": {"address": "https://a.example"}}, "wrong_connection_options"),
        ({"options": {"address": "https://a.example", "name": "NO GOOD"}}, "wrong_connection_options"),
        ({"options": {"address": "ftp://a.example", "name": "a"}}, "address_refused"),
        ({"options": {"address": "https://a.example", "name": "a", "kee": "hunter2"}}, "wrong_connection_options"),
        ({"every_minutes": 0}, "bad_schedule"),
        ({"every_minutes": 1441}, "bad_schedule"),
        ({"title": "  "}, "invalid"),
        ({"since": "yesterday"}, "invalid"),
        ({"odd": 1}, "invalid_body"),
    ],
)
def test_what_cannot_be_connected_is_refused_by_name(
    alice: Caller, feed: FeedUpstream, change: dict[str, Any], code: str
) -> None:
    answer = alice.post("/connections", json={**wanted(feed), **change})
    assert answer.get_json()["code"] == code
    assert "hunter2" not in answer.get_data(as_text=True)
    assert alice.get("/connections").get_json() == {"connections": []}


def test_options_are_changed_one_by_one_and_null_takes_one_back(alice: Caller, feed: FeedUpstream) -> None:
    one = f"/connections/{alice.post('/connections', json=wanted(feed)).get_json()['id']}"
    changed = alice._open("PATCH", one, json={"options": {"page_size": 9}, "submits": True}).get_json()
    assert (changed["options"]["page_size"], changed["options"]["key"], changed["submits"]) == (9, "***", True)
    changed = alice._open("PATCH", one, json={"options": {"page_size": None, "key": None}}).get_json()
    assert changed["options"] == {"address": feed.server.address, "name": "tea-shop"}
    answer = alice._open("PATCH", one, json={"options": {"name": "another"}})
    assert answer.get_json()["code"] == "another_account"


def test_limits_of_what_is_submitted_by_itself(alice: Caller, feed: FeedUpstream) -> None:
    made = alice.post("/connections", json={**wanted(feed), "limits": {"amount_per_run": "100.5"}}).get_json()
    assert made["limits"] == {
        "documents_per_run": None, "documents_per_day": None, "amount_per_run": "100.50", "amount_per_day": None,
    }  # fmt: skip
    one = f"/connections/{made['id']}"
    changed = alice._open("PATCH", one, json={"limits": {"amount_per_run": None, "documents_per_day": 3}}).get_json()
    assert (changed["limits"]["documents_per_day"], changed["limits"]["amount_per_run"]) == (3, None)
    for wrong in ({"documents_per_day": 0}, {"odd": 1}, {"amount_per_run": [1]}, {"amount_per_run": 1.5}):
        assert alice._open("PATCH", one, json={"limits": wrong}).status_code == 422
    assert alice.get(one).get_json()["limits"] == changed["limits"]


def test_the_same_account_is_connected_once(alice: Caller, charlie: Caller, feed: FeedUpstream) -> None:
    assert alice.post("/connections", json=wanted(feed)).status_code == 201
    assert alice.post("/connections", json=wanted(feed)).get_json()["code"] == "already_connected"
    assert charlie.post("/connections", json=wanted(feed)).status_code == 201


def test_a_connection_of_another_company_does_not_exist(alice: Caller, charlie: Caller, feed: FeedUpstream) -> None:
    one = f"/connections/{alice.post('/connections', json=wanted(feed)).get_json()['id']}"
    for method, path in (("GET", ""), ("PATCH", ""), ("GET", "/records"), ("POST", "/test"), ("POST", "/run"),
                         ("POST", "/pause"), ("POST", "/resume")):  # fmt: skip
        assert charlie._open(method, f"{one}{path}").status_code == 404, path
    assert charlie.post(f"{one}/disconnect", json={"unposted": "remove"}).status_code == 404


def test_whoever_changes_a_connection_must_be_allowed_to_connect() -> None:
    assert {route.needs for route in ROUTES.values()} == {Permission.SEE_COMPANY, Permission.CONNECT}
    assert [name for name, route in ROUTES.items() if route.needs is Permission.SEE_COMPANY] == [
        "connection_types", "connections", "connection", "connection_records",
    ]  # fmt: skip
