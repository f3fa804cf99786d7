"""Partners: a reseller, an accountant's office, or one shop; each company stands under one."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.db.once import add_once
from qbwc_server.errors import Conflict, Invalid, NotFound
from qbwc_server.tenancy.actor import SERVER, Actor
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.models import Company, Partner

LONGEST_CODE, LONGEST_NAME = 40, 200
_CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # which a .qwc file cannot hold


def add_partner(db: Session, *, code: str, name: str, now: datetime, by: Actor = SERVER) -> Partner:
    """A new partner, without a company.

    Raises:
        Invalid: code or name cannot be used.
        Conflict: the code is taken.
    """
    partner = Partner(code=read_code(code), name=read_name(name, "partner"), created_at=now)
    add_once(db, partner, Conflict(f"There is already a partner {code}."))
    after = {"code": partner.code, "name": partner.name}
    note_audit(db, Audited.PARTNER_ADDED, by=by, now=now, partner_id=partner.id, subject=partner.code, after=after)
    return partner


def partner_made_for(db: Session, *, code: str, name: str, now: datetime, by: Actor) -> Partner:
    """The partner of a company that was added without naming one: nobody has to think of it, and nobody else is in it.

    Raises:
        Invalid: name cannot be used.
    """
    free, number = code, 1
    while db.scalar(select(Partner.id).where(Partner.code == free)):
        number += 1
        free = f"{code[: LONGEST_CODE - len(str(number)) - 1].rstrip('-')}-{number}"
    return add_partner(db, code=free, name=name, now=now, by=by)


def find_partner(db: Session, code: str) -> Partner:
    """The partner of that code, or NotFound."""
    partner = db.scalars(select(Partner).where(Partner.code == code)).one_or_none()
    if partner is None:
        raise no_partner(code)
    return partner


def no_partner(code: str) -> NotFound:
    """Said of one that is not there, and to strangers of one that is."""
    return NotFound(f"There is no partner {code!r}.")


def partners(db: Session) -> list[Partner]:
    """All partners by code."""
    return list(db.scalars(select(Partner).order_by(Partner.code)))


def partner_of(db: Session, company: Company) -> Partner:
    """Under which it stands."""
    return db.get_one(Partner, company.partner_id)


def companies_of(db: Session, partner: Partner) -> list[Company]:
    """Its companies by code."""
    return list(db.scalars(select(Company).where(Company.partner_id == partner.id).order_by(Company.code)))


def read_code(code: str) -> str:
    """``code`` where it can be one. Raises Invalid."""
    if not _CODE.fullmatch(code):
        raise Invalid(f"The code {code!r} must be lower-case letters, digits and hyphens, at most {LONGEST_CODE}.")
    return code


def read_name(name: str, whose: str) -> str:
    """``name`` without blanks around it. Raises Invalid."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or _UNPRINTABLE.search(name):
        raise Invalid(f"The {whose} needs a name of at most {LONGEST_NAME} characters in one line.")
    return name
