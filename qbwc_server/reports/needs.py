"""What needs somebody: documents grouped by reason, with the first of each, of the kinds that may be seen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from qbwc_server.documents.lifecycle import NEEDS_A_PERSON, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.open_work import OpenWork

_FIRST = 3  # documents of a group that are named
_MOST = 20  # groups, and items of open work


@dataclass(frozen=True, slots=True)
class Named:
    """A document as a link names it."""

    id: int
    number: str | None
    party: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """Documents in one state that are kept by one reason, in the same words."""

    state: State
    reason: str | None
    message: str | None
    advice: str | None
    count: int
    first: list[Named]


def groups_of(db: Session, company_id: int, kinds: Collection[str] | None) -> tuple[list[Group], int]:
    """The largest groups first, and how many groups there are more.

    Args:
        kinds: which may be seen; None: all.
    """
    where = [DocumentRow.company_id == company_id, DocumentRow.state.in_(NEEDS_A_PERSON)]
    if kinds is not None:
        where.append(DocumentRow.kind.in_(kinds))
    which = (DocumentRow.state, DocumentRow.reason, DocumentRow.message, DocumentRow.advice)
    rows = db.execute(
        select(*which, func.count(), func.min(DocumentRow.id))
        .where(*where)
        .group_by(*which)
        .order_by(func.count().desc(), func.min(DocumentRow.id))
    ).all()
    found = []
    for state, reason, message, advice, count, _ in rows[:_MOST]:
        same = [
            column.is_(None) if value is None else column == value
            for column, value in zip(which, (state, reason, message, advice), strict=True)
        ]
        found.append(Group(state, reason, message, advice, count, _first(db, [*where, *same])))
    return found, max(0, len(rows) - _MOST)


def _first(db: Session, where: list[ColumnElement[bool]]) -> list[Named]:
    rows = db.execute(
        select(DocumentRow.id, DocumentRow.number, DocumentRow.party)
        .where(*where)
        .order_by(DocumentRow.id)
        .limit(_FIRST)
    )
    return [Named(*row) for row in rows]


def open_work_seen(db: Session, company_id: int, kinds: Collection[str] | None) -> tuple[list[OpenWork], int]:
    """The oldest open work, and how many items there are in all."""
    where = [OpenWork.company_id == company_id, OpenWork.ended_at.is_(None)]
    if kinds is not None:
        where.append(or_(OpenWork.document_id.is_(None), DocumentRow.kind.in_(kinds)))
    found = select(OpenWork).outerjoin(DocumentRow, DocumentRow.id == OpenWork.document_id).where(*where)
    count = db.scalar(select(func.count()).select_from(found.with_only_columns(OpenWork.id).subquery())) or 0
    return list(db.scalars(found.order_by(OpenWork.id).limit(_MOST))), count
