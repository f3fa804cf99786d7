"""Transfers. QuickBooks gives them neither number nor ExternalGUID: they bear our mark in the memo."""

from __future__ import annotations

from qbwc_server.documents.kinds.transfer import Transfer
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.transactions.changes import Values
from qbwc_server.posting.transactions.transaction import Transaction
from qbwc_server.posting.transactions.writing import LONGEST_MARKED, Mark, Writing
from qbxml.messages.transaction import TxnTypeFilter
from qbxml.messages.transfer import TransferAdd, TransferMod, TransferQueryRq, TransferRet


class TransferTransaction(Transaction[Transfer]):
    """A transfer in the books."""

    document = Transfer
    txn_type = TxnTypeFilter.TRANSFER
    add_message, mod_message, query_message, ret = TransferAdd, TransferMod, TransferQueryRq, TransferRet
    voidable = False  # TxnVoid does not know it
    mark = Mark.MEMO
    party_field = None
    total_field = "amount"

    def header(self, document: Transfer, writing: Writing) -> Values:
        """From where, to where, and how much."""
        return {
            "txn_date": document.date,
            "transfer_from_account": writing.entry(ListKind.ACCOUNT, document.transfer_from, "transfer_from"),
            "transfer_to_account": writing.entry(ListKind.ACCOUNT, document.transfer_to, "transfer_to"),
            "class_": writing.entry(ListKind.CLASS, document.class_name, "class"),
            "amount": document.amount,
            "memo": writing.texts.prose(document.memo, "memo", LONGEST_MARKED),
        }
