"""The clearing account by day, beside what the channel says it holds: the proof that nothing is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from qbwc_server.shop.days import day_of
from qbwc_server.shop.events import Ledger
from qbwc_server.shop.money import NOTHING
from qbwc_server.shop.payouts import About, BalanceTransaction, Payout
from qbwc_server.shop.terms import Terms


@dataclass(frozen=True, slots=True)
class ClearingDay:
    """One day. ``balance`` is at its end; ``stated`` what the channel then said it holds, if it said so.

    ``pending``: money of orders that the channel has not counted yet, or counts and no order tells of.
    """

    day: date
    received: Decimal = NOTHING
    given_back: Decimal = NOTHING
    fees: Decimal = NOTHING
    disputes: Decimal = NOTHING
    reserve: Decimal = NOTHING
    adjustments: Decimal = NOTHING
    paid_out: Decimal = NOTHING
    balance: Decimal = NOTHING
    pending: Decimal = NOTHING
    stated: Decimal | None = None

    @property
    def change(self) -> Decimal:
        """By how much the account changed."""
        other = self.disputes + self.reserve + self.adjustments
        return self.received - self.given_back - self.fees + other - self.paid_out

    @property
    def difference(self) -> Decimal | None:
        """What the books hold more than the channel and what it has not counted yet; it has to be zero."""
        return None if self.stated is None else self.balance - self.pending - self.stated


_FIELDS = {
    About.DISPUTE: "disputes",
    About.RESERVE: "reserve",
    About.ADJUSTMENT: "adjustments",
    About.UNKNOWN: "adjustments",
}


def clearing(
    ledgers: Iterable[Ledger],
    transactions: Iterable[BalanceTransaction],
    payouts: Iterable[Payout],
    gateways: frozenset[str],
    terms: Terms,
    *,
    opening: Decimal = NOTHING,
    stated: dict[date, Decimal] | None = None,
) -> list[ClearingDay]:
    """Every day on which something happened, in order.

    Args:
        gateways: whose money goes through the account.
        opening: what it held before.
        stated: what the channel said at the end of days.
    """
    days: dict[date, dict[str, Decimal]] = {}
    counted: dict[date, Decimal] = {}

    def add(day: date, field: str, amount: Decimal) -> None:
        sums = days.setdefault(day, {})
        sums[field] = sums.get(field, NOTHING) + amount

    for event in (event for one in ledgers for event in one.events):
        for tender in event.tenders:
            if tender.gateway in gateways:
                add(event.day, "received" if tender.amount > 0 else "given_back", abs(tender.amount))
    for one in transactions:
        day = day_of(one.at, terms)
        add(
            day,
            "adjustments" if one.about is About.PAYOUT else "fees",
            NOTHING if one.about is About.PAYOUT else one.fee,
        )
        if one.about is About.FEE:
            add(day, "fees", -one.amount)
        elif one.about is About.RETURNED:
            add(day, "paid_out", -one.amount)
        elif one.about in _FIELDS:
            add(day, _FIELDS[one.about], one.amount)
        elif one.about is About.ORDER:
            counted[day] = counted.get(day, NOTHING) + one.amount
    for payout in payouts:
        if payout.has_left:
            add(day_of(payout.at, terms), "paid_out", payout.net)
    return _balances(days, counted, opening, stated or {})


def _balances(
    days: dict[date, dict[str, Decimal]],
    counted: dict[date, Decimal],
    opening: Decimal,
    stated: dict[date, Decimal],
) -> list[ClearingDay]:
    found = []
    balance, pending = opening, NOTHING
    for day in sorted(days.keys() | counted.keys() | stated.keys()):
        one = ClearingDay(day, **days.get(day, {}))
        balance += one.change
        pending += one.received - one.given_back - counted.get(day, NOTHING)
        found.append(replace(one, balance=balance, pending=pending, stated=stated.get(day)))
    return found
