"""The document of one customer and billing day, in the terms of QuickBooks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from qbwc_server.billing_runs.plan import Billing, Plan
from qbwc_server.billing_runs.settings import Delivery, Makes
from qbwc_server.clock import moment
from qbwc_server.documents.kinds import Document, read_document

_FLAGS: Mapping[Delivery, tuple[bool | None, bool | None]] = {  # e-mail, print
    Delivery.BY_QUICKBOOKS: (None, None),
    Delivery.EMAIL: (True, False),
    Delivery.PRINT: (False, True),
    Delivery.BOTH: (True, True),
    Delivery.NEITHER: (False, False),
}


def origin_of(billing: Billing, billing_day: date) -> str:
    """By what the document is known for ever; a credit memo in the place of an invoice is another one."""
    credit = ":credit" if billing.invoicing.is_credit else ""
    return f"billing:{billing.connection_id}:{billing_day.isoformat()}:{billing.customer.key}{credit}"


def document_of(billing: Billing, plan: Plan) -> Document:
    """An invoice, or a credit memo with the signs turned around."""
    credit = billing.invoicing.is_credit
    lines = [
        _turned(one.as_record()) if credit else {**one.as_record(), "key": one.key(plan.billing_day)}
        for one in billing.lines
    ]
    onto = {} if credit or billing.makes is Makes.CREATE else {"onto": _onto(billing, plan)}
    email, print_ = _FLAGS[plan.settings.delivery]
    return read_document(
        {
            "kind": "credit_memo" if credit else "invoice",
            "origin": origin_of(billing, plan.billing_day),
            "date": plan.billing_day,
            "customer": {"name": billing.customer.name},
            "memo": f"Subscriptions {plan.period}",
            "to_be_emailed": email,
            "to_be_printed": print_,
            "lines": lines,
            **onto,
        }
    )


def _onto(billing: Billing, plan: Plan) -> dict[str, Any]:
    """The invoice on which the lines belong: of the period or the billing day, until the end of that day."""
    settings = plan.settings
    return {
        "first": plan.period.first,
        "last": plan.period.last,
        "billing_day": plan.billing_day,
        "unsent": settings.unsent.value,
        "until": moment(plan.billing_day + timedelta(days=1), time(), ZoneInfo(settings.zone)),
        "no_invoice": settings.no_invoice.value,
        "items": sorted({name for one in billing.connections for name in plan.items[one]}),
    }


def _turned(line: Mapping[str, Any]) -> dict[str, Any]:
    signed = ("quantity", "amount")
    return {name: -value if name in signed and isinstance(value, Decimal) else value for name, value in line.items()}
