"""The lists of a company as programs see them: how far they are read, what stands in them, how full they are."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from qbwc_server.books.mirror.fate import Fate, standing_of
from qbwc_server.books.mirror.limits import Fullness, fullness
from qbwc_server.books.mirror.lists import LISTS
from qbwc_server.books.mirror.models import MirrorEntry, MirrorList
from qbwc_server.books.mirror.refreshing import lists_of
from qbwc_server.books.mirror.search import Hit
from qbwc_server.books.models import CompanyFacts
from qbwc_server.books.preferences import file_facts
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.entries.coming import coming
from qbwc_server.tenancy.models import Company


def lists_record(db: Session, company: Company) -> dict[str, Any]:
    """How far each list is read, how full it is, and what the company file says of itself."""
    rows = {row.kind: row for row in lists_of(db, company.id)}
    return {
        "lists": [_list_record(kind, rows.get(kind)) for kind in LISTS],
        "preferences": preferences_record(db, company),
    }


def _list_record(kind: ListKind, row: MirrorList | None) -> dict[str, Any]:
    return {
        "list": kind.value,
        "title": LISTS[kind].title,
        "read_at": None if row is None or row.read_at is None else row.read_at.isoformat(),
        "whole_at": None if row is None or row.whole_at is None else row.whole_at.isoformat(),
        "reading": None if row is None or (how := row.reading or row.wanted) is None else how.value,
        "shown": 0 if row is None or row.reading is None else row.shown,
        "remaining": None if row is None else row.remaining,
        "trouble": None if row is None else row.trouble,
    }


def limits_records(db: Session, company: Company) -> list[dict[str, Any]]:
    """How full the lists are, with what is to come."""
    return [_fullness_record(one) for one in fullness(db, company.id, coming(db, company.id))]


def _fullness_record(one: Fullness) -> dict[str, Any]:
    return {
        "list": one.name,
        "title": one.title,
        "entries": one.entries,
        "coming": one.coming,
        "limit": one.limit,
        "left": one.left,
        "near": one.near,
        "limit_told_by_quickbooks": one.told,
        "read": one.read,
    }


def preferences_record(db: Session, company: Company) -> dict[str, Any]:
    """What the company file says of itself; null: it did not say, or was never seen."""
    facts = file_facts(db.get(CompanyFacts, company.id))
    said = facts.preferences
    return {
        "edition": None if facts.edition is None else facts.edition.value,
        "closing_date": None if facts.closing_date is None else facts.closing_date.isoformat(),
        "sales_orders": facts.sales_orders,
        "item_receipts": facts.item_receipts,
        **{name: getattr(said, name) for name in said.__slots__},
    }


def entry_record(entry: MirrorEntry) -> dict[str, Any]:
    """An entry of a list."""
    return {
        "list": entry.kind.value,
        "list_id": entry.list_id,
        "name": entry.full_name,
        "parent_id": entry.parent_id,
        "type": entry.entry_type,
        "standing": standing_of(entry).value,
        "email": entry.email,
        "number": entry.number,
        "company_name": entry.company_name,
        "time_modified": None if entry.time_modified is None else entry.time_modified.isoformat(),
        "details": entry.rest,
    }


def hit_record(hit: Hit) -> dict[str, Any]:
    """An entry that was found, how, and how like it is."""
    return {**entry_record(hit.entry), "found_by": hit.how.name.lower(), "likeness": hit.likeness}


def fate_record(fate: Fate) -> dict[str, Any]:
    """What became of a ListID."""
    entry = fate.entry
    return {
        "list_id": fate.list_id,
        "standing": fate.standing.value,
        "entry": None if entry is None else entry_record(entry),
        "former_names": list(fate.former_names),
        "gone_at": None if entry is None or entry.gone_at is None else entry.gone_at.isoformat(),
        "perhaps_merged_into": [entry_record(heir) for heir in fate.heirs],
    }
