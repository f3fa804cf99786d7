"""The ledger of an order: its sale, changes, money and refunds as dated events that foot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from qbwc_server.documents.problems import Problem
from qbwc_server.shop.days import day_of
from qbwc_server.shop.entries import Entry, Role, merged, ours, total
from qbwc_server.shop.events import Event, EventKind, Ledger, Tender, sorted_by_time
from qbwc_server.shop.exchanges import exchanged
from qbwc_server.shop.money import NOTHING
from qbwc_server.shop.order import (
    NOWHERE,
    Change,
    Edit,
    Financial,
    Fulfillment,
    Order,
    Place,
    Refund,
    SaleOf,
    Transaction,
)
from qbwc_server.shop.refunds import Before, given_back, shipping_of
from qbwc_server.shop.sale import Goods, Sold, change_entries, goods_of, sold
from qbwc_server.shop.terms import RevenueDate, Terms

_NO_SALE = {Financial.VOIDED: "its payment was voided", Financial.EXPIRED: "its authorisation expired"}

_NO_MONEY = {  # what pays and is none: what is said where it is redeemed, and where it is given
    Role.GIFT_CARDS: ("Gift card redeemed", "Refund to gift card"),
    Role.STORE_CREDIT: ("Store credit redeemed", "Refund to store credit"),
    Role.EXCHANGE: ("Paid by an exchange", "Exchanged"),  # what comes back pays for another order
}


def ledger_of(order: Order, terms: Terms) -> Ledger:
    """Everything that happened, in order of time."""
    if (why := _left_out(order, terms)) is not None:
        return Ledger(order, left_out=why)
    return _Telling(order, terms).told()


def revenue_at(order: Order, terms: Terms) -> datetime | None:
    """When the order became revenue, by the terms; None: not yet, or never."""
    if terms.revenue_date is RevenueDate.CREATED:
        return order.at
    if order.fulfillment is not Fulfillment.FULFILLED:
        return None
    return max(order.fulfilled_at or order.at, order.at)


def money_of(order: Order, terms: Terms) -> list[Transaction]:
    """The transactions that brought money, without change that was handed back at once, in order of time."""
    real = [one for one in order.transactions if terms.include_test_orders or not one.is_test]
    came = sorted((one for one in real if one.is_money_in), key=lambda one: (one.at, one.id))
    change = sum((one.amount for one in real if one.is_change), NOTHING)
    received = order.totals.received
    if not change or received is None or sum((one.amount for one in came), NOTHING) - change != received:
        return came
    found: list[Transaction] = []
    for one in came:
        off = min(change, one.amount) if one.gateway in terms.cash_gateways else NOTHING
        change -= off
        found.append(replace(one, amount=one.amount - off))
    return found


def _left_out(order: Order, terms: Terms) -> Problem | None:
    why = None
    money = any(one.is_money_in for one in order.transactions)
    if order.is_test and not terms.include_test_orders:
        why = "it is a test order"
    elif order.financial in _NO_SALE and not money:
        why = _NO_SALE[order.financial]
    elif order.cancelled_at is not None and not money:
        why = "it was cancelled before anything was paid"
    if why is None:
        return None
    code = why.rpartition(" ")[2].replace("paid", "cancelled")
    sentence = f"{order.called[:1].upper()}{order.called[1:]} is left out: {why}."
    return Problem(f"left_out_{code}", "", sentence, "Nothing to do, unless it stands in the books already.")


@dataclass
class _Telling:
    order: Order
    terms: Terms
    events: list[Event] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    not_sold: list[Entry] = field(default_factory=list)  # given back before it was revenue
    credit_used: Decimal = NOTHING
    paid: Decimal = NOTHING
    back: Decimal = NOTHING
    worth_back: Decimal = NOTHING
    shipping_back: Decimal = NOTHING

    def told(self) -> Ledger:
        """The whole ledger."""
        order, terms = self.order, self.terms
        self.problems += order.problems
        goods = {one.item.id: one for one in goods_of(order, terms)}
        whole = sold(order, terms)
        self.problems += whole.problems
        revenue = revenue_at(order, terms)
        money = money_of(order, terms)
        edits = self._edits_by_themselves(revenue, money, goods)
        first = merged([*whole.entries, *(one.negated() for _, entries in edits for one in entries)])
        cancelled = self._cancelled(whole, revenue, money)
        first = merged([*first, *(one.negated() for one in cancelled)])
        self.events += [self._event(f"edit:{edit.id}", EventKind.EDIT, edit.at, entries) for edit, entries in edits]
        for one in money:
            self._money(one)
        for refund in self._refunds():
            self._refund(refund, goods, first, edits, money, revenue)
        if cancelled and order.cancelled_at is not None:
            self.events.append(self._event("cancelled", EventKind.CANCELLED, order.cancelled_at, tuple(cancelled)))
        sale = merged([*first, *self.not_sold])
        if revenue is not None and sale:
            self.events.append(self._event("sale", EventKind.SALE, revenue, sale))
        self._money_agrees(money)
        theirs = total(one for one in (*first, *(one for _, entries in edits for one in entries)) if one.theirs)
        events = exchanged(self._without_theirs(sorted_by_time(self.events), theirs))
        kept = -sum((one.owed - one.paid for one in events), NOTHING) if order.cancelled_at is not None else NOTHING
        return Ledger(order, events, tuple(dict.fromkeys(self.problems)), money_kept=max(kept, NOTHING))

    # what is sold

    def _edits_by_themselves(
        self, revenue: datetime | None, money: Sequence[Transaction], goods: dict[str, Goods]
    ) -> list[tuple[Edit, tuple[Entry, ...]]]:
        """Edits after the sale of what was paid, at least in part; all others are part of the sale itself."""
        found = []
        for edit in self.order.edits:
            if revenue is None or edit.at <= revenue or not any(one.at < edit.at for one in money):
                continue
            entries = merged(entry for one in edit.changes for entry in self._change(one, goods))
            if entries:
                found.append((edit, entries))
        return found

    def _change(self, change: Change, goods: dict[str, Goods]) -> Iterator[Entry]:
        known = goods.get(change.of)
        if change.net < 0 and change.quantity and known is not None and not known.taken_out:
            return  # a refund tells of these units
        if change.about is SaleOf.UNKNOWN:
            self._ask("unknown_change", f"An edit of {self.order.called} changes it by {change.net}, not said of what.")
        yield from change_entries(self.order, change, known.item if known is not None else None, self.terms)

    def _cancelled(self, whole: Sold, revenue: datetime | None, money: Sequence[Transaction]) -> tuple[Entry, ...]:
        """What was revenue, and was cancelled without a refund that says so."""
        cancelled = self.order.cancelled_at
        if cancelled is None or revenue is None or not money or cancelled <= revenue:
            return ()
        return whole.taken_out

    # money

    def _money(self, one: Transaction) -> None:
        if not one.amount and not one.rounding:
            return
        entries, tenders = self._ways(one, 1)
        self.paid += one.amount
        self.events.append(self._event(f"payment:{one.id}", EventKind.MONEY, one.at, entries, tenders, one.place))

    def _ways(self, one: Transaction, sign: int) -> tuple[tuple[Entry, ...], tuple[Tender, ...]]:
        """A transaction as money of its way, or as what is owed less on cards; cash with what was rounded."""
        for gateways, role in (
            (self.terms.gift_card_gateways, Role.GIFT_CARDS),
            (self.terms.store_credit_gateways, Role.STORE_CREDIT),
            (self.terms.exchange_gateways, Role.EXCHANGE),
        ):
            if one.gateway in gateways:
                title = _NO_MONEY[role][0 if sign > 0 else 1]
                return (Entry(role, one.gateway, -sign * one.amount, title),), ()
        rounding = sign * one.rounding
        entries = (Entry(Role.CASH_ROUNDING, "cash", rounding, "Cash rounding"),) if rounding else ()
        return entries, (Tender(one.id, one.gateway, sign * one.amount + rounding, one.at),)

    def _money_agrees(self, money: Sequence[Transaction]) -> None:
        received = self.order.totals.received
        if received is None:
            return
        came = sum((one.amount for one in money), NOTHING)
        rounded = came + sum((one.rounding for one in money), NOTHING)
        if min(abs(came - received), abs(rounded - received)) > self.terms.rounding_cap:
            self._ask(
                "money_does_not_foot",
                f"The transactions of {self.order.called} come to {came}; the shop says that it received {received}.",
            )

    # refunds

    def _refunds(self) -> Iterator[tuple[Refund, list[Transaction]]]:
        """Each with the money that really went back; money that no refund tells of is one by itself."""
        real = [one for one in self.order.transactions if self.terms.include_test_orders or not one.is_test]
        back = {one.id: one for one in real if one.is_money_back}
        found = []
        for refund in self.order.refunds:
            found.append((refund, [back.pop(one) for one in refund.transactions if one in back]))
        lone = [one for one, moved in found if not moved]
        for one in list(back.values()):  # a refund whose transactions were not told, given back at the same time
            match = [at for at, refund in enumerate(lone) if abs((refund.at - one.at).total_seconds()) <= 60]
            if match:
                refund = lone[match[0]]
                next(moved for known, moved in found if known is refund).append(back.pop(one.id))
        found += [(Refund(one.id, one.at, transactions=(one.id,)), [one]) for one in back.values()]
        yield from sorted(found, key=lambda pair: (pair[0].at, pair[0].id))

    def _refund(
        self,
        pair: tuple[Refund, list[Transaction]],
        goods: dict[str, Goods],
        first: tuple[Entry, ...],
        edits: Sequence[tuple[Edit, tuple[Entry, ...]]],
        money: Sequence[Transaction],
        revenue: datetime | None,
    ) -> None:
        refund, moved = pair
        amount = sum((one.amount for one in moved), NOTHING)
        worth = total(first) + sum((total(e) for edit, e in edits if edit.at <= refund.at), NOTHING) - self.worth_back
        paid = sum((one.amount for one in money if one.at <= refund.at), NOTHING) - self.back
        shipping, _ = shipping_of(self.order)
        before = Before(max(paid - worth, NOTHING), max(worth - paid, NOTHING), shipping - self.shipping_back)
        given = given_back(self.order, goods, refund, amount, before)
        self.worth_back -= total(one for one in given.entries if one.role is not Role.REFUND_DIFFERENCES)
        self.back += amount
        self.shipping_back += given.shipping
        places = [*(one.place for one in moved), *(one.place for one in refund.lines)]
        place = next((one for one in places if one.id), NOWHERE)
        if revenue is None or refund.at < revenue:
            self._sold_and_back(refund, given.entries, place, moved=bool(amount))
        if amount or (revenue is not None and refund.at >= revenue and given.entries):
            self._give(refund, given.entries, moved, place)

    def _sold_and_back(self, refund: Refund, entries: tuple[Entry, ...], place: Place, *, moved: bool) -> None:
        """What is given back before it was revenue is no part of the sale; with money it is sold and taken back."""
        sale = [one for one in entries if one.role is not Role.REFUND_DIFFERENCES]
        plain = [Entry(e.role, e.of, e.amount, e.title, e.sku, e.product_type, e.quantity, e.theirs) for e in sale]
        self.not_sold += plain
        if moved and plain:
            sold_then = merged(one.negated() for one in plain)
            key = f"sold:{refund.id}"
            self.events.append(self._event(key, EventKind.SOLD_AND_BACK, refund.at, sold_then, (), place))

    def _give(self, refund: Refund, entries: tuple[Entry, ...], moved: Sequence[Transaction], place: Place) -> None:
        day = self._day(refund.at)
        same = [self._ways(one, -1) for one in moved if self._day(one.at) == day]
        more = tuple(entry for found, _ in same for entry in found)
        tenders = tuple(tender for _, found in same for tender in found)
        key = f"refund:{refund.id}"
        self.events.append(self._event(key, EventKind.REFUND, refund.at, merged([*entries, *more]), tenders, place))
        for one in moved:
            if self._day(one.at) != day:
                late, ways = self._ways(one, -1)
                self.events.append(self._event(f"back:{one.id}", EventKind.MONEY_BACK, one.at, late, ways, one.place))

    # all together

    def _without_theirs(self, events: Sequence[Event], owed: Decimal) -> tuple[Event, ...]:
        """Taxes that the channel owes stand nowhere: they are netted from the money that holds them."""
        back = -total(e for one in events for e in one.entries if e.theirs and one.kind is EventKind.REFUND)
        found = []
        for one in events:
            tenders = []
            for tender in one.tenders:
                off = min(owed, tender.amount) if tender.amount > 0 else -min(back, -tender.amount)
                owed, back = (owed - off, back) if tender.amount > 0 else (owed, back + off)
                tenders.append(Tender(tender.id, tender.gateway, tender.amount - off, tender.at) if off else tender)
            found.append(Event(one.key, one.kind, one.at, one.day, one.place, ours(one.entries), tuple(tenders)))
        if owed > 0 and not self.order.refunds and any(one.kind is EventKind.SALE for one in events):
            self._ask(
                "channel_tax_unpaid",
                f"{owed} of the tax of {self.order.called} is the channel's to pay, and no money holds it.",
            )
        return tuple(found)

    def _event(
        self,
        key: str,
        kind: EventKind,
        at: datetime,
        entries: tuple[Entry, ...],
        tenders: tuple[Tender, ...] = (),
        place: Place = NOWHERE,
    ) -> Event:
        where = place if place.id or place.name else self.order.place
        return Event(key, kind, at, self._day(at), where, entries, tenders)

    def _day(self, at: datetime) -> date:
        return day_of(at, self.terms)

    def _ask(self, code: str, message: str) -> None:
        self.problems.append(Problem(code, "", message, "Compare it with the order in Shopify before it is entered."))
