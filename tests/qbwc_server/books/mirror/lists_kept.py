"""A company with lists that are kept, for the tests of the mirror."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from qbwc_server.books.mirror.keeping import take_in
from qbwc_server.books.mirror.lists import Told
from qbwc_server.list_kinds import ListKind
from qbwc_server.tenancy.companies import add_company

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def company(db: Session, code: str = "kern") -> int:
    return add_company(db, code=code, name="Kern Lighting", time_zone="America/New_York", now=NOW).id


def told(list_id: str, full_name: str, **more: Any) -> Told:
    values: dict[str, Any] = {
        "parent_id": None,
        "entry_type": None,
        "active": True,
        "email": None,
        "number": None,
        "company_name": None,
        "time_modified": NOW,
        "rest": {},
    }
    return Told(list_id=list_id, full_name=full_name, **{**values, **more})


def keep(
    db: Session,
    company_id: int,
    *entries: Told,
    kind: ListKind = ListKind.CUSTOMER,
    reading: int = 1,
    now: datetime = NOW,
) -> None:
    take_in(db, company_id, kind, entries, reading=reading, now=now)


def names(entries: Iterable[Any]) -> list[str]:
    return [one.full_name for one in entries]
