"""Vendor credits."""

from __future__ import annotations

from typing import ClassVar

from qbwc_server.documents.kinds.vendor_credit import VendorCredit
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.transactions.changes import Values
from qbwc_server.posting.transactions.purchase import PurchaseTransaction
from qbwc_server.posting.transactions.writing import Writing, ref
from qbxml.messages.transaction import TxnDelType
from qbxml.messages.vendor_credit import VendorCreditAdd, VendorCreditMod, VendorCreditQueryRq, VendorCreditRet


class VendorCreditTransaction(PurchaseTransaction[VendorCredit]):
    """A vendor credit in the books."""

    document = VendorCredit
    txn_type = TxnDelType.VENDOR_CREDIT
    add_message, mod_message = VendorCreditAdd, VendorCreditMod
    query_message, ret = VendorCreditQueryRq, VendorCreditRet
    party_field = "vendor"
    total_field = "credit_amount"
    kept: ClassVar[frozenset[str]] = PurchaseTransaction.kept | {"ap_account"}

    def own(self, document: VendorCredit, writing: Writing) -> Values:
        """Who gives it, and of which payables it is taken off."""
        return {
            "vendor": writing.entry(ListKind.VENDOR, document.vendor.name, "vendor"),
            "ap_account": ref(document.ap_account),
        }
