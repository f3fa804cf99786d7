"""``/companies/CODE/billing``: how the charges of a distributor become invoices."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, jsonify, request

from qbwc_server.api.access import Access
from qbwc_server.api.answers.billing import (
    BilledWordsAnswer,
    BillingPreviewAnswer,
    BillingReportAnswer,
    BillingRunAnswer,
    BillingSettingsAnswer,
    SwitchAnswer,
)
from qbwc_server.api.routes import CSV, PDF, Body, Parameter, Route
from qbwc_server.api.schemas import read_names
from qbwc_server.billing_runs.by_the_clock import next_day, read_day
from qbwc_server.billing_runs.deciding import ChangedSinceSeen, NotOnThisDay, approve, hold_back, take_back
from qbwc_server.billing_runs.keeping import ModeLocked, NoBillingSettings, change_settings
from qbwc_server.billing_runs.running import BilledMeanwhile, NotDueYet, run_billing
from qbwc_server.billing_runs.settings import BillingSettings, Makes
from qbwc_server.billing_runs.switches import makes_named, switch
from qbwc_server.billing_runs.words import words_billed
from qbwc_server.documents.lifecycle import NotNow
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.reports.billing import (
    NotRunYet,
    preview_record,
    report_csv,
    report_record,
    run_record,
    settings_record,
    switch_record,
    word_record,
)
from qbwc_server.tenancy.permissions import Permission

_ALL = "/companies/<code>/billing"
_DAY = Parameter("The billing day; left out: the oldest that is due and not done, else the next.", {"type": "string"})
_WORDS = {
    "day": "The billing day, such as 2026-12-01.",
    "customer": "Full name or ListID.",
    "connection_id": "Of the distributor.",
    "organisation": "Its key: name:Contoso, or id:42; left out: all.",
    "offer": "Left out: all.",
    "synchronise": "Whether it is billed.",
    "seen": "The digest of what was looked at: what is something else by now is not approved.",
    "makes": f"Of an organisation: {' or '.join(Makes)}.",
}
_ONE_DAY = (NoBillingSettings, Invalid)
_CHOICE = Body({"day": str, "customer": str}, _WORDS, needed=("day",))
ROUTES = {
    "billing_settings": Route(Permission.SEE_COMPANY, BillingSettingsAnswer, refuses=(NoBillingSettings,)),
    "change_billing_settings": Route(
        Permission.CHANGE_OPTIONS, BillingSettingsAnswer, takes=BillingSettings, refuses=(Invalid, ModeLocked)
    ),
    "billing_switch": Route(
        Permission.MAP,
        SwitchAnswer,
        takes=Body(
            {"connection_id": int, "organisation": str, "offer": str, "synchronise": bool, "makes": str},
            _WORDS,
            needed=("connection_id",),
        ),
        refuses=(Invalid, NotFound),
    ),
    "billing_words": Route(Permission.SEE_COMPANY, BilledWordsAnswer, refuses=(NoBillingSettings,)),
    "billing_preview": Route(
        Permission.SEE_DOCUMENTS, BillingPreviewAnswer, parameters={"day": _DAY}, refuses=_ONE_DAY
    ),
    "billing_approve": Route(
        Permission.POST_DOCUMENTS,
        BillingPreviewAnswer,
        takes=Body({"day": str, "customer": str, "seen": str}, _WORDS, needed=("day",)),
        refuses=(*_ONE_DAY, NotOnThisDay, ChangedSinceSeen),
    ),
    "billing_hold": Route(
        Permission.POST_DOCUMENTS, BillingPreviewAnswer, takes=_CHOICE, refuses=(*_ONE_DAY, NotOnThisDay)
    ),
    "billing_take_back": Route(
        Permission.POST_DOCUMENTS, BillingPreviewAnswer, takes=_CHOICE, refuses=(*_ONE_DAY, NotOnThisDay, NotNow)
    ),
    "billing_run": Route(
        Permission.POST_DOCUMENTS,
        BillingRunAnswer,
        takes=Body({"day": str}, _WORDS, needed=("day",)),
        refuses=(*_ONE_DAY, NotDueYet, BilledMeanwhile),
        once=False,
    ),
    "billing_report": Route(
        Permission.SEE_DOCUMENTS, BillingReportAnswer, parameters={"day": _DAY}, refuses=(*_ONE_DAY, NotRunYet)
    ),
    "billing_report_csv": Route(
        Permission.SEE_DOCUMENTS, None, parameters={"day": _DAY}, refuses=(*_ONE_DAY, NotRunYet), gives=CSV
    ),
    "billing_report_pdf": Route(
        Permission.SEE_DOCUMENTS, None, parameters={"day": _DAY}, refuses=(*_ONE_DAY, NotRunYet), gives=PDF
    ),
}


def add_routes(blueprint: Blueprint, access: Access) -> None:
    """Put the resource at its address."""
    _add_settings(blueprint, access)
    _add_decisions(blueprint, access)
    _add_run(blueprint, access)


def _add_settings(blueprint: Blueprint, access: Access) -> None:
    @blueprint.get(f"{_ALL}/settings")
    def billing_settings(code: str) -> Response:
        """How the company bills."""
        with access.looking() as (db, company):
            record = settings_record(db, company.id)
        return jsonify(record)

    @blueprint.patch(f"{_ALL}/settings")
    def change_billing_settings(code: str) -> Response:
        """Say how the company bills; null takes one back to its default."""
        changes = read_names(request)
        with access.changing() as (db, company):
            change_settings(db, company, changes, by=access.by, now=access.now())
            record = settings_record(db, company.id)
        return jsonify(record)

    @blueprint.post(f"{_ALL}/switches")
    def billing_switch(code: str) -> Response:
        """Switch an offer, an organisation, or an offer of one; say whether invoices are made or updated."""
        said = access.said()
        number = said.get("connection_id")
        if not isinstance(number, int) or not 0 < number <= LARGEST_ID:
            raise Invalid("The field connection_id is missing.")
        with access.changing() as (db, company):
            row = switch(
                db,
                company,
                number,
                organisation=said.get("organisation") or "",
                offer=said.get("offer") or "",
                synchronise=said.get("synchronise"),
                makes=makes_named(said.get("makes")),
                by=access.by,
                now=access.now(),
            )
            record = switch_record(row)
        return jsonify(record)


def _add_decisions(blueprint: Blueprint, access: Access) -> None:
    @blueprint.get(f"{_ALL}/words")
    def billing_words(code: str) -> Response:
        """Offers and organisations that are charged for: what each stands for, and what it may."""
        with access.looking() as (db, company):
            records = [word_record(one) for one in words_billed(db, company.id, access.now())]
        return jsonify(words=records)

    @blueprint.get(f"{_ALL}/preview")
    def billing_preview(code: str) -> Response:
        """What a billing day would bill: the last invoice of each customer against this one, warnings, orphans."""
        with access.looking() as (db, company):
            day = read_day(request.args.get("day")) or next_day(db, company.id, access.now())
            record = preview_record(db, company, day)
        return jsonify(record)

    @blueprint.post(f"{_ALL}/approve")
    def billing_approve(code: str) -> Response:
        """Approve a customer as he stands in the preview, warnings included; without one: all that may go."""
        said = access.said()
        day, customer = _day(said), said.get("customer")
        with access.changing() as (db, company):
            chosen = None if customer is None else [customer]
            approve(db, company, day, chosen, seen=said.get("seen"), by=access.by, now=access.now())
            record = preview_record(db, company, day)
        return jsonify(record)

    @blueprint.post(f"{_ALL}/hold")
    def billing_hold(code: str) -> Response:
        """Hold a customer back until he is approved."""
        said = access.said()
        day = _day(said)
        with access.changing() as (db, company):
            hold_back(db, company, day, [_customer(said)], by=access.by, now=access.now())
            record = preview_record(db, company, day)
        return jsonify(record)

    @blueprint.post(f"{_ALL}/take-back")
    def billing_take_back(code: str) -> Response:
        """Take back what was billed to a customer and has not left; he is held back from then on."""
        said = access.said()
        day = _day(said)
        with access.changing() as (db, company):
            take_back(db, company, day, [_customer(said)], by=access.by, now=access.now())
            record = preview_record(db, company, day)
        return jsonify(record)


def _add_run(blueprint: Blueprint, access: Access) -> None:
    @blueprint.post(f"{_ALL}/run")
    def billing_run(code: str) -> Response:
        """Bill a day that is due: all customers that are not to wait. Again, it bills those that waited."""
        day = _day(access.said())
        with access.changing() as (_, company):
            found = company.code
        result = run_billing(access.database, found, day, by=access.by, clock=access.now)
        return jsonify(run_record(result))

    @blueprint.get(f"{_ALL}/report")
    def billing_report(code: str) -> Response:
        """What became of a billing day: its documents, and every charge once."""
        with access.looking() as (db, company):
            day = read_day(request.args.get("day")) or next_day(db, company.id, access.now())
            record = report_record(db, company, day)
        return jsonify(record)

    @blueprint.get(f"{_ALL}/report/csv")
    def billing_report_csv(code: str) -> Response:
        """The lines of the report as CSV."""
        with access.looking() as (db, company):
            day = read_day(request.args.get("day")) or next_day(db, company.id, access.now())
            text = report_csv(db, company, day)
        return Response(text, mimetype=CSV)

    @blueprint.get(f"{_ALL}/report/pdf")
    def billing_report_pdf(code: str) -> Response:
        """The report as PDF: its documents, what the charges come to, and every charge."""
        from qbwc_server.reports.billing_pdf import report_pdf

        with access.looking() as (db, company):
            day = read_day(request.args.get("day")) or next_day(db, company.id, access.now())
            record = report_record(db, company, day)
            name, zone = company.name, company.time_zone
        return Response(report_pdf(name, zone, record), mimetype=PDF)


def _day(said: dict[str, Any]) -> date:
    day = read_day(said.get("day"))
    if day is None:
        raise Invalid("The field day is missing.")
    return day


def _customer(said: dict[str, Any]) -> str:
    customer = said.get("customer")
    if not isinstance(customer, str) or not customer:
        raise Invalid("The field customer is missing.")
    return customer
