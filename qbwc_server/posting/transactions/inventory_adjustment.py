"""Inventory adjustments. QuickBooks tells no total; the values of the lines are added up."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from qbwc_server.documents.kinds.inventory_adjustment import InventoryAdjustment
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.transactions.changes import Values
from qbwc_server.posting.transactions.lines import LineSet, LineValues, line_values
from qbwc_server.posting.transactions.standing import money
from qbwc_server.posting.transactions.transaction import Transaction
from qbwc_server.posting.transactions.writing import Writing
from qbxml import Aggregate
from qbxml.messages.inventory_adjustment import (
    InventoryAdjustmentAdd,
    InventoryAdjustmentLineAdd,
    InventoryAdjustmentLineMod,
    InventoryAdjustmentLineRet,
    InventoryAdjustmentMod,
    InventoryAdjustmentQueryRq,
    InventoryAdjustmentRet,
    QuantityAdjustment,
    ValueAdjustment,
)
from qbxml.messages.transaction import TxnDelType
from qbxml.returned import TxnRet


class AdjustmentLines(LineSet):
    """Differences, which a new adjustment says in another way than a changed one."""

    def write_add(self, line: LineValues) -> Aggregate:
        """The line of a new adjustment: of quantity alone, or with its value."""
        differences = {name: value for name, value in line.values.items() if name != "item"}
        if "value_difference" in differences:
            return InventoryAdjustmentLineAdd(item=line.values["item"], value_adjustment=ValueAdjustment(**differences))
        return InventoryAdjustmentLineAdd(
            item=line.values["item"], quantity_adjustment=QuantityAdjustment(**differences)
        )


class InventoryAdjustmentTransaction(Transaction[InventoryAdjustment]):
    """An inventory adjustment in the books."""

    document = InventoryAdjustment
    txn_type = TxnDelType.INVENTORY_ADJUSTMENT
    add_message, mod_message = InventoryAdjustmentAdd, InventoryAdjustmentMod
    query_message, ret = InventoryAdjustmentQueryRq, InventoryAdjustmentRet
    line_sets = (
        AdjustmentLines(
            "inventory_adjustment_line_adds",
            InventoryAdjustmentLineAdd,
            "inventory_adjustment_line_rets",
            InventoryAdjustmentLineRet,
            "inventory_adjustment_line_mods",
            InventoryAdjustmentLineMod,
            kept=frozenset({"item", "quantity_difference"}),
            amount="value_difference",
        ),
    )
    total_field = None
    kept: ClassVar[frozenset[str]] = frozenset({"ref_number", "customer"})

    def header(self, document: InventoryAdjustment, writing: Writing) -> Values:
        """Against which account, and for whom."""
        customer = None if document.customer is None else document.customer.name
        return {
            "account": writing.entry(ListKind.ACCOUNT, document.adjustment_account, "adjustment_account"),
            "txn_date": document.date,
            "ref_number": writing.texts.name_or_none(document.number, "number", document.number_limit),
            "customer": writing.entry(ListKind.CUSTOMER, customer, "customer"),
            "class_": writing.entry(ListKind.CLASS, document.class_name, "class"),
            "memo": writing.texts.prose(document.memo, "memo", 4095),
        }

    def lines(self, document: InventoryAdjustment, writing: Writing) -> tuple[list[LineValues], ...]:
        """The differences of each item."""
        return (
            [
                line_values(
                    {
                        "item": writing.entry(ListKind.ITEM, line.item, f"lines[{index}].item"),
                        "quantity_difference": line.quantity_difference,
                        "value_difference": line.value_difference,
                    },
                    line.value_difference,
                )
                for index, line in enumerate(document.lines)
            ],
        )

    def total_of(self, ret: TxnRet) -> Decimal | None:
        """The values, where the lines were told; pieces that are worth nothing do not make it a void one."""
        lines = getattr(ret, "inventory_adjustment_line_rets", None) or ()
        values = [line.value_difference for line in lines]
        if not lines or None in values or (not any(values) and any(line.quantity_difference for line in lines)):
            return None
        return money(sum(values, Decimal(0)))
