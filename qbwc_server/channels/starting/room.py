"""Whether the lists of a company file have room for what a source would add one by one: the limit of 14,500 rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from qbwc_server.books.mirror.limits import WARN_AT, Fullness, fullness
from qbwc_server.channels.start import NamesFor
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.entries.coming import coming as coming_here

_TOGETHER = ("names", ListKind.ITEM.value)  # that count as the combined rows of a company file


class RoomState(StrEnum):
    """Whether entries may be added one by one."""

    FITS = "fits"
    NEAR = "near"  # from nine tenths of the limit on
    FULL = "full"  # summary is all that is possible
    UNKNOWN = "unknown"  # the lists or the edition are not known, or upstream did not say how many there are


@dataclass(frozen=True, slots=True)
class RoomFor:
    """One choice of a source, and what the lists would hold with it.

    Args:
        detailed: whether entries are added one by one, as it stands.
        coming: how many there are upstream; None: not known.
        rows: names and items together, with what is to come of this choice and of the other detailed ones.
        limit: of rows, as of names and of items each; None: not known.
    """

    names: NamesFor
    detailed: bool
    coming: int | None
    rows: int | None
    limit: int | None
    state: RoomState

    @property
    def is_refused(self) -> bool:
        """Whether it is detailed, and must not be."""
        return self.detailed and self.state is RoomState.FULL

    @property
    def sentence(self) -> str:
        """What is to be said of it."""
        title = self.names.title
        if self.state is RoomState.UNKNOWN:
            return f"{title}: whether each can be added by its own name is known after the lists have been read."
        counted = f"{self.rows:,} rows of names and items would stand in the company file, which takes {self.limit:,}"
        if self.state is RoomState.FULL:
            return f"{title}: only summary is possible. With {self.coming:,} to come, {counted}."
        if self.state is RoomState.NEAR:
            return f"{title}: there is little room left. With {self.coming:,} to come, {counted}."
        return f"{title}: there is room. With {self.coming:,} to come, {counted}."


def room_for(
    db: Session, company_id: int, choices: Sequence[NamesFor], options: Mapping[str, Any], coming: Mapping[str, int]
) -> list[RoomFor]:
    """Each choice by itself, with all others as they stand.

    Whoever upstream is in QuickBooks already counts twice: nobody knows before which of them are the same. The limit
    holds for names and for items, and the rows of both together are compared with it as well.

    Args:
        coming: by option, how many entries upstream has.
    """
    lists = {one.name: one for one in fullness(db, company_id, coming_here(db, company_id))}
    detailed = {one.option for one in choices if options.get(one.option) == one.detailed}
    return [_room(one, lists, choices, detailed, coming) for one in choices]


def _room(
    one: NamesFor,
    lists: Mapping[str, Fullness],
    choices: Sequence[NamesFor],
    detailed: set[str],
    coming: Mapping[str, int],
) -> RoomFor:
    counted = [other for other in choices if other.option == one.option or other.option in detailed]
    names, items = (lists[name] for name in _TOGETHER)
    known = all(other.option in coming for other in counted) and names.read and items.read
    limits = [found.limit for found in (names, items) if found.limit is not None]
    if not known or not limits:
        return RoomFor(one, one.option in detailed, coming.get(one.option), None, min(limits, default=None), _UNKNOWN)
    rows = sum(found.entries + found.coming for found in (names, items)) + sum(
        coming[other.option] for other in counted
    )
    return RoomFor(one, one.option in detailed, coming[one.option], rows, min(limits), _state(rows, min(limits)))


_UNKNOWN = RoomState.UNKNOWN


def _state(rows: int, limit: int) -> RoomState:
    if rows > limit:
        return RoomState.FULL
    return RoomState.NEAR if rows >= WARN_AT * limit else RoomState.FITS
