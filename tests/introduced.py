"""A company file that has introduced itself, for tests without a session."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from qbwc_server.books.models import CompanyFacts


def introduced(db: Session, company_id: int, now: datetime, *, closing_date: date | None = None) -> None:
    """Its closing date is known; None: nothing is closed."""
    db.merge(
        CompanyFacts(
            company_id=company_id, file_path="", country="US", qbxml_version="13.0", seen_at=now,
            preferences={"sales_tax": False}, closing_date=closing_date,
        )
    )  # fmt: skip
