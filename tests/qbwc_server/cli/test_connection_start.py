"""The start of a shop on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from qbwc_server.db import Database
from qbwc_server.tenancy.companies import find_company
from tests.channels.shop_upstream import ShopUpstream, shop_upstream
from tests.qbwc_server.channels.starting.beginning import told
from tests.qbwc_server.cli.conftest import CommandLine


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[ShopUpstream]:
    monkeypatch.setenv("QBWC_PRIVATE_UPSTREAMS", "1")
    with shop_upstream(lambda: datetime.now(UTC)) as shop:
        shop.sell(1, 1_000, datetime.now(UTC) - timedelta(hours=3))
        yield shop


def test_each_step_in_its_order(run: CommandLine, acme: str, shop: ShopUpstream, cli_database: Database) -> None:
    made = run("connection", "add", "acme", "shopify", "--option", f"shop={shop.server.address}", "--option",
               "start_date=2026-01-01", "--secret", "token", typed=f"{shop.api.token}\n")  # fmt: skip
    assert made.exit_code == 0, made.output
    with cli_database.transaction() as db:
        told(db, find_company(db, "acme").id, datetime.now(UTC))
    blocked = run("connection", "steps", "acme", "1")
    assert (blocked.exit_code, "1. access (blocked): Upstream was not asked yet." in blocked.stdout) == (1, True)
    assert "access (blocked)" not in run("connection", "look", "acme", "1").stdout
    listed = run("connection", "accounts", "acme", "1").stdout
    assert "(Shopify Sales?)" in listed
    run("connection", "accounts", "acme", "1", "--suggested", "--set", "gateways.manual=Checking")
    chosen = {one["place"]: one["chosen"] for one in run.json("connection", "accounts", "acme", "1")["accounts"]}
    assert (chosen["sales_account"], chosen["gateways.manual"]) == ("Shopify Sales", "Checking")
    assert run("connection", "accounts", "acme", "1", "--set", "sales_account=Till").exit_code == 4
    tried = run("connection", "dry-run", "acme", "1")
    assert "1 of kind sales_receipt, 10.00 in all" in tried.stdout
    assert run("connection", "tax-item", "acme", "1", "No Tax", "--vendor", "Nobody").exit_code == 4
    assert run("connection", "start", "acme", "1").exit_code == 4
    begun = run("connection", "start", "acme", "1", "--balance", "clearing=0", "--balance", "gift_cards=0")
    assert "It is started." in begun.stdout, begun.output
    assert run("connection", "reset", "acme", "1", "--confirm", "x").exit_code == 4
    account = run.json("connection", "steps", "acme", "1")["account"]
    assert "Nothing stands against the start." in run("connection", "reset", "acme", "1", "--confirm", account).stdout
