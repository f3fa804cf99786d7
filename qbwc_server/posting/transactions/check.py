"""Checks."""

from __future__ import annotations

from qbwc_server.documents.kinds.check import Check
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.transactions.changes import Values
from qbwc_server.posting.transactions.purchase import PurchaseTransaction, payee
from qbwc_server.posting.transactions.sale import address
from qbwc_server.posting.transactions.writing import Writing
from qbxml.messages.check import CheckAdd, CheckMod, CheckQueryRq, CheckRet
from qbxml.messages.transaction import TxnDelType


class CheckTransaction(PurchaseTransaction[Check]):
    """A check in the books."""

    document = Check
    txn_type = TxnDelType.CHECK
    add_message, mod_message, query_message, ret = CheckAdd, CheckMod, CheckQueryRq, CheckRet
    party_field = "payee_entity"

    def own(self, document: Check, writing: Writing) -> Values:
        """From which account, to whom, and where he lives."""
        lives = next((one.address for one in (document.vendor, document.other_name) if one is not None), None)
        if document.customer is not None:
            lives = document.customer.billing_address
        return {
            "account": writing.entry(ListKind.ACCOUNT, document.bank_account, "bank_account"),
            "address": address(lives, "address", writing.texts),
            "is_to_be_printed": document.to_be_printed,
            **payee(document, writing),
        }
