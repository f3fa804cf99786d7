"""The questions by which lists are read, as requests of the queue: pages, what was deleted, what is still there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from qbwc_server.books.mirror.lists import LISTS
from qbwc_server.books.mirror.models import MirrorList, Reading
from qbwc_server.ids import new_id
from qbwc_server.list_kinds import ListKind
from qbwc_server.queue.enqueue import NewRequest
from qbwc_server.queue.states import Priority
from qbxml import IteratorStep, Query, Request, render
from qbxml.messages.company import HostQueryRq, IncludeListMetaData
from qbxml.messages.transaction import DeletedDateRangeFilter, ListDeletedQueryRq, ListDelType
from qbxml.shared import ActiveStatus, NameRangeFilter

PAGE = 500  # entries of one page
CHUNK = 50  # ListIDs in one question
OVERLAP = timedelta(days=1)  # as far back as a clock may have been set, or as another offset may have been told
QUIET = timedelta(days=3)  # where nothing was changed for so long, a change is later than all that is known
DELETED_OVERLAP = timedelta(days=2)  # our own clock may be apart from that of the PC


class ListPurpose(StrEnum):
    """Why a request of the mirror is queued."""

    PAGE = "list_page"
    CONFIRM = "list_confirm"
    DELETED = "list_deleted"
    CAPACITY = "list_capacity"


@dataclass(frozen=True, slots=True)
class OneReading:
    """What a page or a question of a reading is about: the list, and the number of the reading."""

    kind: ListKind
    number: int

    def __str__(self) -> str:
        return f"{self.kind.value} {self.number}"

    @classmethod
    def of(cls, subject: str) -> Self:
        """What this subject of a request says."""
        kind, number = subject.split()
        return cls(ListKind(kind), int(number))


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a list a page stands; kept with its request, so that a page continues what it belongs to.

    Attributes:
        since: only what was changed since then is read, by the clock of QuickBooks.
        from_name: only names from this one on: a reading that broke goes on there.
        expected: entries that this page and those behind it hold; None where nobody knows.
        before: the name that the page before showed last.
        sorted: whether all that was shown came in the order of names.
    """

    since: datetime | None = None
    from_name: str | None = None
    expected: int | None = None
    before: str | None = None
    sorted: bool = True

    def as_record(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "since": None if self.since is None else self.since.isoformat(),
            "from_name": self.from_name,
            "expected": self.expected,
            "before": self.before,
            "sorted": self.sorted,
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any] | None) -> Self:
        """As it was kept."""
        values = dict(record or {})
        since = values.pop("since", None)
        return cls(since=None if since is None else datetime.fromisoformat(since), **values)


def first_place(row: MirrorList) -> Place:
    """Where the reading of a list begins."""
    if row.reading is Reading.WHOLE or row.newest is None or row.read_at is None or not LISTS[row.kind].by_change:
        return Place()
    return Place(since=row.newest if row.newest < row.read_at - QUIET else row.newest - OVERLAP)


def ask_for_page(row: MirrorList, place: Place, iterator_id: str | None = None) -> NewRequest:
    """The first page from a place on, or the next one of an iterator; all of a list that has no pages."""
    one = LISTS[row.kind]
    values: dict[str, Any] = {"include_ret_elements": one.elements}
    if one.by_change:
        values |= {"active_status": ActiveStatus.ALL, "from_modified_date": place.since}
        if place.from_name is not None:
            values["name_range_filter"] = NameRangeFilter(from_name=place.from_name)
    if one.in_pages:
        step = IteratorStep.START if iterator_id is None else IteratorStep.CONTINUE
        values |= {"max_returned": PAGE, "iterator": step, "iterator_id": iterator_id}
    about = OneReading(row.kind, row.number)
    return _asked(ListPurpose.PAGE, str(about), _question(one.query, values), place.as_record())


def ask_whether_there(row: MirrorList, list_ids: Sequence[str], last: int) -> NewRequest:
    """Whether these entries, which a reading did not show, are in the list.

    Args:
        last: the number of the last of them here: the next question goes on behind it.
    """
    one = LISTS[row.kind]
    query = _question(one.query, {"list_ids": tuple(list_ids), "include_ret_elements": one.elements})
    about = OneReading(row.kind, row.number)
    return _asked(ListPurpose.CONFIRM, str(about), query, {"list_ids": list(list_ids), "last": last})


def ask_for_deleted(since: datetime) -> NewRequest:
    """What was deleted from all these lists since then."""
    types = tuple(ListDelType(name) for one in LISTS.values() for name in one.deleted_as)
    values = {
        "list_del_types": types,
        "deleted_date_range_filter": DeletedDateRangeFilter(from_deleted_date=since - DELETED_OVERLAP),
    }
    return _asked(ListPurpose.DELETED, "", _question(ListDeletedQueryRq, values), None)


def ask_for_capacity() -> NewRequest:
    """How many entries the file takes."""
    values = {"include_list_meta_data": IncludeListMetaData(include_max_capacity=True)}
    return _asked(ListPurpose.CAPACITY, "", _question(HostQueryRq, values), None)


def _question(query: type[Query | Request], values: Mapping[str, Any]) -> Request:
    return query(request_id=str(new_id()), **values)


def _asked(purpose: ListPurpose, subject: str, query: Request, sent: dict[str, Any] | None) -> NewRequest:
    message = type(query).__name__.removesuffix("Rq")
    number = UUID(query.request_id or "")
    return NewRequest(purpose, subject, message, False, Priority.REFRESH, render(query), id=number, sent=sent)
