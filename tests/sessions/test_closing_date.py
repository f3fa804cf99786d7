"""The closing date is looked at before anything leaves, and what is dated before it waits for a person."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from qbwc_server.documents.lifecycle import NotNow, Reason, State
from qbwc_server.documents.store import by_origin
from qbwc_server.posting.people.re_date import re_date
from qbwc_server.posting.submitting.hand_in import hand_in
from qbwc_server.simulator import Break, Faults, WireFault
from qbwc_server.simulator.bookkeeper import Bookkeeper
from qbwc_server.simulator.faults import CrashBefore
from qbwc_server.simulator.transactions import Transaction
from tests.sessions.odd_quickbooks import at_the_next_write, known_names
from tests.sessions.people import revise
from tests.sessions.world import BY, World, invoice, payment

DAY = date(2026, 3, 2)  # of all documents here


def close(world: World, day: date | None) -> None:
    """The books are closed without a password: QuickBooks itself would take everything."""
    world.books.closing_date = day
    world.books.books.facts.closing_date_password = False


def booked(world: World) -> list[Transaction]:
    """What stands there beside the one that made the names known."""
    return [txn for txn in world.books.invoices if txn.values["ref_number"] != "W-1"]


def numbers(world: World) -> list[str]:
    return [txn.values["ref_number"] for txn in booked(world)]


def act(world: World, origin: str) -> None:
    with world.database.transaction() as db:
        company = world.company(db)
        re_date(db, company, by_origin(db, company.id, [origin])[origin], by=BY, now=world.clock())


def held(world: World, origin: str) -> bool:
    row = world.row(origin)
    return (row.state, row.reason) == (State.HELD, Reason.CLOSING_DATE)


def test_nothing_dated_on_a_closed_day_leaves(world: World) -> None:
    known_names(world)
    close(world, DAY)
    world.hand_in(invoice("i-1", number="1"), invoice("i-2", number="2", date=DAY + timedelta(days=1)))
    report = world.update()
    assert numbers(world) == ["2"]
    assert held(world, "i-1")
    assert "is closed in QuickBooks, up to and with 2026-03-02" in (world.row("i-1").message or "")
    assert report.status_line.startswith("1 invoice posted, 1 needs you: ")
    assert world.report().needs_you[0].reason == "closing_date"


def test_known_to_be_closed_it_is_held_when_it_is_handed_in(world: World) -> None:
    known_names(world)
    close(world, DAY)
    world.hand_in(invoice("i-1", number="1", date=DAY + timedelta(days=1)))
    world.update()
    handed = world.hand_in(invoice("i-2", number="2"))
    assert held(world, "i-2")
    assert [row.origin for row in handed.submitted.not_ready] == ["i-2"]


def test_an_open_day_is_believed_when_quickbooks_says_so(world: World) -> None:
    known_names(world)
    close(world, DAY)
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    world.submit("i-1")  # the person has moved the closing date, which is not known here yet
    close(world, DAY - timedelta(days=1))
    world.update()
    assert world.row("i-1").state is State.POSTED
    assert numbers(world) == ["1"]


def test_submitted_again_while_it_is_still_closed_it_does_not_leave(world: World) -> None:
    known_names(world)
    close(world, DAY)
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    for _ in range(3):
        world.submit("i-1")
        world.update()
        assert held(world, "i-1")
    assert numbers(world) == []


def test_it_is_entered_on_the_first_open_day_and_says_so(world: World) -> None:
    known_names(world)
    close(world, DAY + timedelta(days=3))
    world.hand_in(invoice("i-1", number="1", memo="For March."))
    world.update()
    act(world, "i-1")
    world.update()
    (txn,) = booked(world)
    assert (txn.values["txn_date"], txn.values["memo"]) == (
        DAY + timedelta(days=4), "For March. Dated 2026-03-02, when the books were closed already.",
    )  # fmt: skip
    assert world.row("i-1").state is State.POSTED


def test_the_source_that_brings_it_again_brings_nothing_new(world: World) -> None:
    known_names(world)
    close(world, DAY)
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    act(world, "i-1")
    world.update()
    handed = world.hand_in(invoice("i-1", number="1"), revise=True)
    assert handed.submitted.submitted == []
    world.update()
    (txn,) = booked(world)
    assert (txn.values["ref_number"], txn.values["txn_date"]) == ("1", DAY + timedelta(days=1))


def test_only_what_waits_for_it_is_re_dated(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    with pytest.raises(NotNow):
        act(world, "i-1")
    world.update()
    with pytest.raises(NotNow):
        act(world, "i-1")


def test_a_change_of_what_stands_on_a_closed_day_does_not_leave(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    close(world, DAY)
    revise(world, invoice("i-1", number="1", memo="changed"))
    world.update()
    assert held(world, "i-1")
    assert booked(world)[0].values.get("memo") != "changed"
    with pytest.raises(NotNow, match="is in QuickBooks"):
        act(world, "i-1")


def test_a_void_of_what_stands_on_a_closed_day_does_not_leave(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    close(world, DAY)
    world.void("i-1")
    world.update()
    assert held(world, "i-1")
    assert booked(world)[0].total == 30


def test_a_payment_waits_for_an_invoice_that_is_re_dated(world: World) -> None:
    known_names(world)
    close(world, DAY)
    world.hand_in(invoice("i-1", number="1"), payment("p-1", amount="30.00", pays={"i-1": "30.00"}))
    world.update()
    assert held(world, "i-1")
    assert held(world, "p-1")
    act(world, "i-1")
    act(world, "p-1")
    world.update()
    assert [world.row(origin).state for origin in ("i-1", "p-1")] == [State.POSTED, State.POSTED]


@pytest.mark.parametrize("operation", ["sendRequestXML", "receiveResponseXML"])
@pytest.mark.parametrize("kind", [Break.KILLED_BEFORE, Break.KILLED_AFTER])
def test_what_may_have_left_is_looked_up_and_not_taken_out(world: World, kind: Break, operation: str) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    world.update_killed(Faults.of(WireFault(kind, operation)))
    close(world, DAY)
    for _ in range(3):
        world.update()
    executed = len(booked(world))
    assert executed <= 1
    assert (world.row("i-1").state is State.POSTED) if executed else held(world, "i-1")


def test_what_stands_on_a_closed_day_is_not_taken_out_of_there(world: World) -> None:
    """The revision itself is dated on an open day."""
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    close(world, DAY)
    revise(world, invoice("i-1", number="1", date=DAY + timedelta(days=1)))
    world.update()
    assert [txn.txn_date for txn in booked(world)] == [DAY]
    assert held(world, "i-1")
    assert "changed or voided only there" in (world.row("i-1").advice or "")
    with pytest.raises(NotNow, match="only be changed there"):
        act(world, "i-1")
    close(world, DAY - timedelta(days=1))
    world.submit("i-1")
    world.update()
    assert [txn.txn_date for txn in booked(world)] == [DAY + timedelta(days=1)]


def test_nor_is_what_somebody_dated_there_in_quickbooks(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1", date=DAY + timedelta(days=1)))
    world.update()
    Bookkeeper(world.books).change(booked(world)[0], txn_date=DAY)
    close(world, DAY)
    revise(world, invoice("i-1", number="1", date=DAY + timedelta(days=1), memo="new"))
    world.update()
    assert [txn.txn_date for txn in booked(world)] == [DAY]
    assert held(world, "i-1")


def test_what_stands_on_a_closed_day_is_not_void_because_it_was_revised(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    with world.database.transaction() as db:
        later = invoice("i-1", number="1", date=DAY + timedelta(days=1))
        hand_in(db, world.company(db), [later], by=BY, now=world.clock(), revise=True, submit_now=False)
    world.void("i-1")
    close(world, DAY)
    world.update()
    assert [txn.total for txn in booked(world)] == [Decimal("30.00")]
    assert held(world, "i-1")


def test_what_somebody_dated_on_a_closed_day_is_not_void_either(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1", date=DAY + timedelta(days=1)))
    world.update()
    Bookkeeper(world.books).change(booked(world)[0], txn_date=DAY)
    close(world, DAY)
    world.void("i-1")
    world.update()
    assert [txn.total for txn in booked(world)] == [Decimal("30.00")]
    assert held(world, "i-1")
    assert not world.report().healthy
    close(world, DAY - timedelta(days=1))
    world.submit("i-1")
    world.update()
    assert world.row("i-1").state is State.WITHDRAWN
    assert [txn.total for txn in booked(world)] == [Decimal(0)]


@pytest.mark.parametrize("operation", ["change", "void"])
def test_dated_there_between_a_lost_writing_and_its_look_up_it_stays_as_it_is(world: World, operation: str) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1", date=DAY + timedelta(days=1)))
    world.update()
    if operation == "void":
        world.void("i-1")
    else:
        revise(world, invoice("i-1", number="1", date=DAY + timedelta(days=1), memo="new"))
    at_the_next_write(world, CrashBefore())
    world.update()
    Bookkeeper(world.books).change(booked(world)[0], txn_date=DAY)
    close(world, DAY)
    for _ in range(3):
        world.update()
    assert held(world, "i-1")
    assert [(txn.total, txn.txn_date) for txn in booked(world)] == [(Decimal("30.00"), DAY)]
    assert booked(world)[0].values.get("memo") != "new"
    assert not world.report().healthy
