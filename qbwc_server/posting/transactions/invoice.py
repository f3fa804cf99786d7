"""Invoices."""

from __future__ import annotations

from qbwc_server.documents.kinds.invoice import Invoice
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.transactions.changes import Values
from qbwc_server.posting.transactions.sale import SaleTransaction, sale_lines
from qbwc_server.posting.transactions.writing import Writing, ref
from qbxml.messages.invoice import (
    InvoiceAdd,
    InvoiceLineAdd,
    InvoiceLineGroupMod,
    InvoiceLineMod,
    InvoiceLineRet,
    InvoiceMod,
    InvoiceQueryRq,
    InvoiceRet,
)
from qbxml.messages.transaction import TxnDelType


class InvoiceTransaction(SaleTransaction[Invoice]):
    """An invoice in the books."""

    document = Invoice
    txn_type = TxnDelType.INVOICE
    add_message, mod_message, query_message, ret = InvoiceAdd, InvoiceMod, InvoiceQueryRq, InvoiceRet
    line_sets = (sale_lines("lines", InvoiceLineAdd, InvoiceLineRet, InvoiceLineMod, InvoiceLineGroupMod),)
    total_field = None

    def own(self, document: Invoice, writing: Writing) -> Values:
        """Terms, dates, and who sold it."""
        return {
            "ar_account": ref(document.ar_account or writing.options.ar_account),
            "po_number": writing.texts.prose(document.po_number, "po_number", 25),
            "terms": writing.entry(ListKind.TERMS, document.terms, "terms"),
            "due_date": document.due_date,
            "sales_rep": writing.entry(ListKind.SALES_REP, document.sales_rep, "sales_rep"),
            "ship_date": document.ship_date,
            "is_to_be_printed": document.to_be_printed,
        }
