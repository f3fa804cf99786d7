"""Sales orders."""

from __future__ import annotations

from qbwc_server.documents.kinds.sales_order import SalesOrder
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.transactions.changes import Values
from qbwc_server.posting.transactions.sale import SaleTransaction, sale_lines
from qbwc_server.posting.transactions.writing import Writing
from qbxml.messages.sales_order import (
    SalesOrderAdd,
    SalesOrderLineAdd,
    SalesOrderLineGroupMod,
    SalesOrderLineMod,
    SalesOrderLineRet,
    SalesOrderMod,
    SalesOrderQueryRq,
    SalesOrderRet,
)
from qbxml.messages.transaction import TxnDelType


class SalesOrderTransaction(SaleTransaction[SalesOrder]):
    """A sales order in the books."""

    document = SalesOrder
    txn_type = TxnDelType.SALES_ORDER
    add_message, mod_message, query_message, ret = SalesOrderAdd, SalesOrderMod, SalesOrderQueryRq, SalesOrderRet
    line_sets = (sale_lines("lines", SalesOrderLineAdd, SalesOrderLineRet, SalesOrderLineMod, SalesOrderLineGroupMod),)
    voidable = False  # TxnVoid does not know it

    def own(self, document: SalesOrder, writing: Writing) -> Values:
        """Terms, dates, and who sold it."""
        return {
            "po_number": writing.texts.prose(document.po_number, "po_number", 25),
            "terms": writing.entry(ListKind.TERMS, document.terms, "terms"),
            "due_date": document.due_date,
            "sales_rep": writing.entry(ListKind.SALES_REP, document.sales_rep, "sales_rep"),
            "ship_date": document.ship_date,
            "is_to_be_printed": document.to_be_printed,
        }
