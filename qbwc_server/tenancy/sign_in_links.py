"""A link that signs one person in, once: made by whoever runs the server, for the first look or a lost password."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from qbwc_server.db import Base
from qbwc_server.db.types import Exact, Key, UtcDateTime
from qbwc_server.errors import Conflict, NotFound
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.credentials import digest, new_secret
from qbwc_server.tenancy.models import User

SIGN_IN_LINK_LIVES = timedelta(hours=1)
_ENDED = "This link has ended."


class SignInLink(Base):
    """The link of a person; another one takes its place, and a new password ends it."""

    __tablename__ = "sign_in_links"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    digest: Mapped[str] = mapped_column(Exact(64), unique=True)
    password_digest: Mapped[str] = mapped_column(Exact(64))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


def make_sign_in_link(db: Session, user: User, *, by: Actor, now: datetime) -> str:
    """Its secret, which is kept nowhere; a link before it ends.

    Raises:
        Conflict: the person is disabled.
    """
    if user.disabled_at is not None:
        raise Conflict(
            f"{user.email} is disabled.", advice=f"Let him in again first: qbwc-server user enable {user.email}"
        )
    db.execute(delete(SignInLink).where(SignInLink.user_id == user.id))
    secret = new_secret()
    link = SignInLink(
        user_id=user.id,
        digest=digest(secret),
        password_digest=digest(user.password_hash or ""),
        expires_at=now + SIGN_IN_LINK_LIVES,
    )
    db.add(link)
    note_audit(db, Audited.SIGN_IN_LINK_MADE, by=by, now=now, subject=user.email, after={"expires_at": link.expires_at})
    db.flush()
    return secret


def sign_in_link(base_url: str, secret: str) -> str:
    """The address of a link."""
    return f"{base_url}/portal/sign-in/link/{secret}"


def user_of_sign_in_link(db: Session, secret: str, now: datetime) -> User:
    """Whom it signs in.

    Raises:
        NotFound: there is none, or none any more; both sound the same.
    """
    return _found(db, secret, now)[1]


def use_sign_in_link(db: Session, secret: str, now: datetime) -> User:
    """The link ends, and its person may be signed in. Raises NotFound."""
    link, user = _found(db, secret, now, locked=True)
    db.delete(link)
    db.flush()
    return user


def _found(db: Session, secret: str, now: datetime, *, locked: bool = False) -> tuple[SignInLink, User]:
    query = select(SignInLink).where(SignInLink.digest == digest(secret))
    link = db.scalars(query.with_for_update() if locked else query).one_or_none()
    if link is None or link.expires_at <= now:
        raise NotFound(_ENDED)
    user = db.get_one(User, link.user_id, with_for_update=locked, populate_existing=True)
    if user.disabled_at is not None or link.password_digest != digest(user.password_hash or ""):
        raise NotFound(_ENDED)
    return link, user
