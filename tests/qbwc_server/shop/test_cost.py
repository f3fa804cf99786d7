"""The cost of goods, where QuickBooks does not know it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from qbwc_server.shop.cost import cost_of_day, cost_of_order
from qbwc_server.shop.events import Ledger
from qbwc_server.shop.journals import Account
from qbwc_server.shop.ledger import ledger_of
from qbwc_server.shop.order import Place
from qbwc_server.shop.order_node import order_of

from .shopped import TERMS, back, back_line, item, order, paid

AT, LATER = "2026-03-02T17:00:00Z", "2026-03-05T17:00:00Z"


def sold(restock: str = "RETURN") -> Ledger:
    """Three of one thing whose cost is known, one of another; one came back."""
    cost = {"inventoryItem": {"unitCost": {"amount": "4.005", "currencyCode": "USD"}}}
    goods = [item(1, "10.0", 3, variant=cost), item(2, "5.0")]
    money = [paid(2, "10.0", LATER, kind="REFUND")]
    refund = back(5, [back_line(1, 1, "10.0", restockType=restock)], money, LATER)
    return ledger_of(order_of(order("35.0", goods, transactions=[paid(1, "35.0", AT)], refunds=[refund])), TERMS)


@pytest.mark.parametrize(("restock", "wanted"), [("RETURN", ["12.02", "-4.01"]), ("NO_RESTOCK", ["12.02"])])
def test_cost_goes_with_the_goods(restock: str, wanted: list[str]) -> None:  # part b
    found = cost_of_order(sold(restock))
    assert [one.postings[0].amount for one in found] == [Decimal(amount) for amount in wanted]
    assert [one.day for one in found] == [date(2026, 3, 2), date(2026, 3, 5)][: len(wanted)]
    assert {one.account for one in found[0].postings} == {Account.COST_OF_GOODS, Account.INVENTORY}
    assert "estimated" in found[0].memo


def test_a_day_has_one_entry() -> None:
    entry = cost_of_day([sold(), sold()], Place(), date(2026, 3, 2), "tea")
    assert entry is not None
    assert entry.postings[0].amount == Decimal("24.04")
    assert entry.origin == "shopify:cost:tea:2026-03-02"
    assert cost_of_day([sold()], Place("7"), date(2026, 3, 2), "tea") is None
