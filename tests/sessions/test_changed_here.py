"""What a person changed here in a document is not replaced by a revision of its source without a word."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.lifecycle import State
from tests.sessions.odd_quickbooks import known_names
from tests.sessions.test_closing_date import DAY, act, booked, close, held
from tests.sessions.world import World, invoice

OPEN = DAY + timedelta(days=1)


@pytest.fixture
def re_dated(world: World) -> World:
    """An invoice whose day was closed, which a person had entered on the first open day."""
    known_names(world)
    close(world, DAY)
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    assert held(world, "i-1")
    act(world, "i-1")
    return world


def days(world: World) -> list[date]:
    return [txn.values["txn_date"] for txn in booked(world)]


@pytest.mark.parametrize("is_posted", [True, False])
def test_a_revision_is_for_review_and_shows_both(re_dated: World, is_posted: bool) -> None:
    world = re_dated
    if is_posted:
        world.update()
        assert (world.row("i-1").state, days(world)) == (State.POSTED, [OPEN])
    world.hand_in(invoice("i-1", number="1", amount="31.00"), revise=True)
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.FOR_REVIEW, "changed_here")
    assert f"Date: {OPEN} here, {DAY} by the revision" in str(row.message)
    assert "Memo: Dated" in str(row.message)
    assert "Lines differ" in str(row.message)
    assert not world.report().healthy
    world.update()
    assert days(world) == ([OPEN] if is_posted else [])


def test_it_is_asked_until_somebody_answers(re_dated: World) -> None:
    world = re_dated
    world.hand_in(invoice("i-1", number="1", amount="31.00"), revise=True)
    asked = world.row("i-1").message
    for amount in ("31.00", "32.00"):  # the same once more, and another one
        world.hand_in(invoice("i-1", number="1", amount=amount), revise=True)
        row = world.row("i-1")
        assert (row.state, row.reason, row.message) == (State.FOR_REVIEW, "changed_here", asked)
    close(world, DAY - timedelta(days=1))
    world.submit("i-1")  # the closing date of the last session counts
    assert held(world, "i-1")
    world.submit("i-1")
    world.update()
    assert world.row("i-1").state is State.POSTED
    assert [(txn.total, txn.values["txn_date"]) for txn in booked(world)] == [(Decimal(32), DAY)]
    world.hand_in(invoice("i-1", number="1", amount="33.00"), revise=True)
    world.update()
    assert world.row("i-1").state is State.POSTED  # nobody has changed it here since


def test_what_the_source_says_by_itself_goes_on(re_dated: World) -> None:
    world = re_dated
    body = world.row("i-1").body
    world.hand_in(load_document(body), revise=True)
    world.update()
    assert (world.row("i-1").state, days(world)) == (State.POSTED, [OPEN])
