"""Keys that somebody made who may make none any more: they open as before, and an owner is told of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, String, select, true, type_coerce
from sqlalchemy.orm import Session

from qbwc_server.documents.open_work import Finding, WorkKind, note_work
from qbwc_server.errors import NotFound
from qbwc_server.queue.lane import take_lane
from qbwc_server.tenancy.access import NotAllowed, company_for
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.audit import Audited, AuditRecord
from qbwc_server.tenancy.models import ApiToken, Company, Partner, User
from qbwc_server.tenancy.permissions import Permission
from qbwc_server.tenancy.tokens import TokenState, revoke_token, state_of, tokens_of

_PASSWORDS = (Audited.LOGIN_MADE, Audited.LOGIN_RENEWED)


def tell_of_keys_left(db: Session, user: User, of: Partner | Company | None, *, now: datetime) -> None:
    """Tell each company in which ``user`` may make no keys any more which of theirs still open.

    Args:
        of: where that may have changed; None: everywhere.
    """
    made_any = select(AuditRecord.company_id).where(
        _by(user), AuditRecord.action.in_((Audited.TOKEN_MADE, *_PASSWORDS))
    )
    companies = select(Company).where(_within(of), Company.id.in_(made_any)).order_by(Company.id)
    for company in db.scalars(companies).all():
        if _may_make_keys(db, user, company, now):
            continue
        take_lane(db, company.id)
        tokens, password = tokens_made_by(db, company.id, user, now), _has_seen_the_password(db, company.id, user)
        if tokens or password:
            note_work(db, company.id, [_finding(company, user, tokens, password=password)], now=now)


def tokens_made_by(db: Session, company_id: int, user: User, now: datetime) -> list[ApiToken]:
    """Tokens of the company that ``user`` made and that open something."""
    made = db.scalars(
        select(AuditRecord.subject).where(
            AuditRecord.company_id == company_id, AuditRecord.action == Audited.TOKEN_MADE, _by(user)
        )
    )
    ids = {int(number) for subject in made if (number := subject.split(" ")[0]).isdecimal()}
    usable = (one for one in tokens_of(db, company_id) if state_of(one, now) is TokenState.USABLE)
    return [one for one in usable if one.id in ids]


def revoke_tokens_made_by(db: Session, company_id: int, user: User, now: datetime, *, by: Actor) -> list[ApiToken]:
    """They open nothing any more, nor do those that they made. Returns what was revoked."""
    made = tokens_made_by(db, company_id, user, now)
    revoked = [one for token in made for one in revoke_token(db, company_id, token.id, now, by=by)]
    return list(dict.fromkeys(revoked))


def _within(of: Partner | Company | None) -> ColumnElement[bool]:
    if of is None:
        return true()
    return Company.id == of.id if isinstance(of, Company) else Company.partner_id == of.id


def _by(user: User) -> ColumnElement[bool]:
    return type_coerce(AuditRecord.by, String).startswith(f"{ActorKind.PERSON.value}:{user.id}:", autoescape=True)


def _may_make_keys(db: Session, user: User, company: Company, now: datetime) -> bool:
    person = Actor(ActorKind.PERSON, user.name, str(user.id))
    try:
        company_for(db, person, company.code, Permission.MANAGE_TOKENS, now=now)
    except (NotFound, NotAllowed):
        return False
    return True


def _has_seen_the_password(db: Session, company_id: int, user: User) -> bool:
    """Whether the one in force was shown to that person."""
    last = db.scalar(
        select(AuditRecord.id)
        .where(AuditRecord.company_id == company_id, AuditRecord.action.in_(_PASSWORDS))
        .order_by(AuditRecord.id.desc())
        .limit(1)
    )
    return last is not None and db.scalar(select(AuditRecord.id).where(AuditRecord.id == last, _by(user))) is not None


def _finding(company: Company, user: User, tokens: list[ApiToken], *, password: bool) -> Finding:
    named = [f"API token {one.id} ({one.label})" for one in tokens]
    keys = [*named, *(["the Web Connector password"] if password else [])]
    ways = [
        *([f"qbwc-server company revoke {company.code} --made-by {user.email}"] if tokens else []),
        *([f"qbwc-server company password {company.code}"] if password else []),
    ]
    return Finding(
        WorkKind.KEYS_LEFT,
        str(user.id),
        f"{user.name} ({user.email}) may make no keys of this company any more, and what they made still opens: "
        f"{', '.join(keys)}.",
        f"End what nobody else needs: {'; '.join(ways)}. Then say that it is done.",
        detail={"user": user.email, "tokens": [one.id for one in tokens], "password": password},
    )
