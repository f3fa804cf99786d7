"""E-mails that are to leave: kept in the transaction that caused them, once each, with their text and HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from qbwc_server.clock import Clock
from qbwc_server.db import Base, Database
from qbwc_server.db.pieces import delete_in_pieces
from qbwc_server.db.types import Cut, Exact, Whole
from qbwc_server.errors import NotFound
from qbwc_server.outbox.delivering import Patience, deliver_due
from qbwc_server.outbox.letter import Letter
from qbwc_server.outbox.rows import DeliveryState, Outgoing
from qbwc_server.outbox.smtp import Envelope, Post
from qbwc_server.settings import Settings

LONGEST_KEY = 120
PATIENCE = Patience(first=timedelta(minutes=1), longest=timedelta(hours=4), all_in_all=timedelta(days=3))
_KEPT = timedelta(days=60)  # what has left, or was given up
_IS_WAITING = text(f"state = '{DeliveryState.WAITING}'")


class OutgoingMail(Outgoing, Base):
    """An e-mail to one person."""

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        Index("ix_outgoing_mail_due", "due_at", "id", postgresql_where=_IS_WAITING, sqlite_where=_IS_WAITING),
    )

    key: Mapped[str] = mapped_column(Exact(LONGEST_KEY), unique=True)  # what it is about, and to whom: there once
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(Exact(254))
    subject: Mapped[str] = mapped_column(Cut(200))
    text: Mapped[str] = mapped_column(Whole("a letter names a bounded number of things"))
    html: Mapped[str] = mapped_column(Whole("a letter names a bounded number of things"))


@dataclass(frozen=True, slots=True)
class To:
    """Who gets a letter.

    Args:
        key: tells one person from another, for ever; the address may change.
    """

    key: str
    address: str


def put_letter(
    db: Session, key: str, to: Iterable[To], letter: Letter, *, now: datetime, company_id: int | None = None
) -> None:
    """Have a letter sent to each of them, in the transaction that causes it; a second time changes nothing.

    Args:
        key: what it is about, of at most 80 characters, such as ``alarm 12 raised``.
    """
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = [
        {
            "key": f"{key} {one.key}",
            "company_id": company_id,
            "address": one.address,
            "subject": letter.subject,
            "text": letter.as_text(),
            "html": letter.as_html(),
            "state": DeliveryState.WAITING,
            "attempts": 0,
            "created_at": now,
            "since": now,
            "due_at": now,
        }
        for one in to
    ]
    if rows:
        db.execute(insert(OutgoingMail).on_conflict_do_nothing(index_elements=["key"]), rows)


def deliver_mail(
    *, database: Database, settings: Settings, clock: Clock, checkpoint: Callable[[], None], **_: object
) -> str:
    """Hand what is due to the mail server; a job."""
    if settings.smtp_host is None:
        return ""
    with Post(settings) as post:
        done = deliver_due(
            database,
            OutgoingMail,
            lambda mail: post.send(_envelope(mail)),
            PATIENCE,
            clock=clock,
            checkpoint=checkpoint,
        )
    return f"E-mails: {done}." if str(done) else ""


def _envelope(mail: OutgoingMail) -> Envelope:
    # the same through every attempt: a mail that is sent twice can be told to be one
    name = f"{mail.id}.{int(mail.created_at.timestamp())}"
    return Envelope(mail.address, mail.subject, mail.text, mail.html, name, mail.created_at)


def purge_mail(*, database: Database, clock: Clock, checkpoint: Callable[[], None], **_: object) -> str:
    """Drop e-mails that ended long ago; a job."""
    ended = (OutgoingMail.state != DeliveryState.WAITING, OutgoingMail.ended_at < clock() - _KEPT)
    dropped = delete_in_pieces(database, OutgoingMail.id, *ended, checkpoint=checkpoint)
    return f"E-mails dropped: {dropped}." if dropped else ""


def newest_mail(db: Session, *, state: DeliveryState | None = None, limit: int = 100) -> list[OutgoingMail]:
    """The newest first."""
    asked = select(OutgoingMail).order_by(OutgoingMail.id.desc()).limit(limit)
    return list(db.scalars(asked if state is None else asked.where(OutgoingMail.state == state)))


def find_mail(db: Session, number: int) -> OutgoingMail:
    """One of them, or NotFound."""
    row = db.get(OutgoingMail, number, with_for_update=True)
    if row is None:
        raise NotFound(f"There is no e-mail {number}.")
    return row
