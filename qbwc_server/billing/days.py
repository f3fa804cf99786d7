"""Which days are billing days, which period each of them bills, and at which moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from qbwc_server.billing.terms import BillingTerms, Mode
from qbwc_server.clock import day_of_month, moment

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from ``first`` to ``last``, both included. Raises ValueError where it has none."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a period from {self.first} to {self.last} has no day")

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"


def in_month(terms: BillingTerms, month: int) -> date:
    """The billing day of a month, counted as twelve times the year and the months of it from 0."""
    return day_of_month(terms.day, month // 12, month % 12 + 1)


def month_of(day: date) -> int:
    """The month of a day, counted as ``in_month`` counts."""
    return day.year * 12 + day.month - 1


def is_billing_day(terms: BillingTerms, day: date) -> bool:
    """Whether something is billed on this day."""
    return day >= terms.first_day and day == in_month(terms, month_of(day))


def next_after(terms: BillingTerms, day: date) -> date:
    """The first billing day after ``day``; it never drifts: 31 January, 28 February, 31 March."""
    this = in_month(terms, month_of(day))
    return this if this > day else in_month(terms, month_of(day) + 1)


def last_before(terms: BillingTerms, day: date) -> date:
    """The last billing day before ``day``, also where it is before the first day of the terms."""
    this = in_month(terms, month_of(day))
    return this if this < day else in_month(terms, month_of(day) - 1)


def period_of(terms: BillingTerms, billing_day: date) -> Period:
    """What is billed on a billing day: the period that begins with it, or the one that it follows."""
    if terms.mode is Mode.PRE_BILL:
        return Period(billing_day, next_after(terms, billing_day) - _DAY)
    return Period(last_before(terms, billing_day), billing_day - _DAY)


def first_billed(terms: BillingTerms) -> date:
    """The first day of what is billed at all."""
    first = terms.first_day if is_billing_day(terms, terms.first_day) else next_after(terms, terms.first_day)
    return period_of(terms, first).first


def billing_days(terms: BillingTerms, since: date, until: date) -> Iterator[date]:
    """All from ``since`` to ``until``, both included."""
    day = next_after(terms, max(since, terms.first_day) - _DAY)
    while day <= until:
        yield day
        day = next_after(terms, day)


def due_at(terms: BillingTerms, billing_day: date) -> datetime:
    """The moment at which a billing day is billed, in UTC."""
    return moment(billing_day, terms.at, ZoneInfo(terms.zone))


def newest_due(terms: BillingTerms, now: datetime) -> date | None:
    """The newest billing day whose moment has come."""
    today = now.astimezone(ZoneInfo(terms.zone)).date()
    days = billing_days(terms, today - timedelta(days=62), today + _DAY)
    return max((day for day in days if due_at(terms, day) <= now), default=None)
