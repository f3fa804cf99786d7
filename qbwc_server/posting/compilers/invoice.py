"""Invoices: add and change."""

from __future__ import annotations

from datetime import date
from typing import TypedDict
from uuid import UUID

from qbwc_server.documents.kinds.invoice import Invoice
from qbwc_server.posting.compilers.sale import header, line_changes, line_values, ref
from qbwc_server.posting.options import PostingOptions
from qbwc_server.posting.texts import Texts
from qbxml import Ref
from qbxml.messages.invoice import InvoiceAdd, InvoiceLineAdd, InvoiceLineMod, InvoiceLineRet, InvoiceMod, InvoiceRet


class _OfInvoice(TypedDict):
    ar_account: Ref | None
    po_number: str | None
    terms: Ref | None
    due_date: date | None
    sales_rep: Ref | None
    ship_date: date | None


def _of_invoice(document: Invoice, options: PostingOptions, texts: Texts) -> _OfInvoice:
    return _OfInvoice(
        ar_account=ref(document.ar_account or options.ar_account),
        po_number=texts.prose(document.po_number, "po_number", 25),
        terms=ref(texts.name_or_none(document.terms, "terms", 31)),
        due_date=document.due_date,
        sales_rep=ref(texts.name_or_none(document.sales_rep, "sales_rep", 5)),
        ship_date=document.ship_date,
    )


def add(document: Invoice, guid: UUID, options: PostingOptions, texts: Texts) -> InvoiceAdd:
    """The invoice as a new transaction."""
    return InvoiceAdd(
        **header(document, options, texts),
        **_of_invoice(document, options, texts),
        external_guid=guid,
        lines=tuple(InvoiceLineAdd(**line.content()) for line in line_values(document.lines, texts)),
    )


def change(document: Invoice, found: InvoiceRet, options: PostingOptions, texts: Texts) -> InvoiceMod:
    """What turns ``found`` into the document."""
    content = header(document, options, texts)
    if content["memo"] is None and found.memo:
        content["memo"] = ""  # an empty element clears it
    existing = [line for line in found.lines if isinstance(line, InvoiceLineRet)]
    return InvoiceMod(
        **content,
        **_of_invoice(document, options, texts),
        txn_id=found.txn_id,
        edit_sequence=found.edit_sequence,
        lines=tuple(
            InvoiceLineMod(txn_line_id=line_id) if line is None else InvoiceLineMod(txn_line_id=line_id, **line)
            for line_id, line in line_changes(line_values(document.lines, texts), existing)
        ),
    )
