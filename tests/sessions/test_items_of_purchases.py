"""What purchases name is looked up before they are sent, and never added: what is added here is sold."""

from __future__ import annotations

from qbwc_server.documents.kinds import read_document
from qbwc_server.documents.lifecycle import State
from qbwc_server.simulator.bookkeeper import Bookkeeper
from tests.sessions.world import World, invoice


def test_an_item_that_quickbooks_lacks_is_refused_and_not_added(world: World) -> None:
    Bookkeeper(world.books).add("Vendor", "Harbor Supply")
    bill = {
        "kind": "bill", "origin": "b-1", "date": "2026-03-02", "vendor": "Harbor Supply",
        "items": [{"item": "Hull Paint", "quantity": 2, "amount": "30.00"}],
    }  # fmt: skip
    world.hand_in(read_document(bill))
    world.update()
    row = world.row("b-1")
    assert row.state is State.FAILED, row.message
    assert "Hull Paint" not in [entry.full_name for entry in world.books.items]


def test_all_names_that_a_purchase_lacks_are_told_at_once_and_nothing_is_sent(world: World) -> None:
    Bookkeeper(world.books).add("Customer", "Harbor Supply")  # a customer is no vendor
    bill = {
        "kind": "bill", "origin": "b-1", "date": "2026-03-02", "vendor": "Harbor Supply",
        "expenses": [{"account": "Mooring", "amount": "30.00", "class": "Boats"}],
    }  # fmt: skip
    world.hand_in(read_document(bill))
    world.update()
    row = world.row("b-1")
    assert row.state is State.FAILED
    for name in ("vendor Harbor Supply", "account Mooring", "class Boats"):
        assert f"The {name}: QuickBooks does not have it" in str(row.message)
    assert "may not have the same name" in str(row.advice)
    assert world.books.executed_writes == 0


def test_a_customer_called_like_a_vendor_is_said_in_words(world: World) -> None:
    Bookkeeper(world.books).add("Vendor", "Acme")
    world.hand_in(invoice("i-1", number="1"))
    for _ in range(4):
        world.update()
    row = world.row("i-1")
    assert row.state is State.FAILED
    assert "QuickBooks has the name for an entry of another list" in str(row.message)


def test_an_inactive_vendor_is_waited_for(world: World) -> None:
    person = Bookkeeper(world.books)
    person.add("Vendor", "Harbor Supply")
    person.change_entry("Vendor", "Harbor Supply", is_active=False)
    person.add("Account", "Mooring", account_type="Expense")
    bill = {
        "kind": "bill", "origin": "b-1", "date": "2026-03-02", "vendor": "Harbor Supply",
        "expenses": [{"account": "Mooring", "amount": "30.00"}],
    }  # fmt: skip
    world.hand_in(read_document(bill))
    world.update()
    assert world.row("b-1").state is State.SUBMITTED
    person.change_entry("Vendor", "Harbor Supply", is_active=True)
    world.update()
    assert world.row("b-1").state is State.POSTED, world.row("b-1").message
