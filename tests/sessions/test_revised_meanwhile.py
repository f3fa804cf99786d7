"""A revision takes nothing back that a person has asked for, and answers nothing that a person is asked."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qbwc_server.documents.lifecycle import NotNow, Reason, State
from qbwc_server.documents.models import Operation
from qbwc_server.documents.open_work import WorkKind
from qbwc_server.simulator.bookkeeper import Bookkeeper
from tests.sessions.odd_quickbooks import known_names, quickbooks_says, refusing
from tests.sessions.test_taking_a_void_back import take_back
from tests.sessions.test_totals_and_edits import booked, work
from tests.sessions.world import World, invoice, payment


@pytest.fixture
def posted(world: World) -> World:
    """Invoice 1 stands in the books, some minutes old."""
    known_names(world)
    world.hand_in(invoice("i-1", number="1", memo="as sold"))
    world.update()
    world.clock.advance(minutes=5)
    return world


def bring(world: World, memo: str) -> object:
    """The source hands in a revision by itself."""
    return world.hand_in(invoice("i-1", number="1", memo=memo), revise=True).results[0]


@pytest.mark.parametrize("how", ["waits", "was refused"])
def test_a_void_is_not_taken_back_by_a_revision(posted: World, how: str) -> None:
    undo = quickbooks_says(posted, refusing("TxnVoid", 3260))
    posted.void("i-1")
    if how == "was refused":
        posted.update()
        assert posted.row("i-1").state is State.FAILED
    undo()
    said = bring(posted, "second")
    assert isinstance(said, NotNow)
    assert "about to be void" in str(said)
    assert posted.row("i-1").operation is Operation.VOID
    if how == "was refused":
        assert not posted.report().healthy
        posted.submit("i-1")
    posted.update()
    assert posted.row("i-1").state is State.WITHDRAWN
    assert booked(posted).total == 0


def test_kept_it_can_be_revised_again(posted: World) -> None:
    posted.void("i-1")
    bring(posted, "second")
    take_back(posted, "i-1")
    bring(posted, "second")
    posted.update()
    assert posted.row("i-1").state is State.POSTED
    assert (booked(posted).values["memo"], booked(posted).total) == ("second", Decimal("30.00"))


def test_a_revision_is_no_answer_to_an_edit_that_waits_for_a_person(posted: World) -> None:
    posted.options(edits_in_quickbooks="hold")
    Bookkeeper(posted.books).change(booked(posted), memo="called the customer")
    for memo in ("second", "third", "fourth"):
        bring(posted, memo)
        posted.update()
        row = posted.row("i-1")
        assert (row.state, row.reason) == (State.HELD, Reason.EDITED)
        assert "called the customer instead of as sold" in str(row.message)
        assert booked(posted).values["memo"] == "called the customer"
        assert not posted.report().healthy
    posted.submit("i-1")
    posted.update()
    assert posted.row("i-1").state is State.POSTED
    assert booked(posted).values["memo"] == "fourth"


def test_a_revision_that_says_what_the_edit_says_needs_nobody(posted: World) -> None:
    posted.options(edits_in_quickbooks="hold")
    Bookkeeper(posted.books).change(booked(posted), memo="called the customer")
    bring(posted, "second")
    posted.update()
    assert posted.row("i-1").state is State.HELD
    bring(posted, "called the customer")
    posted.update()
    assert posted.row("i-1").state is State.POSTED
    assert booked(posted).values["memo"] == "called the customer"
    assert work(posted) == []
    bring(posted, "fifth")
    posted.update()
    assert posted.row("i-1").state is State.POSTED
    assert booked(posted).values["memo"] == "fifth"


@pytest.mark.parametrize("part", ["30.00", "10.00"])
def test_what_was_paid_on_a_document_that_is_void_is_told(posted: World, part: str) -> None:
    posted.hand_in(payment("p-1", amount=part, pays={"i-1": part}))
    posted.update()
    assert posted.row("p-1").state is State.POSTED
    posted.void("i-1")
    posted.update()
    assert posted.row("i-1").state is State.WITHDRAWN
    (found,) = work(posted)
    assert (found.work, found.document_id) == (WorkKind.PAYMENT_UNAPPLIED, posted.row("i-1").id)
    assert f"{part} had been paid or credited on it" in found.message
    assert not posted.report().healthy
