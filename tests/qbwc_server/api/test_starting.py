"""The start of a shop over REST: what is to be settled, a dry run, the start, a reset with what has to be typed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from qbwc_server.app import create_app
from qbwc_server.jobs.schedule import JOBS
from qbwc_server.jobs.worker import Worker
from qbwc_server.settings import Settings, load
from qbwc_server.tenancy.companies import find_company
from tests.channels.shop_upstream import ShopUpstream, shop_upstream
from tests.conftest import TurnableClock
from tests.qbwc_server.api.conftest import Caller
from tests.qbwc_server.channels.starting.beginning import told


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
def shop(clock: TurnableClock) -> Iterator[ShopUpstream]:
    with shop_upstream(clock) as shop:
        shop.sell(1, 1_000, clock() - timedelta(hours=3))
        yield shop


def stands(record: dict[str, Any]) -> dict[str, str]:
    return {one["step"]: one["stands"] for one in record["steps"]}


def test_from_connecting_to_the_start_and_back(
    alice: Caller, shop: ShopUpstream, app: Flask, settings: Settings, clock: TurnableClock
) -> None:
    options = {"shop": shop.server.address, "token": shop.api.token}
    one = f"/connections/{alice.post('/connections', json={'channel': 'shopify', 'options': options}).get_json()['id']}"
    assert set(stands(alice.get(f"{one}/start").get_json()).values()) == {"blocked", "done"}
    database = app.extensions["database"]
    with database.transaction() as db:
        told(db, find_company(db, "acme").id, clock())
    assert alice.post(f"{one}/start", json={"balances": {"clearing": "0", "gift_cards": "0"}}).status_code == 409
    assert stands(alice.post(f"{one}/start/look", json={}).get_json())["access"] in ("done", "look")
    taken = alice.post(
        f"{one}/start/accounts", json={"suggested": True, "accounts": {"cash_account": "Till"}}
    ).get_json()
    found = {account["place"]: account["chosen"] for account in taken["accounts"]}
    assert (found["sales_account"], found["cash_account"]) == ("Shopify Sales", "Till")
    wrong = alice.post(f"{one}/start/accounts", json={"accounts": {"cogs_account": "Till"}})
    assert (wrong.status_code, "CostOfGoodsSold" in wrong.get_json()["detail"]) == (422, True)
    alice._open("PATCH", one, json={"options": {"start_date": "2026-03-01"}})
    tried = alice.post(f"{one}/start/dry-run", json={}).get_json()
    assert (tried["counts"], tried["documents"][0]["total"]) == ({"sales_receipt": 1}, "10.00")
    assert alice.get("/documents").get_json()["documents"] == []
    assert alice.post(f"{one}/start", json={}).status_code == 422
    begun = alice.post(f"{one}/start", json={"balances": {"clearing": "12.50", "gift_cards": "0"}}).get_json()
    assert (begun["state"], begun["started_at"]) == ("running", clock().isoformat())
    assert alice.post(f"{one}/run").status_code == 202
    Worker(database, settings, JOBS, clock).work_off()
    kinds = sorted(document["kind"] for document in alice.get("/documents").get_json()["documents"])
    assert kinds == ["journal_entry", "sales_receipt"]
    assert (
        alice._open("PATCH", one, json={"options": {"cash_account": "Checking"}}).get_json()["code"]
        == "settled_by_start"
    )
    assert alice.post(f"{one}/start/reset", json={"confirm": "yes"}).status_code == 422
    opened = alice.post(f"{one}/start/reset", json={"confirm": begun["account"]}).get_json()
    assert (opened["state"], opened["started_at"]) == ("being_set_up", None)


def test_a_channel_without_a_start_says_so(alice: Caller) -> None:
    options = {"address": "https://feed.example.com", "name": "tea", "key": "x"}
    made = alice.post("/connections", json={"channel": "feed", "options": options}).get_json()
    for path in ("", "/look", "/accounts", "/dry-run"):
        answer = alice.post(f"/connections/{made['id']}/start{path}", json={})
        assert (answer.status_code, answer.get_json()["code"]) == (409, "no_start")


def test_a_stranger_finds_nothing(alice: Caller, charlie: Caller, shop: ShopUpstream) -> None:
    options = {"shop": shop.server.address, "token": shop.api.token}
    number = alice.post("/connections", json={"channel": "shopify", "options": options}).get_json()["id"]
    for path in ("", "/look", "/accounts", "/dry-run"):
        assert charlie.post(f"/connections/{number}/start{path}", json={}).status_code == 404
