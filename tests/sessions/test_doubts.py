"""Whatever a person does between the loss of an answer and the look-up, nothing is entered twice without a question."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.documents.lifecycle import Reason, State
from qbwc_server.simulator import Bookkeeper, HResultError, Pc, WsgiTransport
from qbwc_server.simulator.faults import CrashAfter, CrashBefore
from tests.sessions.odd_quickbooks import (
    at_the_next_write,
    known_names,
    lose_the_answer,
    numbers,
    quickbooks_says,
    quiet,
)
from tests.sessions.world import World, invoice


def entered(world: World) -> list[str]:
    """TxnIDs of every invoice of 41.00 in the books: as much as the lost one comes to."""
    return [one.txn_id for one in world.books.invoices if str(one.total) == "41.00"]


def lost(world: World, number: str | None) -> Any:
    """An invoice stands in the books, and nobody has heard of it."""
    known_names(world)
    world.hand_in(invoice("i-1", number=number, amount="41.00"))
    lose_the_answer(world)
    (txn,) = [one for one in world.books.invoices if str(one.total) == "41.00"]
    return txn


CORRECTIONS: dict[str, dict[str, Any]] = {
    "customer and number": {"customer": "Other", "ref_number": "C-7"},
    "customer and date": {"customer": "Other", "txn_date": date(2026, 2, 27)},
    "number": {"ref_number": "C-7"},
    "all": {"customer": "Other", "ref_number": "C-7", "txn_date": date(2026, 2, 27), "memo": "corrected"},
}


@pytest.mark.parametrize("number", ["1", None])
@pytest.mark.parametrize("what", CORRECTIONS)
def test_what_a_person_corrected_is_found_by_its_mark(world: World, number: str | None, what: str) -> None:
    txn = lost(world, number)
    person = Bookkeeper(world.books)
    person.add("Customer", "Other")
    person.change(txn, **CORRECTIONS[what])
    quiet(world)
    assert entered(world) == [txn.txn_id]
    row = world.row("i-1")
    assert (row.state, row.txn_id) == (State.POSTED, txn.txn_id)


@pytest.mark.parametrize("step", ["rename", "merge"])
def test_its_customer_may_bear_another_name_by_then(world: World, step: str) -> None:
    txn = lost(world, "1")
    person = Bookkeeper(world.books)
    person.change(txn, ref_number="C-7")
    if step == "rename":
        person.rename("Customer", "Acme", "Acme & Sons")
    else:
        person.add("Customer", "Other")
        person.merge("Customer", "Acme", "Other")
    quiet(world)
    assert entered(world) == [txn.txn_id]
    assert world.row("i-1").state is State.POSTED


@pytest.mark.parametrize("behind", [timedelta(days=30), timedelta(days=400)])
def test_the_clock_of_the_pc_may_be_far_behind(world: World, behind: timedelta) -> None:
    world.books.clock_offset = -behind
    txn = lost(world, "1")
    Bookkeeper(world.books).change(txn, ref_number="C-7")
    quiet(world)
    assert entered(world) == [txn.txn_id]
    assert world.row("i-1").state is State.POSTED


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"memo": "by hand"},
        {"customer": "Other"},
        {"txn_date": date(2026, 3, 1)},
    ],
)
def test_the_same_number_by_hand_is_a_question_whatever_else_it_says(world: World, typed: dict[str, Any]) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1", amount="41.00"))
    at_the_next_write(world, CrashBefore())
    world.update()
    person = Bookkeeper(world.books)
    person.add("Customer", "Other")
    person.enter(
        "Invoice",
        **{"customer": "Acme", "ref_number": "1", "txn_date": date(2026, 3, 2), **typed},
        lines=[{"item": "Seat", "amount": Decimal("41.01")}],
    )
    quiet(world)
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.OUTCOME_UNKNOWN)
    assert [one.ref_number for one in world.books.invoices].count("1") == 1


def test_another_document_of_ours_with_that_number_is_none(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-0", number="1", customer="Somebody else", amount="7.00"))
    quiet(world)
    world.hand_in(invoice("i-1", number="1", amount="41.00"))
    at_the_next_write(world, CrashBefore())
    world.update()
    quiet(world)
    assert world.row("i-1").state is State.POSTED


def test_a_void_that_was_lost_is_not_believed_because_the_sum_is_zero(world: World) -> None:
    known_names(world)
    lines = [{"item": "Seat", "amount": "100.00"}, {"item": "Lamp", "amount": "-100.00"}]
    world.hand_in(invoice("i-1", number="1", lines=lines))
    quiet(world)
    world.void("i-1")
    at_the_next_write(world, CrashBefore())
    world.update()
    quiet(world)
    assert world.row("i-1").state is State.WITHDRAWN
    (txn,) = [one for one in world.books.invoices if one.ref_number == "1"]
    assert [line.amount for line in txn.lines] == [0, 0]


def refusing_once(world: World, tag: str, times: int = 1) -> None:
    """QuickBooks cannot read a set with such a request, a few times."""
    left = [times]

    def respond(request: str, quickbooks: Any) -> str:
        if tag in request and left[0]:
            left[0] -= 1
            raise HResultError("0x80040400", "QuickBooks found an error when parsing the provided XML text stream.")
        return str(quickbooks(request))

    quickbooks_says(world, respond)


def test_a_look_up_that_could_not_be_read_once_is_asked_again(world: World) -> None:
    txn = lost(world, "1")
    refusing_once(world, "<RefNumber>1</RefNumber>")
    quiet(world)
    row = world.row("i-1")
    assert (row.state, row.txn_id) == (State.POSTED, txn.txn_id)


def test_a_look_up_that_can_never_be_read_leaves_it_to_a_person(world: World) -> None:
    txn = lost(world, "1")
    refusing_once(world, "<RefNumber>1</RefNumber>", times=100)
    quiet(world)
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.OUTCOME_UNKNOWN)
    assert entered(world) == [txn.txn_id]
    evidence = world.proof("i-1").requests
    assert {one.status_code for one in evidence} == {None}  # QuickBooks gave none


def test_a_customer_whose_look_up_could_not_be_read_is_not_added_again(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1", customer="New one"), invoice("i-2", number="2", customer="New one"))
    refusing_once(world, "CustomerQueryRq")
    quiet(world)
    assert [world.row(origin).state for origin in ("i-1", "i-2")] == [State.POSTED, State.POSTED]
    names = [one.full_name for one in world.books.customers]
    assert names.count("New one") == 1


def test_its_number_was_taken_by_somebody_else_and_ours_renumbered(world: World) -> None:
    """QuickBooks warns of a number that is given twice, so a bookkeeper gives ours another: it is found by its mark."""
    known_names(world)
    person = Bookkeeper(world.books)
    person.enter("Invoice", customer="Shop", ref_number="100", lines=[{"item": "Seat", "amount": Decimal(7)}])
    world.hand_in(invoice("i-1", number="100"))
    lose_the_answer(world)
    ours = world.books.invoices[-1]
    person.change(ours, ref_number="100A")
    quiet(world)
    row = world.row("i-1")
    assert (row.state, row.txn_id) == (State.POSTED, ours.txn_id)
    assert numbers(world).count("100") == 1


def test_with_one_of_its_number_and_none_of_its_mark_a_person_is_shown_the_one(world: World) -> None:
    known_names(world)
    person = Bookkeeper(world.books)
    one = person.enter("Invoice", customer="Shop", ref_number="100", lines=[{"item": "Seat", "amount": Decimal(7)}])
    world.hand_in(invoice("i-1", number="100"))
    at_the_next_write(world, CrashBefore())
    world.update()
    quiet(world)
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.OUTCOME_UNKNOWN)
    assert one.txn_id in str(world.proof("i-1").history[-1])


def test_the_pc_that_is_farthest_behind_says_how_far_back_it_is_looked(world: World) -> None:
    """The last writing came from another PC, whose clock is right."""
    known_names(world)
    behind, right = Pc(world.books, clock_offset=timedelta(days=-30)), Pc(world.books)
    for origin, pc in (("i-2", behind), ("i-3", right)):
        world.hand_in(invoice(origin, number=origin))
        world.clock.advance(minutes=10)
        world.new_connector(pc, WsgiTransport(world.app)).update()
    world.hand_in(invoice("i-1", number="1", amount="41.00"))
    at_the_next_write(world, CrashAfter())
    world.clock.advance(minutes=10)
    world.new_connector(behind, WsgiTransport(world.app)).update()
    (txn,) = [one for one in world.books.invoices if one.ref_number == "1"]
    with world.books.used_on(behind, behind.clock_offset):
        Bookkeeper(world.books).change(txn, ref_number="1A")
    for _ in range(3):
        world.clock.advance(minutes=10)
        world.new_connector(right, WsgiTransport(world.app)).update()
    assert entered(world) == [txn.txn_id]
    assert world.row("i-1").txn_id == txn.txn_id
