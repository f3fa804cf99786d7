"""What a demo bills is held against what its distributor charges."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from qbwc_server.cli import demo_billing
from qbwc_server.cli.demo_billing import billed
from qbwc_server.db import Database
from qbwc_server.simulator.scenarios import demo_company

DAY = date(2026, 6, 1)
WELL = {
    "documents": [{"customer": one} for one in ("Contoso Dental", "Fabrikam Works", "Northwind Cafe")],
    "charges": [{"outcome": "billed", "cost": "203.63"}, {"outcome": "left", "cost": "9.00"}],
}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, []),
        ({"documents": []}, ["Not 3 customers were billed but 0."]),
        (
            {"charges": [{"outcome": "billed", "cost": "203.62"}]},
            ["The distributor charges 203.63 for the month, and 203.62 was billed."],
        ),
        (
            {"charges": [*WELL["charges"], {"outcome": "orphan", "cost": "1.00"}]},
            ["Charges of 1.00 are not billed: orphan."],
        ),
    ],
    ids=["well", "nobody", "a cent less", "an orphan"],
)
def test_what_deviates_is_told(
    change: dict[str, Any], told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """10 and 4 licences at 12.00, five more for 15 of 30 days, 31.25 gigabytes at 0.18."""
    monkeypatch.setattr("qbwc_server.tenancy.companies.find_company", lambda db, code: code)
    monkeypatch.setattr(demo_billing, "report_record", lambda db, company, day: {**WELL, **change})
    database = Database(f"sqlite:///{tmp_path}/none.db")
    assert billed(database, DAY).deviations == told
    database.engine.dispose()


def test_items_and_customers_are_in_the_books_once() -> None:
    books = demo_company("Riverside").books
    demo_billing.add_what_is_billed(books)
    item = books.lists.named("item", "Microsoft 365 Business Standard")
    assert item is not None
    assert books.lists.named("name", "Northwind Cafe") is not None
