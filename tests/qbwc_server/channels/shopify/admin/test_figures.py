"""What the orders of days of trade say and what their documents have to say is the same, in both modes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from qbwc_server.channels.contract import Draft, Fact, Figure
from qbwc_server.channels.shopify.admin.drafts import draft
from qbwc_server.channels.shopify.admin.options import ShopOptions
from tests.qbwc_server.simulator.shop.test_trade import all_of, traded

from .test_drafts import DETAILED, SHOP, SUMMARY, facts

Sums = dict[tuple[date, str, str], Decimal]
_NOW = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.mark.parametrize("chosen", [SUMMARY, DETAILED], ids=["summary", "detailed"])
def test_orders_and_their_documents_come_to_the_same(chosen: ShopOptions) -> None:
    told: Sums = {}
    meant: Sums = {}
    for group in facts(chosen, *all_of(traded(), "orders")):
        made = list(draft(group, chosen))
        totals = {one.document.origin: one.document for one in made if isinstance(one, Draft)}
        for one in made:
            if not isinstance(one, Figure):
                continue
            key = one.day, one.part, one.way
            if not one.origin:
                told[key] = told.get(key, Decimal(0)) + one.amount
            elif one.origin in totals and totals[one.origin].kind == one.kind:  # the other shape is not made
                total = totals[one.origin].comes_to()
                assert total == abs(one.amount)
                meant[key] = meant.get(key, Decimal(0)) + (total if one.amount >= 0 else -total)
    assert {key: amount for key, amount in told.items() if amount} == {
        key: amount for key, amount in meant.items() if amount
    }
    assert {part for _, part, _ in told} == {"sold", "money"}
    assert {way for _, _, way in told} == {"", "cash", "manual", "shopify_payments"}


def test_a_day_of_shopify_payments_comes_to_what_its_entry_changes() -> None:
    by_day: dict[str, list[Fact]] = {}
    for node in all_of(traded(), "balanceTransactions"):
        day = str(node["transactionDate"])[:10]
        by_day.setdefault(day, []).append(Fact(node["id"], _NOW, {**node, "shop": SHOP}))
    compared = 0
    for group in by_day.values():
        made = list(draft(group, SUMMARY))
        entries = {one.document.origin: one.document for one in made if isinstance(one, Draft)}
        for one in (one for one in made if isinstance(one, Figure) and one.origin):
            lines = entries[one.origin].model_dump()["lines"]
            account = next(line for line in lines if line["memo"].startswith("Shopify Payments"))
            assert (account["debit"] or 0) - (account["credit"] or 0) == one.amount
            compared += 1
    assert compared >= 3
