"""A company for tests in which nobody logs in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from qbwc_server.tenancy.models import Company, Partner


def tenant(db: Session, now: datetime, code: str = "kern", **values: object) -> Company:
    """One more company, flushed, under a partner of its own."""
    partner = Partner(code=code, name="Kern Lighting", created_at=now)
    db.add(partner)
    db.flush()
    company = Company(
        **{
            "code": code,
            "name": "Kern Lighting",
            "time_zone": "America/New_York",
            "partner_id": partner.id,
            "created_at": now,
            **values,
        }
    )
    db.add(company)
    db.flush()
    return company
