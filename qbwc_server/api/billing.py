"""``/companies/CODE/billing``: how the charges of a distributor become invoices."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from qbwc_server.api.access import Access
from qbwc_server.api.answers.billing import BillingSettingsAnswer
from qbwc_server.api.routes import Route
from qbwc_server.api.schemas import read_names
from qbwc_server.billing_runs.keeping import ModeLocked, NoBillingSettings, change_settings
from qbwc_server.billing_runs.settings import BillingSettings
from qbwc_server.errors import Invalid
from qbwc_server.reports.billing import settings_record
from qbwc_server.tenancy.permissions import Permission

_ALL = "/companies/<code>/billing"
ROUTES = {
    "billing_settings": Route(Permission.SEE_COMPANY, BillingSettingsAnswer, refuses=(NoBillingSettings,)),
    "change_billing_settings": Route(
        Permission.CHANGE_OPTIONS, BillingSettingsAnswer, takes=BillingSettings, refuses=(Invalid, ModeLocked)
    ),
}


def add_routes(blueprint: Blueprint, access: Access) -> None:
    """Put the resource at its address."""

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
