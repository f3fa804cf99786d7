"""What the orders export tells: the typed order, and beside it what the file says of its money without saying when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from qbwc_server.channels.shopify.footing import Amounts, Footing, foot
from qbwc_server.documents.problems import Problem
from qbwc_server.shop.money import NOTHING, rounded, share_out
from qbwc_server.shop.order import Financial, Item, Order, Tax
from qbwc_server.shop.planned import ORIGIN

STATUSES = {
    "paid": Financial.PAID,
    "partially_refunded": Financial.PARTIALLY_REFUNDED,
    "refunded": Financial.REFUNDED,
    "pending": Financial.PENDING,
    "unpaid": Financial.PENDING,
    "overdue": Financial.PENDING,
    "authorized": Financial.AUTHORIZED,
    "partially_paid": Financial.PARTIALLY_PAID,
    "voided": Financial.VOIDED,
    "expired": Financial.EXPIRED,
}
_RECEIVED = frozenset((Financial.PAID, Financial.PARTIALLY_REFUNDED, Financial.REFUNDED))  # the whole sum came in
_CARDS = frozenset(("gift_card", "gift card", "store_credit", "shopify_store_credit", "store credit"))


@dataclass(frozen=True, slots=True)
class Exported:
    """One order of the file.

    Attributes:
        order: without its money.
        is_identified: whether its key is the shop's own id; else it is the name.
        ways: the cell of the payment method: ``Stripe + gift_card``.
        paid_at: when the last of it was paid, as far as that is told.
        owed: what is still owed, as far as that is told; below zero: too much was paid.
    """

    order: Order
    is_identified: bool
    ways: str = ""
    discount_code: str = ""
    paid_at: datetime | None = None
    owed: Decimal | None = None
    refunded: Decimal = NOTHING

    @property
    def origin(self) -> str:
        """The origin of the sale."""
        return ORIGIN + self.order.key

    @property
    def total(self) -> Decimal:
        """Of the order."""
        return self.order.totals.total or NOTHING

    @property
    def is_paid(self) -> bool:
        """Whether the whole sum came in."""
        return self.order.financial in _RECEIVED

    @property
    def received(self) -> Decimal:
        """What came in until now, as the shop says."""
        if self.is_paid:
            return self.total
        if self.order.financial is Financial.PARTIALLY_PAID and self.owed is not None:
            return self.total - self.owed
        return NOTHING

    @property
    def by_cards(self) -> bool | None:
        """Whether gift cards or store credit paid for it: True: nothing else did; None: they did in part."""
        ways = [way.strip().casefold() for way in self.ways.split("+") if way.strip()]
        cards = [way in _CARDS for way in ways]
        return None if any(cards) and not all(cards) else bool(cards) and all(cards)


def settled(told: Exported, cap: Decimal) -> tuple[Exported, Footing]:
    """The order by the reading of its amounts that comes to its total: discounts and taxes on the lines they are of."""
    order, unit = told.order, told.order.unit
    of_lines = sum((item.discount for item in order.items), NOTHING)
    footing = foot(_amounts(order, of_lines), cap)
    off = footing.reading.discount
    if off == of_lines or not order.items:
        discounts = [item.discount for item in order.items]
    else:
        discounts = share_out(off, _weights(order.items), unit)
    items = tuple(replace(item, discount=one) for item, one in zip(order.items, discounts, strict=True))
    if items:
        items = tuple(_taxed(items, list(_taxes(order)), unit))
    totals = replace(order.totals, subtotal=None, discounts=None)
    order = replace(order, items=items, totals=totals, tax_included=footing.reading.tax_included)
    return replace(told, order=order), footing


def _amounts(order: Order, of_lines: Decimal) -> Amounts:
    named = sum((tax.amount for tax in order.taxes), NOTHING)
    return Amounts(
        goods=sum((rounded(item.listed, order.unit) for item in order.items), NOTHING),
        subtotal=order.totals.subtotal,
        discount=order.totals.discounts or NOTHING,
        line_discounts=of_lines,
        shipping=sum((one.price for one in order.shipping), NOTHING),
        taxes=named if order.totals.tax is None else order.totals.tax,
        duties=sum((one.price for one in order.duties), NOTHING),
        total=order.totals.total or NOTHING,
    )


def _taxes(order: Order) -> Iterator[Tax]:
    """Each by its name; one without a name where the file tells only what they come to."""
    if order.taxes:
        yield from order.taxes
    elif order.totals.tax:
        yield Tax("Taxes", order.totals.tax)


def _weights(items: tuple[Item, ...]) -> list[Decimal]:
    """By what they cost: gift cards and tips are neither reduced nor taxed, unless there is nothing else."""
    plain = [NOTHING if item.is_tip or item.is_gift_card else item.listed - item.discount for item in items]
    found = [max(one, NOTHING) for one in plain]
    return found if any(found) else [max(item.listed, NOTHING) for item in items]


def _taxed(items: tuple[Item, ...], taxes: list[Tax], unit: Decimal) -> Iterator[Item]:
    weights = _weights(items)
    shares = [share_out(tax.amount, weights, unit) for tax in taxes]
    for at, item in enumerate(items):
        of_item = (replace(tax, amount=some[at]) for tax, some in zip(taxes, shares, strict=True))
        yield replace(item, taxes=tuple(tax for tax in of_item if tax.amount))


def doubts_of(told: Exported, footing: Footing) -> Iterator[Problem]:
    """What the file leaves open, for a person."""
    order = told.order
    if footing.ambiguous:
        yield Problem(
            "two_readings",
            "total",
            f"Order {order.name} comes to its total in two ways: with the tax in the prices, or on top of them.",
            "Compare the lines with the order in Shopify, then submit the document or correct it.",
        )
    owed = told.owed or NOTHING
    if told.is_paid and owed > 0:
        yield Problem(
            "paid_with_balance",
            "payment_method",
            f"Order {order.name} counts as paid, but {owed} of {told.total} is still owed.",
            "Look the order up in Shopify. Submit the document if all of it was received; else exclude it and "
            "enter an invoice with the payment received.",
        )
    if told.is_paid and owed < 0:
        yield Problem(
            "paid_too_much",
            "total",
            f"{-owed} more was paid of order {order.name} than its total of {told.total}.",
            "Look the order up in Shopify. Submit the document, and refund the difference or enter it as a payment.",
        )
    if order.financial is Financial.PARTIALLY_PAID and told.owed is None:
        yield Problem(
            "paid_in_part_unknown",
            "total",
            f"Order {order.name} was paid in part, and the file does not say how much.",
            "Export the orders again with the column Outstanding Balance, and import that file; else submit the "
            "invoice and enter the payment by hand.",
        )
