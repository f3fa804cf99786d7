"""Purchase orders."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from qbwc_server.documents.kinds.document import Document
from qbwc_server.documents.kinds.fields import (
    BookDate,
    ClassName,
    CustomerName,
    Short,
    Sort,
    TemplateName,
    TermsName,
)
from qbwc_server.documents.kinds.item_lines import PricedLine, check_lines, sum_of
from qbwc_server.documents.kinds.party import Vendor
from qbwc_server.documents.problems import Problem


class PurchaseOrderLine(PricedLine):
    """One line of what is ordered from a vendor."""

    customer: CustomerName | None = None  # for whom it is bought


class PurchaseOrder(Document):
    """What is ordered from a vendor."""

    kind: Literal["purchase_order"] = "purchase_order"
    vendor: Vendor
    lines: tuple[PurchaseOrderLine, ...] = Field(min_length=1, max_length=1000)
    class_name: ClassName | None = Field(default=None, alias="class")
    template: TemplateName | None = None
    terms: TermsName | None = None
    due_date: BookDate | None = None
    expected_date: BookDate | None = None
    vendor_message: Annotated[Short, Sort.PROSE] | None = None
    to_be_printed: bool | None = None
    to_be_emailed: bool | None = None

    title = "purchase order"
    titles = "purchase orders"
    negative_advice = "Correct the lines."

    def adds_up_to(self) -> Decimal | None:
        """The sum of the lines."""
        return sum_of(line.comes_to() for line in self.lines)

    def check(self) -> Iterator[Problem]:
        """Each line is right."""
        yield from check_lines(self.lines)
