"""Sales receipts."""

from __future__ import annotations

from typing import ClassVar

from qbwc_server.documents.kinds.sales_receipt import SalesReceipt
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.transactions.changes import Values
from qbwc_server.posting.transactions.sale import SaleTransaction, sale_lines
from qbwc_server.posting.transactions.writing import Writing, ref
from qbxml.messages.sales_receipt import (
    SalesReceiptAdd,
    SalesReceiptLineAdd,
    SalesReceiptLineGroupMod,
    SalesReceiptLineMod,
    SalesReceiptLineRet,
    SalesReceiptMod,
    SalesReceiptQueryRq,
    SalesReceiptRet,
)
from qbxml.messages.transaction import TxnDelType


class SalesReceiptTransaction(SaleTransaction[SalesReceipt]):
    """A sales receipt in the books."""

    document = SalesReceipt
    txn_type = TxnDelType.SALES_RECEIPT
    add_message, mod_message = SalesReceiptAdd, SalesReceiptMod
    query_message, ret = SalesReceiptQueryRq, SalesReceiptRet
    line_sets = (
        sale_lines("lines", SalesReceiptLineAdd, SalesReceiptLineRet, SalesReceiptLineMod, SalesReceiptLineGroupMod),
    )
    kept: ClassVar[frozenset[str]] = SaleTransaction.kept | {"deposit_to_account"}

    def own(self, document: SalesReceipt, writing: Writing) -> Values:
        """How it was paid, and where the money went."""
        return {
            "check_number": writing.texts.prose(document.check_number, "check_number", 25),
            "payment_method": writing.entry(ListKind.PAYMENT_METHOD, document.payment_method, "payment_method"),
            "deposit_to_account": ref(document.deposit_to or writing.options.deposit_to),
            "is_to_be_printed": document.to_be_printed,
        }
