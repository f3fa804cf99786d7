"""Add, find and change companies."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.db.once import add_once
from qbwc_server.errors import Conflict, Invalid, NotFound
from qbwc_server.tenancy.actor import SERVER, Actor
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.models import Company, Partner
from qbwc_server.tenancy.partners import partner_made_for, partner_of, read_code, read_name


def add_company(
    db: Session,
    *,
    code: str,
    name: str,
    time_zone: str,
    now: datetime,
    partner: Partner | None = None,
    by: Actor = SERVER,
) -> Company:
    """A new company, which nobody can log in for yet.

    Args:
        partner: under which it stands; by default one is made for it.

    Raises:
        Invalid: code, name or time zone cannot be used.
        Conflict: the code is taken.
    """
    read_code(code)
    name, time_zone = read_name(name, "company"), _read_time_zone(time_zone)
    taken = Conflict(f"There is already a company {code}.")
    if db.scalar(select(Company.id).where(Company.code == code)):
        raise taken  # before a partner is made for it
    under = partner or partner_made_for(db, code=code, name=name, now=now, by=by)
    company = Company(code=code, name=name, time_zone=time_zone, partner_id=under.id, created_at=now)
    add_once(db, company, taken)
    after = {"code": code, "name": name, "time_zone": time_zone, "partner": under.code}
    note_audit(db, Audited.COMPANY_ADDED, by=by, now=now, company_id=company.id, subject=code, after=after)
    return company


def change_company(db: Session, company: Company, *, name: str, time_zone: str, by: Actor, now: datetime) -> None:
    """It is called so from now on, and its clocks show that zone; its code stays.

    Raises:
        Invalid: name or time zone cannot be used.
    """
    before = {"name": company.name, "time_zone": company.time_zone}
    company.name, company.time_zone = read_name(name, "company"), _read_time_zone(time_zone)
    after = {"name": company.name, "time_zone": company.time_zone}
    note_audit(
        db, Audited.COMPANY_CHANGED, by=by, now=now, company_id=company.id, subject=company.code, before=before,
        after=after,
    )  # fmt: skip


def _read_time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(f"{name!r} is no time zone; use a name such as America/New_York.") from None
    return name


def move_company(db: Session, company: Company, to: Partner, *, by: Actor, now: datetime) -> None:
    """From now on it stands under that partner, whose members are let in; those of the partner before are not any more.

    The partner before stays, also one that was made for this company.
    """
    before = partner_of(db, company)
    company.partner_id = to.id
    db.flush()
    note_audit(
        db,
        Audited.COMPANY_MOVED,
        by=by,
        now=now,
        company_id=company.id,
        subject=company.code,
        before={"partner": before.code},
        after={"partner": to.code},
    )


def find_company(db: Session, code: str) -> Company:
    """The company of that code, or NotFound."""
    company = db.scalars(select(Company).where(Company.code == code)).one_or_none()
    if company is None:
        raise no_company(code)
    return company


def no_company(code: str) -> NotFound:
    """Said of one that is not there, and to strangers of one that is."""
    return NotFound(f"There is no company {code!r}.")


def companies(db: Session) -> list[Company]:
    """All companies by code."""
    return list(db.scalars(select(Company).order_by(Company.code)))
