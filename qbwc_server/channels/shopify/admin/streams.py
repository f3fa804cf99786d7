"""The streams of a shop: what each brings, how it is asked for, and which scope that takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from qbwc_server.channels.contract import Stream, Window
from qbwc_server.channels.shopify.admin import selections
from qbwc_server.channels.shopify.admin.fields import Field
from qbwc_server.channels.shopify.admin.listings import Listing
from qbwc_server.channels.shopify.admin.options import Mode, ShopOptions
from qbwc_server.channels.shopify.admin.whole import Kind

_HOUR = timedelta(hours=1)
_PAYMENTS = "shopifyPaymentsAccount"
ORDER = Kind("order", "Order", selections.ORDER, {"refunds": "refund"}, frozenset({("agreements", "sales")}))
ORDERS = Listing("orders", "orders", selections.ORDER, sort="UPDATED_AT")
PAYOUTS = Listing("payouts", "payouts", selections.PAYOUT, sort="ISSUED_AT", under=_PAYMENTS)
INCLUDED = Listing(
    "balanceTransactions", "transactions of a payout", selections.INCLUDED, sort="PROCESSED_AT", under=_PAYMENTS
)


@dataclass(frozen=True, slots=True)
class Told:
    """A stream whose facts are objects of one list.

    Args:
        kind: how one of them is asked for by itself.
        listing: the list.
        changed: the field that says when an object changed, if any does; it is what is told otherwise.
        filters: the searches that together find what may have changed since a moment; None: it is read whole each time.
        nightly: once a night it is read whole, since nothing tells what has changed.
    """

    kind: Kind
    listing: Listing
    changed: str | None
    filters: Callable[[datetime | None], tuple[str | None, ...]] | None
    nightly: bool = False


def _said(moment: datetime) -> str:
    return f"'{moment.strftime('%Y-%m-%dT%H:%M:%SZ')}'"


def since(field: str, moment: datetime | None, back: timedelta = timedelta(0)) -> str | None:
    """The search for what has a time of its own from a moment on."""
    return None if moment is None else f"{field}:>={_said(moment - back)}"


def _sessions(moment: datetime | None) -> tuple[str | None, ...]:
    """Those that were closed since, and those opened of late: the open ones among them are read again and again."""
    if moment is None:
        return (None,)
    return since("closing_time", moment), since("opening_time", moment, timedelta(days=3))


def _days(moment: datetime | None) -> tuple[str | None, ...]:
    """Customers are found by whole days only."""
    return (None if moment is None else f"updated_at:>={(moment - timedelta(days=1)).date().isoformat()}",)


def _by(field: str) -> Callable[[datetime | None], tuple[str | None, ...]]:
    return lambda moment: (since(field, moment),)


def _kind(root: str, title: str, of: tuple[Field, ...]) -> Kind:
    return Kind(root, title, of, {})


LISTED: dict[str, Told] = {
    "balance_transactions": Told(
        _kind("node", "Balance transaction", selections.BALANCE_TRANSACTION),
        Listing(
            "balanceTransactions",
            "balance transactions",
            selections.BALANCE_TRANSACTION,
            sort="PROCESSED_AT",
            under=_PAYMENTS,
        ),
        "transactionDate",
        _by("processed_at"),
    ),
    "cash_sessions": Told(
        _kind("cashTrackingSession", "Cash session", selections.CASH_SESSION),
        Listing("cashTrackingSessions", "cash sessions", selections.CASH_SESSION, sort="OPENING_TIME_ASC"),
        None,
        _sessions,
    ),
    "gift_cards": Told(
        _kind("giftCard", "Gift card", selections.GIFT_CARD),
        Listing("giftCards", "gift cards", selections.GIFT_CARD, sort="CREATED_AT"),
        None,
        _by("created_at"),
        nightly=True,
    ),
    "locations": Told(
        _kind("location", "Location", selections.LOCATION),
        Listing("locations", "locations", selections.LOCATION),
        None,
        None,
    ),
    "products": Told(
        _kind("product", "Product", selections.PRODUCT),
        Listing("products", "products", selections.PRODUCT, sort="UPDATED_AT"),
        "updatedAt",
        _by("updated_at"),
    ),
    "customers": Told(
        _kind("customer", "Customer", selections.CUSTOMER),
        Listing("customers", "customers", selections.CUSTOMER, sort="UPDATED_AT"),
        "updatedAt",
        _days,
    ),
}


def _always(options: ShopOptions) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Source:
    """One stream, and when it is asked for.

    Args:
        scope: without it there is nothing of it.
        every: at most so often; what changes rarely is not asked for in every run.
        wanted: whether the options want it at all.
    """

    stream: Stream
    scope: str
    every: timedelta = timedelta(0)
    wanted: Callable[[ShopOptions], bool] = _always

    def is_due(self, window: Window) -> bool:
        """Whether the time has come since it was asked for last."""
        if window.since is None or not self.every:
            return True
        return hour_of(window.since + self.stream.overlap, self.every) != hour_of(window.until, self.every)


def hour_of(moment: datetime, every: timedelta) -> int:
    """Which hour, or other span of time, a moment is in."""
    return int(moment.timestamp() // every.total_seconds())


SOURCES = (
    Source(Stream("locations", "Locations", overlap=_HOUR, drafted=False), "read_locations", every=_HOUR),
    Source(
        Stream("products", "Products with their variants", drafted=False),
        "read_products",
        wanted=lambda options: options.inventory is Mode.DETAILED,
    ),
    Source(
        Stream("customers", "Customers", drafted=False),
        "read_customers",
        every=_HOUR,
        wanted=lambda options: options.customers is Mode.DETAILED,
    ),
    Source(Stream("orders", "Orders with their payments and refunds"), "read_orders"),
    Source(Stream("gift_cards", "Gift cards", overlap=_HOUR), "read_gift_cards"),
    Source(Stream("cash_sessions", "Cash sessions", overlap=_HOUR), "read_cash_tracking"),
    Source(Stream("cash_days", "Cash of each day and place", overlap=_HOUR, drafted=False), "read_cash_tracking"),
    Source(
        Stream("balance_transactions", "Balance transactions of Shopify Payments", overlap=_HOUR),
        "read_shopify_payments_payouts",
    ),
    Source(Stream("payouts", "Payouts", overlap=_HOUR), "read_shopify_payments_payouts", every=_HOUR),
    Source(
        Stream("balances", "What Shopify Payments holds", overlap=_HOUR, drafted=False),
        "read_shopify_payments_payouts",
        every=_HOUR,
    ),
)
BY_NAME = {one.stream.name: one for one in SOURCES}
