"""The orders of a shop reach the books: tax, tips and gift cards are never income, and tax is never added twice."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from qbwc_server.channels.connections.running import run_connection
from qbwc_server.channels.connections.setting_up import Choices, add_connection
from qbwc_server.channels.files.importing import ImportChoices, import_file
from qbwc_server.channels.report import ImportReport
from qbwc_server.channels.shopify.admin.channel import SHOPIFY
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.simulator.charts import switch_on_sales_tax
from qbwc_server.simulator.shop.orders import Sale, TaxRate
from tests.channels.shop_upstream import shop_upstream
from tests.channels.shopify.export_file import export, line, order
from tests.sessions.world import BY, World, invoice

_TAX = {"Taxes": "2.40", "Tax_1_Name": "State Tax 12%", "Tax_1_Value": "2.40"}
TAXED = order("#1", "22.40", [line("Tea", "20.00")], Paid_at="2026-03-04", **_TAX)
ORIGIN = "shopify:order:7700000000001"


def bring_in(world: World, tmp_path: Path, *rows: list[dict[str, str]], **options: Any) -> ImportReport:
    path = tmp_path / "orders_export.csv"
    path.write_bytes(export(*rows))
    return import_file(world.database, world.code, path, ImportChoices(options=options), by=BY, clock=world.clock)


def liability(world: World, name: str) -> None:
    world.books.books.create("Account", name, values={"account_type": "OtherCurrentLiability"})


@pytest.fixture
def connected(world: World) -> World:
    """The company file has been open once: what it says of itself is known."""
    world.hand_in(invoice("first", number="first"))
    assert world.update().ok
    return world


def test_tax_of_the_shop_is_never_added_to_an_income_account(connected: World, tmp_path: Path) -> None:
    """The company adds missing items to its sales account; the item of the tax is none of them."""
    chosen = {"tax_item": "Shop Tax", "tax_code": "Non", "sales_tax_item": "Out of State"}
    report = bring_in(connected, tmp_path, TAXED, **chosen)
    assert report.counts.submitted == 1, report.findings
    assert connected.update().ok
    row = connected.row(ORIGIN)
    assert (row.state, row.reason) == (State.FAILED, "list_entry")
    assert "Shop Tax" in (row.message or "")
    assert "liability" in (row.advice or "")


def test_the_item_is_added_under_the_account_that_was_named(connected: World, tmp_path: Path) -> None:
    liability(connected, "Sales Tax Due")
    before = connected.books.trial_balance().get("Sales", Decimal(0))
    chosen = {"tax_item": "Shop Tax", "tax_account": "Sales Tax Due", "sales_tax_on": False}
    bring_in(connected, tmp_path, TAXED, **chosen)
    assert connected.update().ok
    assert connected.row(ORIGIN).state is State.POSTED, connected.row(ORIGIN).message
    balance = connected.books.trial_balance()
    assert abs(balance["Sales Tax Due"]) == Decimal("2.40")
    assert abs(balance["Sales"] - before) == Decimal("20.00")


def test_gift_cards_sold_and_redeemed_are_a_debt_and_no_money(connected: World, tmp_path: Path) -> None:
    liability(connected, "Gift Cards Outstanding")
    before = connected.books.trial_balance()
    card = order("#1", "50.00", [line("Gift Card", "50.00", taxable="false")])
    used = order("#2", "20.00", [line("Tea", "20.00")], Payment_Method="gift_card")
    bring_in(
        connected, tmp_path, card, used, gift_card_item="Gift Cards", gift_card_account="Gift Cards Outstanding",
        sales_tax_on=False,
    )  # fmt: skip
    assert connected.update().ok
    balance = connected.books.trial_balance()
    assert abs(balance["Gift Cards Outstanding"]) == 30
    assert abs(balance["Sales"] - before.get("Sales", Decimal(0))) == 20


def test_tax_is_not_added_twice(world: World, tmp_path: Path) -> None:
    """QuickBooks charges sales tax on whatever does not say otherwise: it is asked first, and then says otherwise."""
    switch_on_sales_tax(world.books.books, "State Tax", Decimal(12))
    world.books.books.create("ItemSalesTax", "No Tax", values={"tax_rate": Decimal(0)})
    liability(world, "Sales Tax Due")
    world.hand_in(invoice("first", number="first"))
    assert world.update().ok
    chosen = {"tax_item": "Shop Tax", "tax_account": "Sales Tax Due"}
    report = bring_in(world, tmp_path, TAXED, **chosen)
    assert [f.problem.code for f in report.findings] == ["tax_may_be_added_twice"]
    assert (report.counts.submitted, report.counts.for_review) == (0, 1)
    bring_in(world, tmp_path, TAXED, tax_code="Non", sales_tax_item="No Tax", **chosen)
    assert world.update().ok
    row = world.row(ORIGIN)
    assert (row.state, row.posted_total) == (State.POSTED, Decimal("22.40")), row.message


def test_an_order_paid_later_is_settled_in_the_books(connected: World, tmp_path: Path) -> None:
    open_order = order("#1", "20.00", [line("Tea", "20.00")], Financial_Status="pending")
    bring_in(connected, tmp_path, open_order, sales_tax_on=False)
    assert connected.update().ok
    assert connected.books.balance_of("Ann Example") == 20
    bring_in(
        connected, tmp_path, order("#1", "20.00", [line("Tea", "20.00")], Paid_at="2026-03-05"), sales_tax_on=False
    )
    assert connected.update().ok
    assert connected.books.balance_of("Ann Example") == 0
    assert len(connected.books.invoices) == 2  # "first" and this one


def test_a_connected_shop_has_its_tax_in_the_books_once(sqlite_world: World, tmp_path: Path) -> None:
    """Sales tax is on in the file, every item is taxable there, and nobody has chosen a tax code."""
    world = sqlite_world
    switch_on_sales_tax(world.books.books, "State Tax", Decimal(12))
    liability(world, "Sales Tax Due")
    world.books.books.create("Account", "Till", values={"account_type": "Bank"})
    world.hand_in(invoice("first", number="first"))
    assert world.update().ok
    before = world.books.trial_balance()
    at = world.clock() - timedelta(minutes=5)
    settings = world.settings.model_copy(update={"private_upstreams": True, "secrets_file": tmp_path / "keys"})
    with shop_upstream(world.clock) as shop:
        sale = Sale(1, at, count(1000), location=1, source="pos")
        sale.add("Tea", 2_000, taxes=(TaxRate("State Tax", Decimal("0.12")),))
        sale.place()
        sale.pay("cash", sale.total, at)
        sale.fulfill(at)
        shop.keep(sale)
        options: dict[str, object] = {"shop": shop.server.address, "token": shop.api.token}
        options |= {"tax_account": "Sales Tax Due", "gateways": {"cash": "Till"}, "first_import_in_bulk": False}
        with world.database.transaction() as db:
            choices = Choices(submits=True)
            more = {"settings": settings, "by": BY, "now": world.clock()}
            row = add_connection(db, world.company(db), SHOPIFY, options, choices, **more)  # type: ignore[arg-type]
            connection, row.started_at = row.id, world.clock()
        run_connection(world.database, world.code, connection, settings=settings, by=BY, clock=world.clock)
    assert world.update().ok
    with world.database.reading() as db:
        (posted,) = db.scalars(select(DocumentRow).where(DocumentRow.origin.startswith("shopify:"))).all()
    assert (posted.state, posted.posted_total) == (State.POSTED, Decimal("22.40")), posted.message
    after = world.books.trial_balance()
    assert after["Till"] - before.get("Till", Decimal(0)) == Decimal("22.40")
    assert abs(after["Sales Tax Due"]) == Decimal("2.40")
