"""A new password by e-mail: asked for by anybody, answered where there is such a person, used once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from qbwc_server.clock import Clock
from qbwc_server.db import Base, Database
from qbwc_server.db.pieces import delete_in_pieces
from qbwc_server.db.types import Exact, Key, UtcDateTime
from qbwc_server.errors import NotFound, QbwcError
from qbwc_server.settings import Settings
from qbwc_server.tenancy.actor import SERVER, Actor, ActorKind
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.browser_sessions import end_other_sessions
from qbwc_server.tenancy.credentials import digest, new_secret
from qbwc_server.tenancy.guessing import counted_as, lately, network_of, note_wrong_password
from qbwc_server.tenancy.models import User
from qbwc_server.tenancy.server_key import server_key
from qbwc_server.tenancy.users import LONGEST_EMAIL, read_email, set_password

LIVES = timedelta(hours=1)
MOST_OF_A_NETWORK, MOST_OF_ONE = 10, 3  # in the time of a pause
_PURPOSE = "resets"  # a key of its own: what is counted here shuts nobody out of the sign-in
_KEPT = timedelta(days=7)
_ENDED = "This link has ended."
_WAITS = text("answered_at IS NULL")


class TooManyResets(QbwcError):
    """Too many new passwords were asked for from there lately."""

    code = "too_many_resets"
    advice = "Wait a quarter of an hour, then try again."
    retry_helps = True


class PasswordReset(Base):
    """Somebody asked for a new password of this address, whether or not there is such a person."""

    __tablename__ = "password_resets"
    __table_args__ = (
        Index("ix_password_resets_waiting", "id", postgresql_where=_WAITS, sqlite_where=_WAITS),
        Index("ix_password_resets_asked_at", "asked_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    email: Mapped[str] = mapped_column(Exact(LONGEST_EMAIL))  # as it is compared: see users.read_email
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str | None] = mapped_column(Exact(64), unique=True)
    password_digest: Mapped[str | None] = mapped_column(Exact(64))  # of the hash then: another password ends it
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def ask_reset(database: Database, settings: Settings, *, email: str, address: str, now: datetime) -> None:
    """Somebody at ``address`` wants a new password. What is done and said does not depend on who there is.

    The same few statements for everybody; who there is, is looked at later, by a job. Who asks again and again for one
    person has no more e-mails sent.

    Raises:
        Invalid: this is no e-mail address.
        TooManyResets: too many came from that network.
    """
    who, pause = read_email(email), timedelta(seconds=settings.login_pause_s)
    with database.transaction() as db:
        counted = counted_as(server_key(db, _PURPOSE), who, network_of(address))
        of_network, of_one = db.execute(
            select(lately("by_network"), lately("by_user")),
            {"by_network": counted.network, "by_user": counted.user, "since": now - pause},
        ).one()
        if (of_network or 0) < MOST_OF_A_NETWORK:
            note_wrong_password(db, counted, exists=True, pause=pause, now=now)
            if (of_one or 0) < MOST_OF_ONE:
                db.add(PasswordReset(email=who, asked_at=now))
            return
    raise TooManyResets


def unanswered(db: Session, limit: int) -> list[PasswordReset]:
    """Those that nobody has looked at, oldest first."""
    asked = select(PasswordReset).where(PasswordReset.answered_at.is_(None)).order_by(PasswordReset.id).limit(limit)
    return list(db.scalars(asked.with_for_update()))


def answer(db: Session, row: PasswordReset, *, now: datetime) -> tuple[User, str] | None:
    """The person who gets a link, and its secret, which is kept nowhere; None: there is none, or it is too late."""
    row.answered_at = now
    user = db.scalars(select(User).where(User.email == row.email)).one_or_none()
    if user is None or user.disabled_at is not None or now - row.asked_at > LIVES:
        return None
    _end_all(db, user, now)
    secret = new_secret()
    row.user_id, row.digest, row.expires_at = user.id, digest(secret), now + LIVES
    row.password_digest = digest(user.password_hash or "")
    note_audit(db, Audited.RESET_MAILED, by=SERVER, now=now, subject=user.email)
    db.flush()
    return user, secret


def user_of_reset(db: Session, secret: str, now: datetime, *, locked: bool = False) -> User:
    """Whose link this is.

    Raises:
        NotFound: there is none, or none any more; both sound the same.
    """
    found = select(PasswordReset).where(PasswordReset.digest == digest(secret))
    row = db.scalars(found.with_for_update() if locked else found).one_or_none()
    if row is None or row.ended_at is not None or row.expires_at is None or row.expires_at <= now:
        raise NotFound(_ENDED)
    user = db.get(User, row.user_id, with_for_update=locked, populate_existing=True)
    if user is None or user.disabled_at is not None or row.password_digest != digest(user.password_hash or ""):
        raise NotFound(_ENDED)
    return user


def use_reset(db: Session, secret: str, *, password: str, place: str, now: datetime) -> User:
    """From now on the person signs in with that password, and is signed out everywhere; the link works once.

    Raises:
        NotFound: the link has ended.
        WeakPassword: the password cannot be used.
    """
    user = user_of_reset(db, secret, now, locked=True)
    set_password(db, user, password, by=_person(user, place), now=now)
    end_other_sessions(db, user.id, None, now)
    _end_all(db, user, now)
    db.flush()
    return user


def purge_resets(*, database: Database, clock: Clock, **_: object) -> str:
    """Drop what was asked for long ago; a job, see ``jobs.schedule``."""
    dropped = delete_in_pieces(database, PasswordReset.id, PasswordReset.asked_at < clock() - _KEPT)
    return f"Requests for new passwords dropped: {dropped}." if dropped else ""


def _end_all(db: Session, user: User, now: datetime) -> None:
    open_ones = (PasswordReset.user_id == user.id, PasswordReset.ended_at.is_(None))
    db.execute(update(PasswordReset).where(*open_ones).values(ended_at=now))


def _person(user: User, place: str) -> Actor:
    return Actor(ActorKind.PERSON, user.name, str(user.id), place)
