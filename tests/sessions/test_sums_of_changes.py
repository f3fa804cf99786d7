"""What a revision leaves in the books is what a fresh entry of it would have left, to the cent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.documents.lifecycle import State
from qbwc_server.simulator.bookkeeper import Bookkeeper
from qbwc_server.simulator.shapes import values_of
from qbwc_server.simulator.transactions import Transaction
from qbxml.messages.item import SalesOrPurchase
from tests.sessions.people import revise
from tests.sessions.world import World, invoice

Lines = list[dict[str, Any]]
TAXED = {
    "item": "Seat",
    "description": "Taxed seats",
    "amount": "500.00",
    "tax_code": "Tax",
    "class": "West",
    "service_date": "2026-03-01",
}
PLAIN = {"item": "Seat", "amount": "100.00"}
PRICED = {"item": "Seat", "rate": "299.46"}
FOUR = {"item": "Seat", "quantity": "4"}


@pytest.fixture
def taxing(world: World) -> World:
    """A company file with 7.75 % of sales tax, classes, and an item at 5.00 that is not taxed."""
    world.books.use_sales_tax("Sales Tax", Decimal("7.75"))
    world.books.books.facts.class_tracking = True
    person = Bookkeeper(world.books)
    person.add("Class", "West")
    person.add("Customer", "Acme")
    sold = SalesOrPurchase(price=Decimal("5.00"), account=person.find("Account", "Sales").ref)
    person.add("ItemService", "Seat", sales_tax_code="Non", sales_or_purchase=sold)
    return world


def booked(world: World, number: str) -> Transaction:
    (txn,) = [txn for txn in world.books.invoices if txn.ref_number == number]
    return txn


def sums(world: World, number: str) -> dict[str, Any]:
    """What a transaction comes to, and what each of its lines says."""
    txn = booked(world, number)
    lines = [{name: one for name, one in values_of(line).items() if name != "txn_line_id"} for line in txn.lines]
    return {"lines": lines, "tax": txn.values.get("sales_tax_total"), "total": txn.total}


def changed_and_fresh(world: World, before: Lines, after: Lines) -> tuple[dict[str, Any], dict[str, Any]]:
    """The sums of a document that was revised, and of one that said so from the beginning."""
    more = {"sales_tax_item": "Sales Tax"}
    world.hand_in(invoice("changed", number="1", lines=before, **more))
    world.update()
    revise(world, invoice("changed", number="1", lines=after, **more))
    world.hand_in(invoice("fresh", number="2", lines=after, **more))
    world.update()
    world.update()
    for origin in ("changed", "fresh"):
        assert world.row(origin).state is State.POSTED, world.row(origin).message
    return sums(world, "1"), sums(world, "2")


def test_a_plain_line_before_an_old_one_takes_nothing_over(taxing: World) -> None:
    changed, fresh = changed_and_fresh(taxing, [TAXED], [PLAIN, TAXED])
    assert changed == fresh
    assert (changed["tax"], changed["total"]) == (Decimal("38.75"), Decimal("638.75"))


@pytest.mark.parametrize("keeps_rate", [False, True])
def test_a_quantity_alone_keeps_no_rate_of_before(taxing: World, keeps_rate: bool) -> None:
    books = taxing.books.books
    books.switches = replace(books.switches, changed_line_keeps_rate=keeps_rate)
    changed, fresh = changed_and_fresh(taxing, [PRICED], [FOUR])
    assert changed == fresh
    assert changed["total"] == Decimal("20.00")


def without(line: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name not in names}


@pytest.mark.parametrize("keeps_rate", [False, True])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([TAXED], [TAXED, PLAIN]),
        ([TAXED, PLAIN], [PLAIN, TAXED]),
        ([PLAIN, TAXED], [TAXED]),
        ([PLAIN, TAXED], [PLAIN]),
        ([TAXED], [PLAIN]),
        ([PLAIN], [TAXED]),
        *(([TAXED], [without(TAXED, name)]) for name in ("description", "tax_code", "class", "service_date")),
        ([TAXED], [{**TAXED, "amount": "499.99"}]),
        ([PRICED], [{**PRICED, "quantity": "4"}]),
        ([PRICED], [{**FOUR, "amount": "20.00"}]),
        ([{**PRICED, "quantity": "4"}], [{**FOUR, "amount": "20.00"}]),
        ([{**FOUR, "amount": "20.00"}], [{**FOUR, "rate": "299.46"}]),
        ([{**FOUR, "amount": "20.00"}], [{**FOUR, "amount": "19.99"}]),
        ([{**FOUR, "amount": "20.00"}], [{"item": "Seat", "quantity": "3", "amount": "10.00"}]),
        ([{**FOUR, "amount": "20.00"}], [FOUR]),
        ([{**FOUR, "amount": "20.00"}], [{"item": "Seat"}]),
        ([FOUR], [{"item": "Seat"}]),
        ([FOUR], [{"item": "Seat", "quantity": "5"}]),
        ([FOUR], [{"item": "Seat", "amount": "7.00"}]),
        ([{"item": "Seat", "amount": "7.00"}], [FOUR]),
        ([FOUR, FOUR], [{"item": "Seat", "quantity": "4", "rate": "1"}, FOUR]),
        ([{"description": "words"}, PLAIN], [PLAIN, {"description": "other words"}]),
    ],
)
def test_a_change_comes_to_what_a_fresh_entry_does(
    taxing: World, before: Lines, after: Lines, keeps_rate: bool
) -> None:
    books = taxing.books.books
    books.switches = replace(books.switches, changed_line_keeps_rate=keeps_rate)
    changed, fresh = changed_and_fresh(taxing, before, after)
    assert changed == fresh
