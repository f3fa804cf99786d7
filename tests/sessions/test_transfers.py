"""Transfers have neither number nor ExternalGUID, and QuickBooks does not tell of deleted ones."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qbwc_server.documents.kinds import Document, read_document
from qbwc_server.documents.lifecycle import Reason, State
from qbwc_server.simulator.bookkeeper import Bookkeeper
from qbwc_server.simulator.faults import CrashAfter, CrashBefore
from qbwc_server.simulator.transactions import Transaction
from tests.sessions.odd_quickbooks import at_the_next_write, known_names, quiet
from tests.sessions.people import go_on, revise, say
from tests.sessions.world import World, invoice


def transfer(amount: str = "250.00", memo: str | None = "reserve") -> Document:
    return read_document(
        {
            "kind": "transfer",
            "origin": "t:1",
            "date": "2026-03-02",
            "transfer_from": "Checking",
            "transfer_to": "Savings",
            "amount": amount,
            "memo": memo,
        }
    )


def booked(world: World) -> list[Transaction]:
    return list(world.books.transactions_of("Transfer"))


@pytest.fixture
def lost(world: World) -> World:
    """A transfer that is in the books, and nobody heard of it."""
    world.hand_in(transfer())
    at_the_next_write(world, CrashAfter())
    world.update()
    assert len(booked(world)) == 1
    return world


def test_the_mark_is_found_between_words_of_a_person(lost: World) -> None:
    (txn,) = booked(lost)
    Bookkeeper(lost.books).change(txn, memo=f"seen {txn.memo} by Ann", amount=Decimal("240.00"))
    quiet(lost)
    assert (lost.row("t:1").state, len(booked(lost))) == (State.POSTED, 1)


def test_a_memo_without_the_mark_is_a_question(lost: World) -> None:
    (txn,) = booked(lost)
    Bookkeeper(lost.books).change(txn, memo="reserve")
    quiet(lost)
    row = lost.row("t:1")
    assert (row.state, row.reason) == (State.HELD, Reason.OUTCOME_UNKNOWN)
    say(lost, "t:1", txn.txn_id)
    revise(lost, transfer("251.00"))
    quiet(lost)
    assert (lost.row("t:1").state, [one.total for one in booked(lost)]) == (State.POSTED, [Decimal("251.00")])


def test_never_executed_or_deleted_only_a_person_knows(world: World) -> None:
    world.hand_in(transfer())
    at_the_next_write(world, CrashBefore())
    quiet(world)
    row = world.row("t:1")
    assert (row.state, row.reason, booked(world)) == (State.HELD, Reason.OUTCOME_UNKNOWN, [])
    assert "does not tell whether somebody deleted it" in (row.message or "")
    say(world, "t:1", None)
    quiet(world)
    assert (world.row("t:1").state, len(booked(world))) == (State.POSTED, 1)


@pytest.mark.parametrize("memo", ["reserve", None])
def test_our_own_mark_is_no_edit_of_a_person(world: World, memo: str | None) -> None:
    world.options(edits_in_quickbooks="hold")
    world.hand_in(transfer(memo=memo))
    quiet(world)
    world.clock.advance(minutes=5)
    Bookkeeper(world.books).save_unchanged(booked(world)[0])
    revise(world, transfer("260.00", memo))
    quiet(world)
    assert world.row("t:1").state is State.POSTED, world.row("t:1").message
    assert [one.total for one in booked(world)] == [Decimal("260.00")]


def test_a_deleted_one_may_be_an_older_copy(world: World) -> None:
    known_names(world)
    world.hand_in(transfer())
    quiet(world)
    Bookkeeper(world.books).delete(booked(world)[0])
    world.hand_in(invoice("next", number="2"))
    assert "perhaps an older backup" in world.update().status_line
    assert world.row("next").state is State.SUBMITTED
    go_on(world, repost=False)
    quiet(world)
    assert (world.row("t:1").state, booked(world)) == (State.WITHDRAWN, [])
