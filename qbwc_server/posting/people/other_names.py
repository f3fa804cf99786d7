"""A person says what is meant by an entry that QuickBooks has under another name now, or has no more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from qbwc_server.books.models import ListEntry, Presence
from qbwc_server.documents.open_work import Ended, OpenWork, WorkKind, end_work
from qbwc_server.errors import Invalid
from qbwc_server.list_kinds import usable_name
from qbwc_server.posting.entries.ensure import name_key
from qbwc_server.queue.lane import take_lane
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.models import Company


def use_name(db: Session, company: Company, item_id: int, name: str | None, *, by: Actor, now: datetime) -> OpenWork:
    """From now on the entry is meant that QuickBooks calls so.

    Args:
        item_id: the open work that asks.
        name: the full name; None for the one that was found.

    Raises:
        NotFound: this company has no such item.
        AlreadyEnded: it is not open any more.
        Invalid: it asks something else; no name is known; or QuickBooks can have none such.
    """
    item, entry = _asked(db, company, item_id, by=by, now=now)
    found = (item.detail or {}).get("name")
    said = found if name is None else name
    if said is None:
        raise Invalid("Say under which name QuickBooks has it now.")
    try:
        called = usable_name(entry.kind, said)
    except ValueError as wrong:
        raise Invalid(f"This cannot be its name in QuickBooks: {wrong}.") from None
    if found is None or name_key(called) != name_key(found):
        entry.list_id = None  # another entry is meant than the one that we know
    entry.called = None if name_key(called) == entry.name_key else called
    return item


def add_anew(db: Session, company: Company, item_id: int, *, by: Actor, now: datetime) -> OpenWork:
    """The old name is another entry: it is looked for, and added where that is allowed. Raises as :func:`use_name`."""
    item, entry = _asked(db, company, item_id, by=by, now=now)
    entry.list_id = entry.called = None
    return item


def _asked(db: Session, company: Company, item_id: int, *, by: Actor, now: datetime) -> tuple[OpenWork, ListEntry]:
    take_lane(db, company.id)
    item = end_work(db, company.id, item_id, Ended.DONE, by=by, now=now)
    if item.work is not WorkKind.ENTRY_RENAMED:
        raise Invalid(f"Open work {item_id} does not ask for a name.")
    entry = db.get_one(ListEntry, (item.detail or {})["entry"])
    entry.presence, entry.changed_at = Presence.UNKNOWN, now
    return item, entry
