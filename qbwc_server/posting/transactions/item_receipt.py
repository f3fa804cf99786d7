"""Item receipts."""

from __future__ import annotations

from typing import ClassVar

from qbwc_server.documents.kinds.item_receipt import ItemReceipt
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.transactions.changes import Values
from qbwc_server.posting.transactions.purchase import EXPENSES, PurchaseTransaction, purchase_items
from qbwc_server.posting.transactions.writing import Writing, ref
from qbxml.messages.bill import BillItemLineAdd
from qbxml.messages.item_receipt import ItemReceiptAdd, ItemReceiptMod, ItemReceiptQueryRq, ItemReceiptRet
from qbxml.messages.transaction import TxnDelType


class ItemReceiptTransaction(PurchaseTransaction[ItemReceipt]):
    """An item receipt in the books."""

    document = ItemReceipt
    txn_type = TxnDelType.ITEM_RECEIPT
    add_message, mod_message = ItemReceiptAdd, ItemReceiptMod
    query_message, ret = ItemReceiptQueryRq, ItemReceiptRet
    line_sets = (EXPENSES, purchase_items(BillItemLineAdd))
    party_field = "vendor"
    total_field = "total_amount"
    kept: ClassVar[frozenset[str]] = PurchaseTransaction.kept | {"ap_account"}

    def own(self, document: ItemReceipt, writing: Writing) -> Values:
        """From whom it came, and in which payables it stands until the bill."""
        return {
            "vendor": writing.entry(ListKind.VENDOR, document.vendor.name, "vendor"),
            "ap_account": ref(document.ap_account),
        }
