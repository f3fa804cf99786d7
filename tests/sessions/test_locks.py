"""Somebody has it open in QuickBooks: it waits, nothing else does."""

from __future__ import annotations

from decimal import Decimal

from qbwc_server.documents.lifecycle import State
from tests.sessions.odd_quickbooks import known_names, numbers, quickbooks_says, quiet, refusing
from tests.sessions.people import revise
from tests.sessions.world import World, invoice, receipt

LOCKED = refusing("InvoiceAdd", 3176)


def test_what_somebody_has_open_is_tried_again_in_each_session_for_a_day(world: World) -> None:
    known_names(world)
    undo = quickbooks_says(world, LOCKED)
    world.hand_in(invoice("i-1", number="1"), receipt("r-1", number="R-1"))
    for _ in range(12):
        world.clock.advance(minutes=55)
        assert world.update().ok
        assert world.row("i-1").state is State.SUBMITTED
        assert world.row("r-1").state is State.POSTED
        assert "open in QuickBooks" in " ".join(world.report().lines())
    assert len(world.proof("i-1").requests) == 1
    undo()
    quiet(world)
    assert world.row("i-1").state is State.POSTED
    assert numbers(world).count("1") == 1


def test_a_lock_that_stays_for_more_than_a_day_is_for_a_person(world: World) -> None:
    known_names(world)
    undo = quickbooks_says(world, LOCKED)
    world.hand_in(invoice("i-1", number="1"))
    for _ in range(6):
        world.clock.advance(hours=5)
        world.update()
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.FAILED, "quickbooks_3176")
    assert "tried 6 times" in (row.advice or "")
    undo()
    world.submit("i-1")
    quiet(world)
    assert numbers(world).count("1") == 1


def test_what_waits_for_a_lock_can_be_taken_back(world: World) -> None:
    known_names(world)
    undo = quickbooks_says(world, LOCKED)
    world.hand_in(invoice("i-1", number="1"), invoice("i-2", number="2"))
    world.update()
    world.exclude("i-1")
    revise(world, invoice("i-2", number="2", amount="45.00"))
    undo()
    quiet(world)
    assert world.row("i-1").state is State.EXCLUDED
    assert [one.total for one in world.books.invoices if one.ref_number in ("1", "2")] == [Decimal("45.00")]
