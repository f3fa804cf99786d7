"""What invoices, sales receipts, credit memos and the like share."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from qbwc_server.documents.kinds.document import Document
from qbwc_server.documents.kinds.fields import (
    Amount,
    ClassName,
    CustomerMessage,
    SalesTaxItemName,
    Short,
    Sort,
    TemplateName,
)
from qbwc_server.documents.kinds.item_lines import Line, OrderLine, check_lines, sum_of
from qbwc_server.documents.kinds.party import Customer
from qbwc_server.documents.problems import Problem


class Sale(Document):
    """A document that sells something to a customer, or takes it back."""

    customer: Customer
    lines: tuple[OrderLine, ...] = Field(min_length=1, max_length=1000)
    class_name: ClassName | None = Field(default=None, alias="class")
    sales_tax_item: SalesTaxItemName | None = None  # the one tax item or group of the document
    customer_message: CustomerMessage | None = None
    template: TemplateName | None = None
    other: Annotated[Short, Sort.PROSE] | None = None
    to_be_emailed: bool | None = None
    subtotal: Amount | None = None  # given: the lines must add up to it
    total: Amount | None = None  # given: QuickBooks' own total is compared with it

    adds_items = True
    negative_advice = "Enter it as a credit memo, with positive amounts."

    def adds_up_to(self) -> Decimal | None:
        """The sum of the lines."""
        return sum_of(line.comes_to() for line in self.lines)

    def comes_to(self) -> Decimal | None:
        """The total as given, else the sum of the lines where no tax is added by QuickBooks."""
        if self.total is not None:
            return self.total
        return self.adds_up_to() if self.sales_tax_item is None else None

    def check(self) -> Iterator[Problem]:
        """Lines, and whether they add up to what the document says."""
        yield from check_lines(self.lines)
        lines = self.adds_up_to()
        if lines is None:
            return
        if self.subtotal not in (None, lines):
            yield Problem(
                "lines_do_not_add_up",
                "subtotal",
                f"The lines add up to {lines}, but the subtotal says {self.subtotal}.",
                "Correct the lines or the subtotal.",
            )
        if self.sales_tax_item is None and self.total not in (None, lines):
            yield Problem(
                "does_not_foot",
                "total",
                f"The lines add up to {lines}, but the total says {self.total}, and there is no tax item to "
                f"explain it.",
                "Correct the lines or the total, or name the sales tax item.",
            )


class DeliveredSale(Sale):
    """A sale whose lines may say on which day each was delivered."""

    lines: tuple[Line, ...] = Field(min_length=1, max_length=1000)
