"""What QuickBooks tells of the entries of a list is kept: new ones, renamed ones, those that are gone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from qbwc_server.books.mirror.keys import entry_words, name_key, search_key
from qbwc_server.books.mirror.lists import Told
from qbwc_server.books.mirror.models import EntryWord, FormerName, Gone, MirrorEntry, MirrorList
from qbwc_server.books.models import ListEntry, Presence
from qbwc_server.db import Base
from qbwc_server.list_kinds import ListKind

_AT_A_TIME = 500  # ids in one statement, entries held at one time
_MOST_LEVELS = 10  # QuickBooks has five
# Tables, not classes, where there is a row for each entry of a page: the ORM would take longer than the database.
_ENTRIES, _WORDS = Base.metadata.tables["mirror_entries"], Base.metadata.tables["mirror_words"]


@dataclass(frozen=True, slots=True)
class _Renamed:
    entry: MirrorEntry
    before: str


def take_in(db: Session, company_id: int, kind: ListKind, told: Iterable[Told], *, reading: int, now: datetime) -> None:
    """Keep these entries as they are shown.

    Args:
        reading: its number, by which those are known that it did not show.
    """
    latest = {one.list_id: one for one in told}
    ids = list(latest)
    for start in range(0, len(ids), _AT_A_TIME):
        _take_page(db, company_id, kind, {one: latest[one] for one in ids[start : start + _AT_A_TIME]}, reading, now)


def _take_page(
    db: Session, company_id: int, kind: ListKind, told: Mapping[str, Told], reading: int, now: datetime
) -> None:
    known = {
        row.list_id: row
        for row in db.scalars(
            select(MirrorEntry).where(
                MirrorEntry.company_id == company_id, MirrorEntry.kind == kind, MirrorEntry.list_id.in_(told)
            )
        )
    }
    new = [one for list_id, one in told.items() if list_id not in known]
    reworded: list[tuple[int, Told]] = []
    renamed: list[_Renamed] = []
    for list_id, row in known.items():
        one = told[list_id]
        if _words(one) != _words(row) or row.gone is not None:
            reworded.append((row.id, one))
        if row.full_name != one.full_name:
            renamed.append(_Renamed(row, row.full_name))
        _update(row, one, reading, now)
    db.flush()
    _add(db, company_id, kind, new, reading, now)
    _write_words(db, company_id, kind, reworded, anew=True)
    for change in renamed:
        _note_former_name(db, change.entry, change.before, now)
    _rename_below(db, {one.entry.list_id: one.entry for one in renamed}, told, now)
    _ask_again(db, company_id, kind, [one.entry.list_id for one in renamed])
    db.flush()


def _words(one: Told | MirrorEntry) -> tuple[object, ...]:
    return (one.full_name, one.company_name, one.email, one.number)


def _update(row: MirrorEntry, one: Told, reading: int, now: datetime) -> None:
    if (row.full_name, row.active, row.gone) != (one.full_name, one.active, None):
        row.changed_at = now
    for column, value in _columns(one).items():
        setattr(row, column, value)
    row.gone, row.gone_at, row.seen_in = None, None, reading


def _columns(one: Told) -> dict[str, Any]:
    return {
        "full_name": one.full_name,
        "name_key": name_key(one.full_name),
        "search_key": search_key(one.full_name),
        "parent_id": one.parent_id,
        "entry_type": one.entry_type,
        "active": one.active,
        "email": one.email,
        "number": one.number,
        "company_name": one.company_name,
        "time_modified": one.time_modified,
        "rest": dict(one.rest),
    }


def _add(db: Session, company_id: int, kind: ListKind, new: Sequence[Told], reading: int, now: datetime) -> None:
    if not new:
        return
    same = {"company_id": company_id, "kind": kind, "seen_in": reading, "changed_at": now}
    rows = [{**same, "list_id": one.list_id, **_columns(one)} for one in new]
    db.connection().execute(insert(_ENTRIES), rows)
    found = db.execute(
        select(MirrorEntry.list_id, MirrorEntry.id).where(
            MirrorEntry.company_id == company_id,
            MirrorEntry.kind == kind,
            MirrorEntry.list_id.in_([one.list_id for one in new]),
        )
    )
    ids = {row.list_id: row.id for row in found}
    _write_words(db, company_id, kind, [(ids[one.list_id], one) for one in new], anew=False)


def _write_words(
    db: Session, company_id: int, kind: ListKind, entries: Sequence[tuple[int, Told | MirrorEntry]], *, anew: bool
) -> None:
    if not entries:
        return
    if anew:
        db.execute(delete(EntryWord).where(EntryWord.entry_id.in_([number for number, _ in entries])))
    rows = [
        {"entry_id": number, "word": word, "backwards": word[::-1], "company_id": company_id, "kind": kind}
        for number, one in entries
        for word in entry_words(one.full_name, one.company_name, one.email, one.number)
    ]
    if rows:
        db.connection().execute(insert(_WORDS), rows)


def _note_former_name(db: Session, entry: MirrorEntry, before: str, now: datetime) -> None:
    db.add(
        FormerName(
            company_id=entry.company_id,
            entry_id=entry.id,
            full_name=before,
            name_key=name_key(before),
            until=now,
        )
    )


def _rename_below(db: Session, tops: Mapping[str, MirrorEntry], told: Collection[str], now: datetime) -> None:
    """What stands below renamed entries is called otherwise, too, although QuickBooks does not tell it as changed.

    Args:
        tops: the renamed ones, by ListID.
        told: ListIDs of what QuickBooks has told just now: it is called as it says.
    """
    for _ in range(_MOST_LEVELS):
        moved: dict[str, MirrorEntry] = {}
        for rows in _below(db, tops, told):
            change = [row for row in rows if row.full_name != _name_below(tops, row)]
            for row in change:
                _note_former_name(db, row, row.full_name, now)
                row.full_name = _name_below(tops, row)
                row.name_key, row.search_key = name_key(row.full_name), search_key(row.full_name)
                row.changed_at = now
                moved[row.list_id] = row
            if change:
                _ask_again(db, change[0].company_id, change[0].kind, [row.list_id for row in change])
                db.flush()
                _write_words(db, change[0].company_id, change[0].kind, [(row.id, row) for row in change], anew=True)
        tops = moved


def _name_below(tops: Mapping[str, MirrorEntry], row: MirrorEntry) -> str:
    return f"{tops[row.parent_id or ''].full_name}:{row.full_name.rpartition(':')[2]}"


def _below(db: Session, tops: Mapping[str, MirrorEntry], told: Collection[str]) -> Iterator[Sequence[MirrorEntry]]:
    """The entries right below these, page by page."""
    ids = list(tops)
    for start in range(0, len(ids), _AT_A_TIME):
        top, last = tops[ids[start]], 0
        below = (
            MirrorEntry.company_id == top.company_id,
            MirrorEntry.kind == top.kind,
            MirrorEntry.parent_id.in_(ids[start : start + _AT_A_TIME]),
            MirrorEntry.list_id.not_in(told),
            MirrorEntry.gone.is_(None),
        )
        while rows := db.scalars(
            select(MirrorEntry).where(*below, MirrorEntry.id > last).order_by(MirrorEntry.id).limit(_AT_A_TIME)
        ).all():
            last = rows[-1].id
            yield rows


def gone(
    db: Session,
    company_id: int,
    kind: ListKind,
    list_ids: Mapping[str, datetime | None],
    *,
    why: Gone,
    now: datetime,
) -> None:
    """These entries do not stand in their list any more.

    Args:
        list_ids: with the time at which QuickBooks says that they went, where it does.
    """
    ids = list(list_ids)
    for start in range(0, len(ids), _AT_A_TIME):
        rows = db.scalars(
            select(MirrorEntry).where(
                MirrorEntry.company_id == company_id,
                MirrorEntry.kind == kind,
                MirrorEntry.list_id.in_(ids[start : start + _AT_A_TIME]),
            )
        ).all()
        for row in rows:
            if row.gone is not why:
                row.gone, row.changed_at = why, now
            row.gone_at = list_ids[row.list_id] or row.gone_at
        db.execute(delete(EntryWord).where(EntryWord.entry_id.in_([row.id for row in rows])))
        _ask_again(db, company_id, kind, [row.list_id for row in rows])
        db.flush()


def _ask_again(db: Session, company_id: int, kind: ListKind, list_ids: Collection[str]) -> None:
    """What documents name is asked for by its ListID before it is named the next time: it is not what it was."""
    if list_ids:
        db.execute(
            update(ListEntry)
            .where(
                ListEntry.company_id == company_id,
                ListEntry.kind == kind,
                ListEntry.list_id.in_(list_ids),
                ListEntry.presence == Presence.PRESENT,
            )
            .values(presence=Presence.UNKNOWN)
        )


def forget_lists(db: Session, company_id: int) -> None:
    """It may be another company file: nothing of what was read, or is being read, is taken for what stands in it."""
    for model in (EntryWord, FormerName, MirrorEntry):
        db.execute(delete(model).where(model.company_id == company_id))
    db.execute(
        update(MirrorList)
        .where(MirrorList.company_id == company_id)
        .values(
            number=MirrorList.number + 1,  # an answer that comes late is none to the next reading
            **dict.fromkeys(("wanted", "reading", "begun_at", "remaining", "mark", "read_at", "whole_at", "newest")),
            **dict.fromkeys(("capacity", "trouble")),
        )
    )
