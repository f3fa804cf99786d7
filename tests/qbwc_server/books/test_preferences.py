from __future__ import annotations

from datetime import date

import pytest

from qbwc_server.books.models import CompanyFacts
from qbwc_server.books.preferences import Edition, FileFacts, Preferences, edition_of, file_facts


@pytest.mark.parametrize(
    ("product", "edition"),
    [
        ("QuickBooks Pro 2015", Edition.PRO),
        ("QuickBooks Pro Plus 2021", Edition.PRO),
        ("QuickBooks Premier: Contractor Edition 2019", Edition.PREMIER),
        ("QuickBooks Premier Accountant 2020", Edition.PREMIER),
        ("QuickBooks Accountant 2020", Edition.PREMIER),
        ("QuickBooks Enterprise Solutions 15.0", Edition.ENTERPRISE),
        ("QuickBooks Enterprise Solutions: Professional Services 23.0", Edition.ENTERPRISE),
        ("QuickBooks", None),
        ("", None),
        (None, None),
    ],
)
def test_the_edition_is_known_by_the_name_of_the_product(product: str | None, edition: Edition | None) -> None:
    assert edition_of(product) is edition


def test_a_file_that_was_never_seen_has_said_nothing() -> None:
    facts = file_facts(None)
    assert facts == FileFacts(None, None, Preferences())
    assert (facts.sales_orders, facts.item_receipts) == (None, None)


@pytest.mark.parametrize(
    ("product", "sales_orders"), [("QuickBooks Pro 2015", False), ("QuickBooks Premier 2015", True), ("Q", None)]
)
def test_sales_orders_come_with_the_edition_and_item_receipts_with_inventory(
    product: str, sales_orders: bool | None
) -> None:
    kept = CompanyFacts(product=product, closing_date=date(2025, 12, 31), preferences={"inventory": True})
    facts = file_facts(kept)
    assert (facts.sales_orders, facts.item_receipts, facts.closing_date) == (sales_orders, True, date(2025, 12, 31))


def test_what_is_kept_is_what_was_said_also_by_an_older_version() -> None:
    said = Preferences(sales_tax=True, sales_tax_item="NY", class_tracking=False)
    assert said.as_record() == {"sales_tax": True, "sales_tax_item": "NY", "class_tracking": False}
    assert Preferences.from_record(said.as_record()) == said
    older = {"sales_tax": True, "sales_tax_item": "NY", "class_tracking": False, "no longer known": 1}
    assert Preferences.from_record(older) == said
