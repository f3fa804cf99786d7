"""Billing in a browser: what a day would bill, who is approved or held back, the run, its report, the settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from qbwc_server.billing_runs.by_the_clock import next_day, read_day
from qbwc_server.billing_runs.deciding import approve, hold_back, take_back
from qbwc_server.billing_runs.keeping import NoBillingSettings, change_settings, charge_connections
from qbwc_server.billing_runs.running import run_billing
from qbwc_server.billing_runs.settings import BillingSettings
from qbwc_server.channels.options import declared
from qbwc_server.errors import Conflict, Invalid, NotFound, QbwcError
from qbwc_server.portal.billing_steps import steps_of
from qbwc_server.portal.billing_terms import in_words
from qbwc_server.portal.forms import text_field
from qbwc_server.portal.option_form import fields_of, read_fields
from qbwc_server.portal.showing import go_to, show
from qbwc_server.portal.visit import Visit, kinds_seen
from qbwc_server.reports.billing import NotRunYet, preview_record, report_csv, report_record, settings_record
from qbwc_server.tenancy.access import Standing
from qbwc_server.tenancy.models import Company

_PAGE = 50  # customers
_MOST_ORPHANS = 100
_OPTIONS = declared(BillingSettings)
_KINDS = ("invoice", "credit_memo")


def billing(visit: Visit, problem: QbwcError | None = None) -> Response:
    """A billing day: left out in the address, the oldest that is due and not done, else the next."""
    with visit.looking() as (db, standing):
        require_all(standing)
        page = _page(db, standing.company, visit, problem)
    return show(visit, "billing.html", 200 if page["problem"] is None else 409, **page)


def _page(db: Session, company: Company, visit: Visit, problem: QbwcError | None) -> dict[str, Any]:
    page: dict[str, Any] = {"problem": problem, "connections": charge_connections(db, company.id)}
    page["asked"] = visit.request.args.get("asked") == "yes"
    try:
        day = _day(db, company.id, visit)
        plan = preview_record(db, company, day)
    except NoBillingSettings:
        return {**page, "plan": None, "steps": steps_of(db, company, None, visit.now)}
    except Invalid as wrong:
        return {**page, "plan": None, "problem": problem or wrong}
    said = visit.request.args.get("from", "0")
    first = int(said) if said.isascii() and said.isdigit() and len(said) < 7 else 0
    customers = plan["customers"]
    return {
        **page,
        "plan": plan,
        "steps": steps_of(db, company, plan, visit.now),
        "day": day.isoformat(),
        "customers": customers[first : first + _PAGE],
        "first": first,
        "next": first + _PAGE if len(customers) > first + _PAGE else None,
        "to_mend": [one for one in plan["to_mend"] if one not in plan["problems"]],
        "orphans": plan["orphans"][:_MOST_ORPHANS],
        "is_due": datetime.fromisoformat(plan["due_at"]) <= visit.now,
        "report": _report(db, company, day),
    }


def _report(db: Session, company: Company, day: date) -> dict[str, Any] | None:
    try:
        return report_record(db, company, day)
    except NotRunYet:
        return None


def approve_customers(visit: Visit) -> Response:
    """Approve one customer as the page showed him, or all that are not held back or blocked."""
    customer, seen = text_field(visit.request, "customer", 300), text_field(visit.request, "seen", 64)

    def act(db: Session, company: Company, day: date) -> None:
        chosen = [customer] if customer else None
        approve(db, company, day, chosen, seen=seen or None, by=visit.by, now=visit.now)

    return _decided(visit, act)


def hold_customer(visit: Visit) -> Response:
    """One waits until he is approved."""
    customer = text_field(visit.request, "customer", 300)
    return _decided(visit, lambda db, company, day: hold_back(db, company, day, [customer], by=visit.by, now=visit.now))


def take_back_customer(visit: Visit) -> Response:
    """What was billed to one, and has not left, is taken back."""
    customer = text_field(visit.request, "customer", 300)
    return _decided(visit, lambda db, company, day: take_back(db, company, day, [customer], by=visit.by, now=visit.now))


def run_now(visit: Visit) -> Response:
    """Bill a day that is due: all who are not to wait."""
    try:
        with visit.looking() as (db, standing):
            require_all(standing)
            day = _day(db, standing.company.id, visit)
        run_billing(visit.database, visit.code, day, by=visit.by, clock=lambda: visit.now)
    except (Conflict, Invalid, NoBillingSettings) as problem:
        return billing(visit, problem)
    return go_to("portal.billing", code=visit.code, day=day.isoformat())


def billing_file(visit: Visit) -> Response:
    """The report of a billing day as CSV."""
    with visit.looking() as (db, standing):
        require_all(standing)
        day = _day(db, standing.company.id, visit)
        text = report_csv(db, standing.company, day)
    response = Response(text, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{visit.code}-billing-{day}.csv"'
    return response


def billing_pdf(visit: Visit) -> Response:
    """The same as PDF."""
    from qbwc_server.reports.billing_pdf import report_pdf

    with visit.looking() as (db, standing):
        require_all(standing)
        day = _day(db, standing.company.id, visit)
        record = report_record(db, standing.company, day)
        name, zone = standing.company.name, standing.company.time_zone
    response = Response(report_pdf(name, zone, record), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{visit.code}-billing-{day}.pdf"'
    return response


def billing_settings(visit: Visit, problem: QbwcError | None = None) -> Response:
    """How the company bills, as a form."""
    with visit.looking() as (db, standing):
        try:
            chosen = settings_record(db, standing.company.id)["settings"]
        except NoBillingSettings:
            chosen = {}
    fields = in_words(fields_of(_OPTIONS, chosen, visit.request.form))
    return show(
        visit, "billing_settings.html", 200 if problem is None else 422, problem=problem, fields=fields, locked=chosen
    )


def send_billing_settings(visit: Visit) -> Response:
    """Say it."""
    try:
        changes = read_fields(_OPTIONS, visit.request.form, changing=True)
        with visit.changing() as (db, standing):
            change_settings(db, standing.company, changes, by=visit.by, now=visit.now)
    except (Conflict, Invalid) as problem:
        return billing_settings(visit, problem)
    return go_to("portal.billing", code=visit.code)


def _decided(visit: Visit, act: Callable[[Session, Company, date], object]) -> Response:
    try:
        with visit.changing() as (db, standing):
            require_all(standing)
            day = _day(db, standing.company.id, visit)
            act(db, standing.company, day)
    except (Conflict, Invalid, NotFound) as problem:
        return billing(visit, problem)
    return go_to("portal.billing", code=visit.code, day=day.isoformat())


def _day(db: Session, company_id: int, visit: Visit) -> date:
    said = visit.request.form.get("day") or visit.request.args.get("day")
    return read_day(said) or next_day(db, company_id, visit.now)


def require_all(standing: Standing) -> None:
    """Sums and previews tell of invoices and credit memos: who may not see those is told that there is nothing."""
    seen = kinds_seen(standing)
    if seen is not None and not set(_KINDS) <= set(seen):
        raise NotFound("There is no such page.")
