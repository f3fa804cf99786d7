"""Prices come from QuickBooks: the item's, at the customer's price level; what cannot be evaluated says so."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.billing_runs.prices import Doubt, cost_in_books, price_of
from qbwc_server.books.mirror.models import MirrorEntry

SOLD = {"sales_or_purchase": {"price": "12.00", "price_percent": None}}
BOTH = {"sales_and_purchase": {"sales_price": "12.00", "purchase_cost": "8.40"}}


def item(**rest: Any) -> MirrorEntry:
    return MirrorEntry(list_id="I-1", full_name="Licence", entry_type="Service", rest=rest)


def level(entry_type: str = "FixedPercentage", **rest: Any) -> MirrorEntry:
    return MirrorEntry(list_id="L-1", full_name="Gold", entry_type=entry_type, rest=rest)


def per_item(**said: Any) -> MirrorEntry:
    return level("PerItem", price_level_per_item_rets=[{"item": {"list_id": "I-1"}, **said}])


@pytest.mark.parametrize(
    ("of", "at", "value"),
    [
        (item(**SOLD), None, "12.00"),
        (item(**BOTH), None, "12.00"),
        (item(sales_price="7.5"), None, "7.5"),
        (item(**SOLD), level(price_level_fixed_percentage="-10.0"), "10.80000"),
        (item(sales_price="9.99"), level(price_level_fixed_percentage="33.333"), "13.31997"),
        (item(**SOLD), per_item(custom_price="11.25", custom_price_percent=None), "11.25"),
        (item(**SOLD), per_item(custom_price=None, custom_price_percent="50"), "18.00000"),
        (item(**SOLD), level("PerItem", price_level_per_item_rets=[{"item": {"list_id": "other"}}]), "12.00"),
    ],
    ids=["sold", "both", "stock", "minus 10", "rounded", "custom", "percent", "not named"],
)  # f9
def test_the_price_that_quickbooks_fills_in(of: MirrorEntry, at: MirrorEntry | None, value: str) -> None:
    price = price_of(of, at, has_level=at is not None)
    assert (price.value, price.doubt) == (Decimal(value), None)


@pytest.mark.parametrize(
    ("of", "at", "has_level", "doubt"),
    [
        (None, None, False, Doubt.NO_PRICE),
        (item(), None, False, Doubt.NO_PRICE),
        (item(sales_or_purchase={"price": None, "price_percent": "5"}), None, False, Doubt.NO_PRICE),
        (item(sales_price="0.00"), None, False, Doubt.NO_PRICE),
        (item(**SOLD), None, True, Doubt.LEVEL_UNKNOWN),
        (item(**SOLD), level("PerItem"), True, Doubt.LEVEL_UNKNOWN),
        (item(**SOLD), per_item(custom_price="x", custom_price_percent=None), True, Doubt.LEVEL_UNKNOWN),
    ],
    ids=["no item", "nothing", "percent", "zero", "not read", "items not read", "odd"],
)
def test_what_is_not_known_is_said(
    of: MirrorEntry | None, at: MirrorEntry | None, doubt: Doubt, *, has_level: bool
) -> None:
    price = price_of(of, at, has_level=has_level)
    assert (price.value, price.doubt, price.words != "") == (None, doubt, True)


def test_only_an_item_that_is_bought_has_a_cost() -> None:  # S4-04
    assert cost_in_books(item(**BOTH)) == Decimal("8.40")
    assert cost_in_books(item(purchase_cost="3.1")) == Decimal("3.1")
    assert (cost_in_books(item(**SOLD)), cost_in_books(None)) == (None, None)
