"""Answers about lists: a page, what was deleted, what is still there, how much the file takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from qbwc_server.books.mirror.asking import (
    CHUNK,
    ListPurpose,
    OneReading,
    Place,
    ask_for_page,
    ask_whether_there,
    first_place,
)
from qbwc_server.books.mirror.keeping import gone, take_in
from qbwc_server.books.mirror.keys import name_key
from qbwc_server.books.mirror.lists import DELETED_AS, LISTS, Told, moment_of
from qbwc_server.books.mirror.models import Gone, MirrorEntry, MirrorList, Reading
from qbwc_server.books.mirror.refreshing import begin_wanted, broken_off, ended
from qbwc_server.list_kinds import ListKind
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.reply import Reply, Work
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Event
from qbxml.messages.company import HostRet
from qbxml.messages.transaction import ListDeletedRet
from qbxml.outcome import Cause, Outcome

MOST_REPEATS = 5  # sendings of a question that may simply go again
MOST_RESTARTS = 20  # times that one reading begins again; the next one is due anyway
TOO_MANY = "QuickBooks showed more entries at once than can be read."
AGAIN_AND_AGAIN = "The list changed, or QuickBooks forgot how far it was read, again and again."


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question that was answered, and the reading that it belongs to."""

    work: Work
    row: RequestRow
    list: MirrorList
    sent: Mapping[str, Any]

    def restart(self, place: Place) -> None:
        """Begin again at a place, or give up after many times."""
        self.list.restarts += 1
        if self.list.restarts > MOST_RESTARTS:
            self.stop(AGAIN_AND_AGAIN)
            return
        if place.from_name is None:
            self.list.shown = 0
        self.work.put(ask_for_page(self.list, place))

    def stop(self, why: str) -> None:
        """The reading comes to nothing."""
        broken_off(self.list, why)
        self.go_on()

    def end(self) -> None:
        """The reading has come to its end."""
        ended(self.work.db, self.list, self.work.now)
        self.go_on()

    def go_on(self) -> None:
        """Begin the next reading that waits."""
        self.work.db.flush()
        for request in begin_wanted(self.work.db, self.work.company.id, self.work.now):
            self.work.put(request)


def _asked(work: Work, row: RequestRow) -> _Asked | None:
    """None where the answer belongs to a reading that is none any more."""
    about = OneReading.of(row.subject)
    found = work.db.get(MirrorList, (work.company.id, about.kind))
    if found is None or found.reading is None or found.number != about.number:
        return None
    return _Asked(work, row, found, work.db.get_one(QueuedRequest, row.id).sent or {})


def read_page(work: Work, row: RequestRow, reply: Reply) -> None:
    """A page is kept, and the next one asked for; what QuickBooks has forgotten, or what was lost, is begun again."""
    asked = _asked(work, row)
    if asked is None:
        work.settle(row, Event.DONE, reply)
        return
    place = Place.from_record(asked.sent)
    if reply.said.cause is Cause.ITERATOR_GONE and reply.ended_by is None:
        if work.settle(row, Event.DONE, reply):
            asked.restart(_mark(asked, place))
    elif reply.said.cause is Cause.FEATURE_OFF:  # no currencies, no price levels: a list without entries
        if work.settle(row, Event.DONE, reply):
            _all_is_shown(asked)
    elif not _told(work, row, reply):
        if _given_up(work, row, reply):
            asked.stop(reply.said.sentence)
    elif work.settle(row, Event.DONE, reply):
        _take_page(asked, place, reply)


def _given_up(work: Work, row: RequestRow, reply: Reply) -> bool:
    """A question that was not answered goes once more; returns whether it is settled as refused by this."""
    if reply.said.outcome is Outcome.TRY_AGAIN and reply.ended_by is None and row.attempts < MOST_REPEATS:
        work.settle(row, Event.AGAIN)
        return False
    return work.settle(row, Event.REFUSED, reply)


def _told(work: Work, row: RequestRow, reply: Reply) -> bool:
    """Whether the question was answered."""
    return reply.ended_by is None and reply.said.outcome in (Outcome.DONE, Outcome.NOTHING_FOUND)


def _take_page(asked: _Asked, place: Place, reply: Reply) -> None:
    one, row = LISTS[asked.list.kind], asked.list
    told = [one.told(ret) for ret in reply.rets if type(ret).__name__ in one.rets]
    left = reply.remaining or 0
    if place.expected is not None and reply.shown + left != place.expected:
        # a page was lost with its answer, or the names from a mark on are others than were still to come
        asked.restart(first_place(row) if place.before is None else _mark(asked, place))
        return
    take_in(asked.work.db, row.company_id, row.kind, told, reading=row.number, now=asked.work.now)
    row.shown += len(told)
    row.remaining = left
    place = _behind(place, told, left)
    row.mark = place.before if place.sorted else None
    if not reply.whole:
        asked.stop(TOO_MANY)
    elif left and reply.iterator_id:
        asked.work.put(ask_for_page(row, place, reply.iterator_id))
    elif left:
        asked.restart(first_place(row))
    else:
        _all_is_shown(asked)


def _behind(place: Place, told: Sequence[Told], left: int) -> Place:
    """Where the next page stands."""
    keys = [name_key(one.full_name) for one in told]
    before = [] if place.before is None else [name_key(place.before)]
    in_order = place.sorted and sorted([*before, *keys]) == [*before, *keys]
    return replace(place, expected=left, before=told[-1].full_name if told else place.before, sorted=in_order)


def _mark(asked: _Asked, place: Place) -> Place:
    """Where a reading that broke goes on.

    QuickBooks does not say in which order it shows a list. Where that was by name so far, it is asked for the names
    from the last one on; they must be as many as were still to come and that one, else it is begun anew.
    """
    if place.expected is None or not place.sorted or place.before is None:
        return first_place(asked.list)
    return replace(place, from_name=place.before, expected=place.expected + 1, before=None)


def _all_is_shown(asked: _Asked) -> None:
    if asked.list.reading is Reading.WHOLE and _ask_for_unseen(asked, after=0):
        return
    asked.end()


def _ask_for_unseen(asked: _Asked, after: int) -> bool:
    """Whether entries that a whole reading did not show have to be asked for by themselves; an answer may lack some."""
    row, db = asked.list, asked.work.db
    db.flush()
    unseen = db.execute(
        select(MirrorEntry.id, MirrorEntry.list_id)
        .where(
            MirrorEntry.company_id == row.company_id,
            MirrorEntry.kind == row.kind,
            MirrorEntry.gone.is_(None),
            MirrorEntry.seen_in != row.number,
            MirrorEntry.id > after,
        )
        .order_by(MirrorEntry.id)
        .limit(CHUNK)
    ).all()
    if not unseen:
        return False
    ids = [one.list_id for one in unseen]
    if LISTS[row.kind].by_id:
        asked.work.put(ask_whether_there(row, ids, unseen[-1].id))
        return True
    gone(db, row.company_id, row.kind, dict.fromkeys(ids), why=Gone.MISSING, now=asked.work.now)
    return _ask_for_unseen(asked, unseen[-1].id)


def read_confirm(work: Work, row: RequestRow, reply: Reply) -> None:
    """What a whole reading did not show is missing when QuickBooks says that it has nothing under its ListID."""
    asked = _asked(work, row)
    if asked is None:
        work.settle(row, Event.DONE, reply)
        return
    if not _told(work, row, reply):
        if _given_up(work, row, reply):
            asked.stop(reply.said.sentence)
        return
    if not work.settle(row, Event.DONE, reply):
        return
    one, mine = LISTS[asked.list.kind], asked.list
    there = [one.told(ret) for ret in reply.rets if type(ret).__name__ in one.rets]
    take_in(work.db, mine.company_id, mine.kind, there, reading=mine.number, now=work.now)
    missing = set(asked.sent["list_ids"]) - {told.list_id for told in there}
    if reply.proves_absence:
        gone(work.db, mine.company_id, mine.kind, dict.fromkeys(missing), why=Gone.MISSING, now=work.now)
    if not _ask_for_unseen(asked, asked.sent["last"]):
        asked.end()


def read_deleted(work: Work, row: RequestRow, reply: Reply) -> None:
    """What was deleted, with the time at which it was; what is merged into another entry is among it."""
    if not _told(work, row, reply):
        _given_up(work, row, reply)
        return
    if not work.settle(row, Event.DONE, reply):
        return
    deleted: dict[ListKind, dict[str, datetime | None]] = {}
    for ret in reply.rets:
        if isinstance(ret, ListDeletedRet) and (kind := DELETED_AS.get(str(ret.list_del_type))) is not None:
            deleted.setdefault(kind, {})[ret.list_id] = moment_of(ret, "time_deleted")
    for kind, ids in deleted.items():
        gone(work.db, work.company.id, kind, ids, why=Gone.DELETED, now=work.now)


def read_capacity(work: Work, row: RequestRow, reply: Reply) -> None:
    """How many entries each list takes."""
    if not _told(work, row, reply):
        _given_up(work, row, reply)
        return
    if not work.settle(row, Event.DONE, reply):
        return
    host = next((ret for ret in reply.rets if isinstance(ret, HostRet)), None)
    told = getattr(host, "list_meta_data", None)
    for kind, one in LISTS.items():
        found = work.db.get(MirrorList, (work.company.id, kind))
        capacity = getattr(getattr(told, one.capacity or "", None), "max_capacity", None)
        if found is not None and capacity is not None:
            found.capacity = capacity


READERS: dict[str, Callable[[Work, RequestRow, Reply], None]] = {
    ListPurpose.PAGE: read_page,
    ListPurpose.CONFIRM: read_confirm,
    ListPurpose.DELETED: read_deleted,
    ListPurpose.CAPACITY: read_capacity,
}
