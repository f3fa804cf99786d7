"""The first import: what a bulk operation brings is what the pages would, and what it does not is asked for."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from qbwc_server.channels.contract import Fact, Page, Window
from qbwc_server.channels.http import Upstream
from qbwc_server.channels.shopify.admin.options import ShopOptions
from qbwc_server.channels.shopify.admin.pulls import pull
from qbwc_server.simulator.shop.trade import Trade
from tests.channels.shop_upstream import ShopUpstream
from tests.channels.upstream_server import Fault, Told
from tests.conftest import TurnableClock


@pytest.fixture
def traded(shop: ShopUpstream, clock: TurnableClock) -> ShopUpstream:
    """A shop after two days of trade."""
    clock.moment = datetime(2026, 3, 20, tzinfo=UTC)
    Trade(shop.store, seed=3, first_day=date(2026, 3, 5), days=2, orders_a_day=30).until(clock())
    return shop


@pytest.fixture
def in_bulk(options: ShopOptions) -> ShopOptions:
    """The first import goes in bulk."""
    return options.model_copy(update={"first_import_in_bulk": True, "page_size": 25})


def pulled(
    options: ShopOptions, upstream: Upstream, clock: TurnableClock, since: datetime | None = None
) -> tuple[dict[str, Fact], list[str], list[Any]]:
    """The newest of each order by key, the remarks, and until when each page says that all is told."""
    facts: dict[str, Fact] = {}
    remarks: list[str] = []
    until: list[Any] = []
    for page in pull(options, upstream, Window("orders", since, clock())):
        assert isinstance(page, Page)
        facts |= {fact.key: fact for fact in page.facts}
        remarks += page.remarks
        until.append(page.complete_until)
    return facts, remarks, until


def test_it_brings_just_what_the_pages_bring(
    traded: ShopUpstream, options: ShopOptions, in_bulk: ShopOptions, upstream: Upstream, clock: TurnableClock
) -> None:
    began = clock()
    paged, _, _ = pulled(options, upstream, clock)
    traded.server.asked.clear()
    found, remarks, until = pulled(in_bulk, upstream, clock)
    assert found == paged
    assert (len(found), remarks, until[-1]) == (60, [], began)
    assert set(until[:-2]) == {None}
    assert any(fact.body["refunds"] for fact in found.values())
    assert any(fact.body["discountApplications"] for fact in found.values())
    posted = [json.loads(one.body)["query"] for one in traded.server.asked if one.method == "POST"]
    alone = [text for text in posted if "order(id" in text]
    assert len(alone) == sum(bool(fact.body["refunds"]) for fact in found.values())  # and no other singly


def test_what_changes_while_it_runs_is_asked_for_behind_it(
    traded: ShopUpstream, in_bulk: ShopOptions, upstream: Upstream, clock: TurnableClock
) -> None:
    def edit() -> None:
        if traded.api.asked[-1] == "bulkOperation":
            traded.sell(1001, 12345, clock())

    traded.between = edit
    found, _, _ = pulled(in_bulk, upstream, clock)
    assert found["gid://shopify/Order/1001"].body["currentTotalPriceSet"]["shopMoney"]["amount"] == "123.45"


def test_only_what_goes_back_far_goes_in_bulk(
    traded: ShopUpstream, in_bulk: ShopOptions, upstream: Upstream, clock: TurnableClock
) -> None:
    pulled(in_bulk, upstream, clock, clock() - timedelta(days=2))
    assert "bulkOperationRunQuery" not in traded.api.asked
    pulled(in_bulk, upstream, clock, clock() - timedelta(days=4))
    assert "bulkOperationRunQuery" in traded.api.asked


def test_one_that_breaks_off_brings_a_part_and_the_pages_the_rest(
    traded: ShopUpstream, in_bulk: ShopOptions, upstream: Upstream, clock: TurnableClock
) -> None:
    traded.api.bulk.fails = True
    began = clock()
    found, remarks, until = pulled(in_bulk, upstream, clock)
    assert (len(found), until[-2]) == (60, began)
    assert remarks == ["The shop broke off the bulk operation (TIMEOUT); the orders are asked for page by page."]


def refused(told: Told) -> Told:
    """Five run already."""
    answer = json.loads(told.body)
    if "bulkOperationRunQuery" in (answer.get("data") or {}):
        message = "Limit of bulk queries reached."
        answer["data"]["bulkOperationRunQuery"] = {"bulkOperation": None, "userErrors": [{"message": message}]}
    return Told(200, told.headers, json.dumps(answer).encode())


def scattered(told: Told) -> Told:
    """Lines in another order, that of a shop which does not group them."""
    lines = told.body.splitlines(keepends=True)
    orders = [one for one in lines if b"__parentId" not in one]
    mixed = b"".join([*orders, *(one for one in lines if one not in orders)])
    return Told(200, told.headers, mixed) if b"__parentId" in told.body else told


def cut(told: Told) -> Told:
    """The file ends within a line, and nothing tells."""
    return Told(200, told.headers, told.body[:-9]) if b"__parentId" in told.body else told


@pytest.mark.parametrize("fault", [refused, scattered, cut], ids=["refused", "scattered", "cut"])
def test_where_it_does_not_go_in_bulk_it_goes_by_pages(
    traded: ShopUpstream, in_bulk: ShopOptions, upstream: Upstream, clock: TurnableClock, fault: Fault
) -> None:
    traded.server.faults.extend([fault] * 6)
    found, remarks, _ = pulled(in_bulk, upstream, clock)
    assert len(found) == 60
    assert len(remarks) == 1
    assert remarks[0].endswith("The orders are asked for page by page.")


def test_a_shop_without_orders_has_none_in_bulk(
    shop: ShopUpstream, in_bulk: ShopOptions, upstream: Upstream, clock: TurnableClock
) -> None:
    assert pulled(in_bulk, upstream, clock)[:2] == ({}, [])


def test_the_file_is_fetched_without_the_token(
    traded: ShopUpstream, in_bulk: ShopOptions, upstream: Upstream, clock: TurnableClock
) -> None:
    pulled(in_bulk, upstream, clock)
    (fetched,) = [one for one in traded.server.asked if one.method == "GET"]
    assert "x-shopify-access-token" not in {name.casefold() for name in fetched.headers}
