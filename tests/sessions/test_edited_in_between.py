"""What somebody edits between a lost writing and its look-up is neither written over nor voided without a word."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qbwc_server.documents.lifecycle import Reason, State
from qbwc_server.documents.open_work import WorkKind
from qbwc_server.simulator.bookkeeper import Bookkeeper
from qbwc_server.simulator.faults import CrashAfter, CrashBefore, Fault
from tests.sessions.odd_quickbooks import at_the_next_write, known_names, lose_the_answer, quickbooks_says, refusing
from tests.sessions.people import revise
from tests.sessions.people import say as decide
from tests.sessions.test_taking_a_void_back import take_back
from tests.sessions.test_totals_and_edits import booked, work
from tests.sessions.world import World, invoice


@pytest.fixture
def posted(world: World) -> World:
    """Invoice 1 stands in the books, some minutes old."""
    known_names(world)
    world.hand_in(invoice("i-1", number="1", memo="as sold"))
    world.update()
    world.clock.advance(minutes=5)
    return world


def meanwhile(world: World, what: str) -> None:
    world.clock.advance(minutes=3)
    if what == "memo":
        Bookkeeper(world.books).change(booked(world), memo="called")
    else:
        Bookkeeper(world.books).change_line(booked(world), 0, desc="Chairs")


LOST = pytest.mark.parametrize("fault", [CrashAfter, CrashBefore], ids=["executed", "not executed"])
EDITS = pytest.mark.parametrize(("what", "says"), [("memo", "called instead of"), ("line", "Chairs")])


@LOST
@EDITS
def test_a_change_is_made_and_the_edit_is_told(posted: World, fault: type[Fault], what: str, says: str) -> None:
    revise(posted, invoice("i-1", number="1", memo="second"))
    at_the_next_write(posted, fault())
    posted.update()
    meanwhile(posted, what)
    for _ in range(3):
        posted.update()
    assert posted.row("i-1").state is State.POSTED
    assert booked(posted).values["memo"] == "second"
    (found,) = work(posted)
    assert found.work is WorkKind.EDITED_IN_QUICKBOOKS
    assert says in found.message
    assert not posted.report().healthy


@LOST
@EDITS
def test_by_option_a_person_decides_first(posted: World, fault: type[Fault], what: str, says: str) -> None:
    posted.options(edits_in_quickbooks="hold")
    revise(posted, invoice("i-1", number="1", memo="second"))
    at_the_next_write(posted, fault())
    posted.update()
    meanwhile(posted, what)
    before = dict(booked(posted).values)
    for _ in range(3):
        posted.update()
    row = posted.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.EDITED)
    assert says in str(row.message)
    assert booked(posted).values["edit_sequence"] == before["edit_sequence"]
    posted.submit("i-1")
    for _ in range(3):
        posted.update()
    assert posted.row("i-1").state is State.POSTED
    assert booked(posted).values["memo"] == "second"
    assert len([txn for txn in posted.books.invoices if txn.ref_number == "1"]) == 1


@pytest.mark.parametrize("mode", ["note", "hold"])
def test_a_void_meets_the_edit(posted: World, mode: str) -> None:
    posted.options(edits_in_quickbooks=mode)
    posted.void("i-1")
    at_the_next_write(posted, CrashBefore())
    posted.update()
    posted.clock.advance(minutes=3)
    Bookkeeper(posted.books).add_line(booked(posted), item="Seat", amount=Decimal("12.00"))
    for _ in range(3):
        posted.update()
    row = posted.row("i-1")
    if mode == "note":
        assert row.state is State.WITHDRAWN
        assert booked(posted).total == 0
        (found,) = work(posted)
        assert "line added in QuickBooks" in found.message
    else:
        assert (row.state, row.reason) == (State.HELD, Reason.EDITED)
        assert booked(posted).total == 42
        take_back(posted, "i-1")
        assert posted.row("i-1").state is State.POSTED


def test_what_a_person_corrected_before_saying_that_it_is_there_is_told(posted: World) -> None:
    posted.hand_in(invoice("i-9", number="9"))
    lose_the_answer(posted)
    undo = quickbooks_says(posted, refusing("InvoiceQuery", 3120))
    for _ in range(4):
        posted.update()
    undo()
    assert posted.row("i-9").state is State.HELD
    (txn,) = [one for one in posted.books.invoices if one.ref_number == "9"]
    Bookkeeper(posted.books).change_line(txn, 0, quantity=Decimal(2), amount=Decimal("20.00"))
    decide(posted, "i-9", txn.txn_id)
    for _ in range(3):
        posted.update()
    row = posted.row("i-9")
    assert (row.state, row.reason) == (State.HELD, Reason.CHANGED_MEANWHILE)
    assert "with a total of 20.00" in str(row.message)
    assert not posted.report().healthy


def test_what_is_there_as_it_was_sent_needs_nobody(posted: World) -> None:
    posted.hand_in(invoice("i-9", number="9"))
    lose_the_answer(posted)
    undo = quickbooks_says(posted, refusing("InvoiceQuery", 3120))
    for _ in range(4):
        posted.update()
    undo()
    (txn,) = [one for one in posted.books.invoices if one.ref_number == "9"]
    decide(posted, "i-9", txn.txn_id)
    for _ in range(3):
        posted.update()
    assert posted.row("i-9").state is State.POSTED
    assert work(posted) == []
    assert posted.report().healthy
