"""One order as documents of its own: the table of order states, with what was edited, paid and given back since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from qbwc_server.shop.days import day_of
from qbwc_server.shop.entries import Entry, merged, total
from qbwc_server.shop.events import Event, EventKind, Ledger
from qbwc_server.shop.money import NOTHING
from qbwc_server.shop.planned import ORIGIN, Kind, Planned, Plans
from qbwc_server.shop.sale import sold
from qbwc_server.shop.terms import Open, Terms

_BEFORE_REVENUE = {Open.SALES_ORDER: Kind.SALES_ORDER, Open.ESTIMATE: Kind.ESTIMATE}
_SOLD = (EventKind.SALE, EventKind.EDIT, EventKind.SOLD_AND_BACK, EventKind.CANCELLED)


def by_order(ledger: Ledger, terms: Terms, *, as_invoice: bool = False) -> list[Planned]:
    """The documents of an order, each before those that name it.

    Paid and handed over on one day by one way: a sales receipt. Else an invoice, and a payment for each transaction.

    Args:
        as_invoice: never a sales receipt, since the sale stands in the books as an invoice already.
    """
    return _Order(ledger, terms, Plans(terms.cash_gateways)).documents(as_invoice)


_SAYS = {
    EventKind.SALE: "",
    EventKind.EDIT: "edited",
    EventKind.MONEY: "paid",
    EventKind.SOLD_AND_BACK: "sold before it was given back",
    EventKind.REFUND: "refund",
    EventKind.MONEY_BACK: "refund",
    EventKind.CANCELLED: "cancelled",
}


class _Order:
    def __init__(self, ledger: Ledger, terms: Terms, plans: Plans) -> None:
        self.ledger, self.terms, self.plans = ledger, terms, plans
        self.origin = f"{ORIGIN}{ledger.order.key}"

    def documents(self, as_invoice: bool) -> list[Planned]:
        events = list(self.ledger.events)
        at_once = [] if as_invoice else self._at_once(events)
        if at_once:
            self._receipt(at_once)
            events = [one for one in events if one not in at_once]
        elif not self.ledger.is_revenue:
            self.plans.documents += self._before_revenue()
        events = _cards_on_the_sale(events)
        for event in events:
            self._of(event)
        return self.plans.done()

    def _at_once(self, events: Sequence[Event]) -> list[Event]:
        """The sale and its money, where it was paid on its day, in its place and by no more than one way."""
        sale = next((one for one in events if one.kind is EventKind.SALE), None)
        if sale is None or any(one.kind is EventKind.MONEY and one.day < sale.day for one in events):
            return []
        money = [one for one in events if one.kind is EventKind.MONEY and one.day == sale.day]
        together = [sale, *money]
        ways = {tender.gateway for one in money for tender in one.tenders}
        owed = sum((one.owed for one in together), NOTHING)
        if len(ways) > 1 or owed != sum((one.paid for one in together), NOTHING) or owed < 0:
            return []
        return together if all(one.place == sale.place for one in money) else []

    def _receipt(self, together: Sequence[Event]) -> None:
        lines = merged(entry for one in together for entry in one.entries)
        ways = [tender.gateway for one in together for tender in one.tenders]
        planned = self._planned(together[0], "", total(lines), lines, ways[0] if ways else "")
        self.plans.documents.append(replace(planned, kind=Kind.SALES_RECEIPT))

    def _of(self, event: Event) -> None:
        if event.kind in _SOLD:
            suffix = "" if event.kind is EventKind.SALE else event.key
            self.plans.sale(self._planned(event, suffix, NOTHING, event.entries))
        elif event.kind is EventKind.MONEY:
            self._money(event)
        else:
            self._back(event)

    def _money(self, event: Event) -> None:
        for tender in event.tenders:
            if tender.amount:  # a cent of cash is rounded to nothing
                self.plans.money(self._planned(event, event.key, tender.amount, gateway=tender.gateway))
        if event.entries:  # what a card pays, or what was rounded, of an invoice that stands already
            key = event.key if not event.tenders else f"{event.key}:rounding"
            self.plans.sale(self._planned(event, key, NOTHING, event.entries))

    def _back(self, event: Event) -> None:
        credit = f"{self.origin}:{event.key}"
        if event.entries:
            self.plans.sale(self._planned(event, event.key, NOTHING, event.entries), is_refund=True)
        for tender in event.tenders:
            if not tender.amount:
                continue
            planned = self._planned(event, f"back:{tender.id}", -tender.amount, gateway=tender.gateway)
            self.plans.money_back(planned, credit)

    def _before_revenue(self) -> Iterator[Planned]:
        kind = _BEFORE_REVENUE.get(self.terms.open_orders)
        order = self.ledger.order
        if kind is None or order.cancelled_at is not None:
            return
        lines = tuple(one for one in sold(order, self.terms).entries if not one.theirs)
        if lines:
            event = Event("order", EventKind.SALE, order.at, day_of(order.at, self.terms), order.place)
            yield replace(self._planned(event, "order", total(lines), lines), kind=kind)

    def _planned(
        self,
        event: Event,
        suffix: str,
        amount: Decimal,
        lines: tuple[Entry, ...] = (),
        gateway: str = "",
    ) -> Planned:
        origin = f"{self.origin}:{suffix}" if suffix else self.origin
        ledger = self.ledger
        return Planned(
            Kind.INVOICE,
            origin,
            event.day,
            event.place,
            amount,
            lines,
            gateway,
            order=ledger.order,
            memo=f"{ledger.order.name or ledger.order.id} {_SAYS[event.kind]}".strip(),
            problems=ledger.problems,
        )


def _cards_on_the_sale(events: Sequence[Event]) -> list[Event]:
    """What cards paid, or was rounded, on the day of the sale stands on the document of the sale."""
    sale = next((one for one in events if one.kind is EventKind.SALE), None)
    if sale is None:
        return list(events)
    same = [one for one in events if one.kind is EventKind.MONEY and (one.day, one.place) == (sale.day, sale.place)]
    lines = merged([*sale.entries, *(entry for one in same for entry in one.entries)])
    if total(lines) < 0:
        return list(events)
    changed = {one.key: replace(one, entries=()) for one in same} | {sale.key: replace(sale, entries=lines)}
    return [changed.get(one.key, one) for one in events]
