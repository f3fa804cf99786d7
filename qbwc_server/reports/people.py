"""Partners, users and members as records; no password in them, nor its hash."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from qbwc_server.tenancy.browser_sessions import BrowserSession
from qbwc_server.tenancy.mail_choices import mail_choices
from qbwc_server.tenancy.members import Member, members_of, memberships_of
from qbwc_server.tenancy.models import Membership, Partner, User
from qbwc_server.tenancy.partners import companies_of


def partner_record(db: Session, partner: Partner) -> dict[str, Any]:
    """A partner and its companies."""
    return {
        "code": partner.code,
        "name": partner.name,
        "created_at": partner.created_at.isoformat(),
        "companies": [company.code for company in companies_of(db, partner)],
    }


def whole_partner_record(db: Session, partner: Partner) -> dict[str, Any]:
    """The same with its members, and those of each company."""
    return {
        **partner_record(db, partner),
        "members": [member_record(member) for member in members_of(db, partner)],
        "members_of_companies": {
            company.code: [member_record(member) for member in members_of(db, company)]
            for company in companies_of(db, partner)
        },
    }


def user_record(db: Session, user: User) -> dict[str, Any]:
    """A user, and what he is where."""
    return {
        "email": user.email,
        "name": user.name,
        "has_password": user.password_hash is not None,
        "created_at": user.created_at.isoformat(),
        "disabled_at": None if user.disabled_at is None else user.disabled_at.isoformat(),
        "mail": {what.value: wanted for what, wanted in mail_choices(user).items()},
        "memberships": [
            {("partner" if isinstance(where, Partner) else "company"): where.code, **role_record(membership)}
            for membership, where in memberships_of(db, user)
        ],
    }


def member_record(member: Member) -> dict[str, Any]:
    """A member of a partner or a company."""
    return {
        "email": member.user.email,
        "name": member.user.name,
        "disabled": member.user.disabled_at is not None,
        **role_record(member.membership),
    }


def session_record(session: BrowserSession) -> dict[str, Any]:
    """Where somebody is signed in."""
    return {
        "id": session.id,
        "browser": session.browser,
        "began_at": session.began_at.isoformat(),
        "used_at": session.used_at.isoformat(),
    }


def role_record(membership: Membership) -> dict[str, Any]:
    """What somebody is, and what is left of it by kind of document."""
    return {"role": membership.role.value, "limits": membership.limits}
