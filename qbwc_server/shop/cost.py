"""The cost of what was sold, estimated by the unit costs of the shop; only where QuickBooks keeps no stock itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from qbwc_server.shop.entries import Role
from qbwc_server.shop.events import Event, Ledger
from qbwc_server.shop.journals import Account, Journal, Posting, balanced
from qbwc_server.shop.money import NOTHING, rounded
from qbwc_server.shop.order import Place
from qbwc_server.shop.planned import ORIGIN

COST_ORIGIN = "shopify:cost:"


def cost_of(ledger: Ledger, events: Iterable[Event]) -> Decimal:
    """What the goods of these events cost; what does not come to stock again stays a cost."""
    known = {one.id: one.unit_cost for one in ledger.order.items if one.unit_cost is not None}
    found = (
        entry.quantity * known[entry.of]
        for event in events
        for entry in event.entries
        if entry.role is Role.SALES and entry.of in known and (entry.restocked or not entry.returned)
    )
    return rounded(sum(found, NOTHING), ledger.order.unit)


def cost_of_order(ledger: Ledger) -> list[Journal]:
    """An entry for each day of an order on which goods left, or came back to stock."""
    found = []
    for day in sorted({one.day for one in ledger.events}):
        events = [one for one in ledger.events if one.day == day]
        origin = f"{ORIGIN}{ledger.order.key}:cost:{day.isoformat()}"
        found.append(_entry(origin, ledger.order.name, cost_of(ledger, events), events[0].place, day))
    return [one for one in found if one is not None]


def cost_of_day(ledgers: Iterable[Ledger], place: Place, day: date, shop: str) -> Journal | None:
    """One entry for a place and day."""
    amount = NOTHING
    for ledger in ledgers:
        amount += cost_of(ledger, [one for one in ledger.events if one.day == day and one.place.id == place.id])
    origin = f"{COST_ORIGIN}{place.id or shop}:{day.isoformat()}"
    return _entry(origin, f"{place.name or 'Web shop'} {day.isoformat()}", amount, place, day)


def _entry(origin: str, what: str, amount: Decimal, place: Place, day: date) -> Journal | None:
    memo = f"{what}: cost of goods, estimated by unit costs"
    return balanced(origin, day, memo, [Posting(Account.COST_OF_GOODS, amount, memo)], Account.INVENTORY, place)
