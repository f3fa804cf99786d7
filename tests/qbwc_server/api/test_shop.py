"""``/companies/CODE/shop``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.channels.trading import Trading, trading_company
from tests.conftest import TurnableClock
from tests.qbwc_server.api.conftest import Caller


@pytest.fixture
def shop(app: Flask, database_url: str, clock: TurnableClock, alice: Caller, tmp_path: Path) -> Iterator[Trading]:
    """The shop of alice's company, with three orders that are drafted."""
    with trading_company(app.extensions["database"], database_url, clock, tmp_path) as found:
        found.sells(1, 2, 3)
        yield found


def test_a_day_is_told_down_to_its_orders(shop: Trading, alice: Caller) -> None:
    days = alice.get("/shop/days").get_json()["days"]
    assert [(one["day"], one["orders"], one["differs"], one["waiting"]) for one in days] == [("2026-03-02", 3, True, 3)]
    page = alice.get("/shop/day?day=2026-03-02").get_json()
    assert [one["name"] for one in page["listed"]] == ["#1", "#2", "#3"]
    assert alice.get("/shop/day?day=2026-03-02&after=2").get_json()["listed"][0]["name"] == "#3"
    assert alice.get("/shop/day?day=2026-03-03").get_json()["listed"] == []
    assert alice.get("/shop/clearing").get_json()["days"] == []
    assert alice.get("/shop/payouts").get_json()["payouts"] == []
    assert alice.get("/shop/conflicts").get_json()["conflicts"] != []


def test_what_is_no_day_no_payout_or_no_shop_is_refused(shop: Trading, alice: Caller) -> None:
    assert alice.get("/shop/day?day=soon").status_code == 422
    assert alice.get("/shop/day").status_code == 422
    assert alice.get("/shop/payout?number=7").status_code == 404
    assert alice.get("/shop/days?connection=9").status_code == 404


def test_without_a_shop_it_says_so(alice: Caller) -> None:
    assert alice.get("/shop/days").get_json()["code"] == "no_shop"
