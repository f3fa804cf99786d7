"""Lines on an invoice of somebody else, whatever breaks: QuickBooks, the PC, our server, at every step."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import pytest

from qbwc_server.documents.lifecycle import State
from qbwc_server.simulator import Break, ConnectorKilled, Faults, WireFault
from qbwc_server.simulator.faults import CrashAfter, CrashBefore, CrashDuring, Fault
from qbwc_server.simulator.switches import Switches
from tests.sessions.odd_quickbooks import at_the_next_write
from tests.sessions.test_onto_invoices import (
    BACKUP,
    ON_SITE,
    ORIGIN,
    OUR_BACKUP,
    OUR_SEATS,
    SEATS,
    backup,
    between,
    billed,
    lines_of,
    pay,
    recurring,
    seats,
    stated,
    support,
)
from tests.sessions.test_onto_invoices import world as made_world
from tests.sessions.world import World

world = made_world
STEPS = range(1, 7)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("call", ["sendRequestXML", "receiveResponseXML"])
def test_a_pc_that_dies_at_any_step(world: World, call: str, step: int) -> None:
    txn = recurring(world, support(), {"item": "Seat", "desc": "Seats", "quantity": Decimal(5)})
    before = stated(txn)
    for kind in (Break.KILLED_AFTER, Break.KILLED_BEFORE):
        world.hand_in(billed(), revise=True)
        with suppress(ConnectorKilled):
            world.update(Faults.of(WireFault(kind, call, step)))
        world.restart()
        for _ in range(3):
            world.update()
        assert world.row(ORIGIN).state is State.POSTED, world.row(ORIGIN).message
        assert lines_of(txn) == [ON_SITE, OUR_SEATS, OUR_BACKUP]
    world.void(ORIGIN)
    with suppress(ConnectorKilled):
        world.update(Faults.of(WireFault(Break.KILLED_BEFORE, call, step)))
    for _ in range(3):
        world.update()
    assert world.row(ORIGIN).state is State.WITHDRAWN, world.row(ORIGIN).message
    assert stated(txn) == before


@pytest.mark.parametrize("fault", [CrashBefore(), CrashDuring(1), CrashAfter()], ids=["before", "during", "after"])
def test_quickbooks_dies_at_the_change(world: World, fault: Fault) -> None:
    txn = recurring(world, support(), {"item": "Seat", "desc": "Seats", "quantity": Decimal(5)})
    world.hand_in(billed())
    at_the_next_write(world, fault)
    for _ in range(4):
        world.update()
    assert world.row(ORIGIN).state is State.POSTED, world.row(ORIGIN).message
    assert lines_of(txn) == [ON_SITE, OUR_SEATS, OUR_BACKUP]


def test_an_answer_that_is_lost_each_time(world: World) -> None:
    """Each time the invoice tells what was done; a revision meets the same."""
    txn = recurring(world, support(), {"item": "Seat", "desc": "Seats", "quantity": Decimal(5)})
    for number in ("7", "8", "9"):
        world.hand_in(billed(seats(number), backup("2")), revise=True)
        at_the_next_write(world, CrashAfter())
        for _ in range(3):
            world.update()
        assert world.row(ORIGIN).state is State.POSTED, world.row(ORIGIN).message
        assert [(line.quantity, line.other1) for line in txn.lines] == [
            (1, None),
            (Decimal(number), SEATS),
            (2, BACKUP),
        ]


def test_somebody_pays_in_between(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a payment counts as a change of the invoice, it is not touched any more."""
    txn = recurring(world)
    between(world, monkeypatch, lambda: pay(world, txn, "1.00"))
    world.hand_in(billed())
    world.update()
    world.update()
    assert world.row(ORIGIN).state is State.SUBMITTED
    assert lines_of(txn) == [ON_SITE]


def test_somebody_pays_in_between_and_quickbooks_does_not_count_that(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody could know; so it is told, and from then on it is not touched."""
    monkeypatch.setattr(world.books.books, "switches", Switches(payment_changes_edit_sequence=False))
    txn = recurring(world)
    between(world, monkeypatch, lambda: pay(world, txn, "1.00"))
    world.hand_in(billed())
    world.update()
    row = world.row(ORIGIN)
    assert row.state is State.POSTED
    assert "Something had been paid" in " ".join((row.notes or {})["notes"])
    before = stated(txn)
    world.hand_in(billed(seats("9")), revise=True)
    world.update()
    assert (world.row(ORIGIN).state, world.row(ORIGIN).reason) == (State.FAILED, "invoice_taken")
    assert stated(txn) == before


def test_a_file_that_keeps_the_rate_of_a_changed_line(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.books.books, "switches", Switches(changed_line_keeps_rate=True))
    txn = recurring(world, {"item": "Seat", "quantity": Decimal(5), "rate": Decimal("11.50")}, support())
    world.hand_in(billed(seats("7", amount="46.06"), backup("2", amount="3.33")))
    world.update()
    world.hand_in(billed(seats("3", amount="10.00"), backup("3", amount="4.00")), revise=True)
    world.update()
    assert world.row(ORIGIN).state is State.POSTED, world.row(ORIGIN).message
    assert [(line.quantity, line.amount, line.other1) for line in txn.lines] == [
        (3, Decimal("10.00"), SEATS),
        (1, Decimal("80.00"), None),
        (3, Decimal("4.00"), BACKUP),
    ]
    assert world.row(ORIGIN).posted_total == Decimal("14.00")
