"""What a billing day bills: of each charge the part that is due, the difference to what was billed, or why nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from qbwc_server.billing.charges import Charge, ChargeKind, Cycle
from qbwc_server.billing.days import Period, first_billed, period_of
from qbwc_server.billing.terms import Annual, BillingTerms, Mode, NotBilledYet
from qbwc_server.clock import day_of_month

MONTHS = 12
_WHOLE = Fraction(1)


class Why(StrEnum):
    """Why a charge, or a part of it, is not billed on this day."""

    BEFORE_THE_START = "before_the_start"
    LATER_PERIOD = "later_period"
    WAITS_FOR_DISTRIBUTOR = "waits_for_distributor"
    ADDITION_WITH_NEXT_PERIOD = "addition_with_next_period"
    REMOVAL_WITH_NEXT_PERIOD = "removal_with_next_period"
    BILLED = "billed"

    @property
    def is_final(self) -> bool:
        """Whether it is never billed by itself."""
        return self in (Why.BEFORE_THE_START, Why.ADDITION_WITH_NEXT_PERIOD, Why.REMOVAL_WITH_NEXT_PERIOD)


@dataclass(frozen=True, slots=True)
class Billed:
    """What has been billed of a part of a charge: ``quantity`` units, each as ``factor`` of a whole cycle.

    ``charge`` is what the distributor told then, ``price`` what one unit of a whole cycle cost.
    """

    charge: Charge
    quantity: Decimal
    factor: Fraction
    price: Decimal | None = None

    @property
    def units(self) -> Fraction:
        """How many whole units for a whole cycle it comes to."""
        return Fraction(self.quantity) * self.factor


@dataclass(frozen=True, slots=True)
class Due:
    """A line to be billed.

    ``part`` of twelve, of what is billed monthly for a year; else 0. ``instead_of``: what was billed already, of which
    this is the correction.
    """

    key: str
    charge: Charge
    quantity: Decimal
    factor: Fraction
    period: Period
    part: int = 0
    instead_of: Billed | None = None

    @property
    def is_gone(self) -> bool:
        """Whether it was billed and is not charged any more."""
        return self.instead_of is not None and not self.quantity

    @property
    def units(self) -> Fraction:
        """How many whole units for a whole cycle it comes to, less those that have been billed."""
        return Fraction(self.quantity) * self.factor - (self.instead_of.units if self.instead_of else 0)


@dataclass(frozen=True, slots=True)
class Left:
    """A charge, or a part of it, that is not billed on this day."""

    key: str
    charge: Charge
    why: Why
    part: int = 0


def part_key(key: str, part: int) -> str:
    """By what a part of a charge is known among what was billed."""
    return f"{key}/{part}" if part else key


def statement(
    charges: Mapping[str, Charge], billed: Mapping[str, Billed], terms: BillingTerms, billing_day: date
) -> Iterator[Due | Left]:
    """Every charge once, or each of its twelve parts, in the order of their keys; then what has vanished.

    Args:
        charges: by key, as they are told now; all of the periods of which ``billed`` holds something.
        billed: by ``part_key``: all that earlier billing days billed.

    Raises:
        ValueError: the day is before the first billing day.
    """
    may_begin = Period(first_billed(terms), period_of(terms, billing_day).last)
    for key, charge in sorted(charges.items()):
        for due in _parts(key, charge, terms, billed):
            yield _judged(due, billed.get(part_key(key, due.part)), terms, may_begin)
    for known, was in sorted(billed.items()):
        key, _, part = known.partition("/")
        if key not in charges and was.units:
            yield Due(key, was.charge, Decimal(0), was.factor, was.charge.period, int(part or 0), was)


def _judged(due: Due, was: Billed | None, terms: BillingTerms, may_begin: Period) -> Due | Left:
    if was is None:
        why = _why_not(due, terms, may_begin)
        return due if why is None else Left(due.key, due.charge, why, due.part)
    charge = due.charge
    # other terms change nothing of what was billed under the old ones: only the distributor does
    factor = was.factor if due.part or charge.factor == was.charge.factor else due.factor
    corrected = Due(due.key, charge, due.quantity, factor, due.period, due.part, was)
    return corrected if corrected.units else Left(due.key, charge, Why.BILLED, due.part)


def _parts(key: str, charge: Charge, terms: BillingTerms, billed: Mapping[str, Billed]) -> Iterator[Due]:
    """The charge itself, or its twelve parts, as they would be billed, or have been."""
    begun = any(part_key(key, part) in billed for part in range(1, MONTHS + 1))
    if begun or (key not in billed and _in_twelfths(charge, terms)):
        for part in range(1, MONTHS + 1):
            yield Due(key, charge, charge.quantity, Fraction(1, MONTHS), _month_of_term(charge.period, part), part)
    else:
        yield Due(key, charge, charge.quantity, _factor(charge, terms), charge.period)


def _in_twelfths(charge: Charge, terms: BillingTerms) -> bool:
    """What comes later in the year, or goes, is billed at once until the end of the term."""
    yearly = charge.cycle is Cycle.YEARLY and charge.kind is ChargeKind.RECURRING
    return terms.annual is Annual.TWELFTHS and yearly and not charge.is_change


def _month_of_term(term: Period, part: int) -> Period:
    """The ``part``-th of the twelve months that begin as ``term`` does."""
    first, after = (_months_on(term.first, part - 1), _months_on(term.first, part))
    return Period(first, after - timedelta(days=1))


def _months_on(day: date, months: int) -> date:
    month = day.year * MONTHS + day.month - 1 + months
    return day_of_month(day.day, month // MONTHS, month % MONTHS + 1)


def _factor(charge: Charge, terms: BillingTerms) -> Fraction:
    """A whole cycle, where the terms do not prorate this sort of change; a year's always end with the term."""
    if not charge.is_change or charge.cycle is Cycle.YEARLY:
        return charge.factor
    prorated = terms.proration.additions if charge.quantity > 0 else terms.proration.removals
    return charge.factor if prorated else _WHOLE


def _why_not(due: Due, terms: BillingTerms, may_begin: Period) -> Why | None:
    charge = due.charge
    if due.period.first > may_begin.last:
        return Why.LATER_PERIOD
    if due.period.first < may_begin.first:
        return Why.BEFORE_THE_START
    if charge.is_change and (why := _change_left_out(charge, terms)):
        return why
    waits = charge.kind is ChargeKind.USAGE or terms.not_billed_yet is NotBilledYet.WAIT
    return Why.WAITS_FOR_DISTRIBUTOR if waits and not charge.is_billed else None


def _change_left_out(charge: Charge, terms: BillingTerms) -> Why | None:
    """Without proration, what is billed after its end is billed by the quantity at its end: changes count in full.

    What was billed at its beginning is left as it is; the next period has the new quantity.
    """
    if charge.quantity < 0:
        at_the_end = terms.mode is Mode.POST_BILL and not terms.proration.additions and charge.cycle is not Cycle.YEARLY
        return None if terms.proration.removals or at_the_end else Why.REMOVAL_WITH_NEXT_PERIOD
    if charge.cycle is Cycle.YEARLY or terms.proration.additions or terms.proration.removals:
        return None
    return None if terms.mode is Mode.POST_BILL else Why.ADDITION_WITH_NEXT_PERIOD
