"""Which reading of an order's amounts comes to its total; pure, in Decimal.

The export does not say whether prices hold the tax, nor whether the discount amount was taken off the goods or the
shipping. Its subtotal and total do, and nothing is concluded that they do not confirm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Amounts:
    """The amounts of one order, in its currency; ``None`` where the file has no such column."""

    goods: Decimal  # quantity times price of all lines
    subtotal: Decimal | None  # goods after discounts, as the shop says
    discount: Decimal  # Discount Amount of the order
    line_discounts: Decimal  # sum of Lineitem discount; usually the same money as ``discount``
    shipping: Decimal
    taxes: Decimal
    duties: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the amounts: how much was taken off, and whether the tax is inside the prices."""

    discount: Decimal
    tax_included: bool

    def comes_to(self, amounts: Amounts) -> Decimal:
        """The total by this reading."""
        added_tax = _NOTHING if self.tax_included else amounts.taxes
        return amounts.goods - self.discount + amounts.shipping + added_tax + amounts.duties


@dataclass(frozen=True, slots=True)
class Footing:
    """The reading taken; ``difference`` is the total less what the reading comes to.

    ``ambiguous``: another reading comes to the total as well.
    """

    reading: Reading
    difference: Decimal
    ambiguous: bool


def foot(amounts: Amounts, cap: Decimal) -> Footing:
    """The reading that comes to the total, else the nearest within ``cap``, else the plain one with its difference."""
    readings = list(dict.fromkeys(_readings(amounts)))
    exact = [reading for reading in readings if reading.comes_to(amounts) == amounts.total]
    if exact:
        return Footing(exact[0], _NOTHING, ambiguous=len(exact) > 1)
    nearest = min(readings, key=lambda reading: abs(amounts.total - reading.comes_to(amounts)))
    if abs(amounts.total - nearest.comes_to(amounts)) > cap:
        nearest = readings[0]
    return Footing(nearest, amounts.total - nearest.comes_to(amounts), ambiguous=False)


def _readings(amounts: Amounts) -> Iterator[Reading]:
    for discount in _discounts(amounts):
        yield Reading(discount, tax_included=False)
        if amounts.taxes:
            yield Reading(discount, tax_included=True)


def _discounts(amounts: Amounts) -> Iterator[Decimal]:
    """Amounts that may have been taken off, the likeliest first."""
    stated, of_lines = amounts.discount, amounts.line_discounts
    if amounts.subtotal is None:
        yield from (stated, stated + of_lines, of_lines)
        return
    off_goods = amounts.goods - amounts.subtotal
    # less than stated: the rest of the discount was on the shipping, whose column may hold it or not
    if off_goods in (of_lines, stated + of_lines) or 0 <= off_goods <= stated:
        yield off_goods
    yield stated
