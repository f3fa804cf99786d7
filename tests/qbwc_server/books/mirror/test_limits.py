from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from qbwc_server.books.mirror.keeping import gone
from qbwc_server.books.mirror.limits import Fullness, fullness
from qbwc_server.books.mirror.models import Gone, MirrorList
from qbwc_server.books.models import CompanyFacts
from qbwc_server.db import Database
from qbwc_server.list_kinds import ListKind
from tests.qbwc_server.books.mirror.lists_kept import NOW, company, keep, told


def seen(db: Session, company_id: int, product: str) -> None:
    db.add(
        CompanyFacts(
            company_id=company_id,
            file_path="",
            country="US",
            qbxml_version="13.0",
            product=product,
            preferences={},
            seen_at=NOW,
        )
    )
    db.flush()


def of(db: Session, company_id: int, name: str, coming: dict[ListKind, int] | None = None) -> Fullness:
    return next(one for one in fullness(db, company_id, coming or {}) if one.name == name)


@pytest.mark.parametrize(
    ("product", "limits"),
    [
        ("QuickBooks Pro 2015", (14_500, 10_500, 14_500, 10_000, 100)),
        ("QuickBooks Premier 2015", (14_500, 10_500, 14_500, 10_000, 100)),
        ("QuickBooks Enterprise Solutions 15.0", (1_000_000, 1_000_000, 1_000_000, None, None)),
        ("QuickBooks", (None, None, None, None, None)),
    ],
)
def test_what_lists_take_depends_on_the_edition(
    database: Database, product: str, limits: tuple[int | None, ...]
) -> None:
    with database.transaction() as db:
        ours = company(db)
        seen(db, ours, product)
        names = ("names", "customer", "item", "class", "price_level")
        assert tuple(of(db, ours, name).limit for name in names) == limits


def test_the_four_name_lists_count_together_with_inactive_ones_and_without_those_that_are_gone(
    database: Database,
) -> None:
    with database.transaction() as db:
        ours = company(db)
        seen(db, ours, "QuickBooks Pro 2015")
        for kind in (ListKind.CUSTOMER, ListKind.VENDOR, ListKind.EMPLOYEE, ListKind.OTHER_NAME):
            keep(db, ours, told("1", "A"), told("2", "B", active=False), told("3", "C"), kind=kind)
            gone(db, ours, kind, {"3": NOW}, why=Gone.DELETED, now=NOW)
        found = of(db, ours, "names", {ListKind.CUSTOMER: 5, ListKind.ITEM: 7})
        assert (found.entries, found.coming, found.left) == (8, 5, 14_487)
        assert of(db, ours, "item", {ListKind.SALES_TAX_ITEM: 2, ListKind.ITEM: 7}).coming == 9


def test_what_the_file_tells_counts_more_than_what_is_known_of_the_edition(database: Database) -> None:
    with database.transaction() as db:
        ours = company(db)
        seen(db, ours, "QuickBooks Pro 2015")
        for kind, capacity in ((ListKind.CUSTOMER, 14_500), (ListKind.CLASS, 20_000)):
            db.add(MirrorList(company_id=ours, kind=kind, number=1, shown=0, restarts=0, capacity=capacity))
        db.flush()
        classes = of(db, ours, "class")
        assert (classes.limit, classes.told) == (20_000, True)
        assert (of(db, ours, "customer").limit, of(db, ours, "names").limit) == (10_500, 14_500)


@pytest.mark.parametrize(("coming", "near", "left"), [(88, False, 11), (89, True, 10), (120, True, -21)])
def test_nearly_full_is_told_with_what_is_to_come(database: Database, coming: int, near: bool, left: int) -> None:
    with database.transaction() as db:
        ours = company(db)
        seen(db, ours, "QuickBooks Pro 2015")
        keep(db, ours, told("1", "A"), kind=ListKind.PRICE_LEVEL)
        found = of(db, ours, "price_level", {ListKind.PRICE_LEVEL: coming})
        assert (found.near, found.left, found.read) == (near, left, False)
