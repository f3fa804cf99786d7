"""What is kept of one sale: the document under its origin, and those under origins that begin with it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from qbwc_server.channels.contract import Draft, Stored
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.tenancy.models import Company

_AT_A_TIME = 100  # ranges of origins in one statement


def as_stored(row: DocumentRow) -> Stored:
    """What a channel may know of it."""
    return Stored(row.origin, row.kind, row.total, row.state is State.EXCLUDED)


def families(db: Session, company: Company, origins: Sequence[str]) -> dict[str, list[Stored]]:
    """What is kept under each origin, and under those that begin with it and a colon."""
    found: dict[str, list[Stored]] = {}
    for start in range(0, len(origins), _AT_A_TIME):
        some = origins[start : start + _AT_A_TIME]
        inside = [and_(DocumentRow.origin > f"{one}:", DocumentRow.origin < f"{one};") for one in some]
        rows = db.scalars(
            select(DocumentRow)
            .where(DocumentRow.company_id == company.id, or_(DocumentRow.origin.in_(some), *inside))
            .order_by(DocumentRow.id)
        )
        wanted = set(some)
        for row in rows:
            head = row.origin
            while head not in wanted and ":" in head:
                head = head.rpartition(":")[0]
            found.setdefault(head, []).append(as_stored(row))
    return found


def in_another_form(db: Session, company: Company, drafts: Sequence[Draft]) -> set[str]:
    """The origins of the drafts whose sale stands in its other form."""
    asking = [draft for draft in drafts if draft.instead is not None]
    here = families(db, company, [draft.document.origin for draft in asking])
    found = ((draft.document.origin, draft.instead) for draft in asking)
    return {origin for origin, instead in found if instead is not None and instead(here.get(origin, []))}
