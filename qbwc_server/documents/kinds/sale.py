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
from qbwc_server.documents.kinds.footing import Agreement, Sum
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
        """What is wrong with the lines."""
        yield from check_lines(self.lines)

    def agreements(self) -> Iterator[Agreement]:
        """The lines are the subtotal, and with the tax that QuickBooks adds the total."""
        lines = self.adds_up_to()
        if lines is not None:
            yield from self._of_lines(Sum("the lines add up to", lines))
        yield from super().agreements()

    def _of_lines(self, lines: Sum) -> Iterator[Agreement]:
        if self.subtotal is not None:
            said = Sum("the subtotal says", self.subtotal)
            yield Agreement("subtotal", lines, said, "Correct the lines or the subtotal.", "lines_do_not_add_up")
        total = self._total_said()
        if total is None:
            return
        tax = self.stated.tax if self.stated else None
        if self.sales_tax_item is None:
            yield Agreement(
                "total",
                lines,
                total,
                "Correct the lines or the total, or name the sales tax item.",
                because=", and there is no tax item to explain it",
            )
        elif tax is not None and total.amount != lines.amount:  # else the tax stands on lines, and QuickBooks adds none
            with_tax = Sum(f"{lines} and the tax to {tax}, together", lines.amount + tax)
            yield Agreement("total", with_tax, total, "Correct the lines, the tax or the total.")

    def _total_said(self) -> Sum | None:
        if self.total is not None:
            return Sum("the total says", self.total)
        return next((one for _, one in self.stated.sums()), None) if self.stated else None


class DeliveredSale(Sale):
    """A sale whose lines may say on which day each was delivered."""

    lines: tuple[Line, ...] = Field(min_length=1, max_length=1000)
