"""Estimates."""

from __future__ import annotations

from qbwc_server.documents.kinds.estimate import Estimate
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.transactions.changes import Values
from qbwc_server.posting.transactions.sale import SaleTransaction, sale_lines
from qbwc_server.posting.transactions.writing import Writing
from qbxml.messages.estimate import (
    EstimateAdd,
    EstimateLineAdd,
    EstimateLineGroupMod,
    EstimateLineMod,
    EstimateLineRet,
    EstimateMod,
    EstimateQueryRq,
    EstimateRet,
)
from qbxml.messages.transaction import TxnDelType


class EstimateTransaction(SaleTransaction[Estimate]):
    """An estimate in the books."""

    document = Estimate
    txn_type = TxnDelType.ESTIMATE
    add_message, mod_message, query_message, ret = EstimateAdd, EstimateMod, EstimateQueryRq, EstimateRet
    line_sets = (sale_lines("lines", EstimateLineAdd, EstimateLineRet, EstimateLineMod, EstimateLineGroupMod),)
    voidable = False  # TxnVoid does not know it

    def own(self, document: Estimate, writing: Writing) -> Values:
        """Terms, dates, and who made it."""
        return {
            "po_number": writing.texts.prose(document.po_number, "po_number", 25),
            "terms": writing.entry(ListKind.TERMS, document.terms, "terms"),
            "due_date": document.due_date,
            "sales_rep": writing.entry(ListKind.SALES_REP, document.sales_rep, "sales_rep"),
        }
