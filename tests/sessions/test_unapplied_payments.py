"""Money that comes before there is anything to pay: a credit of the customer, until its invoice is there."""

from __future__ import annotations

from typing import Any

from qbwc_server.documents.kinds import Document, read_document
from qbwc_server.documents.lifecycle import State
from tests.sessions.world import World, invoice


def paid(**more: Any) -> Document:
    """Money of Acme."""
    return read_document(
        {"kind": "payment", "origin": "p", "date": "2026-03-02", "customer": "Acme", "amount": "30.00", **more}
    )


def balances(world: World) -> dict[str | None, object]:
    """What is open of each invoice, by its number."""
    return {one.ref_number: one.balance for one in world.books.invoices}


def test_what_is_to_stay_unapplied_pays_nobody_elses_invoice(world: World) -> None:
    world.hand_in(invoice("other", number="1"))
    assert world.update().ok
    before = balances(world)["1"]
    world.hand_in(paid(unapplied=True))
    assert world.update().ok
    assert world.row("p").state is State.POSTED, world.row("p").message
    assert balances(world) == {"1": before}
    world.hand_in(invoice("own", number="2"), revise=True)
    world.hand_in(paid(applies_to=[{"invoice": "own", "amount": "30.00"}]), revise=True)
    assert world.update().ok
    assert world.row("p").state is State.POSTED, world.row("p").message
    assert balances(world) == {"1": before, "2": 0}
