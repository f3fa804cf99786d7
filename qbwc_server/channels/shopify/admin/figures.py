"""Figures of a shop by day: what orders and Shopify Payments say, and which document has to say the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from qbwc_server.channels.contract import Figure
from qbwc_server.channels.shopify.admin.names import SHOPIFY_PAYMENTS
from qbwc_server.shop.days import day_of
from qbwc_server.shop.events import Event, Ledger
from qbwc_server.shop.order import Place
from qbwc_server.shop.payouts import About, BalanceTransaction, Payout
from qbwc_server.shop.planned import Kind, Planned
from qbwc_server.shop.terms import Terms

SOLD = "sold"  # what buyers owe more by it
MONEY = "money"  # by one way
COUNTED = "counted"  # money of orders, as the channel counts it
TRANSFERRED = "transferred"  # what left the channel's hands for the bank
PAID_OUT = "paid_out"
CLEARING = "clearing"  # a change of the clearing account by a document that is none of an order
CHANGES = {About.FEE: "fees", About.DISPUTE: "disputes", About.RESERVE: "reserve", About.RETURNED: "returned"}
ADJUSTMENTS = "adjustments"
_SIGNS = {
    Kind.SALES_RECEIPT: 1,
    Kind.INVOICE: 1,
    Kind.CREDIT_MEMO: -1,
    Kind.PAYMENT: 1,
    Kind.CARD_REFUND: -1,
    Kind.CHECK: -1,
    Kind.JOURNAL_ENTRY: -1,
}
_SALES = frozenset((Kind.SALES_RECEIPT, Kind.INVOICE, Kind.CREDIT_MEMO))
_ONLY_MONEY = frozenset((Kind.PAYMENT, Kind.CARD_REFUND, Kind.CHECK, Kind.JOURNAL_ENTRY))


def of_ledger(ledger: Ledger, part: tuple[Place, date] | None = None) -> Iterator[Figure]:
    """What an order says; of one place and day only, where that is named."""
    for event in ledger.events:
        if part is None or (event.place.id, event.day) == (part[0].id, part[1]):
            yield from _of_event(ledger, event)


def _of_event(ledger: Ledger, event: Event) -> Iterator[Figure]:
    amounts = [(SOLD, "", event.owed), *((MONEY, one.gateway, one.amount) for one in event.tenders)]
    for part, way, amount in amounts:
        if amount:
            place, order = event.place, ledger.order
            yield Figure(event.day, part, amount, way, place.id, place.name, order.key, order.name)


def of_documents(planned: Iterable[Planned]) -> Iterator[Figure]:
    """What the documents of orders have to say."""
    for one in planned:
        sign = _SIGNS.get(one.kind)
        if sign is None:
            continue
        amount = sign * one.amount
        if one.kind in _SALES:
            yield _of_document(one, SOLD, "", amount)
        if one.gateway and one.kind in (*_ONLY_MONEY, Kind.SALES_RECEIPT):
            yield _of_document(one, MONEY, one.gateway, amount)


def _of_document(one: Planned, part: str, way: str, amount: Decimal) -> Figure:
    return Figure(
        one.day,
        part,
        amount,
        way,
        one.place.id,
        one.place.name,
        one.order.key if one.order is not None else "",
        one.order.name if one.order is not None else "",
        one.origin,
        one.kind.value,
    )


def of_balance(
    found: Sequence[BalanceTransaction], days: Iterable[date], origins: dict[date, str], terms: Terms
) -> Iterator[Figure]:
    """What Shopify Payments says of each of these days, and what the entry of that day has to say."""
    real = [one for one in found if terms.include_test_orders or not one.is_test]
    for day in days:
        sums: dict[str, Decimal] = {}
        for one in real:
            if day_of(one.at, terms) == day:
                for part, amount in _parts(one):
                    sums[part] = sums.get(part, Decimal(0)) + amount
        yield from (Figure(day, part, amount, SHOPIFY_PAYMENTS) for part, amount in sums.items() if amount)
        change = sum((amount for part, amount in sums.items() if part not in (COUNTED, TRANSFERRED)), Decimal(0))
        if day in origins:
            yield Figure(day, CLEARING, change, SHOPIFY_PAYMENTS, origin=origins[day], kind="journal_entry")


def _parts(one: BalanceTransaction) -> Iterator[tuple[str, Decimal]]:
    """The parts of a transaction; its fee is one by itself, but for that of a payout."""
    if one.about is About.PAYOUT:
        yield TRANSFERRED, one.net
        return
    yield COUNTED if one.about is About.ORDER else CHANGES.get(one.about, ADJUSTMENTS), one.amount
    if one.fee:
        yield CHANGES[About.FEE], -one.fee


def of_payout(payout: Payout, terms: Terms) -> Iterator[Figure]:
    """A payout that has left, and the transfer that has to say it."""
    day, called = day_of(payout.at, terms), f"Payout {payout.id}"
    for origin, kind in (("", ""), (payout.origin, "transfer")):
        yield Figure(day, PAID_OUT, -payout.net, SHOPIFY_PAYMENTS, "", "", payout.id, called, origin, kind)
