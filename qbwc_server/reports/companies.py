"""A company as programs see it, and what its file said of itself; nothing secret in it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from qbwc_server.books.holds import holds_of
from qbwc_server.books.models import CompanyFacts
from qbwc_server.connector import logins
from qbwc_server.documents import store
from qbwc_server.errors import NotFound
from qbwc_server.posting.options import options_of
from qbwc_server.reports.company import hold_record
from qbwc_server.tenancy.models import Company
from qbwc_server.tenancy.partners import partner_of


def company_record(db: Session, company: Company) -> dict[str, Any]:
    """The company, its Web Connector login, and what stands in the way."""
    standing = holds_of(db, company.id)
    return {
        "code": company.code,
        "name": company.name,
        "time_zone": company.time_zone,
        "partner": partner_of(db, company).code,
        "created_at": company.created_at.isoformat(),
        **_login_record(db, company),
        "hold": standing[0].kind.value if standing else None,
        "hold_detail": standing[0].detail if standing else None,
        "holds": [hold_record(hold) for hold in standing],
    }


def _login_record(db: Session, company: Company) -> dict[str, Any]:
    try:
        login = logins.login_of(db, company.id)
    except NotFound:  # nobody can log in for it yet
        return {}
    return {
        "connector_user": login.user,
        "owner_id": login.owner_id,
        "file_id": login.file_id,
        "company_file": login.company_file or None,
        "minimum_interval_s": login.minimum_interval_s,
        "postpone_until": None if login.postpone_until is None else login.postpone_until.isoformat(),
    }


def whole_company_record(db: Session, company: Company) -> dict[str, Any]:
    """The same with its documents counted, its options, and what QuickBooks said of the file."""
    facts = db.get(CompanyFacts, company.id)
    return {
        **company_record(db, company),
        "documents": {state.value: count for state, count in sorted(store.counts(db, company.id).items())},
        "options": options_record(db, company),
        "quickbooks": None if facts is None else facts_record(facts),
    }


def options_record(db: Session, company: Company) -> dict[str, Any]:
    """The options in force by name."""
    return options_of(db, company.id).model_dump(mode="json")


def facts_record(facts: CompanyFacts) -> dict[str, Any]:
    """What the company file said of itself when it was seen last."""
    return {
        "file_id": facts.file_id,
        "company_name": facts.company_name,
        "file_path": facts.file_path,
        "product": facts.product,
        "country": facts.country,
        "qbxml_version": facts.qbxml_version,
        "closing_date": None if facts.closing_date is None else facts.closing_date.isoformat(),
        "seen_at": facts.seen_at.isoformat(),
    }
