"""What became of an entry by its ListID: still there, inactive, renamed, deleted, merged into another one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.books.mirror.keys import name_key
from qbwc_server.books.mirror.lists import stands_in
from qbwc_server.books.mirror.models import FormerName, Gone, MirrorEntry
from qbwc_server.list_kinds import ListKind

_SAME_MOMENT = timedelta(seconds=2)  # QuickBooks changes what it merges into as it takes the other one away
_MOST_HEIRS = 10
_AT_A_TIME = 500


class Standing(StrEnum):
    """How an entry stands in its list."""

    PRESENT = "present"
    INACTIVE = "inactive"
    DELETED = "deleted"  # or merged into another one
    MISSING = "missing"  # QuickBooks does not have it and does not say since when
    UNKNOWN = "unknown"  # it was never shown


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a ListID.

    Attributes:
        entry: as it was shown last; None for one that never was.
        former_names: full names that it had before, the oldest first.
        heirs: entries that it may have been merged into: they were changed at the moment in which it went.
    """

    list_id: str
    standing: Standing
    entry: MirrorEntry | None = None
    former_names: tuple[str, ...] = ()
    heirs: tuple[MirrorEntry, ...] = ()


def became_of(db: Session, company_id: int, kind: ListKind, list_ids: Collection[str]) -> dict[str, Fate]:
    """What became of these entries of a list, each."""
    kind, _ = stands_in(kind)
    found = {list_id: Fate(list_id, Standing.UNKNOWN) for list_id in list_ids}
    ids = list(found)
    for start in range(0, len(ids), _AT_A_TIME):
        rows = db.scalars(
            select(MirrorEntry).where(
                MirrorEntry.company_id == company_id,
                MirrorEntry.kind == kind,
                MirrorEntry.list_id.in_(ids[start : start + _AT_A_TIME]),
            )
        ).all()
        names = _former_names(db, [row.id for row in rows])
        for row in rows:
            found[row.list_id] = Fate(row.list_id, standing_of(row), row, names.get(row.id, ()), _heirs(db, row))
    return found


def standing_of(entry: MirrorEntry) -> Standing:
    """How it stands in its list."""
    if entry.gone is not None:
        return Standing.DELETED if entry.gone is Gone.DELETED else Standing.MISSING
    return Standing.PRESENT if entry.active else Standing.INACTIVE


def _former_names(db: Session, entries: Sequence[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for row in db.scalars(select(FormerName).where(FormerName.entry_id.in_(entries)).order_by(FormerName.id)):
        found[row.entry_id] = (*found.get(row.entry_id, ()), row.full_name)
    return found


def _heirs(db: Session, entry: MirrorEntry) -> tuple[MirrorEntry, ...]:
    if entry.gone is not Gone.DELETED or entry.gone_at is None:
        return ()
    changed_with_it = MirrorEntry.time_modified.between(entry.gone_at - _SAME_MOMENT, entry.gone_at + _SAME_MOMENT)
    same_type = (
        MirrorEntry.entry_type.is_(None) if entry.entry_type is None else MirrorEntry.entry_type == entry.entry_type
    )
    return tuple(
        db.scalars(
            select(MirrorEntry)
            .where(
                MirrorEntry.company_id == entry.company_id,
                MirrorEntry.kind == entry.kind,
                MirrorEntry.gone.is_(None),
                changed_with_it,
                same_type,
            )
            .order_by(MirrorEntry.name_key)
            .limit(_MOST_HEIRS)
        )
    )


def by_list_id(db: Session, company_id: int, kind: ListKind, list_id: str) -> MirrorEntry | None:
    """The entry of this ListID, also one that is gone."""
    return became_of(db, company_id, kind, [list_id])[list_id].entry


def by_name(db: Session, company_id: int, kind: ListKind, full_name: str) -> list[MirrorEntry]:
    """Entries of this full name that stand in the list; none: those that were once called so."""
    kind, types = stands_in(kind)
    of_list = [MirrorEntry.company_id == company_id, MirrorEntry.kind == kind, MirrorEntry.gone.is_(None)]
    if types:
        of_list.append(MirrorEntry.entry_type.in_(types))
    key = name_key(full_name)
    called = db.scalars(select(MirrorEntry).where(*of_list, MirrorEntry.name_key == key)).all()
    if called:
        return list(called)
    once = select(FormerName.entry_id).where(FormerName.company_id == company_id, FormerName.name_key == key)
    return list(db.scalars(select(MirrorEntry).where(*of_list, MirrorEntry.id.in_(once)).order_by(MirrorEntry.id)))


def changed_since(
    db: Session, company_id: int, moment: datetime, *, after_id: int = 0, limit: int = _AT_A_TIME
) -> Sequence[MirrorEntry]:
    """Entries that were found new, renamed, (in)active or gone since then, in the order of their numbers."""
    return db.scalars(
        select(MirrorEntry)
        .where(MirrorEntry.company_id == company_id, MirrorEntry.changed_at >= moment, MirrorEntry.id > after_id)
        .order_by(MirrorEntry.id)
        .limit(limit)
    ).all()
