"""Links for whoever sits at the PC with QuickBooks and has no account: one company, one purpose, and an end."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Integer, exists, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from qbwc_server.connector.logins import login_of, renew_password
from qbwc_server.connector.models import KnownAddress
from qbwc_server.db import Base
from qbwc_server.db.types import Exact, Key, UtcDateTime
from qbwc_server.errors import Conflict, Invalid, NotFound
from qbwc_server.tenancy.access import NotAllowed, company_for
from qbwc_server.tenancy.actor import Actor, ActorColumn, ActorKind
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.credentials import digest, new_secret
from qbwc_server.tenancy.models import Company
from qbwc_server.tenancy.permissions import Permission

LONGEST = timedelta(days=7)
MOST_PASSWORDS = 5  # of one link: a password may be mistyped, or its window closed too early
KEPT = timedelta(days=1)  # how long a password opens that a connector uses already
_ENDED = "This link has ended."


class SetUpLink(Base):
    """One link. It lets somebody connect the Web Connector of a company, and see whether that worked."""

    __tablename__ = "set_up_links"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(Exact(64), unique=True)
    made_by: Mapped[Actor] = mapped_column(ActorColumn)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    passwords: Mapped[int] = mapped_column(Integer, default=0)  # made by it


class LinkState(StrEnum):
    """Whether a link opens anything."""

    USABLE = "usable"
    EXPIRED = "expired"
    REVOKED = "revoked"


class TooManyPasswords(Conflict):
    """This link has made as many passwords as it may."""

    code = "too_many_passwords"
    advice = "Ask whoever sent the link for another one."


def make_link(db: Session, company: Company, *, lives: timedelta, by: Actor, now: datetime) -> tuple[SetUpLink, str]:
    """A link, and its secret, which is shown this once.

    Raises:
        Invalid: it would live for longer than ``LONGEST``, or not at all.
    """
    if not timedelta(0) < lives <= LONGEST:
        raise Invalid(f"A link lives for at most {LONGEST.days} days.")
    secret = new_secret()
    link = SetUpLink(
        company_id=company.id, digest=digest(secret), made_by=by, made_at=now, expires_at=now + lives, passwords=0
    )
    db.add(link)
    db.flush()
    note_audit(
        db, Audited.SET_UP_LINK_MADE, by=by, now=now, company_id=company.id, subject=str(link.id),
        after={"expires_at": link.expires_at},
    )  # fmt: skip
    return link, secret


def link_state(link: SetUpLink, now: datetime) -> LinkState:
    """Whether it opens anything."""
    if link.revoked_at is not None:
        return LinkState.REVOKED
    return LinkState.USABLE if now < link.expires_at else LinkState.EXPIRED


def links_of(db: Session, company_id: int, now: datetime) -> list[SetUpLink]:
    """Those that open something, the newest first."""
    usable = (SetUpLink.revoked_at.is_(None), SetUpLink.expires_at > now)
    return list(
        db.scalars(select(SetUpLink).where(SetUpLink.company_id == company_id, *usable).order_by(-SetUpLink.id))
    )


def link_by(db: Session, secret: str, now: datetime) -> tuple[SetUpLink, Company]:
    """The link with this secret, and its company. It opens no more than whoever made it may by now.

    Raises:
        NotFound: there is none, or none any more; both sound the same.
    """
    link = db.scalars(select(SetUpLink).where(SetUpLink.digest == digest(secret))).one_or_none()
    if link is None or link_state(link, now) is not LinkState.USABLE:
        raise NotFound(_ENDED)
    company = db.get_one(Company, link.company_id)
    try:
        company_for(db, link.made_by, company.code, Permission.MANAGE_TOKENS, now=now)
    except (NotFound, NotAllowed):
        raise NotFound(_ENDED) from None
    return link, company


def revoke_link(db: Session, company_id: int, link_id: int, *, by: Actor, now: datetime) -> None:
    """It opens nothing any more; a second time changes nothing.

    Raises:
        NotFound: this company has no such link.
    """
    of_company = select(SetUpLink).where(SetUpLink.company_id == company_id, SetUpLink.id == link_id)
    link = db.scalars(of_company.with_for_update()).one_or_none()
    if link is None:
        raise NotFound(f"There is no link {link_id}.")
    if link.revoked_at is None:
        link.revoked_at = now
        note_audit(db, Audited.SET_UP_LINK_REVOKED, by=by, now=now, company_id=company_id, subject=str(link_id))


def password_by_link(db: Session, link: SetUpLink, *, place: str, now: datetime) -> str:
    """A new password for the Web Connector. One that a connector uses already goes on opening for ``KEPT``.

    Raises:
        NotFound: the link was revoked a moment ago.
        TooManyPasswords: it has made ``MOST_PASSWORDS``.
    """
    db.refresh(link, with_for_update=True)
    if link_state(link, now) is not LinkState.USABLE:
        raise NotFound(_ENDED)
    if link.passwords >= MOST_PASSWORDS:
        raise TooManyPasswords
    link.passwords += 1
    has_called = db.scalar(select(exists().where(KnownAddress.company_id == link.company_id)))
    by = Actor(ActorKind.LINK, f"set-up link {link.id} of {link.made_by}", str(link.id), place)
    return renew_password(db, login_of(db, link.company_id), now, by=by, keep_old=KEPT if has_called else None)
