"""API tokens: made, found, listed, revoked; what each may do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qbwc_server.errors import Invalid, NotFound, QbwcError
from qbwc_server.tenancy.actor import SERVER, Actor, ActorKind
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.credentials import digest, new_secret
from qbwc_server.tenancy.models import ApiToken, Company
from qbwc_server.tenancy.permissions import COMMON_SCOPES, OF_THE_OPERATOR, Scope

LONGEST_LABEL = 100
MOST_DAYS = 3_650
_NOTED_EVERY = timedelta(minutes=1)  # a program that calls a hundred times a second writes once a minute


class ForTheOperator(QbwcError):
    """Only whoever runs the server gives a token this scope."""

    code = "for_the_operator"
    advice = "Ask for a token of its own: qbwc-server company token CODE --scope ask --scope books"


class TokenState(StrEnum):
    """Whether a token opens anything."""

    USABLE = "usable"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class FoundToken:
    """A token that was shown: whose it is and what it may do. Only a usable one may do anything."""

    token_id: int
    label: str
    company_id: int
    company: str  # its code
    scopes: frozenset[Scope]
    state: TokenState
    expires_at: datetime | None
    use_is_noted: bool  # lately enough


def add_token(
    db: Session,
    company: Company,
    *,
    label: str,
    now: datetime,
    scopes: Collection[Scope] = COMMON_SCOPES,
    days: int | None = None,
    not_after: datetime | None = None,
    by: Actor = SERVER,
    made_by: int | None = None,
) -> tuple[ApiToken, str]:
    """Make an API token for ``company``. The text that is returned beside it cannot be shown again.

    Args:
        label: what it is for, 1 to 100 characters.
        days: how long it is good; None: until ``not_after``, or without that until it is revoked.
        not_after: when it ends at the latest.
        made_by: the token that asks for it, with which it is revoked; None: a person asks.

    Raises:
        Invalid: no label, no scope, days that are none, or that go beyond ``not_after``; or ``made_by`` is revoked.
        ForTheOperator: a scope that ``by`` cannot give.
    """
    beyond = sorted(OF_THE_OPERATOR & {*scopes})
    if beyond and by.kind not in (ActorKind.COMMAND_LINE, ActorKind.SERVER):
        raise ForTheOperator(f"The scope {beyond[0]} is given by whoever runs the server.")
    if not label.strip() or len(label) > LONGEST_LABEL:
        raise Invalid(f"The label needs 1 to {LONGEST_LABEL} characters.")
    if not scopes:
        raise Invalid(f"A token needs at least one scope: {', '.join(Scope)}.")
    if days is not None and not 0 < days <= MOST_DAYS:
        raise Invalid(f"A token is good for 1 to {MOST_DAYS} days, or without an end.")
    expires_at = not_after if days is None else now + timedelta(days=days)
    if expires_at is not None and not_after is not None and expires_at > not_after:
        raise Invalid("A token cannot make one that is good for longer than itself. Ask for fewer days, or for none.")
    if made_by is not None and _locked(db, company.id, made_by).revoked_at is not None:
        raise Invalid("The token that asks for another one is revoked.")
    token = "qbwc_" + new_secret()
    row = ApiToken(
        company_id=company.id,
        digest=digest(token),
        label=label,
        scopes=" ".join(sorted(scopes)),
        created_at=now,
        expires_at=expires_at,
        made_by=made_by,
    )
    db.add(row)
    db.flush()
    note_audit(
        db, Audited.TOKEN_MADE, by=by, now=now, company_id=company.id, subject=_called(row),
        after={"scopes": row.scopes, "expires_at": expires_at},
    )  # fmt: skip
    return row, token


def read_scopes(said: str) -> frozenset[Scope]:
    """Scopes by their names, divided by blanks or commas.

    Raises:
        Invalid: there is no such scope.
    """
    names = said.replace(",", " ").split()
    unknown = [name for name in names if name not in tuple(Scope)]
    if unknown:
        raise Invalid(f"There is no scope {unknown[0][:40]!r}. Scopes are: {', '.join(Scope)}.")
    return frozenset(Scope(name) for name in names)


def find_token(db: Session, token: str, now: datetime) -> FoundToken | None:
    """What is known of a token that somebody shows. The look-up goes by digest, so its time tells nothing of it."""
    row = db.execute(
        select(ApiToken, Company.code)
        .join(Company, ApiToken.company_id == Company.id)
        .where(ApiToken.digest == digest(token))
    ).one_or_none()
    if row is None:
        return None
    known, code = row
    return FoundToken(
        token_id=known.id,
        label=known.label,
        company_id=known.company_id,
        company=code,
        scopes=scopes_of(known),
        state=state_of(known, now),
        expires_at=known.expires_at,
        use_is_noted=known.last_used_at is not None and abs(now - known.last_used_at) < _NOTED_EVERY,
    )


def scopes_of(token: ApiToken) -> frozenset[Scope]:
    """What it may do."""
    return frozenset(Scope(name) for name in token.scopes.split())


def state_of(token: ApiToken, now: datetime) -> TokenState:
    """Whether it opens anything."""
    if token.revoked_at is not None:
        return TokenState.REVOKED
    if token.expires_at is not None and token.expires_at <= now:
        return TokenState.EXPIRED
    return TokenState.USABLE


def note_use(db: Session, token_id: int, now: datetime) -> None:
    """That it was used."""
    db.execute(
        update(ApiToken)
        .where(ApiToken.id == token_id)
        .values(last_used_at=now)
        .execution_options(synchronize_session=False)
    )


def tokens_of(db: Session, company_id: int) -> list[ApiToken]:
    """All that were ever made for this company, oldest first."""
    return list(db.scalars(select(ApiToken).where(ApiToken.company_id == company_id).order_by(ApiToken.id)))


def revoke_token(db: Session, company_id: int, token_id: int, now: datetime, *, by: Actor) -> list[ApiToken]:
    """It opens nothing any more, from this moment, nor does what it made; a second time changes nothing.

    Returns:
        The token itself, and behind it those that it made and that opened something until now.

    Raises:
        NotFound: this company has no such token.
    """
    revoked = [_locked(db, company_id, token_id)]
    for parent in revoked:  # grows while it is walked through
        made = select(ApiToken).where(ApiToken.made_by == parent.id, ApiToken.revoked_at.is_(None))
        revoked += db.scalars(made.order_by(ApiToken.id).with_for_update())
    for token in revoked:
        if token.revoked_at is None:
            token.revoked_at = now
            note_audit(db, Audited.TOKEN_REVOKED, by=by, now=now, company_id=company_id, subject=_called(token))
    return revoked


def _locked(db: Session, company_id: int, token_id: int) -> ApiToken:
    """The token, kept from being revoked or making another one until this transaction ends."""
    of_company = select(ApiToken).where(ApiToken.company_id == company_id, ApiToken.id == token_id)
    token = db.scalars(of_company.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if token is None:
        raise NotFound(f"There is no token {token_id}.")
    return token


def _called(token: ApiToken) -> str:
    return f"{token.id} ({token.label})"
