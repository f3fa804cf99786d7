"""What plus and minus bring to zero is not void: executed twice, void or left out, it is judged by its lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from qbwc_server.documents.kinds import Document, read_document
from qbwc_server.documents.lifecycle import Reason, State
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.simulator.bookkeeper import Bookkeeper
from qbwc_server.simulator.transactions import Transaction as Booked
from tests.kinds_examples import furnish
from tests.sessions.odd_quickbooks import quickbooks_says, quiet
from tests.sessions.people import go_on
from tests.sessions.test_every_kind import WRITES
from tests.sessions.test_looking_again import look
from tests.sessions.world import World, receipt

SALES = {"customer": "Acme", "lines": [{"item": "Seat", "amount": "100.00"}, {"item": "Lamp", "amount": "-100.00"}]}
COSTS = {
    "expenses": [{"account": "Rent Expense", "amount": "100.00"}, {"account": "Office Supplies", "amount": "-100.00"}]
}
KINDS: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("invoice", "sales_receipt", "credit_memo", "estimate"), SALES),
    **{kind: {"vendor": "Paper Mill", **COSTS} for kind in ("bill", "vendor_credit")},
    "check": {"vendor": "Paper Mill", "bank_account": "Checking", **COSTS},
    "credit_card_charge": {"vendor": "Paper Mill", "card_account": "Company Credit Card", **COSTS},
}
VOIDABLE = tuple(kind for kind in KINDS if TRANSACTIONS[kind].voidable)


@pytest.fixture
def zeros(world: World) -> World:
    furnish(world.books)
    return world


def bring(world: World) -> list[str]:
    """Hand in one of each kind and let them be posted; returns the requests that wrote."""
    sets: list[str] = []

    def respond(request: str, quickbooks: Callable[[str], str]) -> str:
        if WRITES.search(request):
            sets.append(request)
        return quickbooks(request)

    undo = quickbooks_says(world, respond)
    world.hand_in(*(zero(kind) for kind in KINDS))
    quiet(world)
    undo()
    assert states(world) == dict.fromkeys(KINDS, (State.POSTED, None))
    return sets


def zero(kind: str) -> Document:
    return read_document({"kind": kind, "origin": kind, "number": f"Z-{kind[:9]}", "date": "2026-03-02", **KINDS[kind]})


def states(world: World) -> dict[str, tuple[State, str | None]]:
    return {kind: (world.row(kind).state, world.row(kind).reason) for kind in KINDS}


def booked(world: World, kind: str) -> list[Booked]:
    found = world.books.transactions_of(TRANSACTIONS[kind].txn_type.value)
    return [txn for txn in found if txn.ref_number == f"Z-{kind[:9]}"]


def execute_again(world: World, sets: list[str]) -> None:
    """A PC of which nobody heard does what another one has done meanwhile."""
    world.clock.advance(hours=1)
    for one in sets:
        world.books.open()
        world.books.process(one)
        world.books.close()


def notice(world: World) -> None:
    """Something else is written, and the session looks at what happened since."""
    world.hand_in(receipt(f"other-{world.clock()}"))
    quiet(world)


@pytest.mark.parametrize("voided", [False, True], ids=["stands", "void"])
def test_a_second_execution_is_shown_unless_it_is_void(zeros: World, voided: bool) -> None:
    execute_again(zeros, bring(zeros))
    if voided:
        for kind in VOIDABLE:
            Bookkeeper(zeros.books).void(booked(zeros, kind)[-1])
    notice(zeros)
    shown = {kind: reason == Reason.TWICE for kind, (_, reason) in states(zeros).items()}
    assert shown == {kind: not (voided and kind in VOIDABLE) for kind in KINDS}


def test_left_out_and_executed_all_the_same_it_is_shown(zeros: World) -> None:
    """Excluded here, when a PC of which nobody heard enters it."""
    sets = bring(zeros)
    for kind in KINDS:
        Bookkeeper(zeros.books).delete(booked(zeros, kind)[0])
    zeros.clock.advance(days=31)
    look(zeros)
    quiet(zeros)
    assert {state for state, _ in states(zeros).values()} == {State.WITHDRAWN}
    execute_again(zeros, sets)
    notice(zeros)
    assert states(zeros) == dict.fromkeys(KINDS, (State.HELD, Reason.OUTCOME_UNKNOWN.value))


def test_deleted_and_in_an_older_copy_all_the_same_it_is_shown(zeros: World) -> None:
    bring(zeros)
    copy = zeros.books.backup()
    for kind in KINDS:
        Bookkeeper(zeros.books).delete(booked(zeros, kind)[0])
    zeros.clock.advance(days=31)
    look(zeros)
    notice(zeros)
    assert {state for state, _ in states(zeros).values()} == {State.WITHDRAWN}
    zeros.books.restore(copy)
    zeros.hand_in(receipt("noticed"))
    assert "older backup" in zeros.update().status_line
    go_on(zeros, repost=True)
    quiet(zeros)
    assert states(zeros) == dict.fromkeys(KINDS, (State.HELD, Reason.OUTCOME_UNKNOWN.value))
