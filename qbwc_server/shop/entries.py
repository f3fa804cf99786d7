"""Entries: how much of what was sold or given back, each under the part that it plays in the books."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from qbwc_server.shop.money import NOTHING, part_of
from qbwc_server.shop.order import Tax


class Role(StrEnum):
    """What an amount is; each has an account of its own."""

    SALES = "sales"
    DISCOUNTS = "discounts"
    SHIPPING = "shipping"
    TAX = "tax"
    TIPS = "tips"
    DUTIES = "duties"
    FEES = "fees"
    GIFT_CARDS = "gift_cards"
    STORE_CREDIT = "store_credit"
    PROMOTION = "promotion"
    CASH_ROUNDING = "cash_rounding"
    ROUNDING = "rounding"
    REFUND_DIFFERENCES = "refund_differences"
    EXCHANGE = "exchange"  # what a return is worth against what is taken instead


LIABILITIES = frozenset((Role.TAX, Role.TIPS, Role.GIFT_CARDS, Role.STORE_CREDIT))


@dataclass(frozen=True, slots=True)
class Entry:
    """An amount that a buyer owes, or below zero is owed.

    Attributes:
        of: the line of the order, the name of the tax, or whatever else tells it from others of its role.
        theirs: it is not the shop's: a tax that the channel owes; it stands on no document.
        returned: goods that come back, and whether they go to stock again.
    """

    role: Role
    of: str
    amount: Decimal
    title: str = ""
    sku: str = ""
    product_type: str = ""
    quantity: Decimal = NOTHING
    theirs: bool = False
    returned: bool = False
    restocked: bool = True

    @property
    def key(self) -> tuple[object, ...]:
        """What it is added up by."""
        return (self.role, self.of, self.theirs, self.returned, self.restocked)

    def negated(self) -> Entry:
        """The same the other way round."""
        return replace(self, amount=-self.amount, quantity=-self.quantity)

    def part(self, part: Decimal, whole: Decimal, unit: Decimal) -> Entry:
        """As much of it as ``part`` is of ``whole``."""
        quantity = self.quantity * part / whole if whole else NOTHING
        return replace(self, amount=part_of(self.amount, part, whole, unit), quantity=quantity)


def merged(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Those of one key as one, in the order in which they came; what comes to nothing at all is left out."""
    found: dict[tuple[object, ...], Entry] = {}
    for one in entries:
        known = found.get(one.key)
        found[one.key] = (
            one
            if known is None
            else replace(known, amount=known.amount + one.amount, quantity=known.quantity + one.quantity)
        )
    return tuple(one for one in found.values() if one.amount or one.quantity)


def total(entries: Iterable[Entry]) -> Decimal:
    """What they come to."""
    return sum((one.amount for one in entries), NOTHING)


def ours(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """What stands on documents of the shop."""
    return tuple(one for one in entries if not one.theirs)


def tax_entries(taxes: Iterable[Tax]) -> Iterator[Entry]:
    """An entry per tax."""
    for tax in taxes:
        yield Entry(Role.TAX, tax.title, tax.amount, tax.title, theirs=tax.theirs)
