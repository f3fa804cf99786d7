"""Webhooks over REST: added, changed, tried, told again, removed; strangers see none of them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from qbwc_server.outbox.webhooks import Told, WebhookEvent, tell_company
from qbwc_server.settings import Settings, load
from qbwc_server.tenancy.companies import find_company
from tests.conftest import TurnableClock
from tests.qbwc_server.api.conftest import Caller

URL = "https://hooks.example.com/acme"


@pytest.fixture
def settings(database_url: str, tmp_path: Any) -> Settings:
    return load(database_url=database_url, secrets_file=tmp_path / "keys")


def added(caller: Caller, **more: str) -> dict[str, Any]:
    answer = caller.post("/webhooks", json={"url": URL, **more})
    assert answer.status_code == 201, answer.get_json()
    found: dict[str, Any] = answer.get_json()
    return found


def happens(app: Flask, clock: TurnableClock, count: int = 1) -> None:
    with app.extensions["database"].transaction() as db:
        told = [Told(WebhookEvent.DOCUMENT_POSTED, {"document": {"id": number}}) for number in range(count)]
        tell_company(db, find_company(db, "acme").id, told, now=clock())


def test_a_webhook_from_its_beginning_to_its_end(
    app: Flask, alice: Caller, charlie: Caller, clock: TurnableClock
) -> None:
    made = added(alice, events="document.posted connector.back")
    one = f"/webhooks/{made['id']}"
    assert made["secret"].startswith("whsec_")
    assert made["events"] == ["connector.back", "document.posted"]
    shown = alice.get(one).get_json()
    assert shown == {name: value for name, value in made.items() if name != "secret"}
    assert alice.get("/webhooks").get_json() == {"webhooks": [shown]}
    assert charlie.get("/webhooks").get_json() == {"webhooks": []}
    happens(app, clock, 3)
    page = alice.get(f"{one}/deliveries?limit=2").get_json()
    assert [row["event"] for row in page["deliveries"]] == ["document.posted"] * 2
    (last,) = alice.get(f"{one}/deliveries?limit=2&before={page['next']}").get_json()["deliveries"]
    assert alice.get(f"{one}/deliveries?state=delivered").get_json()["deliveries"] == []
    again = f"{one}/deliveries/{last['id']}/again"
    assert alice.post(again).get_json()["code"] == "delivery_waits"
    off = alice._open("PATCH", one, json={"enabled": False}).get_json()
    assert (off["enabled"], off["deliveries"]) == (False, {"waiting": 0, "delivered": 0, "dead": 3})
    assert alice.post(again).get_json()["code"] == "webhook_is_off"
    assert alice.post(f"{one}/test").status_code == 409
    assert alice._open("PATCH", one, json={"enabled": True}).get_json()["enabled"] is True
    assert (alice.post(again).status_code, alice.post(f"{one}/test").status_code) == (202, 202)
    renewed = alice.post(f"{one}/secret").get_json()
    assert renewed["secret"] != made["secret"]
    assert renewed["old_secret_until"] is not None
    for method, path in (
        ("GET", one), ("PATCH", one), ("DELETE", one), ("POST", f"{one}/secret"), ("POST", f"{one}/test"),
        ("GET", f"{one}/deliveries"), ("POST", again),
    ):  # fmt: skip
        assert charlie._open(method, path).status_code == 404, path
    assert alice._open("DELETE", one).get_json() == {"id": made["id"]}
    assert alice.get(one).status_code == 404


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid"),
        ({"url": "http://hooks.example.com/"}, "address_refused"),
        ({"url": "https://user:word@hooks.example.com/"}, "address_refused"),
        ({"url": URL, "events": "everything"}, "invalid"),
        ({"url": URL, "events": "webhook.test"}, "invalid"),
        ({"url": URL, "events": " "}, "invalid"),
        ({"url": URL, "secret": "whsec_mine"}, "invalid_body"),
    ],
)
def test_what_cannot_be_is_refused(alice: Caller, body: dict[str, Any], code: str) -> None:
    answer = alice.post("/webhooks", json=body)
    assert (answer.status_code, answer.get_json()["code"]) == (422, code)


def test_the_secret_is_not_kept_for_an_idempotency_key(app: Flask, alice: Caller) -> None:
    first = alice.post("/webhooks", json={"url": URL}, headers={"Idempotency-Key": "one"})
    assert first.status_code in (201, 400, 422)
    with app.extensions["database"].reading() as db:
        kept = str(db.connection().exec_driver_sql("SELECT * FROM kept_answers").all())
    assert "whsec_" not in kept
