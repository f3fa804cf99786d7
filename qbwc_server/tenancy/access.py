"""The one door: a company for somebody who may do something in it; for everybody else it does not exist."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from qbwc_server.errors import QbwcError
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.companies import no_company
from qbwc_server.tenancy.models import ApiToken, Company, Membership, Partner, User
from qbwc_server.tenancy.partners import no_partner
from qbwc_server.tenancy.permissions import (
    RULES,
    Limits,
    Permission,
    Role,
    Scope,
    least_role,
    role_allows,
    scopes_of_role,
)
from qbwc_server.tenancy.tokens import TokenState, scopes_of, state_of

_LARGEST_ID = 2**63 - 1
_LIMITED = "Ask an owner: your role would allow it, and your membership leaves this kind out."


class Unauthorized(QbwcError):
    """The request has no valid token."""

    code: ClassVar[str] = "unauthorized"
    advice = "Send the header Authorization: Bearer TOKEN. Make a token with: qbwc-server company token CODE"


class TokenRevoked(Unauthorized):
    """This token was revoked."""

    code: ClassVar[str] = "token_revoked"
    advice = "Ask whoever runs the server for another one: qbwc-server company token CODE"


class TokenExpired(Unauthorized):
    """This token is no longer good: its days are over."""

    code: ClassVar[str] = "token_expired"
    advice = "Ask whoever runs the server for another one: qbwc-server company token CODE"


class NotAllowed(QbwcError):
    """Whoever asks may not do this here."""

    code: ClassVar[str] = "not_allowed"


class OutOfScope(NotAllowed):
    """The token may not do this."""

    code: ClassVar[str] = "out_of_scope"
    advice = "Use a token that has this scope. Make one with: qbwc-server company token CODE --scope NAME"


UNUSABLE: dict[TokenState, type[Unauthorized]] = {
    TokenState.REVOKED: TokenRevoked,
    TokenState.EXPIRED: TokenExpired,
}


class _Grant(Protocol):
    """One reason why somebody may do something."""

    def allows(self, permission: Permission, kind: str | None) -> bool: ...

    def refusal(self, permission: Permission, kind: str | None) -> NotAllowed: ...


@dataclass(frozen=True, slots=True)
class _Member:
    role: Role
    limits: Limits | None

    def allows(self, permission: Permission, kind: str | None) -> bool:
        return role_allows(self.role, self.limits, permission, kind)

    def refusal(self, permission: Permission, kind: str | None) -> NotAllowed:
        words, role = RULES[permission].words, least_role(permission)
        if role_allows(self.role, None, permission, None):
            return NotAllowed(
                f"You may not {words} {'here' if kind is None else f'of the kind {kind}'}.", advice=_LIMITED
            )
        return NotAllowed(
            f"You may not {words}: your role here is {self.role}.",
            advice=f"Ask an owner to do it, or to give you the role {role}.",
        )


@dataclass(frozen=True, slots=True)
class _Token:
    label: str
    scopes: frozenset[Scope]

    def allows(self, permission: Permission, kind: str | None) -> bool:
        return RULES[permission].scope in self.scopes

    def refusal(self, permission: Permission, kind: str | None) -> NotAllowed:
        scope = RULES[permission].scope
        if scope is None:
            return OutOfScope(f"No token may {RULES[permission].words}.", advice="Let a person do it.")
        return OutOfScope(f"The token {self.label!r} may not do this: it lacks the scope {scope}.")


@dataclass(frozen=True, slots=True)
class _Operator:
    """Whoever can run commands here has the database in hand anyway."""

    def allows(self, permission: Permission, kind: str | None) -> bool:
        return True

    def refusal(self, permission: Permission, kind: str | None) -> NotAllowed:
        return NotAllowed()


@dataclass(frozen=True, slots=True)
class Standing:
    """A company, and what somebody may do in it."""

    company: Company
    grants: Sequence[_Grant]

    def may(self, permission: Permission, kind: str | None = None) -> bool:
        """Whether it is allowed; without a kind of document: for some kind."""
        return any(grant.allows(permission, kind) for grant in self.grants)

    def require(self, permission: Permission, kind: str | None = None) -> None:
        """Raises NotAllowed, with whom to ask."""
        if not self.may(permission, kind):
            raise self.grants[0].refusal(permission, kind)


def company_for(
    db: Session, actor: Actor | None, code: str, permission: Permission, *, now: datetime, kind: str | None = None
) -> Company:
    """The company of that code, where ``actor`` may do this in it.

    Args:
        actor: None: nobody has said who he is.
        kind: of the document that it is about; None: of some kind.

    Raises:
        NotFound: there is no such company, or the actor has no business in it; both sound the same.
        NotAllowed: the actor has less than this.
        Unauthorized: it is a token of this company that opens nothing any more.
    """
    standing = standing_of(db, actor, code, now=now)
    standing.require(permission, kind)
    return standing.company


def standing_of(db: Session, actor: Actor | None, code: str, *, now: datetime) -> Standing:
    """What ``actor`` may do in that company. Raises NotFound and Unauthorized as ``company_for`` does."""
    company = db.scalars(select(Company).where(Company.code == code)).one_or_none()
    grants = [] if actor is None else _GRANTS[actor.kind](db, actor, company, now)
    if company is None or not grants:
        raise no_company(code)
    return Standing(company, grants)


def require_role(db: Session, actor: Actor, company: Company, role: Role, *, now: datetime) -> None:
    """Whether ``actor``, who may see to members, may give or take this role. A token never makes or ends an owner, and
    gives nobody more than it may itself.

    Raises:
        OutOfScope: it is a token that may not.
    """
    if actor.kind is not ActorKind.TOKEN:
        return
    if role is Role.OWNER:
        raise OutOfScope("No token makes or changes an owner.", advice="Let an owner do it in the portal.")
    for grant in standing_of(db, actor, company.code, now=now).grants:
        if isinstance(grant, _Token) and (lacking := sorted(scopes_of_role(role) - grant.scopes)):
            raise OutOfScope(
                f"A token gives and takes no role that may do more than itself: for {role} it lacks the scopes "
                f"{', '.join(lacking)}."
            )


def companies_for(db: Session, actor: Actor | None) -> list[Company]:
    """Every company in which a person has a role, by code; for all that runs here every one there is."""
    everything = select(Company).order_by(Company.code)
    if actor is None or actor.kind not in (ActorKind.PERSON, *_RUNS_HERE):
        return []
    if actor.kind in _RUNS_HERE:
        return list(db.scalars(everything))
    of_user = select(Membership).join(User).where(_is_user(actor)).subquery()
    mine = or_(
        Company.id.in_(select(of_user.c.company_id).where(of_user.c.company_id.is_not(None))),
        Company.partner_id.in_(select(of_user.c.partner_id).where(of_user.c.partner_id.is_not(None))),
    )
    return list(db.scalars(everything.where(mine)))


def standings_for(db: Session, actor: Actor | None) -> list[Standing]:
    """The same companies, each with what ``actor`` may do in it; in as many statements for many as for one."""
    companies = companies_for(db, actor)
    if actor is None or actor.kind is not ActorKind.PERSON:
        return [Standing(company, [_Operator()]) for company in companies]
    of_user = select(Membership.company_id, Membership.partner_id, Membership.role, Membership.limits).join(User)
    rows = db.execute(of_user.where(_is_user(actor))).all()
    return [
        Standing(
            company,
            [
                _Member(role, limits)
                for in_company, of_partner, role, limits in rows
                if in_company == company.id or of_partner == company.partner_id
            ],
        )
        for company in companies
    ]


def partner_for(db: Session, actor: Actor | None, code: str, permission: Permission) -> Partner:
    """The partner of that code, where ``actor`` may do this with all its companies.

    Raises:
        NotFound: there is no such partner, or the actor is no member of it; both sound the same.
        NotAllowed: the actor has less than this.
    """
    partner = db.scalars(select(Partner).where(Partner.code == code)).one_or_none()
    grants: list[_Grant] = []
    if actor is not None and actor.kind in _RUNS_HERE:
        grants = [_Operator()]
    elif actor is not None and actor.kind is ActorKind.PERSON:
        grants = _memberships(db, actor, Membership.partner_id == (0 if partner is None else partner.id))
    if partner is None or not grants:
        raise no_partner(code)
    if not any(grant.allows(permission, None) for grant in grants):
        raise grants[0].refusal(permission, None)
    return partner


def partners_for(db: Session, actor: Actor, permission: Permission) -> list[Partner]:
    """The partners, by code, with all of whose companies a person may do this."""
    mine = select(Membership.partner_id, Membership.role, Membership.limits).join(User).where(_is_user(actor))
    found = [
        partner_id
        for partner_id, role, limits in db.execute(mine.where(Membership.partner_id.is_not(None)))
        if actor.kind is ActorKind.PERSON and role_allows(role, limits, permission, None)
    ]
    return list(db.scalars(select(Partner).where(Partner.id.in_(found)).order_by(Partner.code)))


def _of_a_person(db: Session, actor: Actor, company: Company | None, now: datetime) -> list[_Grant]:
    company_id, partner_id = (0, 0) if company is None else (company.id, company.partner_id)
    return _memberships(db, actor, or_(Membership.company_id == company_id, Membership.partner_id == partner_id))


def _memberships(db: Session, actor: Actor, where: ColumnElement[bool]) -> list[_Grant]:
    """The weightiest first: a refusal names its role."""
    rows = db.execute(select(Membership.role, Membership.limits).join(User).where(_is_user(actor), where)).all()
    return [_Member(role, limits) for role, limits in sorted(rows, key=lambda row: list(Role).index(row[0]))]


def _is_user(actor: Actor) -> ColumnElement[bool]:
    """One who is disabled is a stranger everywhere."""
    return (User.id == _number(actor.id)) & User.disabled_at.is_(None)


def _of_a_token(db: Session, actor: Actor, company: Company | None, now: datetime) -> list[_Grant]:
    token = db.get(ApiToken, _number(actor.id), populate_existing=True)
    if token is None or company is None or token.company_id != company.id:
        return []
    unusable = UNUSABLE.get(state_of(token, now))
    if unusable is not None:
        raise unusable
    return [_Token(token.label, scopes_of(token))]


def _of_the_operator(db: Session, actor: Actor, company: Company | None, now: datetime) -> list[_Grant]:
    return [_Operator()]


def _of_nobody(db: Session, actor: Actor, company: Company | None, now: datetime) -> list[_Grant]:
    return []


def _number(text: str) -> int:
    """No row has the number 0."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= _LARGEST_ID else 0


_GRANTS: dict[ActorKind, Callable[[Session, Actor, Company | None, datetime], list[_Grant]]] = {
    ActorKind.PERSON: _of_a_person,
    ActorKind.TOKEN: _of_a_token,
    ActorKind.COMMAND_LINE: _of_the_operator,
    ActorKind.JOB: _of_the_operator,
    ActorKind.SERVER: _of_the_operator,
    ActorKind.QUICKBOOKS: _of_nobody,
    ActorKind.LINK: _of_nobody,
}
_RUNS_HERE = tuple(kind for kind, grants in _GRANTS.items() if grants is _of_the_operator)
