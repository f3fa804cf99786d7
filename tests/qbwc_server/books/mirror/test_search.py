from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from qbwc_server.books.mirror.search import How, search
from qbwc_server.db import Database
from qbwc_server.list_kinds import ListKind
from tests.qbwc_server.books.mirror.lists_kept import company, keep, told


def _furnished(db: Session) -> int:
    ours = company(db)
    keep(
        db,
        ours,
        told("1", "Müller & Söhne GmbH", email="info@mueller.example", number="K-1007"),
        told("2", "Star Light Café", company_name="Northern Hospitality LLC"),
        told("3", "Smith, John"),
        told("4", "Smith, Joan", active=False),
        told("5", "John Smithson"),
        told("6", "Acme Lighting Inc."),
        told("7", "Acme Lighting Inc.:Kitchen"),
        told("8", "Blåbær A/S"),
    )
    keep(db, ours, told("9", "Acme Supplies"), kind=ListKind.VENDOR)
    keep(
        db,
        ours,
        told("10", "State Tax", entry_type="SalesTax"),
        told("11", "State Lamp", entry_type="Inventory"),
        kind=ListKind.ITEM,
    )
    return ours


@pytest.mark.parametrize(
    ("text", "first", "how"),
    [
        ("Acme Lighting Inc.", "6", How.NAME),
        ("acme lighting", "6", How.BEGINNING),
        ("ACME LIGHTING LLC", "6", How.BEGINNING),
        ("muller and sohne", "1", How.BEGINNING),
        ("Müller & Söhne", "1", How.BEGINNING),
        ("sohne", "1", How.WORD),
        ("kitchen acme", "7", How.WORD),
        ("Muler Sohne", "1", How.LIKENESS),
        ("Mueller und Soehne", "1", How.LIKENESS),
        ("Starlight Cafe", "2", How.WORD),
        ("northern hosp", "2", How.WORD),
        ("Blabaer", "8", How.BEGINNING),
        ("Blabear", "8", How.LIKENESS),
        ("john smith", "5", How.BEGINNING),
        ("INFO@mueller.example", "1", How.NAME),
        ("k1007", "1", How.NAME),
        ("9", "9", How.NAME),
        ("Jon Smith", "3", How.LIKENESS),
    ],
)
def test_the_likeliest_comes_first(database: Database, text: str, first: str, how: How) -> None:
    with database.transaction() as db:
        hits = search(db, _furnished(db), text)
        assert [(hit.entry.list_id, hit.how) for hit in hits[:1]] == [(first, how)]


def test_what_is_like_nothing_finds_nothing(database: Database) -> None:
    with database.transaction() as db:
        ours = _furnished(db)
        assert search(db, ours, "Quartz Xylophone") == []
        assert search(db, ours, "") == []
        assert search(db, ours, "%") == []


def test_active_ones_come_before_inactive_ones_and_those_may_be_left_out(database: Database) -> None:
    with database.transaction() as db:
        ours = _furnished(db)
        assert [hit.entry.list_id for hit in search(db, ours, "smith jo")] == ["3", "4", "5"]
        assert [hit.entry.list_id for hit in search(db, ours, "smith jo", inactive=False)] == ["3", "5"]


def test_only_lists_and_types_that_are_named_are_searched(database: Database) -> None:
    with database.transaction() as db:
        ours = _furnished(db)
        found = search(db, ours, "acme", kinds=[ListKind.VENDOR])
        assert [hit.entry.list_id for hit in found] == ["9"]
        assert [hit.entry.list_id for hit in search(db, ours, "state", kinds=[ListKind.SALES_TAX_ITEM])] == ["10"]
        found = search(db, ours, "lamp", kinds=[ListKind.ITEM], types=["SalesTax"])
        assert found == []


def test_no_more_than_were_asked_for(database: Database) -> None:
    with database.transaction() as db:
        ours = _furnished(db)
        keep(db, ours, *(told(f"x{n}", f"Zebra {n:03}") for n in range(300)), kind=ListKind.CLASS)
        found = search(db, ours, "zebra", limit=5)
        assert [hit.entry.full_name for hit in found] == [f"Zebra {n:03}" for n in range(5)]
