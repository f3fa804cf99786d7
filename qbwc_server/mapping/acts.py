"""What a person does with mappings, and with it what becomes of the documents that wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from qbwc_server.mapping.deciding import Choice, set_mapping, unset_mapping
from qbwc_server.mapping.going_on import WentOn, go_on
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.mapping.models import ALL_CONNECTIONS, WordMapping
from qbwc_server.mapping.said import word_key
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.models import Company


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapping as it was set or taken back, and what became of the documents that name the word."""

    row: WordMapping
    went: WentOn


def map_word(
    db: Session,
    company: Company,
    kind: WordKind,
    word: str,
    choice: Choice,
    *,
    connection_id: int = ALL_CONNECTIONS,
    by: Actor,
    now: datetime,
    batch: str | None = None,
) -> Mapped:
    """Say what a word stands for; what has not left gets the entry. Raises as ``set_mapping`` does.

    Args:
        batch: what else is said together with it, to be taken back together.
    """
    row = set_mapping(db, company, kind, word, choice, connection_id=connection_id, by=by, now=now, batch=batch)
    return Mapped(row, go_on(db, company, by=by, now=now, word=(kind, row.word)))


def unmap_word(
    db: Session,
    company: Company,
    kind: WordKind,
    word: str,
    *,
    connection_id: int = ALL_CONNECTIONS,
    by: Actor,
    now: datetime,
) -> Mapped:
    """Take back what was said of a word; what has not left waits again. Raises NotFound."""
    row = unset_mapping(db, company, kind, word, connection_id=connection_id, by=by, now=now)
    return Mapped(row, go_on(db, company, by=by, now=now, word=(kind, word_key(word))))
