"""The cost of an item is written onto what stands there, once, and its price never; what cannot be is told."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from qbwc_server.books.costs.models import CostState, ItemCost
from qbwc_server.books.costs.wanting import Wanted, all_costs, want_costs
from qbwc_server.settings import load
from qbwc_server.simulator.bookkeeper import Bookkeeper
from qbwc_server.simulator.faults import CrashAfter, CrashBefore, Fault
from qbwc_server.simulator.lists import Entry
from qbxml.messages.item import SalesAndPurchase, SalesOrPurchase
from tests.conftest import TurnableClock
from tests.sessions.odd_quickbooks import at_the_next_write
from tests.sessions.world import World, losing


@pytest.fixture
def world(sqlite_url: str, clock: TurnableClock) -> Iterator[World]:
    """A company file that has been read once."""
    world = World(load(database_url=sqlite_url), clock)
    world.update()
    yield world
    world.database.engine.dispose()


def backup(world: World, tag: str = "ItemService") -> Entry:
    """An item that is bought for 7.00 and sold for 9.99."""
    books = world.books.books
    both = SalesAndPurchase(
        sales_desc="Backup",
        sales_price=Decimal("9.99"),
        income_account=books.lists.account("Sales").ref,
        purchase_cost=Decimal("7.00"),
        expense_account=books.lists.account("Cost of Goods Sold").ref,
    )
    return books.create(tag, "Backup", values={"sales_and_purchase": both})


def want(world: World, item: Entry, cost: str) -> None:
    with world.database.transaction() as db:
        wanted = [Wanted(item.list_id, item.full_name, Decimal(cost))]
        want_costs(db, world.company(db).id, wanted, now=world.clock())


def outcome(world: World) -> ItemCost:
    with world.database.reading() as db:
        (row,) = all_costs(db, world.company(db).id)
        return row


@pytest.mark.parametrize("tag", ["ItemService", "ItemNonInventory", "ItemOtherCharge"])
def test_the_cost_alone_is_changed(world: World, tag: str) -> None:  # S4-04, S4-05
    item = backup(world, tag)
    before = item.values["sales_and_purchase"]
    want(world, item, "7.123456")
    world.update()
    after = item.values["sales_and_purchase"]
    assert after.purchase_cost == Decimal("7.12346")
    assert {**vars(after), "purchase_cost": None} == {**vars(before), "purchase_cost": None}
    assert (outcome(world).state, outcome(world).before) == (CostState.THERE, "7.00")
    sequence = item.edit_sequence
    want(world, item, "7.123456")
    assert outcome(world).state is CostState.THERE  # it is not asked for again
    world.clock.advance(days=2)
    want(world, item, "7.123456")  # it stands there: nothing is written
    assert outcome(world).state is CostState.WAITING
    world.update()
    assert (outcome(world).state, item.edit_sequence) == (CostState.THERE, sequence)


@pytest.mark.parametrize("fault", [CrashBefore(), CrashAfter()], ids=["not executed", "executed"])
def test_a_lost_answer_is_looked_up_and_it_is_written_once(world: World, fault: Fault) -> None:
    item = backup(world)
    want(world, item, "8.00")
    sequences = {item.edit_sequence}
    at_the_next_write(world, fault)
    for _ in range(4):
        world.update()
        sequences.add(item.edit_sequence)
    assert item.values["sales_and_purchase"].purchase_cost == Decimal(8)
    assert (outcome(world).state, len(sequences)) == (CostState.THERE, 2)


def test_an_answer_that_the_connector_loses(world: World) -> None:
    item = backup(world)
    want(world, item, "8.00")
    world.update(losing("ItemServiceModRs"))
    sequence = item.edit_sequence
    world.update()
    world.update()
    assert (outcome(world).state, item.edit_sequence) == (CostState.THERE, sequence)


def test_who_changes_the_item_in_between_keeps_his_change(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    item = backup(world)
    ann = Bookkeeper(world.books)
    process = world.books.process

    def between(request: str) -> str:
        if "<ItemServiceModRq" in request and item.values.get("sales_tax_code") is None:
            ann.change_entry("ItemService", "Backup", sales_tax_code="Non")
        return process(request)

    monkeypatch.setattr(world.books, "process", between)
    want(world, item, "8.00")
    world.update()
    world.update()
    assert outcome(world).state is CostState.THERE
    assert item.values["sales_and_purchase"].purchase_cost == Decimal(8)
    assert item.values["sales_tax_code"].full_name == "Non"


def test_an_item_of_the_stock_keeps_its_cost_beside_its_price(world: World) -> None:
    books = world.books.books
    kept = {"sales_price": Decimal("9.99"), "purchase_cost": Decimal("7.00")}
    item = books.create("ItemInventory", "Router", values=kept)
    want(world, item, "8.00")
    world.update()
    assert (outcome(world).state, outcome(world).before) == (CostState.THERE, "7.00")
    assert (item.values["purchase_cost"], item.values["sales_price"]) == (Decimal(8), Decimal("9.99"))


def test_an_item_that_is_only_sold_is_told(world: World) -> None:  # its one price is never touched
    books = world.books.books
    sold = SalesOrPurchase(price=Decimal(12), account=books.lists.account("Sales").ref)
    item = books.create("ItemService", "Licence", values={"sales_or_purchase": sold})
    want(world, item, "8.00")
    world.update()
    assert (outcome(world).state, outcome(world).code) == (CostState.NOT_WRITTEN, "no_purchase_cost")
    assert item.values["sales_or_purchase"] == sold


def test_an_item_that_is_inactive_or_gone_is_told(world: World) -> None:
    item = backup(world)
    Bookkeeper(world.books).change_entry("ItemService", "Backup", is_active=False)
    want(world, item, "8.00")
    world.update()
    assert outcome(world).code == "item_inactive"
    Bookkeeper(world.books).delete_entry("ItemService", "Backup")
    want(world, item, "8.00")
    world.update()
    assert (outcome(world).code, outcome(world).state) == ("item_deleted", CostState.NOT_WRITTEN)
    assert item.values["sales_and_purchase"].purchase_cost == Decimal(7)
