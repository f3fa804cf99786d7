"""``/companies/CODE/billing/sent``: invoices that somebody has marked as sent; nothing is put onto them any more."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from qbwc_server.api.access import Access
from qbwc_server.api.answers.billing import SentInvoiceAnswer, SentInvoicesAnswer
from qbwc_server.api.routes import LIMIT, MOST_PER_PAGE, Body, Route, text
from qbwc_server.api.schemas import number_asked
from qbwc_server.errors import Invalid
from qbwc_server.posting.onto.sent_here import (
    NoInvoice,
    invoice_named,
    mark_sent,
    sent_invoices,
    take_sent_back,
)
from qbwc_server.reports.sent_here import sent_records
from qbwc_server.tenancy.permissions import Permission

_ALL = "/companies/<code>/billing/sent"
_INVOICE = Body(
    {"invoice": str},
    {"invoice": "# and its number, the id of its document here, or the TxnID of QuickBooks."},
    needed=("invoice",),
)
ROUTES = {
    "sent_invoices_marked": Route(
        Permission.SEE_DOCUMENTS,
        SentInvoicesAnswer,
        parameters={"after": text("Go on behind this: next of the page before."), "limit": LIMIT},
        refuses=(Invalid,),
    ),
    "mark_invoice_sent": Route(
        Permission.POST_DOCUMENTS, SentInvoiceAnswer, takes=_INVOICE, refuses=(Invalid, NoInvoice)
    ),
    "mark_invoice_unsent": Route(
        Permission.POST_DOCUMENTS, SentInvoicesAnswer, takes=_INVOICE, refuses=(Invalid, NoInvoice)
    ),
}


def add_routes(blueprint: Blueprint, access: Access) -> None:
    """Put the resource at its address."""

    @blueprint.get(_ALL)
    def sent_invoices_marked(code: str) -> Response:
        """Invoices that are marked as sent here."""
        limit = number_asked(request.args, "limit", 100, MOST_PER_PAGE) or MOST_PER_PAGE
        with access.looking() as (db, company):
            rows = sent_invoices(db, company.id, after=request.args.get("after"), limit=limit + 1)
            records = sent_records(db, company.id, rows[:limit])
        return jsonify(sent=records, next=records[-1]["txn_id"] if len(rows) > limit else None)

    @blueprint.post(_ALL)
    def mark_invoice_sent(code: str) -> Response:
        """Mark an invoice as sent: no line is put onto it any more, and none of it is changed."""
        invoice = _named(access)
        with access.changing() as (db, company):
            row = mark_sent(db, company.id, invoice_named(db, company.id, invoice), by=access.by, now=access.now())
            (record,) = sent_records(db, company.id, [row])
        return jsonify(record)

    @blueprint.post(f"{_ALL}/take-back")
    def mark_invoice_unsent(code: str) -> Response:
        """It was not sent after all; the answer are those that are still marked."""
        invoice = _named(access)
        with access.changing() as (db, company):
            txn_id = invoice_named(db, company.id, invoice)
            take_sent_back(db, company.id, txn_id, by=access.by, now=access.now())
            rows = sent_invoices(db, company.id, limit=MOST_PER_PAGE + 1)
            records = sent_records(db, company.id, rows[:MOST_PER_PAGE])
        return jsonify(sent=records, next=records[-1]["txn_id"] if len(rows) > MOST_PER_PAGE else None)


def _named(access: Access) -> str:
    invoice = access.said().get("invoice")
    if not isinstance(invoice, str) or not invoice.strip():
        raise Invalid("The field invoice is missing.")
    return invoice
