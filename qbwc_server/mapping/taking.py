"""All sure suggestions are taken at once, up to a limit, and can be taken back at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.errors import NotFound
from qbwc_server.ids import new_id
from qbwc_server.mapping.acts import Mapped, map_word, unmap_word
from qbwc_server.mapping.deciding import Choice
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.mapping.models import Decision, WordMapping
from qbwc_server.mapping.resolving import UNMAPPED
from qbwc_server.mapping.suggesting import Suggestion, suggestions_for, sure_one
from qbwc_server.mapping.waiting import WaitingWord, waiting_words
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.models import Company

MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Suggested:
    """A word that documents wait for, and what it may stand for."""

    waiting: WaitingWord
    suggestions: list[Suggestion]

    @property
    def sure(self) -> Suggestion | None:
        """The one that leaves no doubt."""
        return sure_one(self.suggestions)


def suggested(
    db: Session,
    company_id: int,
    *,
    kind: WordKind | None = None,
    of: Collection[str] | None = None,
    limit: int = MOST_AT_ONCE,
) -> list[Suggested]:
    """What documents wait for, what most wait for first, each with what it may stand for.

    Args:
        of: kinds of documents that somebody may see; None: all.
    """
    waiting = [one for one in waiting_words(db, company_id, of=of) if kind in (None, one.said.kind)]
    return [Suggested(one, suggestions_for(db, company_id, one.said)) for one in waiting[:limit]]


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken; ``batch`` takes it back."""

    batch: str
    mapped: list[Mapped]


def take_sure(
    db: Session,
    company: Company,
    *,
    kind: WordKind | None = None,
    of: Collection[str] | None = None,
    limit: int,
    by: Actor,
    now: datetime,
) -> Taken:
    """Map the words that have a sure suggestion and of which nothing was said, for the connection that says them.

    Args:
        of: kinds of documents that somebody may see; None: all.
        limit: how many at most, those first that most documents wait for.
    """
    batch = str(new_id())
    taken: list[Mapped] = []
    for one in suggested(db, company.id, kind=kind, of=of):
        sure = one.sure
        if sure is None or one.waiting.code != UNMAPPED:
            continue
        if len(taken) == limit:
            break
        said, choice = one.waiting.said, Choice(Decision.ENTRY, sure.entry.list_id)
        scope = one.waiting.connection_id
        taken.append(
            map_word(db, company, said.kind, said.word, choice, connection_id=scope, by=by, now=now, batch=batch)
        )
    return Taken(batch, taken)


def undo(db: Session, company: Company, batch: str | None = None, *, by: Actor, now: datetime) -> Taken:
    """Take back what was taken together, but for what somebody has said otherwise since; what has not left waits again.

    Args:
        batch: left out: the latest.

    Raises:
        NotFound: nothing of it is there.
    """
    of_company = WordMapping.company_id == company.id
    if batch is None:
        latest = select(WordMapping.batch).where(of_company, WordMapping.batch.is_not(None))
        batch = db.scalar(latest.order_by(WordMapping.id.desc()).limit(1))
    rows = db.scalars(select(WordMapping).where(of_company, WordMapping.batch == batch).order_by(WordMapping.id)).all()
    if batch is None or not rows:
        raise NotFound("Nothing was taken together that could be taken back.")
    words = [(row.kind, row.word, row.connection_id) for row in rows]
    return Taken(
        batch, [unmap_word(db, company, kind, word, connection_id=of, by=by, now=now) for kind, word, of in words]
    )
