"""A total that moved in QuickBooks while nothing else that we say differs is told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qbwc_server.documents.lifecycle import Reason, State
from qbwc_server.documents.open_work import WorkKind
from qbwc_server.simulator.bookkeeper import Bookkeeper
from tests.sessions.odd_quickbooks import known_names, quickbooks_says, quiet
from tests.sessions.people import revise
from tests.sessions.test_looking_again import look
from tests.sessions.test_totals_and_edits import booked, work
from tests.sessions.world import World, invoice


@pytest.fixture
def taxed(world: World) -> World:
    """An invoice in the books to which a person has added a tax: no field of ours says another thing."""
    known_names(world)
    world.books.use_sales_tax("City", Decimal(10))
    world.books.use_sales_tax("Out of State", Decimal(0))
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    assert world.row("i-1").posted_total == 30
    world.clock.advance(days=2)
    Bookkeeper(world.books).change(booked(world), item_sales_tax="City")
    assert booked(world).total == 33
    return world


def is_told(world: World) -> None:
    (found,) = work(world)
    assert found.work is WorkKind.EDITED_IN_QUICKBOOKS
    assert "total: 33.00 instead of 30.00" in found.message
    assert not world.report().healthy


def test_it_is_seen_in_the_background(taxed: World) -> None:
    look(taxed)
    is_told(taxed)


@pytest.mark.parametrize("mode", ["note", "hold"])
def test_a_void_tells_it(taxed: World, mode: str) -> None:
    taxed.options(edits_in_quickbooks=mode)
    taxed.void("i-1")
    quiet(taxed)
    if mode == "note":
        is_told(taxed)
        assert taxed.row("i-1").state is State.WITHDRAWN
    else:
        assert (taxed.row("i-1").state, taxed.row("i-1").reason) == (State.HELD, Reason.EDITED)


def test_a_revision_tells_it(taxed: World) -> None:
    revise(taxed, invoice("i-1", number="1", memo="second"))
    quiet(taxed)
    assert any("total: 33.00 instead of 30.00" in one.message for one in work(taxed))


def test_a_total_that_quickbooks_came_to_itself_is_told_as_such_only(world: World) -> None:
    known_names(world)
    quickbooks_says(world, lambda request, real: real(request.replace("<Amount>30.00<", "<Amount>29.00<")))
    world.hand_in(invoice("i-1", number="1", lines=[{"item": "Seat", "amount": "30.00"}]))
    world.update()
    world.clock.advance(days=2)
    look(world)
    assert [one.work for one in work(world)] == [WorkKind.TOTAL_DIFFERS]
