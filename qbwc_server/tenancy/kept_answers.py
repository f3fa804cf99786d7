"""Answers kept for the key of a caller, in the transaction that each tells of: asked again, the same is told again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from qbwc_server.clock import Clock
from qbwc_server.db import Base, Database
from qbwc_server.db.pieces import delete_in_pieces
from qbwc_server.db.types import Exact, Key, UtcDateTime, Whole
from qbwc_server.errors import Invalid, QbwcError

LONGEST_KEY = 120
KEPT = timedelta(days=7)


class KeptAnswer(Base):
    """What was asked for under a key, in short, and what was answered; without an answer while it is being done."""

    __tablename__ = "kept_answers"
    __table_args__ = (UniqueConstraint("token_id", "key"), Index("ix_kept_answers_at", "at"))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    token_id: Mapped[int] = mapped_column(ForeignKey("api_tokens.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(Exact(LONGEST_KEY))
    asked: Mapped[str] = mapped_column(Exact(64))  # a digest of all that was asked for
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[int | None] = mapped_column(SmallInteger)
    media: Mapped[str | None] = mapped_column(Exact(100))
    body: Mapped[str | None] = mapped_column(Whole("what the API answers is bounded by what it takes"))


class BadKey(Invalid):
    """The idempotency key cannot be used."""

    code = "idempotency_key_invalid"
    advice = f"Send 1 to {LONGEST_KEY} visible ASCII characters, another key for each thing that is to be done."


class KeyReused(QbwcError):
    """Something else was asked for under this idempotency key."""

    code = "idempotency_key_reused"
    advice = "Send a key of its own with each thing that is to be done; the same key only with the very same request."


@dataclass(frozen=True, slots=True)
class Whose:
    """A token and a key that it chose."""

    company_id: int
    token_id: int
    key: str


def read_key(said: str) -> str:
    """A key as it came in the header. Raises BadKey."""
    if not 0 < len(said) <= LONGEST_KEY or not all("!" <= character <= "~" for character in said):
        raise BadKey
    return said


def digest_of(*parts: str | bytes) -> str:
    """All that was asked for, in short; where one part ends counts."""
    found = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        found.update(len(data).to_bytes(8) + data)
    return found.hexdigest()


def claim(db: Session, whose: Whose, asked: str, now: datetime, *, locked: bool = False) -> KeptAnswer:
    """The row of this key, which is new, or has the answer that was given before.

    Whoever comes with the same key at the same moment waits here until the first is done.

    Args:
        locked: also where the row is there already.

    Raises:
        KeyReused: it was another thing.
    """
    values: dict[str, Any] = {
        "company_id": whose.company_id,
        "token_id": whose.token_id,
        "key": whose.key,
        "asked": asked,
        "at": now,
    }
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    db.execute(insert(KeptAnswer).values(values).on_conflict_do_nothing())
    found = (
        select(KeptAnswer)
        .where(KeptAnswer.token_id == whose.token_id, KeptAnswer.key == whose.key)
        .execution_options(populate_existing=True)
    )
    row = db.scalars(found.with_for_update() if locked else found).one()
    if row.asked != asked:
        raise KeyReused
    return row


def keep(row: KeptAnswer, status: int, media: str, body: str) -> None:
    """What was answered."""
    row.status, row.media, row.body = status, media, body


def kept_lines(row: KeptAnswer) -> list[str]:
    """What was answered so far, where an answer is given line by line."""
    return [line + "\n" for line in (row.body or "").split("\n")[:-1]]


def keep_more(row: KeptAnswer, lines: Sequence[str]) -> None:
    """Some lines more of an answer that goes on."""
    row.body = (row.body or "") + "".join(lines)


def keep_whole(row: KeptAnswer, status: int, media: str) -> None:
    """The answer that was given line by line has come to its end."""
    row.status, row.media = status, media


def purge_kept_answers(*, database: Database, clock: Clock, **_: object) -> str:
    """Drop answers that nobody asks for again; a job, see ``jobs.schedule``."""
    dropped = delete_in_pieces(database, KeptAnswer.id, KeptAnswer.at < clock() - KEPT)
    return f"Kept answers dropped: {dropped}." if dropped else ""
