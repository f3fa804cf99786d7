"""Lines that name items: what each comes to, and what may be wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from pydantic import Field

from qbwc_server.documents.kinds.fields import (
    CENT,
    Amount,
    BookDate,
    ClassName,
    Fields,
    ItemName,
    Long,
    Price,
    Quantity,
    SalesTaxCodeName,
)
from qbwc_server.documents.problems import Problem


class Line(Fields):
    """One line of a sale: an item with quantity, rate and amount, or only a description.

    With quantity and amount QuickBooks works out the rate, so the cents are exactly the ones given here.
    """

    item: ItemName | None = None
    description: Long | None = None
    quantity: Quantity | None = None
    rate: Price | None = None
    amount: Amount | None = None
    tax_code: SalesTaxCodeName | None = None
    class_name: ClassName | None = Field(default=None, alias="class")
    service_date: BookDate | None = None

    def comes_to(self) -> Decimal | None:
        """What the line adds to the document; None where only QuickBooks knows the price."""
        return comes_to(self.item, self.quantity, self.rate, self.amount)

    def problems(self, at: str) -> Iterator[Problem]:
        """What is wrong with the line, which stands at ``at``: lines[0]."""
        yield from check(at, self.item, self.description, self.quantity, self.rate, self.amount, rate_is="rate")


def comes_to(
    item: str | None, quantity: Decimal | None, rate: Decimal | None, amount: Decimal | None
) -> Decimal | None:
    """An amount as given, else quantity times rate rounded half up to the cent; None where the price is QuickBooks'."""
    if amount is not None:
        return amount
    if rate is not None:
        return ((Decimal(1) if quantity is None else quantity) * rate).quantize(CENT, ROUND_HALF_UP)
    return None if item is not None else Decimal(0)


def sum_of(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum, None where one of them is not known."""
    total = Decimal(0)
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def check(
    at: str,
    item: str | None,
    description: str | None,
    quantity: Decimal | None,
    rate: Decimal | None,
    amount: Decimal | None,
    *,
    rate_is: str,
) -> Iterator[Problem]:
    """What is wrong with a line that names an item, has a price, or only says something."""
    if item is None and (quantity, rate, amount) != (None, None, None):
        yield Problem(
            "line_without_item",
            f"{at}.item",
            "A line with an amount needs an item; only a line of text may go without.",
            "Name the item.",
        )
    if item is None and not description:
        yield Problem("empty_line", at, "The line is empty.", "Remove it, or name item or description.")
    if quantity is not None and rate is not None and amount is not None:
        product = comes_to(item, quantity, rate, None)
        if product is not None and abs(product - amount) > CENT:
            yield Problem(
                "line_does_not_multiply",
                f"{at}.amount",
                f"{quantity} x {rate} is {product}, but the amount says {amount}.",
                f"Correct quantity, {rate_is} or amount, or leave out the {rate_is}.",
            )


def check_lines(lines: Sequence[Line], name: str = "lines") -> Iterator[Problem]:
    """What is wrong with each of the lines."""
    for index, line in enumerate(lines):
        yield from line.problems(f"{name}[{index}]")
