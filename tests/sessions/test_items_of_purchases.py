"""An item that only a purchase names is never added: what is added here has an income account and is sold."""

from __future__ import annotations

from qbwc_server.documents.kinds import read_document
from qbwc_server.documents.lifecycle import State
from qbwc_server.simulator.bookkeeper import Bookkeeper
from tests.sessions.world import World


def test_an_item_that_quickbooks_lacks_is_refused_and_not_added(world: World) -> None:
    Bookkeeper(world.books).add("Vendor", "Harbor Supply")
    bill = {
        "kind": "bill", "origin": "b-1", "date": "2026-03-02", "vendor": "Harbor Supply",
        "items": [{"item": "Hull Paint", "quantity": 2, "amount": "30.00"}],
    }  # fmt: skip
    world.hand_in(read_document(bill))
    world.update()
    row = world.row("b-1")
    assert row.state is State.FAILED, row.message
    assert "Hull Paint" not in [entry.full_name for entry in world.books.items]
