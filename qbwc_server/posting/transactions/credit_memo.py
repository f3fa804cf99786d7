"""Credit memos."""

from __future__ import annotations

from qbwc_server.documents.kinds.credit_memo import CreditMemo
from qbwc_server.posting.transactions.changes import Values
from qbwc_server.posting.transactions.sale import SaleTransaction, sale_lines
from qbwc_server.posting.transactions.writing import Writing, ref
from qbxml.messages.credit_memo import (
    CreditMemoAdd,
    CreditMemoLineAdd,
    CreditMemoLineGroupMod,
    CreditMemoLineMod,
    CreditMemoLineRet,
    CreditMemoMod,
    CreditMemoQueryRq,
    CreditMemoRet,
)
from qbxml.messages.transaction import TxnDelType


class CreditMemoTransaction(SaleTransaction[CreditMemo]):
    """A credit memo in the books."""

    document = CreditMemo
    txn_type = TxnDelType.CREDIT_MEMO
    add_message, mod_message, query_message, ret = CreditMemoAdd, CreditMemoMod, CreditMemoQueryRq, CreditMemoRet
    line_sets = (sale_lines("lines", CreditMemoLineAdd, CreditMemoLineRet, CreditMemoLineMod, CreditMemoLineGroupMod),)

    def own(self, document: CreditMemo, writing: Writing) -> Values:
        """What it is credited against."""
        return {
            "ar_account": ref(document.ar_account or writing.options.ar_account),
            "po_number": writing.texts.prose(document.po_number, "po_number", 25),
            "is_to_be_printed": document.to_be_printed,
        }
