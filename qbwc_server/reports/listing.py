"""Documents as a person leafs through them: by tab, filtered, a page at a time, however many there are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow

PAGE = 25


class Tab(StrEnum):
    """Where documents are looked for."""

    FOR_REVIEW = "for-review"
    WAITING = "waiting"
    POSTED = "posted"
    FAILED = "failed"
    EXCLUDED = "excluded"
    WITHDRAWN = "withdrawn"


STATES_OF: dict[Tab, tuple[State, ...]] = {
    Tab.FOR_REVIEW: (State.FOR_REVIEW, State.HELD),
    Tab.WAITING: (State.SUBMITTED,),
    Tab.POSTED: (State.POSTED,),
    Tab.FAILED: (State.FAILED,),
    Tab.EXCLUDED: (State.EXCLUDED,),
    Tab.WITHDRAWN: (State.WITHDRAWN,),
}
TAB_OF = {state: tab for tab, states in STATES_OF.items() for state in states}
_OLDEST_FIRST = (Tab.FOR_REVIEW,)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for.

    Args:
        kinds: which they may see; None: all.
        text: part of a number or of the party's name.
        after, before: the number of the document behind which, or before which, the page begins or ends.
    """

    tab: Tab
    kinds: Collection[str] | None = None
    kind: str | None = None
    text: str = ""
    reason: str | None = None
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the documents that were found."""

    rows: list[DocumentRow]
    total: int
    first: int  # which of them the first one is, from 1
    has_previous: bool
    has_next: bool


def page_of(db: Session, company_id: int, wanted: Wanted) -> Page:
    """The page, in four statements at most; what lies before it is counted and not read."""
    found = _found(company_id, wanted)
    ascending = wanted.tab in _OLDEST_FIRST
    backwards = wanted.before is not None
    cursor = wanted.before if backwards else wanted.after
    rows = _rows(db, found, cursor, ascending=ascending is not backwards)
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    if backwards:
        rows.reverse()
    total = _count(db, found)
    ahead = 0
    if rows and (cursor is not None):
        edge = rows[0].id
        ahead = _count(db, [*found, DocumentRow.id < edge if ascending else DocumentRow.id > edge])
    return Page(rows, total, ahead + 1, ahead > 0, backwards or more)


def tab_counts(db: Session, company_id: int, kinds: Collection[str] | None) -> dict[Tab, int]:
    """How many documents stand under each tab, whatever else is filtered."""
    where = [DocumentRow.company_id == company_id]
    if kinds is not None:
        where.append(DocumentRow.kind.in_(kinds))
    rows = db.execute(select(DocumentRow.state, func.count()).where(*where).group_by(DocumentRow.state))
    counts = dict.fromkeys(Tab, 0)
    for state, count in rows:
        counts[TAB_OF[state]] += count
    return counts


def _found(company_id: int, wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [DocumentRow.company_id == company_id, DocumentRow.state.in_(STATES_OF[wanted.tab])]
    if wanted.kinds is not None:
        found.append(DocumentRow.kind.in_(wanted.kinds))
    if wanted.kind is not None:
        found.append(DocumentRow.kind == wanted.kind)
    if wanted.reason is not None:
        found.append(DocumentRow.reason == wanted.reason)
    if wanted.text:
        columns = (DocumentRow.number, DocumentRow.posted_number, DocumentRow.party)
        found.append(or_(*(column.icontains(wanted.text, autoescape=True) for column in columns)))
    return found


def _rows(db: Session, found: list[ColumnElement[bool]], cursor: int | None, *, ascending: bool) -> list[DocumentRow]:
    rows = select(DocumentRow).where(*found).limit(PAGE + 1)
    if cursor is not None:
        rows = rows.where(DocumentRow.id > cursor if ascending else DocumentRow.id < cursor)
    return list(db.scalars(rows.order_by(DocumentRow.id if ascending else DocumentRow.id.desc())))


def _count(db: Session, where: list[ColumnElement[bool]]) -> int:
    return db.scalar(select(func.count()).select_from(DocumentRow).where(*where)) or 0
