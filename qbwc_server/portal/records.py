"""Who changed what, and the tokens of programs: the two pages for whoever answers for a company."""

from __future__ import annotations

from flask import Response

from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.errors import Invalid, NotFound, QbwcError
from qbwc_server.portal.csv_files import MOST_IN_A_FILE, csv_file
from qbwc_server.portal.forms import text_field
from qbwc_server.portal.showing import go_to, show
from qbwc_server.portal.visit import Visit
from qbwc_server.reports.audit import audit_record
from qbwc_server.reports.tokens import token_record
from qbwc_server.tenancy.audit import audit_of
from qbwc_server.tenancy.permissions import OF_THE_OPERATOR, Scope
from qbwc_server.tenancy.tokens import add_token, revoke_token, tokens_of

_PAGE = 50
_OF_PEOPLE = [scope for scope in Scope if scope not in OF_THE_OPERATOR]  # the scopes that they give
_COLUMNS = ("at", "by", "place", "action", "subject", "before", "after")


def audit(visit: Visit) -> Response:
    """Every change, the newest first."""
    said = visit.request.args.get("before", "")
    before = min(int(said), LARGEST_ID) if said.isascii() and said.isdigit() and len(said) < 20 else None
    with visit.looking() as (db, standing):
        rows = audit_of(db, company_id=standing.company.id, before_id=before, limit=_PAGE + 1)
        records = [{**audit_record(row), "words": row.action.words} for row in rows[:_PAGE]]
    return show(visit, "audit.html", records=records, next=records[-1]["id"] if len(rows) > _PAGE else None)


def audit_file(visit: Visit) -> Response:
    """The newest of them as CSV, no cell of which a spreadsheet takes for a formula."""
    with visit.looking() as (db, standing):
        rows = audit_of(db, company_id=standing.company.id, limit=MOST_IN_A_FILE)
        records = [audit_record(row) for row in rows]
    return csv_file(f"{visit.code}-audit", _COLUMNS, records)


def tokens(visit: Visit, problem: QbwcError | None = None, token: str | None = None) -> Response:
    """Every token that was ever made; one that was made just now is shown this once."""
    with visit.looking() as (db, standing):
        records = [token_record(one, visit.now) for one in reversed(tokens_of(db, standing.company.id))]
    status = 200 if problem is None else 422
    return show(visit, "tokens.html", status, tokens=records, token=token, scopes=_OF_PEOPLE, problem=problem)


def make_token(visit: Visit) -> Response:
    """A new one."""
    days = text_field(visit.request, "days", 10).strip()
    chosen = [scope for scope in _OF_PEOPLE if scope.value in visit.request.form.getlist("scope")]
    try:
        if days and not (days.isascii() and days.isdigit()):
            raise Invalid("The days must be a whole number.")
        with visit.changing() as (db, standing):
            _, text = add_token(
                db,
                standing.company,
                label=text_field(visit.request, "label"),
                scopes=chosen,
                days=int(days) if days else None,
                by=visit.by,
                now=visit.now,
            )
    except Invalid as problem:
        return tokens(visit, problem)
    return tokens(visit, token=text)


def end_token(visit: Visit, token_id: int) -> Response:
    """It opens nothing any more, nor does what it made."""
    try:
        with visit.changing() as (db, standing):
            revoke_token(db, standing.company.id, token_id, visit.now, by=visit.by)
    except NotFound as problem:
        return tokens(visit, problem)
    return go_to("portal.tokens", code=visit.code)
