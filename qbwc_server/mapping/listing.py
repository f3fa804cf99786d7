"""The mappings of a company, each as it stands now."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.mapping.kinds import WordKind
from qbwc_server.mapping.models import WordMapping
from qbwc_server.mapping.resolving import Resolved, Unmapped, fates_of, outcome_of


@dataclass(frozen=True, slots=True)
class Listed:
    """A mapping, and what it comes to now: an entry under its present name, or why there is none."""

    row: WordMapping
    outcome: Resolved | Unmapped


def mappings_of(
    db: Session,
    company_id: int,
    *,
    kind: WordKind | None = None,
    connection_id: int | None = None,
    after_id: int = 0,
    limit: int | None = None,
) -> list[Listed]:
    """The mappings of a company in the order in which they came.

    Args:
        connection_id: only what was said for exactly this one; 0: for all.
        limit: how many at most; left out: all.
    """
    query = select(WordMapping).where(WordMapping.company_id == company_id, WordMapping.id > after_id)
    if kind is not None:
        query = query.where(WordMapping.kind == kind)
    if connection_id is not None:
        query = query.where(WordMapping.connection_id == connection_id)
    rows = db.scalars(query.order_by(WordMapping.id).limit(limit)).all()
    fates = fates_of(db, company_id, rows)
    return [Listed(row, outcome_of(row, fates.get(row.id))) for row in rows]
