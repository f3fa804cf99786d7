"""A revision that gives a posted document a number which somebody has typed by hand waits for a person."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from qbwc_server.documents.lifecycle import Reason, State
from qbwc_server.simulator.bookkeeper import Bookkeeper
from qbwc_server.simulator.transactions import Transaction
from tests.sessions.odd_quickbooks import known_names, numbers, quickbooks_says, quiet
from tests.sessions.people import revise
from tests.sessions.world import World, invoice


@pytest.fixture
def posted(world: World) -> World:
    known_names(world)
    world.hand_in(invoice("i-1", number="a1"))
    quiet(world)
    return world


def typed(world: World, number: str = "A2", customer: str = "Acme") -> Transaction:
    lines = [{"item": "Seat", "amount": Decimal("7.00")}]
    return Bookkeeper(world.books).enter("Invoice", customer=customer, ref_number=number, lines=lines)


def renumber(world: World, number: str = "a2") -> None:
    revise(world, invoice("i-1", number=number))
    quiet(world)


def test_a_person_says_that_they_are_two(posted: World) -> None:
    other = typed(posted)
    renumber(posted)
    row = posted.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.NUMBER_TAKEN)
    assert other.txn_id in str(row.message)
    assert numbers(posted) == ["A2", "W-1", "a1"]
    assert not posted.report().healthy
    posted.submit("i-1")
    quiet(posted)
    assert posted.row("i-1").state is State.POSTED
    assert numbers(posted) == ["A2", "W-1", "a2"]


@pytest.mark.parametrize("number", ["a2", "a1"])
def test_a_revision_is_no_answer_unless_it_says_another_number(posted: World, number: str) -> None:
    typed(posted)
    renumber(posted)
    revise(posted, invoice("i-1", number=number, memo="third"))
    quiet(posted)
    row = posted.row("i-1")
    if number == "a2":
        assert (row.state, row.reason) == (State.HELD, Reason.NUMBER_TAKEN)
        assert numbers(posted) == ["A2", "W-1", "a1"]
        posted.submit("i-1")
        quiet(posted)
    assert posted.row("i-1").state is State.POSTED
    assert numbers(posted) == ["A2", "W-1", number]


def test_another_one_that_is_typed_after_the_answer_is_a_question_of_its_own(posted: World) -> None:
    typed(posted)
    renumber(posted)
    posted.submit("i-1")
    quiet(posted)
    typed(posted, "a3")
    renumber(posted, "a3")
    assert posted.row("i-1").reason == Reason.NUMBER_TAKEN


@pytest.mark.parametrize("case", ["somebody else's", "void", "ours", "nobody's"])
def test_nothing_else_keeps_it(posted: World, case: str) -> None:
    if case == "somebody else's":
        typed(posted, customer="Shop")
    elif case == "void":
        Bookkeeper(posted.books).void(typed(posted))
    elif case == "ours":
        posted.hand_in(invoice("i-2", number="A2", amount="7.00"))
        quiet(posted)
    renumber(posted)
    assert posted.row("i-1").state is State.POSTED
    assert "a2" in numbers(posted)


def test_the_same_number_is_asked_for_by_nobody(posted: World) -> None:
    asked: list[str] = []

    def listen(request: str, quickbooks: Callable[[str], str]) -> str:
        asked.append(request)
        return quickbooks(request)

    quickbooks_says(posted, listen)
    revise(posted, invoice("i-1", number="A1", memo="second"))
    quiet(posted)
    assert posted.row("i-1").state is State.POSTED
    assert not any("InvoiceQueryRq" in one and "<RefNumber>" in one for one in asked)
