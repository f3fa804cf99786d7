"""Documents as a person leafs through them: by tab, filtered, a page at a time, however many there are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import counts

PAGE = 25
MOST_FOUND = 1_000  # documents by a number or name: the newest ones
_RECENT = 20_000  # documents whose numbers are searched in their midst, too
_MOST_PARTIES = 200
_MOST_NEAR = 2_000  # documents that one way leads to
_BEHIND_ALL = "\uffff"


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
    cut: bool  # more were found than are shown
    has_previous: bool
    has_next: bool


def page_of(db: Session, company_id: int, wanted: Wanted, in_tab: int) -> Page:
    """The page, in a fixed number of statements; what lies before it is counted and not read.

    Args:
        in_tab: how many documents stand under the tab: counted once for a page.
    """
    found, cut = _found(company_id, wanted), False
    if wanted.text:
        ids = _ids_with(db, company_id, found, wanted.text)
        cut = len(ids) > MOST_FOUND
        found.append(DocumentRow.id.in_(ids[:MOST_FOUND]))
    ascending = wanted.tab in _OLDEST_FIRST
    backwards = wanted.before is not None
    cursor = wanted.before if backwards else wanted.after
    rows = _rows(db, found, cursor, ascending=ascending is not backwards)
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    if backwards:
        rows.reverse()
    total = _count(db, found) if wanted.text or wanted.kind or wanted.reason else in_tab
    ahead = 0
    if rows and (cursor is not None):
        edge = rows[0].id
        ahead = _count(db, [*found, DocumentRow.id < edge if ascending else DocumentRow.id > edge])
    return Page(rows, total, ahead + 1, cut, ahead > 0, backwards or more)


def rows_of(db: Session, company_id: int, wanted: Wanted, most: int) -> list[DocumentRow]:
    """The same documents from the first on, at most so many, in one statement."""
    found = _found(company_id, wanted)
    if wanted.text:
        found.append(DocumentRow.id.in_(_ids_with(db, company_id, found, wanted.text)[:MOST_FOUND]))
    order = DocumentRow.id if wanted.tab in _OLDEST_FIRST else DocumentRow.id.desc()
    return list(db.scalars(select(DocumentRow).where(*found).order_by(order).limit(most)))


def _ids_with(db: Session, company_id: int, where: list[ColumnElement[bool]], text: str) -> list[int]:
    """Documents whose number begins with the text, or whose party has it in its name; newest first.

    Each way goes along an index: what else is wanted is looked at behind it. Numbers that have the text in their midst
    are looked for among the newest documents.
    """
    of_company = DocumentRow.company_id == company_id
    number, posted = DocumentRow.number, DocumentRow.posted_number
    ways = [
        and_(column >= said, column < said + _BEHIND_ALL, *extra)
        for said in dict.fromkeys((text, text.upper(), text.lower()))
        for column, extra in ((number, ()), (posted, (or_(number.is_(None), number != posted),)))
    ]
    if parties := _parties_with(db, company_id, text):
        ways.append(DocumentRow.party.in_(parties))
    ids: set[int] = set()
    for way in ways:
        near = select(DocumentRow.id).where(of_company, way).limit(_MOST_NEAR).subquery()
        ids.update(db.scalars(select(DocumentRow.id).where(DocumentRow.id.in_(select(near.c.id)), *where)))
    newest = select(DocumentRow.id).where(*where).order_by(DocumentRow.id.desc())
    recent = db.scalar(newest.offset(_RECENT).limit(1)) or 0
    within = or_(number.icontains(text, autoescape=True), posted.icontains(text, autoescape=True))
    ids.update(db.scalars(newest.where(DocumentRow.id > recent, within).limit(MOST_FOUND + 1)))
    return sorted(ids, reverse=True)


def _parties_with(db: Session, company_id: int, text: str) -> list[str]:
    """Names of parties with the text in them: the index is asked for each next name, not for each document."""
    of_company = DocumentRow.company_id == company_id
    first = select(func.min(DocumentRow.party).label("name")).where(of_company).cte("names", recursive=True)
    after = select(func.min(DocumentRow.party)).where(of_company, DocumentRow.party > first.c.name).correlate(first)
    names = first.union_all(select(after.scalar_subquery()).where(first.c.name.is_not(None)))
    found = select(names.c.name).where(names.c.name.icontains(text, autoescape=True)).limit(_MOST_PARTIES)
    return list(db.scalars(found))


def tab_counts(db: Session, company_id: int, kinds: Collection[str] | None) -> dict[Tab, int]:
    """How many documents stand under each tab, whatever else is filtered."""
    found = dict.fromkeys(Tab, 0)
    for state, count in counts(db, company_id, kinds).items():
        found[TAB_OF[state]] += count
    return found


def _found(company_id: int, wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [DocumentRow.company_id == company_id, DocumentRow.state.in_(STATES_OF[wanted.tab])]
    if wanted.kinds is not None:
        found.append(DocumentRow.kind.in_(wanted.kinds))
    if wanted.kind is not None:
        found.append(DocumentRow.kind == wanted.kind)
    if wanted.reason is not None:
        found.append(DocumentRow.reason == wanted.reason)
    return found


def _rows(db: Session, found: list[ColumnElement[bool]], cursor: int | None, *, ascending: bool) -> list[DocumentRow]:
    rows = select(DocumentRow).where(*found).limit(PAGE + 1)
    if cursor is not None:
        rows = rows.where(DocumentRow.id > cursor if ascending else DocumentRow.id < cursor)
    return list(db.scalars(rows.order_by(DocumentRow.id if ascending else DocumentRow.id.desc())))


def _count(db: Session, where: list[ColumnElement[bool]]) -> int:
    return db.scalar(select(func.count()).select_from(DocumentRow).where(*where)) or 0
