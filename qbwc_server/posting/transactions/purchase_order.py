"""Purchase orders."""

from __future__ import annotations

from typing import ClassVar

from qbwc_server.documents.kinds.purchase_order import PurchaseOrder
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.transactions.changes import Values
from qbwc_server.posting.transactions.lines import LineSet, LineValues
from qbwc_server.posting.transactions.sale import address, priced_line
from qbwc_server.posting.transactions.transaction import Transaction
from qbwc_server.posting.transactions.writing import Writing
from qbxml.messages.purchase_order import (
    PurchaseOrderAdd,
    PurchaseOrderLineAdd,
    PurchaseOrderLineGroupMod,
    PurchaseOrderLineMod,
    PurchaseOrderLineRet,
    PurchaseOrderMod,
    PurchaseOrderQueryRq,
    PurchaseOrderRet,
)
from qbxml.messages.transaction import TxnDelType


class PurchaseOrderTransaction(Transaction[PurchaseOrder]):
    """A purchase order in the books."""

    document = PurchaseOrder
    txn_type = TxnDelType.PURCHASE_ORDER
    add_message, mod_message = PurchaseOrderAdd, PurchaseOrderMod
    query_message, ret = PurchaseOrderQueryRq, PurchaseOrderRet
    line_sets = (
        LineSet(
            "lines",
            PurchaseOrderLineAdd,
            "lines",
            PurchaseOrderLineRet,
            "lines",
            PurchaseOrderLineMod,
            PurchaseOrderLineGroupMod,
            kept=frozenset({"item"}),
        ),
    )
    voidable = False  # TxnVoid does not know it
    party_field = "vendor"
    kept: ClassVar[frozenset[str]] = frozenset({"ref_number", "template"})

    def header(self, document: PurchaseOrder, writing: Writing) -> Values:
        """Who is to deliver, when, and on which terms."""
        texts, vendor = writing.texts, document.vendor
        return {
            "vendor": writing.entry(ListKind.VENDOR, vendor.name, "vendor"),
            "class_": writing.entry(ListKind.CLASS, document.class_name, "class"),
            "template": writing.entry(ListKind.TEMPLATE, document.template, "template"),
            "txn_date": document.date,
            "ref_number": texts.name_or_none(document.number, "number", document.number_limit),
            "vendor_address": address(vendor.address, "vendor_address", texts),
            "terms": writing.entry(ListKind.TERMS, document.terms, "terms"),
            "due_date": document.due_date,
            "expected_date": document.expected_date,
            "memo": texts.prose(document.memo, "memo", 4095),
            "vendor_msg": texts.prose(document.vendor_message, "vendor_message", 99),
            "is_to_be_printed": document.to_be_printed,
            "is_to_be_emailed": document.to_be_emailed,
        }

    def lines(self, document: PurchaseOrder, writing: Writing) -> tuple[list[LineValues], ...]:
        """What is ordered, and for whom."""
        return (
            [
                priced_line(
                    line,
                    at,
                    writing,
                    customer=writing.entry(ListKind.CUSTOMER, line.customer, f"{at}.customer"),
                )
                for line, at in ((line, f"lines[{index}]") for index, line in enumerate(document.lines))
            ],
        )
