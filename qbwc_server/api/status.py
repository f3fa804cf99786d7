"""``/companies/CODE/status``: what waits, why, and what to do."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from qbwc_server.api.access import Access
from qbwc_server.api.answers.companies import StatusAnswer
from qbwc_server.api.routes import Route
from qbwc_server.reports.company import company_report
from qbwc_server.tenancy.permissions import Permission

ROUTES = {"status": Route(Permission.SEE_COMPANY, StatusAnswer)}


def add_routes(blueprint: Blueprint, access: Access) -> None:
    """Put the resource at its address."""

    @blueprint.get("/companies/<code>/status")
    def status(code: str) -> Response:
        """The company's report."""
        with access.looking() as (db, company):
            report = company_report(db, company, now=access.now())
        return jsonify(report.as_record())
