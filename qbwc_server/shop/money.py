"""Amounts of a shop: to the currency's smallest unit, and shared out so that the parts add up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

NOTHING = Decimal(0)
_WITHOUT_CENTS = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF")
)


def smallest_unit(currency: str) -> Decimal:
    """What amounts of a currency are whole multiples of; QuickBooks itself knows no thousandths."""
    return Decimal(1) if currency in _WITHOUT_CENTS else Decimal("0.01")


def said(amount: Decimal | None) -> str:
    """An amount as it stands in a sentence; a shop tells 200.00 as 200.0."""
    if amount is None:
        return "an unknown amount"
    return f"{amount:.2f}" if amount.as_tuple().exponent == -1 else f"{amount:f}"


def part_of(amount: Decimal, part: Decimal, whole: Decimal, unit: Decimal) -> Decimal:
    """``amount`` times ``part`` of ``whole``, half up to whole units; nothing of what has no parts."""
    if not whole:
        return NOTHING
    exact = Fraction(amount) * Fraction(part) / Fraction(whole) / Fraction(unit)
    steps, rest = divmod(abs(exact), 1)
    rounded = unit * (int(steps) + (rest >= Fraction(1, 2)))
    return -rounded if exact < 0 else rounded


def share_out(amount: Decimal, weights: Sequence[Decimal], unit: Decimal) -> list[Decimal]:
    """Parts of ``amount`` in proportion to ``weights``, in whole units by largest remainder; they add up to it.

    Without any weight the first takes all. Raises ValueError where there is nobody to take it, or a weight below zero.
    """
    if not weights or min(weights) < 0:
        raise ValueError(f"{amount} cannot be shared out by {list(weights)}")
    whole = sum(weights, NOTHING)
    if not whole:
        return [amount, *(NOTHING for _ in weights[1:])]
    sign = -1 if amount < 0 else 1
    steps, left = divmod(Fraction(abs(amount)), Fraction(unit))
    exact = [steps * Fraction(weight) / Fraction(whole) for weight in weights]
    floors = [int(one) for one in exact]
    first = sorted(range(len(weights)), key=lambda at: (floors[at] - exact[at], at))
    for at in first[: int(steps) - sum(floors)]:
        floors[at] += 1
    parts = [sign * unit * floor for floor in floors]
    parts[first[0]] += sign * Decimal(left.numerator) / left.denominator  # what is finer than a unit is not lost
    return parts


def rounded(amount: Decimal, unit: Decimal) -> Decimal:
    """Half up to whole units."""
    return amount.quantize(unit, ROUND_HALF_UP) if unit != 1 else amount.to_integral_value(ROUND_HALF_UP)
