"""Inventory adjustments."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from qbwc_server.documents.kinds.document import Document
from qbwc_server.documents.kinds.fields import AccountName, Amount, ClassName, Fields, ItemName, Quantity
from qbwc_server.documents.kinds.item_lines import sum_of
from qbwc_server.documents.kinds.party import Customer
from qbwc_server.documents.problems import Problem


class AdjustmentLine(Fields):
    """How many pieces of an item came or went, and by how much their value changed.

    Without a value QuickBooks takes the average cost. New totals cannot be given: entered again, after a restored
    backup, they would undo what was sold since.
    """

    item: ItemName
    quantity_difference: Quantity | None = None
    value_difference: Amount | None = None


class InventoryAdjustment(Document):
    """Stock that is more or less than the books say, or worth more or less."""

    kind: Literal["inventory_adjustment"] = "inventory_adjustment"
    adjustment_account: AccountName
    customer: Customer | None = None
    class_name: ClassName | None = Field(default=None, alias="class")
    lines: tuple[AdjustmentLine, ...] = Field(min_length=1, max_length=1000)

    title = "inventory adjustment"
    titles = "inventory adjustments"

    def adds_up_to(self) -> Decimal | None:
        """The values, where all of them are given."""
        return sum_of(line.value_difference for line in self.lines)

    def check(self) -> Iterator[Problem]:
        """Each line adjusts something, and no item stands on two."""
        items = [line.item.casefold() for line in self.lines]
        for index, line in enumerate(self.lines):
            if not line.quantity_difference and not line.value_difference:
                yield Problem(
                    "nothing_adjusted",
                    f"lines[{index}].quantity_difference",
                    f"The line adjusts nothing of {line.item}.",
                    "Say by how much quantity or value change, or leave the line out.",
                )
            if line.item.casefold() in items[:index]:
                yield Problem(
                    "item_twice",
                    f"lines[{index}].item",
                    f"{line.item} stands on two lines.",
                    "Adjust each item once, by the sum.",
                )
