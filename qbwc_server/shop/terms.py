"""What a bookkeeper decides about the books of a shop."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class RevenueDate(StrEnum):
    """On which day an order is revenue."""

    FULFILLED = "fulfilled"  # when the last of it was handed over; before, money is a credit of the customer
    CREATED = "created"


class Discounts(StrEnum):
    """How what was taken off stands in the books."""

    OWN_LINES = "own_lines"  # sales by list price, discounts in their own account
    NET = "net"  # sales after discounts


class Open(StrEnum):
    """What stands in the books of an order that is neither revenue nor paid."""

    SALES_ORDER = "sales_order"  # Pro has none
    ESTIMATE = "estimate"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Terms:
    """How orders are read. ``rounding_cap``: the largest difference of a document that goes to the rounding account.

    ``zone``: of the shop, as its clocks run. ``shop``: which one it is, in origins of what has no order and no place.
    """

    zone: str
    shop: str = "web"
    revenue_date: RevenueDate = RevenueDate.FULFILLED
    discounts: Discounts = Discounts.OWN_LINES
    open_orders: Open = Open.WAIT
    rounding_cap: Decimal = Decimal("0.05")
    include_test_orders: bool = False
    gift_card_gateways: frozenset[str] = frozenset(("gift_card", "gift card"))
    store_credit_gateways: frozenset[str] = frozenset(("shopify_store_credit", "store_credit", "store credit"))
    exchange_gateways: frozenset[str] = frozenset(("exchange-credit", "exchange_credit", "exchange credit"))
    cash_gateways: frozenset[str] = frozenset(("cash",))
