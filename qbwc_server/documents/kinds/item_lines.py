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
    CustomerName,
    Fields,
    ItemName,
    Long,
    Price,
    Quantity,
    SalesTaxCodeName,
)
from qbwc_server.documents.problems import Problem


class PricedLine(Fields):
    """One line of what is offered, ordered or sold: an item with quantity, rate and amount, or only a description.

    With quantity and amount QuickBooks works out the rate, so the cents are exactly the ones given here.
    """

    item: ItemName | None = None
    description: Long | None = None
    quantity: Quantity | None = None
    rate: Price | None = None
    amount: Amount | None = None
    class_name: ClassName | None = Field(default=None, alias="class")

    def comes_to(self) -> Decimal | None:
        """What the line adds to the document; None where only QuickBooks knows the price."""
        return comes_to(self.item, self.quantity, self.rate, self.amount)

    def problems(self, at: str) -> Iterator[Problem]:
        """What is wrong with the line, which stands at ``at``: lines[0]."""
        yield from check(at, self.item, self.description, self.quantity, self.rate, self.amount, rate_is="rate")


class OrderLine(PricedLine):
    """One line of what is offered to a customer, ordered by him or sold to him."""

    tax_code: SalesTaxCodeName | None = None


class Line(OrderLine):
    """One line of a sale, which was delivered on a day."""

    service_date: BookDate | None = None


class PurchaseLine(Fields):
    """One line of a purchase: an item with quantity, cost and amount, or only a description."""

    item: ItemName | None = None
    description: Long | None = None
    quantity: Quantity | None = None
    cost: Price | None = None
    amount: Amount | None = None
    customer: CustomerName | None = None  # for whom it was bought
    class_name: ClassName | None = Field(default=None, alias="class")
    billable: bool | None = None  # to be passed on to the customer

    known_by = ("item",)  # or what it says; a row of a file has to name the item

    def comes_to(self) -> Decimal | None:
        """What the line adds to the document; None where only QuickBooks knows the cost."""
        return comes_to(self.item, self.quantity, self.cost, self.amount)

    def problems(self, at: str) -> Iterator[Problem]:
        """What is wrong with the line, which stands at ``at``: items[0]."""
        yield from check(at, self.item, self.description, self.quantity, self.cost, self.amount, rate_is="cost")
        yield from check_billable(at, billable=self.billable, customer=self.customer)


def check_billable(at: str, *, billable: bool | None, customer: str | None) -> Iterator[Problem]:
    """Only a customer can be billed."""
    if billable and customer is None:
        yield Problem(
            "billable_to_nobody",
            f"{at}.customer",
            "The line is to be billed to a customer, but names none.",
            "Name the customer, or do not make it billable.",
        )


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


def check_lines(lines: Sequence[PricedLine | PurchaseLine], name: str = "lines") -> Iterator[Problem]:
    """What is wrong with each of the lines."""
    for index, line in enumerate(lines):
        yield from line.problems(f"{name}[{index}]")
