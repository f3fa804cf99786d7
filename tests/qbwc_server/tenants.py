"""A company for tests in which nobody logs in, and who may what in it."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from qbwc_server.db import Database
from qbwc_server.tenancy.access import NotAllowed, company_for
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.models import Company, Partner
from qbwc_server.tenancy.permissions import Permission
from qbwc_server.tenancy.users import find_user


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


def may(database: Database, email: str, permission: Permission, code: str, kind: str | None = None) -> bool:
    """Whether a user gets through the door."""
    with database.reading() as db:
        actor = Actor(ActorKind.PERSON, email, str(find_user(db, email).id))
        try:
            company_for(db, actor, code, permission, now=datetime.now(UTC), kind=kind)
        except NotAllowed:
            return False
    return True
