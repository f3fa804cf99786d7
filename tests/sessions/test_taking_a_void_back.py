"""A void waits for the next update, and until then it is taken back."""

from __future__ import annotations

import pytest

from qbwc_server.documents.lifecycle import NotNow, State
from qbwc_server.documents.models import Operation
from qbwc_server.documents.store import by_origin
from qbwc_server.posting.people.void import keep
from qbwc_server.simulator import Break
from qbwc_server.simulator.transactions import Transaction
from tests.sessions.odd_quickbooks import known_names
from tests.sessions.people import revise
from tests.sessions.world import BY, World, invoice, losing, payment


def take_back(world: World, origin: str) -> None:
    with world.database.transaction() as db:
        company = world.company(db)
        keep(db, company, by_origin(db, company.id, [origin])[origin], by=BY, now=world.clock())


def booked(world: World) -> Transaction:
    """The invoice as it stands there."""
    (txn,) = [txn for txn in world.books.invoices if txn.values["ref_number"] == "1"]
    return txn


@pytest.fixture
def posted(world: World) -> World:
    """One invoice that stands in the books."""
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    return world


def test_it_stays_as_it_is(posted: World) -> None:
    posted.void("i-1")
    take_back(posted, "i-1")
    row = posted.row("i-1")
    assert (row.state, row.operation, row.reason) == (State.POSTED, Operation.CHANGE, None)
    posted.update()
    assert booked(posted).total == 30


def test_it_can_be_revised_and_voided_afterwards(posted: World) -> None:
    posted.void("i-1")
    take_back(posted, "i-1")
    revise(posted, invoice("i-1", number="1", memo="changed"))
    posted.update()
    assert booked(posted).values["memo"] == "changed"
    posted.void("i-1")
    posted.update()
    assert posted.row("i-1").state is State.WITHDRAWN
    assert booked(posted).total == 0


def test_what_may_have_left_is_not_taken_back(posted: World) -> None:
    posted.void("i-1")
    posted.update_killed(losing("TxnVoidRs", Break.KILLED_BEFORE))
    with pytest.raises(NotNow, match="on its way"):
        take_back(posted, "i-1")
    posted.update()
    assert posted.row("i-1").state is State.WITHDRAWN


def test_there_must_be_something_to_take_back(posted: World) -> None:
    with pytest.raises(NotNow, match="not about to be void"):
        take_back(posted, "i-1")
    posted.void("i-1")
    posted.update()
    with pytest.raises(NotNow, match="not about to be void"):
        take_back(posted, "i-1")


def test_a_void_that_quickbooks_refused_is_given_up(posted: World) -> None:
    posted.void("i-1")
    posted.books.closing_date = posted.row("i-1").date
    posted.update()
    assert posted.row("i-1").state is State.HELD
    take_back(posted, "i-1")
    assert posted.row("i-1").state is State.POSTED
    assert posted.report().healthy


def test_a_revision_that_waited_before_waits_again(posted: World) -> None:
    revise(posted, invoice("i-1", number="1", terms="No such terms"))
    posted.update()
    assert posted.row("i-1").state is State.FAILED
    posted.void("i-1")
    take_back(posted, "i-1")
    assert posted.row("i-1").state is State.FOR_REVIEW
    assert not posted.report().healthy


def test_a_payment_of_it_goes_on(posted: World) -> None:
    posted.void("i-1")
    posted.hand_in(payment("p-1", amount="30.00", pays={"i-1": "30.00"}))
    take_back(posted, "i-1")
    posted.update()
    assert posted.row("p-1").state is State.POSTED
