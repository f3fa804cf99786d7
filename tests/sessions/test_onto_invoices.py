"""Lines that are put onto an invoice that somebody else wrote: S4-08 to S4-12 of the requirements for billing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from qbwc_server.documents.kinds import Document, read_document
from qbwc_server.documents.lifecycle import State
from qbwc_server.settings import Settings
from qbwc_server.simulator.bookkeeper import Bookkeeper
from qbwc_server.simulator.lists import Entry
from qbwc_server.simulator.transactions import Transaction
from qbxml.messages.item import SalesOrPurchase
from tests.conftest import TurnableClock
from tests.sessions.world import World

BILLING_DAY = date(2026, 3, 2)
SEATS, BACKUP = "SEATS00000001", "BACKUP0000001"
UNTIL = datetime(2026, 3, 2, 23, 59, tzinfo=ZoneInfo("America/New_York"))


@pytest.fixture
def world(settings: Settings, clock: TurnableClock) -> Iterator[World]:
    made = World(settings, clock)
    person = Bookkeeper(made.books)
    person.add("Customer", "Acme", email="acme@example.com")
    service(person, "Seat", "12.00")
    service(person, "Backup", "5.00")
    service(person, "Support", "80.00")
    yield made
    made.database.engine.dispose()


def service(person: Bookkeeper, name: str, price: str) -> Entry:
    sold = SalesOrPurchase(price=Decimal(price), account=person.find("Account", "Sales").ref)
    return person.add("ItemService", name, sales_or_purchase=sold)


def onto(**changes: Any) -> dict[str, Any]:
    return {
        "first": BILLING_DAY,
        "last": date(2026, 4, 1),
        "billing_day": BILLING_DAY,
        "until": UNTIL,
        "items": ["Seat", "Backup"],
        **changes,
    }


def seats(quantity: str = "7", key: str = SEATS, **more: Any) -> dict[str, Any]:
    return {"item": "Seat", "description": "Seats, March", "quantity": Decimal(quantity), "key": key, **more}


def backup(quantity: str = "2", key: str = BACKUP, **more: Any) -> dict[str, Any]:
    return {"item": "Backup", "description": "Backup, March", "quantity": Decimal(quantity), "key": key, **more}


def billed(*lines: dict[str, Any], origin: str = "billing:1:2026-03-02:acme", **more: Any) -> Document:
    given = {"onto": onto(), "customer": "Acme", **more}
    return read_document(
        {"kind": "invoice", "origin": origin, "date": BILLING_DAY, "lines": list(lines or (seats(), backup())), **given}
    )


def recurring(world: World, *lines: dict[str, Any], **header: Any) -> Transaction:
    """An invoice as QuickBooks makes it from a recurring template: waits to be e-mailed."""
    given = {"customer": "Acme", "txn_date": BILLING_DAY, "is_to_be_emailed": True, "memo": "Monthly", **header}
    return Bookkeeper(world.books).enter("Invoice", lines=lines or (support(),), **given)


def support(**more: Any) -> dict[str, Any]:
    return {"item": "Support", "desc": "On site, as agreed by phone", "quantity": Decimal(1), **more}


def lines_of(txn: Transaction) -> list[tuple[Any, ...]]:
    """Item, description, quantity, amount and Other1 of each line."""
    return [
        (
            getattr(getattr(line, "item", None), "full_name", None),
            getattr(line, "desc", None),
            getattr(line, "quantity", None),
            getattr(line, "amount", None),
            getattr(line, "other1", None),
        )
        for line in txn.lines
    ]


def the_invoice(world: World) -> Transaction:
    (one,) = world.books.invoices
    return one


ORIGIN = "billing:1:2026-03-02:acme"
ON_SITE = ("Support", "On site, as agreed by phone", Decimal(1), Decimal("80.00"), None)
OUR_SEATS = ("Seat", "Seats, March", Decimal(7), Decimal("84.00"), SEATS)
OUR_BACKUP = ("Backup", "Backup, March", Decimal(2), Decimal("10.00"), BACKUP)


def test_lines_are_added_to_the_unsent_invoice_and_nothing_else_changes(world: World) -> None:
    txn = recurring(world)
    header = {name: value for name, value in txn.values.items() if name not in COMPUTED}
    world.hand_in(billed())
    world.update()
    row = world.row(ORIGIN)
    assert (row.state, row.txn_id) == (State.POSTED, txn.txn_id), row.message
    assert lines_of(the_invoice(world)) == [ON_SITE, OUR_SEATS, OUR_BACKUP]
    after = the_invoice(world)
    assert {name: value for name, value in after.values.items() if name not in COMPUTED} == header
    assert row.posted_total == Decimal("94.00")
    assert row.host == {"former": {}}


COMPUTED = {
    "time_modified",
    "edit_sequence",
    "subtotal",
    "balance_remaining",
    "sales_tax_total",
    "sales_tax_percentage",
}


def test_a_line_of_the_same_item_is_changed_in_place_and_keeps_its_rate(world: World) -> None:
    recurring(world, support(), {"item": "Seat", "desc": "Seats", "quantity": Decimal(5), "rate": Decimal("11.50")})
    line_id = the_invoice(world).lines[1].txn_line_id
    world.hand_in(billed())
    world.update()
    assert world.row(ORIGIN).state is State.POSTED, world.row(ORIGIN).message
    after = the_invoice(world)
    assert lines_of(after) == [ON_SITE, ("Seat", "Seats, March", Decimal(7), Decimal("80.50"), SEATS), OUR_BACKUP]
    assert after.lines[1].txn_line_id == line_id


def test_none_yet_waits_visibly_and_is_found_later_in_the_day(world: World) -> None:
    world.hand_in(billed())
    world.update()
    row = world.row(ORIGIN)
    assert (row.state, row.reason) == (State.SUBMITTED, "waits_for_invoice")
    assert "no unsent invoice of Acme" in (row.message or "")
    assert not world.books.invoices
    world.update()
    recurring(world)
    world.update()
    row = world.row(ORIGIN)
    assert (row.state, row.reason, row.message) == (State.POSTED, None, None)
    assert lines_of(the_invoice(world)) == [ON_SITE, OUR_SEATS, OUR_BACKUP]


def test_none_until_the_moment_becomes_an_invoice_of_its_own(world: World) -> None:
    world.hand_in(billed())
    world.update()
    world.clock.advance(days=1)
    world.update()
    row = world.row(ORIGIN)
    assert (row.state, row.host) == (State.POSTED, None), row.message
    assert lines_of(the_invoice(world)) == [OUR_SEATS, OUR_BACKUP]
    assert the_invoice(world).txn_date == BILLING_DAY


def test_none_until_the_moment_is_reported(world: World) -> None:
    world.hand_in(billed(onto=onto(no_invoice="report")))
    world.update()
    world.clock.advance(days=1)
    world.update()
    row = world.row(ORIGIN)
    assert (row.state, row.reason) == (State.FAILED, "no_invoice")
    assert not world.books.invoices
    recurring(world)
    world.submit(ORIGIN)
    world.update()
    assert world.row(ORIGIN).state is State.POSTED


def test_taken_back_the_invoice_is_as_it_was(world: World) -> None:
    recurring(world, support(), {"item": "Seat", "desc": "Seats", "quantity": Decimal(5), "rate": Decimal("11.50")})
    before = [vars(line) for line in the_invoice(world).lines]
    world.hand_in(billed())
    world.update()
    assert [vars(line) for line in the_invoice(world).lines] != before
    world.void(ORIGIN)
    world.update()
    assert world.row(ORIGIN).state is State.WITHDRAWN, world.row(ORIGIN).message
    assert [vars(line) for line in the_invoice(world).lines] == before
    assert not the_invoice(world).is_void


def test_a_revision_changes_its_own_lines_only(world: World) -> None:
    recurring(world, support(), {"item": "Seat", "desc": "Seats", "quantity": Decimal(5), "rate": Decimal("11.50")})
    world.hand_in(billed())
    world.update()
    world.hand_in(billed(seats("9"), backup("3"), seats("1", "SEATS00000002", amount="6.00")), revise=True)
    world.update()
    assert world.row(ORIGIN).state is State.POSTED, world.row(ORIGIN).message
    assert lines_of(the_invoice(world)) == [
        ON_SITE,
        ("Seat", "Seats, March", Decimal(9), Decimal("103.50"), SEATS),
        ("Backup", "Backup, March", Decimal(3), Decimal("15.00"), BACKUP),
        ("Seat", "Seats, March", Decimal(1), Decimal("6.00"), "SEATS00000002"),
    ]
    world.hand_in(billed(backup("3")), revise=True)
    world.update()
    assert lines_of(the_invoice(world)) == [
        ON_SITE,
        ("Seat", "Seats", Decimal(5), Decimal("57.50"), None),
        ("Backup", "Backup, March", Decimal(3), Decimal("15.00"), BACKUP),
    ]
