"""An entry of a name that we know may be another one by now: people rename, and give the old name to somebody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from qbwc_server.documents.kinds import Document, read_document
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.open_work import OpenWork, WorkKind, open_work
from qbwc_server.posting.people.other_names import add_anew, use_name
from qbwc_server.simulator.bookkeeper import Bookkeeper
from qbxml.messages.item import SalesOrPurchase
from tests.sessions.odd_quickbooks import lose_the_answer
from tests.sessions.people import revise
from tests.sessions.test_other_names import quiet
from tests.sessions.world import BY, World, invoice, payment


def work(world: World, kind: WorkKind = WorkKind.OTHER_ENTRY) -> list[OpenWork]:
    with world.database.reading() as db:
        return open_work(db, world.company(db).id, work=kind)


def said(world: World, then: Callable[..., object], *more: Any) -> None:
    (item,) = work(world, WorkKind.ENTRY_RENAMED)
    with world.database.transaction() as db:
        then(db, world.company(db), item.id, *more, by=BY, now=world.clock())


def of_documents(world: World) -> dict[int | None, str]:
    return {item.document_id: item.message for item in work(world)}


def bill(origin: str, **more: Any) -> Document:
    lines = [{"account": "Rent", "amount": "30.00"}]
    return read_document(
        {"kind": "bill", "origin": origin, "date": "2026-03-02", "vendor": "Landlord", "expenses": lines, **more}
    )


@pytest.fixture
def taken_name(world: World) -> World:
    """Invoice 1 of Acme stands in the books; Acme has another name now, and somebody else is called Acme."""
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    assert world.row("i-1").state is State.POSTED
    person = Bookkeeper(world.books)
    person.rename("Customer", "Acme", "Acme Inc")
    person.add("Customer", "Acme")
    return world


def test_the_invoice_of_another_customer_of_the_name_is_told(taken_name: World) -> None:
    world = taken_name
    world.hand_in(invoice("i-2", number="2"))
    report = world.update()
    assert world.row("i-2").state is State.POSTED
    (item,) = work(world)
    assert item.document_id == world.row("i-2").id
    assert 'names the customer "Acme": QuickBooks has another entry under that name now' in item.message
    assert not world.report().healthy
    assert "needs you" in report.status_line


def test_what_comes_next_waits_until_somebody_has_said_which_is_meant(taken_name: World) -> None:
    world = taken_name
    world.hand_in(invoice("i-2", number="2"))
    world.update()
    world.hand_in(invoice("i-3", number="3"))
    quiet(world)
    assert world.row("i-3").state is State.FAILED
    assert world.row("i-3").message == 'The customer Acme: It is called "Acme Inc" in QuickBooks now.'
    said(world, use_name, None)
    world.submit("i-3")
    quiet(world)
    assert world.row("i-3").state is State.POSTED
    assert len(work(world)) == 1  # that of invoice 2
    by_name = {one.full_name: one.list_id for one in world.books.customers}
    assert [txn.values["customer"].list_id for txn in world.books.invoices] == [
        by_name["Acme Inc"],
        by_name["Acme"],
        by_name["Acme Inc"],
    ]


def test_the_new_one_may_be_meant(taken_name: World) -> None:
    world = taken_name
    world.hand_in(invoice("i-2", number="2"))
    world.update()
    world.hand_in(invoice("i-3", number="3"))
    quiet(world)
    said(world, add_anew)
    world.submit("i-3")
    world.hand_in(invoice("i-4", number="4"))
    quiet(world)
    assert [world.row(one).state for one in ("i-3", "i-4")] == [State.POSTED] * 2
    assert len(work(world)) == 1
    assert sorted(one.full_name for one in world.books.customers) == ["Acme", "Acme Inc"]


def test_a_revision_moves_nothing_to_the_other_one(taken_name: World) -> None:
    world = taken_name
    before = world.books.invoices[0].values["customer"].list_id
    revise(world, invoice("i-1", number="1", memo="gift wrapped"))
    quiet(world)
    assert world.row("i-1").state is State.FAILED
    assert world.row("i-1").message == 'The customer Acme: It is called "Acme Inc" in QuickBooks now.'
    said(world, use_name, None)
    world.submit("i-1")
    quiet(world)
    assert world.row("i-1").state is State.POSTED
    (txn,) = world.books.invoices
    assert (txn.values["customer"].list_id, txn.values["memo"]) == (before, "gift wrapped")
    assert world.report().healthy


def test_a_payment_for_the_other_one_is_told_or_refused(taken_name: World) -> None:
    world = taken_name
    world.hand_in(payment("p-1", amount="30.00", pays={"i-1": "30.00"}), payment("p-2", amount="5.00", pays={}))
    quiet(world)
    assert world.row("p-2").state is State.POSTED
    assert world.row("p-2").id in of_documents(world)
    assert world.row("p-1").state is State.FAILED or world.row("p-1").id in of_documents(world)


def test_found_by_a_look_up_it_is_told_too(taken_name: World) -> None:
    world = taken_name
    world.hand_in(invoice("i-2", number="2"))
    lose_the_answer(world)
    quiet(world)
    assert world.row("i-2").state is State.POSTED
    assert len(world.books.invoices) == 2
    assert list(of_documents(world)) == [world.row("i-2").id]


def test_of_many_each_is_told(taken_name: World) -> None:
    world = taken_name
    world.hand_in(*(invoice(f"n-{one}", number=f"n-{one}") for one in range(5)))
    world.update()
    assert {world.row(f"n-{one}").id for one in range(5)} == set(of_documents(world))


def test_another_item_of_the_name(world: World) -> None:
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    person = Bookkeeper(world.books)
    person.rename("ItemService", "Seat", "Chair")
    person.add("ItemService", "Seat", sales_or_purchase=SalesOrPurchase(account=person.find("Account", "Sales").ref))
    world.hand_in(invoice("i-2", number="2"))
    world.update()
    assert world.row("i-2").state is State.POSTED
    assert 'the item "Seat"' in of_documents(world)[world.row("i-2").id]


@pytest.mark.parametrize(("tag", "name"), [("Vendor", "Landlord"), ("Account", "Rent")])
def test_another_one_of_a_purchase(world: World, tag: str, name: str) -> None:
    person = Bookkeeper(world.books)
    person.add("Vendor", "Landlord")
    more = {} if tag == "Vendor" else {"account_type": "Expense"}
    person.add("Account", "Rent", account_type="Expense")
    world.hand_in(bill("b-1", number="1"))
    quiet(world)
    assert world.row("b-1").state is State.POSTED, world.row("b-1").message
    person.rename(tag, name, "Other")
    person.add(tag, name, **more)
    world.hand_in(bill("b-2", number="2"))
    quiet(world)
    assert world.row("b-2").state is State.POSTED
    assert list(of_documents(world)) == [world.row("b-2").id]
    assert f'"{name}"' in of_documents(world)[world.row("b-2").id]


def test_the_same_one_in_other_capitals_is_no_other_one(world: World) -> None:
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    Bookkeeper(world.books).rename("Customer", "Acme", "ACME")
    world.hand_in(invoice("i-2", number="2"))
    revise(world, invoice("i-1", number="1", memo="second"))
    quiet(world)
    assert [world.row(one).state for one in ("i-1", "i-2")] == [State.POSTED] * 2
    assert work(world) == []


@pytest.mark.parametrize(("field", "tag"), [("class", "Class"), ("ar_account", "Account")])
def test_what_a_sale_names_besides_is_looked_up_before(world: World, field: str, tag: str) -> None:
    world.hand_in(invoice("i-1", number="1", **{field: "North"}))
    writes = world.books.executed_writes
    quiet(world)
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.FAILED, "list_entry")
    assert f"The {tag.lower()} North: QuickBooks does not have it, and it is not added from here." in str(row.message)
    assert world.books.invoices == []
    assert world.books.executed_writes - writes <= 2  # customer and item
    more = {"account_type": "AccountsReceivable"} if tag == "Account" else {}
    Bookkeeper(world.books).add(tag, "North", **more)
    world.submit("i-1")
    quiet(world)
    assert world.row("i-1").state is State.POSTED, world.row("i-1").message
