"""Users: added, found, given a password, disabled."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.db.once import add_once
from qbwc_server.errors import Conflict, Invalid, NotFound
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.browser_sessions import end_other_sessions
from qbwc_server.tenancy.credentials import LONGEST_PASSWORD, password_matches, slow_hash
from qbwc_server.tenancy.models import User
from qbwc_server.tenancy.partners import read_name

SHORTEST_PASSWORD = 12
LONGEST_EMAIL = 254
_PART = r"[^\s@\"'(),:;<>\[\]\\\x00-\x1f\x7f-\x9f\ud800-\udfff]"
_EMAIL = re.compile(f"{_PART}{{1,64}}@{_PART}+")
_FEWEST_CHARACTERS = 5  # different ones: aaaaaaaaaaaa is as long as it should be
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


class WeakPassword(Invalid):
    """This password would be guessed."""

    code = "weak_password"
    advice = f"Take {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters that nobody can guess, such as several words."


def add_user(db: Session, *, email: str, name: str, by: Actor, now: datetime) -> User:
    """A new user, who cannot sign in before there is a password, and is nowhere a member.

    Raises:
        Invalid: e-mail address or name cannot be used.
        Conflict: somebody has that address.
    """
    address = read_email(email)
    user = User(email=address, name=read_name(name, "user"), created_at=now)
    add_once(db, user, Conflict(f"There is already a user {address}."))
    note_audit(db, Audited.USER_ADDED, by=by, now=now, subject=address, after={"email": address, "name": user.name})
    return user


def find_user(db: Session, email: str) -> User:
    """The user of that e-mail address, or NotFound."""
    user = _user_of(db, email)
    if user is None:
        raise NotFound(f"There is no user {email[:LONGEST_EMAIL]!r}.")
    return user


def users(db: Session) -> list[User]:
    """All users by e-mail address, also those who are disabled."""
    return list(db.scalars(select(User).order_by(User.email)))


def set_password(db: Session, user: User, password: str, *, by: Actor, now: datetime) -> None:
    """From now on ``user`` signs in with this one. Raises WeakPassword."""
    said = _as_compared(password)
    if not SHORTEST_PASSWORD <= len(said) <= LONGEST_PASSWORD:
        raise WeakPassword
    if len(set(said)) < _FEWEST_CHARACTERS or said.casefold() in (user.email, user.name.casefold()):
        raise WeakPassword
    user.password_hash = slow_hash(said)
    note_audit(db, Audited.USER_PASSWORD, by=by, now=now, subject=user.email)


def signed_in(db: Session, email: str, password: str) -> User | None:
    """The user whose address and password these are, unless disabled; takes as long for nobody as for somebody."""
    user = _user_of(db, email)
    stored = None if user is None else user.password_hash
    fits = password_matches(stored or _NOBODY, _as_compared(password), None)
    if user is None or stored is None or user.disabled_at is not None:
        return None
    return user if fits else None


def disable(db: Session, user: User, *, by: Actor, now: datetime) -> None:
    """From now on a stranger everywhere; a second time changes nothing. The memberships stay, for the day of return.

    Sessions end for good: whoever has the key of one has no part in that return.
    """
    if user.disabled_at is None:
        user.disabled_at = now
        end_other_sessions(db, user.id, None, now)
        note_audit(db, Audited.USER_DISABLED, by=by, now=now, subject=user.email)


def enable(db: Session, user: User, *, by: Actor, now: datetime) -> None:
    """What was disabled works again."""
    if user.disabled_at is not None:
        user.disabled_at = None
        note_audit(db, Audited.USER_ENABLED, by=by, now=now, subject=user.email)


def read_email(said: str) -> str:
    """An e-mail address as it is compared: without blanks around it, in small letters. Raises Invalid."""
    address = unicodedata.normalize("NFKC", said.strip()).lower()
    if len(address) > LONGEST_EMAIL or not _EMAIL.fullmatch(address):
        raise Invalid(f"{said[:LONGEST_EMAIL]!r} is no e-mail address.")
    return address


def _user_of(db: Session, email: str) -> User | None:
    try:
        address = read_email(email)
    except Invalid:
        return None
    return db.scalars(select(User).where(User.email == address)).one_or_none()


def _as_compared(password: str) -> str:
    """Keyboards compose the same characters differently."""
    return unicodedata.normalize("NFKC", password)
