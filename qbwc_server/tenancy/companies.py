"""Add, find and change companies."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.errors import Conflict, Invalid, NotFound
from qbwc_server.tenancy.models import Company

_CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # which a .qwc file cannot hold


def add_company(db: Session, *, code: str, name: str, time_zone: str, now: datetime) -> Company:
    """A new company, which nobody can log in for yet.

    Raises:
        Invalid: code, name or time zone cannot be used.
        Conflict: the code is taken.
    """
    if not _CODE.fullmatch(code):
        raise Invalid(f"The code {code!r} must be lower-case letters, digits and hyphens, at most 40.")
    name = name.strip()
    if not name or len(name) > 200 or _UNPRINTABLE.search(name):
        raise Invalid("The company needs a name of at most 200 characters in one line.")
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(f"{time_zone!r} is no time zone; use a name such as America/New_York.") from None
    if db.scalar(select(Company.id).where(Company.code == code)):
        raise Conflict(f"There is already a company {code}.")
    company = Company(code=code, name=name, time_zone=time_zone, created_at=now)
    db.add(company)
    db.flush()
    return company


def find_company(db: Session, code: str) -> Company:
    """The company of that code, or NotFound."""
    company = db.scalars(select(Company).where(Company.code == code)).one_or_none()
    if company is None:
        raise NotFound(f"There is no company {code!r}.")
    return company


def companies(db: Session) -> list[Company]:
    """All companies by code."""
    return list(db.scalars(select(Company).order_by(Company.code)))
