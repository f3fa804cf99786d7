"""Days of trade foot to the cent, are the same for the same seed, and live through a change of clocks."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.simulator.shop.store import Store
from qbwc_server.simulator.shop.trade import Trade

AFTER = datetime(2027, 1, 1, tzinfo=UTC)


def traded(first_day: date = date(2026, 3, 7), *, seed: int = 7) -> Store:
    """Three days, the second of which has 23 hours in New York, and all that came of them later."""
    store = Store(lambda: AFTER)
    Trade(store, seed=seed, first_day=first_day, days=3, orders_a_day=60).until(AFTER)
    return store


@pytest.fixture(scope="module")
def store() -> Store:
    return traded()


def cents(money: dict[str, Any]) -> int:
    return int(Decimal(money.get("shopMoney", money)["amount"]) * 100)


def all_of(store: Store, name: str) -> list[dict[str, Any]]:
    return list(store.lists[name].values())


def test_the_ledger_of_each_order_comes_to_what_the_order_says(store: Store) -> None:
    for order in all_of(store, "orders"):
        sales = [one for agreement in order["agreements"] for one in agreement["sales"]]
        assert sum(cents(one["totalAmount"]) for one in sales) == cents(order["currentTotalPriceSet"]), order["name"]
        assert sum(cents(one["totalTaxAmount"]) for one in sales) == cents(order["currentTotalTaxSet"]), order["name"]
        paid = sum(
            cents(one["amountSet"]) * {"SALE": 1, "CAPTURE": 1, "REFUND": -1}.get(one["kind"], 0)
            for one in order["transactions"]
        )
        assert paid == cents(order["netPaymentSet"]) <= cents(order["currentTotalPriceSet"]), order["name"]


def test_what_is_sold_has_all_that_a_busy_shop_has(store: Store) -> None:
    orders = all_of(store, "orders")
    lines = [line for order in orders for line in order["lineItems"]]
    transactions = [one for order in orders for one in order["transactions"]]
    assert len(orders) == 180
    assert {one["gateway"] for one in transactions} == {"cash", "shopify_payments", "manual", "gift_card"}
    assert {one["kind"] for one in transactions} == {"SALE", "AUTHORIZATION", "CAPTURE", "REFUND"}
    assert any(line["isGiftCard"] for line in lines)
    assert any(line["discountAllocations"] for line in lines)
    assert any(cents(order["totalTipReceivedSet"]) for order in orders)
    assert any(order["refunds"] for order in orders)
    assert any(tax["channelLiable"] for order in orders for tax in order["taxLines"])
    assert any(cents(order["totalCashRoundingAdjustment"]["paymentSet"]) for order in orders)
    assert {order["displayFinancialStatus"] for order in orders} >= {"PAID", "PARTIALLY_REFUNDED", "VOIDED"}


def test_shopify_payments_holds_what_came_less_what_it_cost_and_what_it_paid(store: Store) -> None:
    transactions = all_of(store, "balanceTransactions")
    assert store.balance is not None
    assert sum(cents(one["net"]) for one in transactions) == cents(store.balance[0])
    for payout in all_of(store, "payouts"):
        inside = [one for one in transactions if (one["associatedPayout"] or {}).get("id") == payout["id"]]
        sign = 1 if payout["transactionType"] == "DEPOSIT" else -1
        assert sum(cents(one["net"]) for one in inside if one["type"] != "TRANSFER") == sign * cents(payout["net"])
        assert payout["status"] in ("PAID", "FAILED")


def test_every_charge_of_a_card_is_a_balance_transaction_once(store: Store) -> None:
    charged = Counter(
        one["id"].rpartition("/")[2]
        for order in all_of(store, "orders")
        for one in order["transactions"]
        if one["gateway"] == "shopify_payments" and one["kind"] in ("SALE", "CAPTURE") and not one["test"]
    )
    told = Counter(
        one["sourceOrderTransactionId"] for one in all_of(store, "balanceTransactions") if one["type"] == "CHARGE"
    )
    assert charged == told


def test_each_drawer_is_closed_and_opens_with_what_was_counted(store: Store) -> None:
    sessions = sorted(all_of(store, "cashTrackingSessions"), key=lambda one: str(one["openingTime"]))
    assert len(sessions) == 6
    for place in {one["location"]["id"] for one in sessions}:
        here = [one for one in sessions if one["location"]["id"] == place]
        for one, following in itertools.pairwise(here):
            assert one["closingBalance"] == following["openingBalance"]
    for one in sessions:
        moved = sum(cents(move["cash"]) for move in one["adjustments"])
        taken = sum(
            (cents(paid["amountSet"]) + cents(paid["amountRoundingSet"])) * (-1 if paid["kind"] == "REFUND" else 1)
            for paid in one["cashTransactions"]
        )
        assert cents(one["openingBalance"]) + moved + taken == cents(one["expectedClosingBalance"])
        assert taken == cents(one["netCashSales"])
        assert cents(one["closingBalance"]) - cents(one["expectedClosingBalance"]) == cents(one["totalDiscrepancy"])


def test_shops_open_by_their_own_clocks(store: Store) -> None:
    """On 8 March 2026 the clocks of New York go forward."""
    opened = {one["openingTime"] for one in all_of(store, "cashTrackingSessions")}
    assert opened == {"2026-03-07T14:00:00Z", "2026-03-08T13:00:00Z", "2026-03-09T13:00:00Z"}


def test_a_seed_always_gives_the_same_trade(store: Store) -> None:
    again = traded()
    assert {name: all_of(again, name) for name in again.lists} == {name: all_of(store, name) for name in store.lists}
    assert all_of(traded(seed=8), "orders") != all_of(store, "orders")


def test_things_happen_as_the_clock_goes_on() -> None:
    store = Store(lambda: AFTER)
    trade = Trade(store, seed=7, first_day=date(2026, 3, 7), days=1, orders_a_day=60)
    assert trade.until(datetime(2026, 3, 7, 4, tzinfo=UTC)) == 0
    noon = datetime(2026, 3, 7, 17, tzinfo=UTC)
    trade.until(noon)
    some = all_of(store, "orders")
    assert 0 < len(some) < 60
    assert all(datetime.fromisoformat(one["updatedAt"]) <= noon for one in some)
