"""How full the lists of a company file are: what stands in them, what is to come, how much they take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_server.books.mirror.lists import LISTS, Room, stands_in
from qbwc_server.books.mirror.models import MirrorEntry, MirrorList
from qbwc_server.books.models import CompanyFacts
from qbwc_server.books.preferences import Edition, file_facts
from qbwc_server.list_kinds import ListKind

WARN_AT = 0.9  # of what a list takes

# What Pro and Premier take. Enterprise takes a million names and items, and tells itself how many of the others.
_STANDARD = {Room.NAMES: 14_500, Room.ITEMS: 14_500, Room.PRICE_LEVELS: 100, Room.OTHERS: 10_000}
_STANDARD_EACH_NAME_LIST = 10_500
_ENTERPRISE = {Room.NAMES: 1_000_000, Room.ITEMS: 1_000_000}


@dataclass(frozen=True, slots=True)
class Fullness:
    """How full a list is, or the lists that count together. Inactive entries count, deleted ones do not.

    Attributes:
        name: of the list, or ``names`` of the four that count together.
        limit: how many it takes; None where nobody knows.
        coming: entries that documents in the queue have added if they are not there.
        told: whether the company file has told the limit; else it is that of the edition.
        read: whether all of it was read; else more may stand in it.
    """

    name: str
    title: str
    entries: int
    coming: int
    limit: int | None
    told: bool
    read: bool

    @property
    def left(self) -> int | None:
        """How many fit in beside those that are to come; below zero where they do not fit."""
        return None if self.limit is None else self.limit - self.entries - self.coming

    @property
    def near(self) -> bool:
        """Whether the list is full soon, or is full."""
        return self.limit is not None and self.entries + self.coming >= WARN_AT * self.limit


def fullness(db: Session, company_id: int, coming: Mapping[ListKind, int]) -> list[Fullness]:
    """All lists of a company, those that count together first.

    Args:
        coming: how many entries of each list are to be added.
    """
    counted = _counted(db, company_id)
    to_come: dict[ListKind, int] = {}
    for kind, number in coming.items():
        place = stands_in(kind)[0]
        to_come[place] = to_come.get(place, 0) + number
    rows = {row.kind: row for row in db.scalars(select(MirrorList).where(MirrorList.company_id == company_id))}
    edition = file_facts(db.get(CompanyFacts, company_id)).edition
    names = [kind for kind, one in LISTS.items() if one.room is Room.NAMES]
    together = _sum(
        "names", "names of customers, vendors, employees and others", names, counted, to_come, rows, edition
    )
    return [together, *(_sum(kind.value, LISTS[kind].title, [kind], counted, to_come, rows, edition) for kind in LISTS)]


def _counted(db: Session, company_id: int) -> dict[ListKind, int]:
    found = db.execute(
        select(MirrorEntry.kind, func.count())
        .where(MirrorEntry.company_id == company_id, MirrorEntry.gone.is_(None))
        .group_by(MirrorEntry.kind)
    )
    return {row[0]: row[1] for row in found}


def _sum(
    name: str,
    title: str,
    kinds: list[ListKind],
    counted: Mapping[ListKind, int],
    coming: Mapping[ListKind, int],
    rows: Mapping[ListKind, MirrorList],
    edition: Edition | None,
) -> Fullness:
    limit, told = _limit(kinds, rows, edition)
    return Fullness(
        name,
        title,
        sum(counted.get(kind, 0) for kind in kinds),
        sum(coming.get(kind, 0) for kind in kinds),
        limit,
        told,
        all(kind in rows and rows[kind].whole_at is not None for kind in kinds),
    )


def _limit(
    kinds: list[ListKind], rows: Mapping[ListKind, MirrorList], edition: Edition | None
) -> tuple[int | None, bool]:
    """How many these lists take together, and whether the file has told it."""
    room = LISTS[kinds[0]].room
    capacity = next((row.capacity for kind in kinds if (row := rows.get(kind)) and row.capacity is not None), None)
    one_of_several = room is Room.NAMES and len(kinds) == 1
    if edition is Edition.ENTERPRISE:
        standard = _ENTERPRISE.get(room)
    elif edition is None:
        standard = None
    else:
        standard = _STANDARD_EACH_NAME_LIST if one_of_several else _STANDARD[room]
    if capacity is None:
        return standard, False
    if one_of_several and standard is not None:
        return min(standard, capacity), standard >= capacity
    return capacity, True
