"""Payments of invoices that somebody entered in QuickBooks: found by number or TxnID, or said why not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.documents.kinds import Document, read_document
from qbwc_server.documents.lifecycle import State
from qbwc_server.simulator.bookkeeper import Bookkeeper
from tests.sessions.world import World, invoice


def pays(origin: str, *parts: dict[str, Any], customer: str = "Acme", amount: str = "30.00") -> Document:
    applies_to = [{"amount": amount, **part} for part in parts]
    return read_document(
        {"kind": "payment", "origin": origin, "date": "2026-03-02", "customer": customer,
         "amount": str(Decimal(amount) * len(parts)), "applies_to": applies_to}
    )  # fmt: skip


@pytest.fixture
def typed(world: World) -> World:
    """QuickBooks knows Acme, Other and the item Seat; somebody has typed invoice 77 of Acme and 88 of Other."""
    world.hand_in(invoice("first", number="1"), invoice("second", number="2", customer="Other"))
    assert world.update().ok
    type_in(world, "77", "Acme")
    type_in(world, "88", "Other")
    return world


def type_in(world: World, number: str, customer: str) -> str:
    lines = [{"item": "Seat", "quantity": Decimal(3), "amount": Decimal("30.00")}]
    txn = Bookkeeper(world.books).enter("Invoice", customer=customer, ref_number=number, lines=lines)
    return txn.txn_id


@pytest.mark.parametrize("by", ["number", "txn_id"])
def test_an_invoice_entered_by_hand_is_paid(typed: World, by: str) -> None:
    (txn_id,) = [one.txn_id for one in typed.books.invoices if one.ref_number == "77"]
    typed.hand_in(pays("p", {"number": "77"} if by == "number" else {"txn_id": txn_id}))
    assert typed.update().ok
    assert typed.row("p").state is State.POSTED, typed.row("p").message
    assert typed.books.balance_of("Acme") == 30  # of "first"
    assert "find" in [request.purpose for request in typed.proof("p").requests]


def test_ours_and_theirs_are_paid_together(typed: World) -> None:
    typed.hand_in(pays("p", {"invoice": "first"}, {"number": "77"}))
    assert typed.update().ok
    assert typed.row("p").state is State.POSTED, typed.row("p").message
    assert typed.books.balance_of("Acme") == 0


def test_an_invoice_of_ours_on_its_way_is_found_by_its_number(typed: World) -> None:
    typed.hand_in(invoice("third", number="3"), pays("p", {"number": "3"}))
    assert typed.update().ok
    assert {row.state for row in typed.rows(["third", "p"])} == {State.POSTED}


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"number": "99"}, "does not hold"),
        ({"number": "88"}, "which is of Other"),
        ({"txn_id": "1-1"}, "does not hold"),
    ],
)
def test_what_is_not_there_or_somebody_elses_is_said(typed: World, part: dict[str, str], said: str) -> None:
    typed.hand_in(pays("p", part))
    assert typed.update().ok
    row = typed.row("p")
    assert (row.state, row.reason) == (State.FAILED, "named_not_found")
    assert said in (row.message or "")
    assert row.advice
    assert not typed.books.payments


def test_two_of_one_number_are_a_question(typed: World) -> None:
    twin = type_in(typed, "77", "Acme")
    typed.hand_in(pays("p", {"number": "77"}))
    assert typed.update().ok
    message = typed.row("p").message or ""
    assert "2 times" in message
    assert twin in message


def test_it_is_found_when_it_comes_later(typed: World) -> None:
    typed.hand_in(pays("p", {"number": "99"}))
    assert typed.update().ok
    type_in(typed, "99", "Acme")
    typed.submit("p")
    assert typed.update().ok
    assert typed.row("p").state is State.POSTED


def test_no_payment_waits_for_an_invoice_that_was_excluded(typed: World) -> None:
    typed.hand_in(invoice("third", number="3"), pays("p", {"number": "3"}))
    typed.exclude("third")
    assert typed.update().ok
    assert typed.row("p").reason == "named_not_found"


def test_an_excluded_payment_asks_nothing(typed: World) -> None:
    typed.hand_in(pays("p", {"number": "77"}))
    typed.exclude("p")
    assert typed.update().rounds <= 1
    assert typed.row("p").state is State.EXCLUDED


def test_one_invoice_is_named_once_and_by_one_name() -> None:
    assert [p.code for p in pays("p", {"number": "7"}, {"number": "7"}).problems()] == ["invoice_twice"]
    with pytest.raises(ValueError, match="exactly one"):
        pays("p", {"number": "7", "invoice": "a"})
    with pytest.raises(ValueError, match="exactly one"):
        pays("p", {})
