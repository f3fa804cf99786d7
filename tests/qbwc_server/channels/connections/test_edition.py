"""Sales orders where the edition has them, else estimates, else nothing until it is a sale."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from qbwc_server.books.models import CompanyFacts
from qbwc_server.channels.connections.edition import OrdersKept
from qbwc_server.channels.contract import Draft
from qbwc_server.db import Database
from qbwc_server.documents.kinds.estimate import Estimate
from qbwc_server.documents.kinds.sales_order import SalesOrder
from qbwc_server.documents.problems import Problem
from qbwc_server.tenancy.companies import add_company

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
ORDER = SalesOrder.model_validate(
    {
        "origin": "shopify:order:1:order", "date": "2026-03-02", "customer": "Ann", "number": "1", "class": "Store",
        "lines": [{"item": "Tea", "amount": "20.00", "quantity": "2"}], "total": "20.00", "ship_date": "2026-03-05",
        "due_date": "2026-03-09", "memo": "#1", "to_be_printed": True,
    }
)  # fmt: skip


@pytest.mark.parametrize("kept", [OrdersKept(), OrdersKept(True, False), OrdersKept(True, True)])
def test_where_there_are_some_or_nobody_knows_it_stays(kept: OrdersKept) -> None:  # S3-24
    draft = Draft(ORDER)
    assert kept.settle(draft) is draft


@pytest.mark.parametrize("estimates", [None, True])
def test_where_there_are_none_it_is_an_estimate_that_says_the_same(estimates: bool | None) -> None:  # S3-24
    draft = Draft(ORDER, reviews=(Problem("asked", "", "Why?", ""),))
    found = OrdersKept(False, estimates).settle(draft)
    assert found is not None
    estimate = found.document
    assert isinstance(estimate, Estimate)
    assert (estimate.origin, estimate.number, estimate.class_name) == (ORDER.origin, "1", "Store")
    assert (estimate.date, estimate.due_date, estimate.total) == (date(2026, 3, 2), date(2026, 3, 9), Decimal(20))
    assert estimate.lines == ORDER.lines
    assert found.reviews == draft.reviews


def test_where_there_are_neither_it_waits() -> None:
    assert OrdersKept(False, False).settle(Draft(ORDER)) is None


@pytest.mark.parametrize(
    ("product", "sales_orders"),
    [("QuickBooks Pro 2024", False), ("QuickBooks Premier 2024", True), ("Something", None)],
)
def test_the_company_file_says_it(database: Database, product: str, sales_orders: bool | None) -> None:
    with database.transaction() as db:
        company = add_company(db, code="shop", name="Shop", time_zone="America/New_York", now=NOW)
        assert OrdersKept.of(db, company.id) == OrdersKept()
        db.add(CompanyFacts(company_id=company.id, file_path="", country="US", qbxml_version="13.0", seen_at=NOW,
                            product=product, preferences={"estimates": True}))  # fmt: skip
        db.flush()
        assert OrdersKept.of(db, company.id) == OrdersKept(sales_orders, True)
