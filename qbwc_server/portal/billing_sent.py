"""Invoices that were sent to their customers, marked so in a browser: nothing is put onto them any more."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from flask import Response
from sqlalchemy.orm import Session

from qbwc_server.billing_runs.keeping import NoBillingSettings, settings_of
from qbwc_server.errors import Conflict, Invalid, NotFound, QbwcError
from qbwc_server.portal.billing import require_all
from qbwc_server.portal.forms import text_field
from qbwc_server.portal.showing import go_to, show
from qbwc_server.portal.visit import Visit
from qbwc_server.posting.onto.sent_here import (
    LONGEST_TXN_ID,
    invoice_named,
    mark_sent,
    sent_invoices,
    take_sent_back,
)
from qbwc_server.reports.sent_here import sent_records
from qbwc_server.shortening import storable

_PAGE = 50
_TXN_ID = re.compile(r"[0-9A-Fa-f]+-[0-9]{10}", re.ASCII)


def sent(visit: Visit, problem: QbwcError | None = None) -> Response:
    """Those that are marked, the rule by which invoices count as sent, and a form for another one."""
    after = storable(visit.request.args.get("after", ""))[:LONGEST_TXN_ID] or None
    with visit.looking() as (db, standing):
        require_all(standing)
        rows = sent_invoices(db, standing.company.id, after=after, limit=_PAGE + 1)
        records = [
            {**one, "at": datetime.fromisoformat(one["at"])}
            for one in sent_records(db, standing.company.id, rows[:_PAGE])
        ]
        try:
            rule = settings_of(db, standing.company.id).unsent.value
        except NoBillingSettings:
            rule = "strict"
    more = records[-1]["txn_id"] if len(rows) > _PAGE else None
    status = 200 if problem is None else 422
    return show(visit, "sent.html", status, problem=problem, sent=records, rule=rule, first=after is None, next=more)


def mark(visit: Visit) -> Response:
    """Mark one, by its document or its TxnID."""
    return _changed(visit, lambda db, company, txn_id: mark_sent(db, company, txn_id, by=visit.by, now=visit.now))


def take_back(visit: Visit) -> Response:
    """It was not sent after all."""
    return _changed(visit, lambda db, company, txn_id: take_sent_back(db, company, txn_id, by=visit.by, now=visit.now))


def _typed(text: str) -> str:
    """A TxnID has a hyphen between two numbers in base 16, ten digits behind it; anything else is a number."""
    return text if not text or text.startswith("#") or _TXN_ID.fullmatch(text) else f"#{text}"


def _changed(visit: Visit, act: Callable[[Session, int, str], object]) -> Response:
    invoice = text_field(visit.request, "invoice", 60) or _typed(text_field(visit.request, "number", 60).strip())
    try:
        if not invoice.strip():
            raise Invalid("Type the number of the invoice.")
        with visit.changing() as (db, standing):
            require_all(standing)
            act(db, standing.company.id, invoice_named(db, standing.company.id, invoice))
    except (Conflict, Invalid, NotFound) as problem:
        return sent(visit, problem)
    if text_field(visit.request, "back") == "document" and invoice.isascii() and invoice.isdigit():
        return go_to("portal.document", code=visit.code, document_id=int(invoice))
    return go_to("portal.sent_invoices", code=visit.code)
