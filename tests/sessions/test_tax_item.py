"""A sales tax item of 0 % is added because a person asked for it: once, whatever gets lost, and under its vendor."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from qbwc_server.books.mirror.refreshing import refresh_lists
from qbwc_server.books.models import ListEntry, Presence
from qbwc_server.channels.starting.tax import TaxItemThere, add_tax_item
from qbwc_server.errors import Invalid
from qbwc_server.list_kinds import ListKind
from qbwc_server.simulator import Break, Faults
from qbwc_server.simulator.charts import switch_on_sales_tax
from tests.sessions.world import BY, World, invoice, losing


@pytest.fixture
def taxed(world: World) -> World:
    """The company file charges sales tax, and its lists have been read."""
    switch_on_sales_tax(world.books.books, "State Tax", Decimal("8.25"), agency="State Board")
    world.options(create_items=False)
    world.hand_in(invoice("first", number="first"))
    read_lists(world)
    return world


def read_lists(world: World) -> None:
    with world.database.transaction() as db:
        refresh_lists(db, world.company(db).id, kinds=[ListKind.ITEM, ListKind.VENDOR], whole=True, now=world.clock())
    for _ in range(3):
        assert world.update().ok


def ask(world: World, name: str = "No Tax", vendor: str = "state board") -> None:
    with world.database.transaction() as db:
        add_tax_item(db, world.company(db), name, vendor, by=BY, now=world.clock())


def tax_items(world: World) -> dict[str, Decimal]:
    """Rate by name, of all sales tax items in the books."""
    return {one.name: one.value("tax_rate") for one in world.books.books.lists.of("ItemSalesTax")}


@pytest.mark.parametrize(
    "faults",
    [None, losing("ItemSalesTaxAddRs"), losing("ItemSalesTaxAddRs", Break.ANSWER_LOST), losing("ItemQueryRs")],
    ids=["nothing lost", "request lost", "answer lost", "question lost"],
)
def test_it_is_added_once(taxed: World, faults: Faults | None) -> None:  # S3-11
    ask(taxed)
    ask(taxed)
    taxed.update(faults)
    for _ in range(3):
        taxed.update()
    assert tax_items(taxed) == {"State Tax": Decimal("8.25"), "No Tax": Decimal(0)}
    with taxed.database.reading() as db:
        row = db.scalars(select(ListEntry).where(ListEntry.full_name == "No Tax")).one()
    assert row.presence is Presence.PRESENT


def test_what_is_there_already_is_not_added(taxed: World) -> None:
    taxed.books.books.create("ItemSalesTax", "No Tax", values={"tax_rate": Decimal(0)})
    ask(taxed)  # nobody has read it yet
    taxed.update()
    assert list(tax_items(taxed)) == ["State Tax", "No Tax"]
    read_lists(taxed)
    with pytest.raises(TaxItemThere):
        ask(taxed, "NO TAX")


@pytest.mark.parametrize(("name", "vendor"), [("", "State Board"), ("No:Tax", "State Board"), ("No Tax", "Nobody")])
def test_what_cannot_be_is_said_at_once(taxed: World, name: str, vendor: str) -> None:
    with pytest.raises(Invalid):
        ask(taxed, name, vendor)
