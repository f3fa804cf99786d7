"""When lists are read, and how: as a whole at first and from time to time, in between what was changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from qbwc_server.books.mirror.asking import (
    ListPurpose,
    OneReading,
    ask_for_capacity,
    ask_for_deleted,
    ask_for_page,
    first_place,
)
from qbwc_server.books.mirror.lists import LISTS, stands_in
from qbwc_server.books.mirror.models import MirrorEntry, MirrorList, Reading
from qbwc_server.books.models import CompanyFacts
from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.list_kinds import ListKind
from qbwc_server.queue.enqueue import NewRequest, open_requests, put
from qbwc_server.queue.lane import take_lane
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.audit import Audited, note_audit

EACH = timedelta(hours=6)  # so old the copy becomes, where sessions take place
WHOLE_EACH = timedelta(days=30)  # then all is read again: also what a clock that was set back has hidden
DELETED_KNOWN_FOR = timedelta(days=88)  # QuickBooks tells what was deleted in the last 90 days
ABANDONED = timedelta(days=1)  # after that it is looked whether a reading is still under way
AHEAD = timedelta(days=1)  # as far as a time that QuickBooks tells is believed to lie before us
_READING_AT_ONCE = 1  # lists in pages: nobody knows whether QuickBooks keeps several iterators


def refresh_when_due(*, database: Database, clock: Clock, checkpoint: Callable[[], None], **_: object) -> str:
    """Queue the questions about lists that were not read for some hours; a job, see ``jobs.schedule``.

    Nothing is asked of a company whose file was never seen, nor twice.
    """
    with database.reading() as db:
        due = _companies_due(db, clock())
    begun = 0
    for company_id in due:
        with database.transaction() as db:
            begun += len(refresh_due(db, company_id, now=clock()))
        checkpoint()
    return f"Lists to be read: {begun}." if begun else ""


def _companies_due(db: Session, now: datetime) -> Sequence[int]:
    of_company = MirrorList.company_id == CompanyFacts.company_id
    old = or_(MirrorList.read_at.is_(None), MirrorList.read_at <= now - EACH)
    idle = and_(MirrorList.reading.is_(None), MirrorList.wanted.is_(None))
    due = exists().where(of_company, old, or_(idle, MirrorList.begun_at <= now - ABANDONED))
    known = exists().where(of_company)
    return db.scalars(select(CompanyFacts.company_id).where(or_(due, ~known)).order_by(CompanyFacts.company_id)).all()


def refresh_due(db: Session, company_id: int, *, now: datetime) -> list[ListKind]:
    """Ask for the lists of a company that were not read for some hours."""
    read_at = {row.kind: row.read_at for row in lists_of(db, company_id)}
    due = [kind for kind in LISTS if (at := read_at.get(kind)) is None or at <= now - EACH]
    return refresh_lists(db, company_id, kinds=due, now=now) if due else []


def refresh_now(
    db: Session,
    company_id: int,
    *,
    kinds: Collection[ListKind] = (),
    whole: bool = False,
    by: Actor,
    now: datetime,
) -> list[ListKind]:
    """``refresh_lists`` for somebody who asks for it: it is audited, also where all is asked for already."""
    begun = refresh_lists(db, company_id, kinds=kinds, whole=whole, now=now)
    named = ", ".join(kind.value for kind in dict.fromkeys(kinds)) or "all"
    after = {"whole": whole, "asked_for": [kind.value for kind in begun]}
    note_audit(db, Audited.LISTS_ASKED_FOR, by=by, now=now, company_id=company_id, subject=named, after=after)
    return begun


def refresh_lists(
    db: Session, company_id: int, *, kinds: Collection[ListKind] = (), whole: bool = False, now: datetime
) -> list[ListKind]:
    """Ask QuickBooks for lists, in the next session, behind everything else; returns those that were not asked for yet.

    Args:
        kinds: which; all where none is named.
        whole: read all of them, not only what was changed.
    """
    take_lane(db, company_id)
    wanted = dict.fromkeys(stands_in(kind)[0] for kind in kinds) or dict.fromkeys(LISTS)
    rows = _rows(db, company_id)
    _end_abandoned(db, company_id, rows)
    since = _known_since(rows, now)
    begun = [kind for kind in wanted if _want(rows[kind], whole=whole, now=now)]
    if begun:
        put(db, company_id, [*_about_all(db, company_id, rows, since), *begin_wanted(db, company_id, now)], now)
    return begun


def lists_of(db: Session, company_id: int) -> list[MirrorList]:
    """How far each list was read; none before the first refreshing."""
    return list(db.scalars(select(MirrorList).where(MirrorList.company_id == company_id)))


def _rows(db: Session, company_id: int) -> dict[ListKind, MirrorList]:
    rows = {row.kind: row for row in lists_of(db, company_id)}
    for kind in LISTS:
        if kind not in rows:
            rows[kind] = MirrorList(company_id=company_id, kind=kind, number=0, shown=0, restarts=0)
            db.add(rows[kind])
    db.flush()
    return rows


def _end_abandoned(db: Session, company_id: int, rows: dict[ListKind, MirrorList]) -> None:
    """Readings whose question was taken out of the queue."""
    under_way = {str(OneReading(row.kind, row.number)): row for row in rows.values() if row.reading is not None}
    asked = {
        subject
        for purpose in (ListPurpose.PAGE, ListPurpose.CONFIRM)
        for subject in open_requests(db, company_id, purpose, under_way)
    }
    for subject, row in under_way.items():
        if subject not in asked:
            row.reading = None


def _known_since(rows: dict[ListKind, MirrorList], now: datetime) -> datetime | None:
    """Since when deletions are not known."""
    read = [row.read_at for row in rows.values() if row.read_at is not None]
    return max(min(read), now - DELETED_KNOWN_FOR) if read else None


def _want(row: MirrorList, *, whole: bool, now: datetime) -> bool:
    """Note that a list is to be read; False where it is being read or waits for it, in that way at least."""
    how = Reading.WHOLE if whole or _must_be_whole(row, now) else Reading.CHANGES
    if how in (row.reading, row.wanted) or Reading.WHOLE in (row.reading, row.wanted):
        return False
    row.wanted = how
    return True


def _must_be_whole(row: MirrorList, now: datetime) -> bool:
    if row.whole_at is None or row.read_at is None or not LISTS[row.kind].by_change:
        return True
    return row.whole_at <= now - WHOLE_EACH or row.read_at <= now - DELETED_KNOWN_FOR


def _about_all(
    db: Session, company_id: int, rows: dict[ListKind, MirrorList], since: datetime | None
) -> list[NewRequest]:
    """What is asked once for all lists."""
    new = []
    if since is not None and not open_requests(db, company_id, ListPurpose.DELETED, [""]):
        new.append(ask_for_deleted(since))
    if not open_requests(db, company_id, ListPurpose.CAPACITY, [""]):
        new.append(ask_for_capacity())
    return new


def begin_wanted(db: Session, company_id: int, now: datetime) -> list[NewRequest]:
    """The first questions of the readings that may begin: short lists at once, long ones one after the other."""
    rows = sorted(lists_of(db, company_id), key=lambda row: list(LISTS).index(row.kind))
    long = sum(row.reading is not None and LISTS[row.kind].in_pages for row in rows)
    new = []
    for row in rows:
        in_pages = LISTS[row.kind].in_pages
        if row.wanted is None or row.reading is not None or (in_pages and long >= _READING_AT_ONCE):
            continue
        long += in_pages
        row.number += 1
        row.reading, row.wanted, row.begun_at, row.trouble = row.wanted, None, now, None
        row.shown, row.restarts, row.remaining, row.mark = 0, 0, None, None
        new.append(ask_for_page(row, first_place(row)))
    db.flush()
    return new


def ended(db: Session, row: MirrorList, now: datetime) -> None:
    """A reading has come to its end."""
    row.read_at = row.begun_at
    if row.reading is Reading.WHOLE:
        row.whole_at = row.begun_at
    row.reading, row.remaining, row.mark = None, None, None
    row.newest = db.scalar(
        select(func.max(MirrorEntry.time_modified)).where(
            MirrorEntry.company_id == row.company_id,
            MirrorEntry.kind == row.kind,
            MirrorEntry.time_modified <= now + AHEAD,
        )
    )
    db.flush()


def broken_off(row: MirrorList, why: str) -> None:
    """A reading comes to nothing; what it has shown is kept, and the next one is told of the rest."""
    row.reading, row.remaining, row.mark, row.trouble = None, None, None, why


def distrust_lists(db: Session, company_id: int) -> None:
    """An older copy of the file may be open: what is being read counts for nothing, the next reading is a whole one."""
    db.execute(
        update(MirrorList)
        .where(MirrorList.company_id == company_id)
        .values(number=MirrorList.number + 1, reading=None, wanted=None, whole_at=None, remaining=None, mark=None)
    )
