"""Events: what happened with one order, on which day and where; together they are all that the books say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from qbwc_server.documents.problems import Problem
from qbwc_server.shop.entries import Entry, total
from qbwc_server.shop.money import NOTHING
from qbwc_server.shop.order import Order, Place


class EventKind(StrEnum):
    """What happened."""

    SALE = "sale"
    EDIT = "edit"
    MONEY = "money"
    SOLD_AND_BACK = "sold_and_back"  # sold on the day on which it was given back, since it was never handed over
    REFUND = "refund"
    MONEY_BACK = "money_back"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Tender:
    """Money by one way, more or less; ``amount`` is what reaches the books of that way, below zero what left it."""

    id: str
    gateway: str
    amount: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """Something on one day in one place. ``key`` tells it from other events of the order, for ever.

    The entries are what the buyer owes more by it, the tenders what he paid; the rest changes what he owes.
    """

    key: str
    kind: EventKind
    at: datetime
    day: date
    place: Place
    entries: tuple[Entry, ...] = ()
    tenders: tuple[Tender, ...] = ()

    @property
    def owed(self) -> Decimal:
        """What the entries come to."""
        return total(self.entries)

    @property
    def paid(self) -> Decimal:
        """What the tenders come to."""
        return sum((one.amount for one in self.tenders), NOTHING)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything that happened with an order, in order of time.

    Attributes:
        problems: why a person looks before anything of it is entered; with figures.
        left_out: why nothing of it is entered.
        money_kept: came in for an order that is left out or was cancelled, and was not given back.
    """

    order: Order
    events: tuple[Event, ...] = ()
    problems: tuple[Problem, ...] = ()
    left_out: Problem | None = None
    money_kept: Decimal = NOTHING

    @property
    def is_revenue(self) -> bool:
        """Whether it was sold by the terms."""
        return any(one.kind is EventKind.SALE for one in self.events)

    @property
    def open_balance(self) -> Decimal:
        """What the buyer owes in the end; below zero his credit."""
        return sum((one.owed - one.paid for one in self.events), NOTHING)


def sorted_by_time(events: Sequence[Event]) -> tuple[Event, ...]:
    """In the order in which documents of them are entered: what was sold before what was paid at the same moment."""
    order = list(EventKind)
    return tuple(sorted(events, key=lambda one: (one.at, order.index(one.kind), one.key)))
