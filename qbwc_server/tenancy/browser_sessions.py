"""Sessions of people in their browsers: begun by a password, listed, ended; only digests of their keys are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, Index, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from qbwc_server.clock import Clock
from qbwc_server.db import Base, Database
from qbwc_server.db.pieces import delete_in_pieces
from qbwc_server.db.types import Cut, Exact, Key, UtcDateTime
from qbwc_server.errors import NotFound
from qbwc_server.tenancy.credentials import digest, new_secret
from qbwc_server.tenancy.models import User

IDLE = timedelta(hours=8)  # a form that is left open over lunch goes through
LONGEST = timedelta(days=7)
FOR_A_CODE = timedelta(minutes=10)  # a phone has to be found
_NOTED_EVERY = timedelta(minutes=1)  # a page that is loaded ten times a second writes once a minute
_KEPT = timedelta(days=90)  # what has ended is told of so long


class BrowserSession(Base):
    """One browser in which a person has signed in."""

    __tablename__ = "browser_sessions"
    __table_args__ = (
        Index("ix_browser_sessions_user", "user_id", "network"),
        Index("ix_browser_sessions_used_at", "used_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(Exact(64), unique=True)
    password_digest: Mapped[str] = mapped_column(Exact(64))  # of the hash it began with: another password ends it
    network: Mapped[str] = mapped_column(Exact(64))  # from which it began, keyed: says nothing by itself
    browser: Mapped[str] = mapped_column(Cut(200))  # as it called itself
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)  # to the minute
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    awaits_code: Mapped[bool] = mapped_column(default=False)  # the password was right; it opens nothing yet


_OPENS = BrowserSession.awaits_code.is_(False)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who a browser speaks for."""

    session_id: int
    user_id: int
    name: str
    email: str
    use_is_noted: bool  # lately enough


def begin_session(
    db: Session, user: User, *, network: str, browser: str, now: datetime, awaits_code: bool = False
) -> str:
    """A new session; the key that is returned goes into the cookie and is kept nowhere here.

    Args:
        awaits_code: it opens nothing; a code within ``FOR_A_CODE`` begins another one in its place.
    """
    key = new_secret()
    db.add(
        BrowserSession(
            user_id=user.id,
            digest=digest(key),
            password_digest=digest(user.password_hash or ""),
            network=network,
            browser=browser,
            began_at=now,
            used_at=now,
            awaits_code=awaits_code,
        )
    )
    db.flush()
    return key


def signed_in_by(db: Session, key: str, now: datetime) -> SignedIn | None:
    """Who has the session of that key; None where it has ended, or its user has another password or is disabled."""
    row = db.execute(
        select(BrowserSession, User)
        .join(User, User.id == BrowserSession.user_id)
        .where(BrowserSession.digest == digest(key), _alive(now), _OPENS, User.disabled_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    session, user = row
    if user.password_hash is None or session.password_digest != digest(user.password_hash):
        return None
    return SignedIn(session.id, user.id, user.name, user.email, abs(now - session.used_at) < _NOTED_EVERY)


def waiting_by(db: Session, key: str, now: datetime) -> tuple[BrowserSession, User] | None:
    """The session of that key and its user, where nothing but a code is missing."""
    row = db.execute(
        select(BrowserSession, User)
        .join(User, User.id == BrowserSession.user_id)
        .where(
            BrowserSession.digest == digest(key),
            BrowserSession.awaits_code.is_(True),
            BrowserSession.ended_at.is_(None),
            BrowserSession.began_at > now - FOR_A_CODE,
            User.disabled_at.is_(None),
        )
    ).one_or_none()
    if row is None or row[0].password_digest != digest(row[1].password_hash or ""):
        return None
    return row[0], row[1]


def note_use(db: Session, session_id: int, now: datetime) -> None:
    """That it was used."""
    db.execute(
        update(BrowserSession)
        .where(BrowserSession.id == session_id)
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )


def sessions_of(db: Session, user_id: int, now: datetime) -> list[BrowserSession]:
    """Those that have not ended, the one used last first."""
    user = db.get_one(User, user_id)
    return list(
        db.scalars(
            select(BrowserSession)
            .where(
                BrowserSession.user_id == user_id,
                BrowserSession.password_digest == digest(user.password_hash or ""),
                _alive(now),
                _OPENS,
            )
            .order_by(BrowserSession.used_at.desc(), BrowserSession.id.desc())
        )
    )


def end_browser_session(db: Session, user_id: int, session_id: int, now: datetime) -> None:
    """It opens nothing any more; a second time changes nothing. Raises NotFound where the user has no such session."""
    session = db.get(BrowserSession, session_id)
    if session is None or session.user_id != user_id:
        raise NotFound(f"There is no session {session_id}.")
    session.ended_at = session.ended_at or now


def end_other_sessions(db: Session, user_id: int, session_id: int | None, now: datetime) -> None:
    """All of the user but this one end; None: all."""
    own = update(BrowserSession).where(BrowserSession.user_id == user_id, BrowserSession.ended_at.is_(None))
    if session_id is not None:
        own = own.where(BrowserSession.id != session_id)
    db.execute(own.values(ended_at=now).execution_options(synchronize_session=False))


def was_here(db: Session, user_id: int, network: str, now: datetime) -> bool:
    """Whether the user has signed in from that network lately."""
    found = select(BrowserSession.id).where(
        BrowserSession.user_id == user_id, BrowserSession.network == network, BrowserSession.used_at > now - _KEPT
    )
    return db.scalar(found.limit(1)) is not None


def purge_browser_sessions(*, database: Database, clock: Clock, **_: object) -> str:
    """Drop sessions that ended long ago; a job, see ``jobs.schedule``."""
    dropped = delete_in_pieces(database, BrowserSession.id, BrowserSession.used_at < clock() - _KEPT)
    return f"Sessions of browsers dropped: {dropped}." if dropped else ""


def _alive(now: datetime) -> ColumnElement[bool]:
    return (
        BrowserSession.ended_at.is_(None)
        & (BrowserSession.used_at > now - IDLE)
        & (BrowserSession.began_at > now - LONGEST)
    )
