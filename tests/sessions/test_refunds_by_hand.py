"""A card refund may name a credit memo that was entered by hand, by its number or its TxnID."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.documents.kinds import Document, read_document
from qbwc_server.documents.lifecycle import State
from qbwc_server.simulator.bookkeeper import Bookkeeper
from tests.sessions.odd_quickbooks import quiet
from tests.sessions.world import World, invoice


def refund(**named: Any) -> Document:
    return read_document(
        {
            "kind": "card_refund",
            "origin": "refund:1",
            "date": "2026-03-02",
            "customer": "Acme",
            "refunds": [{"amount": "20.00", **named}],
        }
    )


@pytest.fixture
def person(world: World) -> Bookkeeper:
    """QuickBooks knows Acme and the item Seat."""
    world.hand_in(invoice("first", number="1"))
    assert world.update().ok
    return Bookkeeper(world.books)


@pytest.mark.parametrize("by", ["number", "txn_id"])
def test_a_credit_memo_of_a_person_is_refunded(world: World, person: Bookkeeper, by: str) -> None:
    lines = [{"item": "Seat", "quantity": Decimal(1), "amount": Decimal("50.00")}]
    memo = person.enter("CreditMemo", customer="Acme", ref_number="CM-7", lines=lines)
    world.hand_in(refund(**{by: "CM-7" if by == "number" else memo.txn_id}))
    quiet(world)
    assert world.row("refund:1").state is State.POSTED
    assert memo.unused == Decimal(30)


def test_a_credit_memo_that_is_not_there(world: World, person: Bookkeeper) -> None:
    world.hand_in(refund(number="CM-8"))
    quiet(world)
    row = world.row("refund:1")
    assert row.state is State.FAILED
    assert row.message == "The card refund names credit memo CM-8, which QuickBooks does not hold."
