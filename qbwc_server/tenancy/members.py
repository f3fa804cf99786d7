"""Memberships: what a user is in a company, or in all companies of a partner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from qbwc_server.db.once import add_once
from qbwc_server.errors import Conflict, NotFound
from qbwc_server.tenancy.access import require_role
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.models import Company, Membership, Partner, User
from qbwc_server.tenancy.partners import no_partner
from qbwc_server.tenancy.permissions import Role


class LastOwner(Conflict):
    """Nobody would be left who may change who may what."""

    code = "last_owner"
    advice = "Make somebody else an owner first."


@dataclass(frozen=True, slots=True)
class Member:
    """A user and what he is."""

    user: User
    membership: Membership


def add_member(
    db: Session,
    user: User,
    of: Partner | Company,
    role: Role,
    *,
    by: Actor,
    now: datetime,
    limits: Mapping[str, list[str]] | None = None,
) -> Membership:
    """``user`` is that from now on.

    Args:
        of: a company, or a partner with all its companies, those to come as well.
        limits: by kind of document, what is left of the role's rights; see ``permissions.read_limits``.

    Raises:
        Conflict: he is something there already.
        OutOfScope: ``by`` is a token that may not give this role.
    """
    _require_role(db, by, of, role, now)
    row = Membership(
        user_id=user.id,
        partner_id=of.id if isinstance(of, Partner) else None,
        company_id=of.id if isinstance(of, Company) else None,
        role=role,
        limits=dict(limits) if limits else None,
        created_at=now,
    )
    taken = Conflict(f"{user.email} is a member of {of.code} already.", advice="Change it with: member role")
    add_once(db, row, taken)
    _note(db, Audited.MEMBER_ADDED, user, of, by, now, before=None, after=_state(row))
    return row


def change_role(
    db: Session,
    user: User,
    of: Partner | Company,
    role: Role,
    *,
    by: Actor,
    now: datetime,
    limits: Mapping[str, list[str]] | None = None,
) -> Membership:
    """``user`` is that there from now on; limits that are not said again are gone.

    Raises:
        NotFound: he is no member there.
        LastOwner: a person says so, and nobody would be left who may say such things.
    """
    row = find_membership(db, user, of)
    for one in (row.role, role):
        _require_role(db, by, of, one, now)
    if role is not Role.OWNER:
        _require_another_owner(db, row, of, by)
    before = _state(row)
    row.role, row.limits = role, dict(limits) if limits else None
    db.flush()
    _note(db, Audited.MEMBER_CHANGED, user, of, by, now, before=before, after=_state(row))
    return row


def remove_member(db: Session, user: User, of: Partner | Company, *, by: Actor, now: datetime) -> Membership:
    """``user`` is a stranger there from now on. Raises NotFound and LastOwner, as ``change_role`` does."""
    row = find_membership(db, user, of)
    _require_role(db, by, of, row.role, now)
    _require_another_owner(db, row, of, by)
    db.delete(row)
    db.flush()
    _note(db, Audited.MEMBER_REMOVED, user, of, by, now, before=_state(row), after=None)
    return row


def find_membership(db: Session, user: User, of: Partner | Company) -> Membership:
    """What he is there, or NotFound."""
    row = _membership(db, user, of)
    if row is None:
        raise NotFound(f"{user.email} is no member of {of.code}.")
    return row


def members_of(db: Session, of: Partner | Company) -> list[Member]:
    """Who is something in just this, by e-mail address; the members of a company's partner are those of the partner."""
    rows = db.execute(
        select(User, Membership).join(Membership, Membership.user_id == User.id).where(_of(of)).order_by(User.email)
    )
    return [Member(user, membership) for user, membership in rows]


def memberships_of(db: Session, user: User) -> list[tuple[Membership, Partner | Company]]:
    """What ``user`` is, and where: partners first, then companies, by code."""
    partners = db.execute(
        select(Membership, Partner)
        .join(Partner, Membership.partner_id == Partner.id)
        .where(Membership.user_id == user.id)
        .order_by(Partner.code)
    )
    companies = db.execute(
        select(Membership, Company)
        .join(Company, Membership.company_id == Company.id)
        .where(Membership.user_id == user.id)
        .order_by(Company.code)
    )
    return [(row, where) for row, where in partners] + [(row, where) for row, where in companies]


def _require_another_owner(db: Session, row: Membership, of: Partner | Company, by: Actor) -> None:
    """Whoever runs commands on the server can always make another owner, and may do without one."""
    if by.kind not in (ActorKind.PERSON, ActorKind.TOKEN) or row.role is not Role.OWNER:
        return
    places = [_of(of)] if isinstance(of, Partner) else [_of(of), Membership.partner_id == of.partner_id]
    db.scalars(select(Membership.id).where(or_(*places)).order_by(Membership.id).with_for_update()).all()
    others = (
        select(Membership.id)
        .join(User)
        .where(or_(*places), Membership.id != row.id, Membership.role == Role.OWNER, User.disabled_at.is_(None))
    )
    if db.scalar(others.limit(1)) is None:
        raise LastOwner("This is the last owner.")


def _require_role(db: Session, by: Actor, of: Partner | Company, role: Role, now: datetime) -> None:
    if isinstance(of, Company):
        require_role(db, by, of, role, now=now)
    elif by.kind is ActorKind.TOKEN:
        raise no_partner(of.code)


def _state(row: Membership) -> dict[str, object]:
    return {"role": row.role, "limits": row.limits}


def _note(
    db: Session,
    action: Audited,
    user: User,
    of: Partner | Company,
    by: Actor,
    now: datetime,
    *,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
) -> None:
    company_id, partner_id = (of.id, None) if isinstance(of, Company) else (None, of.id)
    note_audit(
        db,
        action,
        by=by,
        now=now,
        company_id=company_id,
        partner_id=partner_id,
        subject=user.email,
        before=before,
        after=after,
    )


def _membership(db: Session, user: User, of: Partner | Company) -> Membership | None:
    return db.scalars(select(Membership).where(Membership.user_id == user.id, _of(of))).one_or_none()


def _of(of: Partner | Company) -> ColumnElement[bool]:
    return Membership.partner_id == of.id if isinstance(of, Partner) else Membership.company_id == of.id
