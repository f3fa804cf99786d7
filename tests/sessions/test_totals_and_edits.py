"""What QuickBooks makes of a document, and what people make of it there, is shown: another total, an edit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from qbwc_server.documents.lifecycle import Reason, State
from qbwc_server.documents.open_work import OpenWork, WorkKind, open_work
from qbwc_server.simulator.bookkeeper import Bookkeeper
from qbwc_server.simulator.transactions import Transaction
from tests.sessions.odd_quickbooks import known_names, quickbooks_says
from tests.sessions.people import revise
from tests.sessions.world import World, invoice, receipt


def work(world: World) -> list[OpenWork]:
    with world.database.reading() as db:
        return open_work(db, world.company(db).id)


def booked(world: World, number: str = "1") -> Transaction:
    (txn,) = [txn for txn in world.books.invoices if txn.values["ref_number"] == number]
    return txn


def cheaper(world: World) -> None:
    """QuickBooks books 29.00 where 30.00 was sent."""
    quickbooks_says(world, lambda request, real: real(request.replace("<Amount>30.00<", "<Amount>29.00<")))


def test_another_total_needs_somebody(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1", lines=[{"item": "Seat", "amount": "30.00"}]))
    cheaper(world)
    report = world.update()
    row = world.row("i-1")
    assert (row.state, row.posted_total) == (State.POSTED, Decimal("29.00"))
    (found,) = work(world)
    assert (found.work, found.document_id) == (WorkKind.TOTAL_DIFFERS, row.id)
    assert "comes to 29.00 in all in QuickBooks, to 30.00 by its source" in found.message
    assert "1 needs you" in report.status_line
    assert not world.report().healthy


def test_a_revision_that_agrees_ends_it(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1", lines=[{"item": "Seat", "amount": "30.00"}]))
    cheaper(world)
    world.update()
    quickbooks_says(world, lambda request, real: real(request))
    revise(world, invoice("i-1", number="1", lines=[{"item": "Seat", "amount": "31.00"}]))
    world.update()
    assert work(world) == []
    assert booked(world).total == 31


def test_tax_by_option_is_no_alarm(world: World) -> None:
    known_names(world)
    world.books.use_sales_tax("Sales Tax", Decimal("8.25"))
    world.options(sales_tax_item="Sales Tax")
    world.hand_in(invoice("i-1", number="1", lines=[{"item": "Seat", "amount": "30.00"}]))
    world.update()
    assert world.row("i-1").state is State.POSTED, world.row("i-1").message
    assert work(world) == []


def test_with_tax_by_quickbooks_what_is_before_tax_is_compared(world: World) -> None:
    known_names(world)
    world.books.use_sales_tax("Sales Tax", Decimal("8.25"))
    world.options(sales_tax_item="Sales Tax")
    world.hand_in(invoice("i-1", number="1", lines=[{"item": "Seat", "amount": "30.00"}]))
    cheaper(world)
    world.update()
    (found,) = work(world)
    assert "comes to 29.00 before tax in QuickBooks, to 30.00 by its source" in found.message


@pytest.fixture
def edited(world: World) -> World:
    """An invoice that a bookkeeper has edited in QuickBooks."""
    known_names(world)
    world.hand_in(invoice("i-1", number="1", memo="as sold"))
    world.update()
    world.clock.advance(minutes=5)
    Bookkeeper(world.books).change(booked(world), memo="called the customer")
    return world


def test_a_revision_tells_what_it_was_written_over(edited: World) -> None:
    revise(edited, invoice("i-1", number="1", memo="as sold, and gift wrapped"))
    edited.update()
    (found,) = work(edited)
    assert found.work is WorkKind.EDITED_IN_QUICKBOOKS
    assert "called the customer instead of as sold" in found.message
    assert booked(edited).values["memo"] == "as sold, and gift wrapped"


def test_by_option_a_person_decides_first(edited: World) -> None:
    edited.options(edits_in_quickbooks="hold")
    revise(edited, invoice("i-1", number="1", memo="as sold, and gift wrapped"))
    edited.update()
    row = edited.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.EDITED)
    assert booked(edited).values["memo"] == "called the customer"
    edited.submit("i-1")
    edited.update()
    assert edited.row("i-1").state is State.POSTED
    assert booked(edited).values["memo"] == "as sold, and gift wrapped"


def test_what_nobody_edited_is_changed_without_a_word(world: World) -> None:
    known_names(world)
    world.options(edits_in_quickbooks="hold")
    world.hand_in(invoice("i-1", number="1"), receipt("r-1", number="2"))
    world.update()
    revise(world, invoice("i-1", number="1", memo="second"))
    revise(world, receipt("r-1", number="2", memo="second"))
    world.update()
    assert [world.row(one).state for one in ("i-1", "r-1")] == [State.POSTED] * 2
    assert work(world) == []


def test_what_a_revision_took_away_and_quickbooks_keeps_is_for_a_person(world: World) -> None:
    world.hand_in(invoice("i-1", number="1", due_date="2026-04-15", memo="Dear Acme"))
    world.update()
    revise(world, invoice("i-1", number="1"))
    world.update()
    assert world.row("i-1").state is State.POSTED
    assert booked(world).values["due_date"] == date(2026, 4, 15)
    (found,) = work(world)  # the memo was taken away
    assert (found.work, found.document_id) == (WorkKind.STAYS_IN_QUICKBOOKS, world.row("i-1").id)
    assert "Invoice 1 for Acme" in found.message
    assert "QuickBooks keeps 2026-04-15" in found.message
    assert not world.report().healthy
    revise(world, invoice("i-1", number="1", amount="31.00"))
    world.update()
    assert len(work(world)) == 1
