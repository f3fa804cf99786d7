"""Bills."""

from __future__ import annotations

from typing import ClassVar

from qbwc_server.documents.kinds.bill import Bill
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.transactions.changes import Values
from qbwc_server.posting.transactions.purchase import EXPENSES, PurchaseTransaction, purchase_items
from qbwc_server.posting.transactions.sale import address
from qbwc_server.posting.transactions.writing import Writing, ref
from qbxml.messages.bill import BillAdd, BillItemLineAdd, BillMod, BillQueryRq, BillRet
from qbxml.messages.transaction import TxnDelType


class BillTransaction(PurchaseTransaction[Bill]):
    """A bill in the books."""

    document = Bill
    txn_type = TxnDelType.BILL
    add_message, mod_message, query_message, ret = BillAdd, BillMod, BillQueryRq, BillRet
    line_sets = (EXPENSES, purchase_items(BillItemLineAdd))
    party_field = "vendor"
    total_field = "amount_due"
    kept: ClassVar[frozenset[str]] = PurchaseTransaction.kept | {"ap_account"}

    def own(self, document: Bill, writing: Writing) -> Values:
        """Who is owed, and until when."""
        return {
            "vendor": writing.entry(ListKind.VENDOR, document.vendor.name, "vendor"),
            "vendor_address": address(document.vendor.address, "vendor_address", writing.texts),
            "ap_account": ref(document.ap_account),
            "due_date": document.due_date,
            "terms": writing.entry(ListKind.TERMS, document.terms, "terms"),
        }
