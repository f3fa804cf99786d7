"""An edit in the very second of our writing has the time and the edit sequence of that, and is told all the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.documents.lifecycle import Reason, State
from qbwc_server.documents.open_work import WorkKind
from qbwc_server.simulator.bookkeeper import Bookkeeper
from tests.sessions.odd_quickbooks import known_names
from tests.sessions.people import revise
from tests.sessions.test_looking_again import look
from tests.sessions.test_taking_a_void_back import take_back
from tests.sessions.test_totals_and_edits import booked, work
from tests.sessions.world import World, invoice


@pytest.fixture
def quick(world: World) -> World:
    """Invoice 1 stands in the books, and the clock has not moved since."""
    known_names(world)
    world.hand_in(invoice("i-1", number="1", memo="as sold"))
    world.update()
    return world


def edit(world: World, **changes: Any) -> None:
    txn = booked(world)
    before = txn.values["edit_sequence"]
    assert Bookkeeper(world.books).change(txn, **changes).values["edit_sequence"] == before


def test_a_revision_tells_it(quick: World) -> None:
    edit(quick, memo="called the customer")
    revise(quick, invoice("i-1", number="1", memo="as sold, and gift wrapped"))
    quick.update()
    (found,) = work(quick)
    assert "called the customer instead of as sold" in found.message
    assert booked(quick).values["memo"] == "as sold, and gift wrapped"
    revise(quick, invoice("i-1", number="1", memo="third"))
    quick.update()
    assert len(work(quick)) == 1


def test_by_option_a_person_decides_first(quick: World) -> None:
    quick.options(edits_in_quickbooks="hold")
    Bookkeeper(quick.books).change_line(booked(quick), 0, desc="Chairs")
    revise(quick, invoice("i-1", number="1", memo="second"))
    quick.update()
    row = quick.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.EDITED)
    quick.submit("i-1")
    quick.update()
    assert quick.row("i-1").state is State.POSTED
    assert booked(quick).values["memo"] == "second"


@pytest.mark.parametrize("changes", [{"memo": "called the customer"}, {"ref_number": "1-A"}])
def test_it_is_seen_in_the_background(quick: World, changes: dict[str, str]) -> None:
    edit(quick, **changes)
    quick.clock.advance(days=3)
    look(quick)
    assert [(one.work, one.document_id) for one in work(quick)] == [
        (WorkKind.EDITED_IN_QUICKBOOKS, quick.row("i-1").id)
    ]
    assert not quick.report().healthy


def test_without_an_edit_nobody_is_told(quick: World) -> None:
    quick.options(edits_in_quickbooks="hold")
    revise(quick, invoice("i-1", number="1", memo="second"))
    quick.update()
    quick.void("i-1")
    quick.update()
    assert quick.row("i-1").state is State.WITHDRAWN
    assert work(quick) == []


@pytest.mark.parametrize("later", [True, False])
def test_a_void_tells_what_it_voids(quick: World, later: bool) -> None:
    if later:
        quick.clock.advance(minutes=5)
    Bookkeeper(quick.books).add_line(booked(quick), item="Seat", amount=Decimal("12.00"))
    quick.void("i-1")
    quick.update()
    assert quick.row("i-1").state is State.WITHDRAWN
    assert booked(quick).total == 0
    (found,) = work(quick)
    assert "line added in QuickBooks" in found.message


def test_by_option_a_void_waits_for_a_person(quick: World) -> None:
    quick.options(edits_in_quickbooks="hold")
    Bookkeeper(quick.books).add_line(booked(quick), item="Seat", amount=Decimal("12.00"))
    quick.void("i-1")
    quick.update()
    row = quick.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.EDITED)
    assert booked(quick).total == 42
    take_back(quick, "i-1")
    assert quick.row("i-1").state is State.POSTED
    quick.void("i-1")
    quick.update()
    assert quick.row("i-1").state is State.WITHDRAWN
    assert booked(quick).total == 0


def test_what_is_void_or_gone_already_needs_no_void(quick: World) -> None:
    quick.hand_in(invoice("i-2", number="2"))
    quick.update()
    gone = next(txn for txn in quick.books.invoices if txn.ref_number == "2")
    Bookkeeper(quick.books).void(booked(quick))
    Bookkeeper(quick.books).delete(gone)
    quick.void("i-1")
    quick.void("i-2")
    writes = quick.books.executed_writes
    quick.update()
    assert [quick.row(one).state for one in ("i-1", "i-2")] == [State.WITHDRAWN] * 2
    assert quick.books.executed_writes == writes
