"""``/companies/CODE/audit``: who changed what."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from qbwc_server.api.access import Access
from qbwc_server.api.answers.companies import AuditAnswer
from qbwc_server.api.routes import LIMIT, MOST_PER_PAGE, Route, whole_number
from qbwc_server.api.schemas import number_asked
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.errors import Invalid
from qbwc_server.reports.audit import audit_record
from qbwc_server.tenancy.audit import audit_of
from qbwc_server.tenancy.permissions import Permission

ROUTES = {
    "list_audit": Route(
        Permission.SEE_AUDIT,
        AuditAnswer,
        parameters={
            "before": whole_number("Go on behind this: next of the page before.", LARGEST_ID, 0),
            "limit": LIMIT,
        },
        refuses=(Invalid,),
    )
}


def add_routes(blueprint: Blueprint, access: Access) -> None:
    """Put the resource at its address."""

    @blueprint.get("/companies/<code>/audit")
    def list_audit(code: str) -> Response:
        """Every change, the newest first, a page at a time: go on with before=next."""
        before = number_asked(request.args, "before", 0, LARGEST_ID) or None
        limit = number_asked(request.args, "limit", 100, MOST_PER_PAGE) or MOST_PER_PAGE
        with access.looking() as (db, company):
            rows = audit_of(db, company_id=company.id, before_id=before, limit=limit + 1)
            page = [audit_record(row) for row in rows[:limit]]
        return jsonify(audit=page, next=page[-1]["id"] if len(rows) > limit else None)
