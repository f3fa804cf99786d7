"""Lines of an invoice from what is due: quantity, rate or amount to the cent, and words that say how it came about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from itertools import groupby

from qbwc_server.billing.days import Period
from qbwc_server.billing.statement import MONTHS, Due
from qbwc_server.billing.terms import Changes

CENT = Decimal("0.01")
_FIVE_PLACES = Decimal("0.00001")  # of a rate, and of a quantity, in QuickBooks
_EXACT = Context(prec=100, rounding=ROUND_HALF_UP)  # more places than two numbers have that are multiplied

PriceOf = Callable[[Due], Decimal | None]
"""What one unit of a whole cycle costs the customer; ``None``: QuickBooks fills it in, by price level and item."""


@dataclass(frozen=True, slots=True)
class BillLine:
    """A line of an invoice. Without rate and amount QuickBooks fills in its own price.

    ``amount`` is given instead of ``rate`` where quantity and rate would not come to the cent. ``total`` is what the
    line comes to, where that is known.
    """

    offer: str
    description: str
    quantity: Decimal | None
    rate: Decimal | None
    amount: Decimal | None
    total: Decimal | None
    dues: tuple[Due, ...] = field(repr=False)


class PriceNeeded(ValueError):  # says what it is
    """A part of a cycle is to be billed, and nobody says what a whole one costs."""

    def __init__(self, due: Due) -> None:
        super().__init__(f"{due.charge.product}: a part of a cycle is billed, and the item has no price in QuickBooks.")
        self.due = due


def lines_of(dues: Iterable[Due], changes: Changes, price_of: PriceOf) -> Iterator[BillLine]:
    """Lines by offer, what is for a whole cycle first, then changes, then corrections.

    Raises:
        PriceNeeded: ``price_of`` knows none for what is billed in part.
    """
    ordered = sorted(dues, key=_order)
    for _, of_one in groupby(ordered, key=lambda due: due.charge.offer):
        for together in _together(list(of_one), changes):
            yield _line(together, price_of)


def half_up(value: Fraction, step: Decimal) -> Decimal:
    """The value, rounded once, half away from zero, to whole steps, which are powers of ten."""
    places: int = -step.adjusted()
    whole, rest = divmod(abs(value.numerator) * int(10**places), value.denominator)
    steps = whole + (2 * rest >= value.denominator)
    return step * (-steps if value < 0 else steps)


def times(quantity: Decimal, price: Decimal) -> Decimal:
    """What so many come to, to the cent, rounded once, half away from zero."""
    return _EXACT.quantize(_EXACT.multiply(quantity, price), CENT)


def amount_of(due: Due, price: Decimal) -> Decimal:
    """What a line comes to, to the cent; parts of a year add up to the year."""
    was = due.instead_of
    if was is None:
        return _amount(due.quantity, due.factor, due.part, price)
    then = price if was.price is None else was.price
    return _amount(due.quantity, due.factor, due.part, then) - _amount(was.quantity, was.factor, due.part, then)


def _amount(quantity: Decimal, factor: Fraction, part: int, price: Decimal) -> Decimal:
    if not part and factor == 1:
        return times(quantity, price)
    whole = Fraction(quantity) * Fraction(price)
    if part:
        return half_up(whole * part / MONTHS, CENT) - half_up(whole * (part - 1) / MONTHS, CENT)
    return half_up(whole * factor, CENT)


def _order(due: Due) -> tuple[object, ...]:
    return (
        due.charge.offer,
        due.instead_of is not None,
        due.charge.is_change,
        due.period,
        due.quantity < 0,
        due.part,
        due.key,
    )


def _together(dues: Sequence[Due], changes: Changes) -> Iterator[tuple[Due, ...]]:
    """Which of one offer share a line: none, or all but corrections and what is of another period or kind."""
    if changes is Changes.OWN_LINES:
        yield from ((due,) for due in dues)
        return
    folded: dict[object, list[Due]] = {}
    for due in dues:
        alone = due.instead_of is not None or due.part
        same = (due.key, due.part) if alone else (due.charge.kind, due.charge.cycle)
        folded.setdefault(same, []).append(due)
    yield from (tuple(group) for group in folded.values())


def _line(dues: tuple[Due, ...], price_of: PriceOf) -> BillLine:
    first = dues[0]
    quantity = sum((due.quantity for due in dues), Decimal(0))
    price = price_of(first)
    whole = all(due.factor == 1 and due.instead_of is None for due in dues)
    words = "; ".join(_words(due) for due in dues)
    if price is None:
        if not whole or _too_fine(quantity):
            raise PriceNeeded(first)
        return BillLine(first.charge.offer, words, quantity, None, None, None, dues)
    if len(dues) == 1:
        total = amount_of(first, price)
    else:
        total = half_up(sum((due.units for due in dues), Fraction(0)) * Fraction(price), CENT)
    if whole and _comes_to(quantity, None, price) == total:
        return BillLine(first.charge.offer, words, quantity, None, None, total, dues)
    rate = half_up(Fraction(price) * first.factor, _FIVE_PLACES) if len(dues) == 1 else None
    if rate is not None and first.instead_of is None and _comes_to(quantity, rate, price) == total:
        return BillLine(first.charge.offer, words, quantity, rate, None, total, dues)
    given = None if not quantity or _too_fine(quantity) or first.instead_of is not None else quantity
    return BillLine(first.charge.offer, words, given, None, total, total, dues)


def _comes_to(quantity: Decimal, rate: Decimal | None, price: Decimal) -> Decimal | None:
    """What QuickBooks makes of a quantity and a rate; ``None`` where it has not the places for the quantity."""
    if _too_fine(quantity):
        return None
    return times(quantity, price if rate is None else rate)


def _too_fine(quantity: Decimal) -> bool:
    """Whether QuickBooks has not the places for it."""
    return _EXACT.quantize(quantity, _FIVE_PLACES) != quantity


def _words(due: Due) -> str:
    """What the line is for, and how much of it."""
    said = f"{due.charge.product}, {_days(due.period)}"
    if due.instead_of is not None:
        return f"Correction: {said}, {_plain(due.quantity)} instead of {_plain(due.instead_of.quantity)}"
    if due.part:
        return f"{said} (month {due.part} of {MONTHS})"
    if due.charge.is_change:
        what = "added" if due.quantity > 0 else "removed"
        return f"{said}: {_plain(abs(due.quantity))} {what}{_part_of(due)}"
    return said


def _part_of(due: Due) -> str:
    whole = due.charge.cycle_days
    if due.factor == Fraction(due.period.days, whole.days) and due.factor != 1:
        return f", {due.period.days} of {whole.days} days"
    return ""


def formula(due: Due, price: Decimal) -> str:
    """How the amount came about, such as ``5 × 12.00 × 15/30 = 30.00``; a correction less what was billed."""
    was = due.instead_of
    if was is None:
        return f"{_product(due, due.quantity, due.factor, price)} = {amount_of(due, price)}"
    then = price if was.price is None else was.price
    now, before = _product(due, due.quantity, due.factor, then), _product(due, was.quantity, was.factor, then)
    return f"{now} − {before} = {amount_of(due, price)}"


def _product(due: Due, quantity: Decimal, factor: Fraction, price: Decimal) -> str:
    said = f"{_plain(quantity)} × {price}"
    if factor == 1:
        return said
    days = due.charge.cycle_days.days
    exact = factor == Fraction(due.period.days, days) and not due.part
    return f"{said} × {due.period.days}/{days}" if exact else f"{said} × {factor.numerator}/{factor.denominator}"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _days(period: Period) -> str:
    return f"{period.first.isoformat()} to {period.last.isoformat()}"
