"""A new password ends what the old one opened; nothing is entered twice by it, and nothing is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from qbwc_server.connector.doorkeeper import Doorkeeper
from qbwc_server.connector.logins import login_of, renew_password
from qbwc_server.documents.lifecycle import State
from qbwc_server.simulator import Bookkeeper
from tests.sessions.odd_quickbooks import quiet
from tests.sessions.test_attacks import at_a_write
from tests.sessions.wire import Wire
from tests.sessions.world import BY, World, invoice


def renew(world: World) -> str:
    with world.database.transaction() as db:
        return renew_password(db, login_of(db, world.company(db).id), world.clock(), by=BY)


def test_an_open_session_gets_nothing_more(world: World) -> None:
    world.hand_in(invoice("i-1", number="1"))
    wire = Wire(world)
    ticket = wire.login()
    renew(world)
    assert wire.send(ticket) == ""
    assert wire.receive(ticket, "") < 0
    assert "ended" in wire.last_error(ticket)
    wire.close(ticket)
    assert wire.authenticate() == ["", "nvu"]
    assert world.row("i-1").state is State.SUBMITTED


@pytest.mark.parametrize("executed", [True, False])
def test_what_is_out_is_looked_up_whatever_the_old_one_says(world: World, executed: bool) -> None:
    """Who was shut out may say of a set what he likes: only the company file counts."""
    world.hand_in(invoice("i-1", number="1"))
    wire = Wire(world)
    ticket, request = at_a_write(wire)
    answer = wire.quickbooks(request)
    if not executed:
        Bookkeeper(world.books).delete(world.books.invoices[0])
        world.books.books.deleted_transactions.clear()
    world.password = renew(world)
    world.connector = world.new_connector(world.books)
    assert wire.receive(ticket, answer) < 0
    assert world.row("i-1").state is State.SUBMITTED
    quiet(world)
    row = world.row("i-1")
    assert (row.state, row.txn_id) == (State.POSTED, world.books.invoices[0].txn_id)
    assert len(world.books.invoices) == 1


def test_a_password_that_was_right_a_moment_ago_opens_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The change falls between the check of the password and the opening of the session."""
    world.hand_in(invoice("i-1", number="1"))
    checked = Doorkeeper._is_right

    def then_renewed(*arguments: Any) -> bool:
        right = checked(*arguments)
        if right:
            monkeypatch.undo()
            renew(world)
        return right

    monkeypatch.setattr(Doorkeeper, "_is_right", then_renewed)
    assert Wire(world).authenticate() == ["", "nvu"]
    assert world.row("i-1").state is State.SUBMITTED


KEPT = timedelta(days=1)


def renew_and_keep(world: World) -> str:
    with world.database.transaction() as db:
        return renew_password(db, login_of(db, world.company(db).id), world.clock(), by=BY, keep_old=KEPT)


def is_let_in(world: World, password: str) -> bool:
    world.clock.advance(minutes=1)
    return Wire(world).authenticate(password=password)[1] != "nvu"


@pytest.mark.parametrize("times", [2, 3, 5])
def test_renewed_again_before_anybody_used_it_the_one_in_use_goes_on(world: World, times: int) -> None:
    quiet(world)
    used, renewed = world.password, [renew_and_keep(world) for _ in range(times)]
    assert is_let_in(world, used)
    assert is_let_in(world, renewed[-1])
    assert not any(is_let_in(world, password) for password in renewed[:-1])
    world.clock.advance(days=1)
    assert not is_let_in(world, used)
    assert is_let_in(world, renewed[-1])


@pytest.mark.parametrize("work", [True, False])
def test_what_a_connector_has_come_with_is_the_one_in_use(world: World, work: bool) -> None:
    """Also where there was nothing to do when it came."""
    quiet(world)
    first = world.password
    if work:
        world.hand_in(invoice("i-1", number="1"))
    second = renew_and_keep(world)
    world.password = second
    world.connector = world.new_connector(world.books)
    assert world.update().ok
    third = renew_and_keep(world)
    assert [is_let_in(world, password) for password in (first, second, third)] == [False, True, True]


def test_the_one_in_use_is_kept_no_longer_than_was_said(world: World) -> None:
    quiet(world)
    used = world.password
    renew_and_keep(world)
    world.clock.advance(days=2)
    second = renew_and_keep(world)
    assert not is_let_in(world, used)
    assert is_let_in(world, second)
