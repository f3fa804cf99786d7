"""The start of a shop in a browser: each step, a dry run, the start, and a reset that has to be typed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from qbwc_server.app import create_app
from qbwc_server.settings import Settings, load
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.permissions import Role
from tests.channels.shop_upstream import ShopUpstream, shop_upstream
from tests.conftest import TurnableClock
from tests.qbwc_server.channels.starting.beginning import told
from tests.qbwc_server.portal.conftest import Browser, Town, said

ALL = "/companies/acme/connections"
START = f"{ALL}/1/start"


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return load(database_url=sqlite_url, private_upstreams=True, secrets_file=tmp_path / "keys")


@pytest.fixture
def app(settings: Settings, clock: TurnableClock) -> Iterator[Flask]:
    app = create_app(settings, clock=clock)
    app.testing = True
    yield app
    app.extensions["database"].engine.dispose()


@pytest.fixture
def shop(town: Town, owner: Browser, clock: TurnableClock) -> Iterator[ShopUpstream]:
    """A shop that the owner has connected, and a company file that charges sales tax."""
    form = "/companies/acme/connect/shopify"
    with shop_upstream(clock) as shop:
        shop.sell(1, 1_000, clock() - timedelta(hours=3))
        sent = owner.send(form, form, **{"option-shop": shop.server.address, "option-token": shop.api.token})
        assert sent.headers["Location"] == f"/portal{START}"  # what is to be settled comes next
        with town.database.transaction() as db:
            told(db, find_company(db, "acme").id, clock(), sales_tax=True, non_taxable_code="Non")
        yield shop


def test_from_the_first_step_to_the_start_and_back(owner: Browser, shop: ShopUpstream) -> None:
    page = said(owner.get(START))
    assert "Nothing is fetched before it is started" in page
    assert "Upstream was not asked yet" in page
    assert "Not started" in said(owner.get(f"{ALL}/1"))
    assert owner.send(f"{START}/look", START).status_code == 303
    assert "Upstream was not asked yet" not in said(owner.get(START))
    assert (
        owner.send(f"{START}/accounts", START, **{"account-cash_account": "Till", "suggested": "yes"}).status_code
        == 303
    )
    page = owner.get(START).text
    assert '<option value="Shopify Sales" selected>' in page
    assert '<option value="Till" selected>' in page
    assert owner.send(f"{START}/options/begin", START, **{"option-start_date": "2026-03-01"}).status_code == 303
    assert owner.send(f"{START}/options/names", START, **{"option-customers": "summary"}).status_code == 303
    tried = said(owner.send(f"{START}/dry-run", START))
    assert "10.00 in all" in tried
    assert "Nothing waits" not in tried
    refused = owner.send(f"{START}/begin", START, **{"balance-clearing": "0"})
    assert (refused.status_code, "Say what" in said(refused)) == (409, True)
    balances = {"balance-clearing": "12.50", "balance-gift_cards": "0"}
    assert owner.send(f"{START}/begin", START, **balances).status_code == 303
    page = owner.get(START).text
    assert "It runs by its schedule" in page
    assert "<select" not in page.split("<main")[1]
    assert "Working" in said(owner.get(f"{ALL}/1"))
    assert owner.send(f"{START}/reset", START, confirm="yes").status_code == 409
    assert owner.send(f"{START}/reset", START, confirm=shop.server.address.removeprefix("http://")).status_code == 303
    assert "Nothing stands against the start" in said(owner.get(START))


def test_what_was_typed_stays_where_it_cannot_be_used(owner: Browser, shop: ShopUpstream) -> None:
    answer = owner.send(f"{START}/tax-item", START, name="No Tax", vendor="Nobody")
    assert (answer.status_code, 'value="No Tax"' in answer.text) == (409, True)
    answer = owner.send(f"{START}/accounts", START, **{"account-sales_account": "Office Supplies"})
    assert (answer.status_code, "Office Supplies is of type Expense" in said(answer)) == (409, True)
    assert owner.send(f"{START}/options/secrets", START).status_code == 404


def test_who_may_not_connect_does_not_see_it(town: Town, shop: ShopUpstream) -> None:
    viewer = town.person("viewer@acme.example", "Vera", acme=Role.VIEWER)
    assert viewer.get(START).status_code in (403, 404)
    assert "Set it up" not in said(viewer.get(f"{ALL}/1"))
