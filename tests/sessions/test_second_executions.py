"""Executed twice: it is never hidden, nothing more leaves for such a document, and only a person's decision ends it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from qbwc_server.documents.history import DISREGARDED, history
from qbwc_server.documents.lifecycle import Event, NotNow, Reason, State
from qbwc_server.ids import new_id
from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.requests import WRITING, of_documents
from qbwc_server.posting.same_file.looking_again import ask_again
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.states import RequestState
from qbwc_server.simulator import Break, ConnectorKilled, Faults, WireFault
from qbwc_server.simulator.bookkeeper import Bookkeeper
from qbwc_server.simulator.faults import CrashAfter, CrashBefore
from tests.sessions.odd_quickbooks import at_the_next_write, known_names, quickbooks_says, quiet, refusing
from tests.sessions.people import revise, say
from tests.sessions.sleeping import Office
from tests.sessions.world import World, invoice

_MAY_LEAVE = (RequestState.WAITING, RequestState.QUEUED, RequestState.RESTING)


def may_leave(world: World, origin: str) -> list[str]:
    """Requests of this document that another set could take along."""
    with world.database.reading() as db:
        own = of_documents(world.company(db).id, [world.row(origin).id], WRITING)
        return list(db.scalars(select(QueuedRequest.message).where(own, QueuedRequest.state.in_(_MAY_LEAVE))))


def posted_by_both(world: World) -> Office:
    """The first PC takes an invoice and falls asleep; the second one finds nothing and posts it."""
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    office = Office(world)
    office.first_falls_asleep(with_set=2)  # the first set asks whether it is the same file
    office.second_updates()
    assert world.row("i-1").state is State.POSTED
    return office


def standing(world: World, number: str) -> list[str]:
    """TxnIDs of the invoices of this number that come to something."""
    return [one.txn_id for one in world.books.invoices if one.ref_number == number and one.total]


def test_a_revision_that_waits_does_not_leave_when_it_turns_out_to_be_there_twice(world: World) -> None:
    office = posted_by_both(world)
    revise(world, invoice("i-1", number="1", memo="new"))
    office.first_wakes_up()
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.TWICE)
    assert may_leave(world, "i-1") == []
    quiet(world)
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.TWICE)
    assert not world.report().healthy


def test_after_the_decision_the_revision_is_made_to_the_one_that_stays(world: World) -> None:
    office = posted_by_both(world)
    first = str(world.row("i-1").txn_id)
    revise(world, invoice("i-1", number="1", memo="new"))
    office.first_wakes_up()
    say(world, "i-1", first)
    quiet(world)
    row = world.row("i-1")
    assert (row.state, row.txn_id) == (State.POSTED, first)
    assert [one.values.get("memo") for one in world.books.invoices if one.txn_id == first] == ["new"]


def test_a_second_execution_of_what_is_void_is_not_hidden(world: World) -> None:
    office = posted_by_both(world)
    first = str(world.row("i-1").txn_id)
    world.void("i-1")
    quiet(world)
    assert world.row("i-1").state is State.WITHDRAWN
    office.first_wakes_up()
    (second,) = standing(world, "1")
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.TWICE)
    assert second in str(row.message)
    assert not world.report().healthy
    say(world, "i-1", first)
    assert world.row("i-1").state is State.WITHDRAWN  # as it was


def test_a_second_execution_while_the_void_waits_is_not_hidden(world: World) -> None:
    office = posted_by_both(world)
    world.void("i-1")
    office.first_wakes_up()
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.TWICE)
    assert may_leave(world, "i-1") == []
    quiet(world)
    assert world.row("i-1").reason == Reason.TWICE


def test_only_a_decision_ends_it(world: World) -> None:
    office = posted_by_both(world)
    office.first_wakes_up()
    with pytest.raises(NotNow):
        world.submit("i-1")
    with pytest.raises(NotNow):
        world.void("i-1")
    result = world.hand_in(invoice("i-1", number="1", memo="new"), revise=True).results[0]
    assert isinstance(result, NotNow)
    assert world.row("i-1").reason == Reason.TWICE


def test_what_was_heard_of_an_excluded_document_is_in_its_history(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    world.exclude("i-1")
    with world.database.transaction() as db:
        row = world.row("i-1")
        work = Work(db, world.company(db), world.clock())
        work.learn_documents({row.id})
        work.post(row.id, Event.REFUSED, new_id(), {"reason": "quickbooks_3140", "message": "No.", "advice": ""})
        work.finish()
    assert world.row("i-1").state is State.EXCLUDED
    with world.database.reading() as db:
        last = history(db, world.row("i-1").id)[-1]
    assert (last.event, last.detail) == (
        DISREGARDED,
        {"event": "refused", "reason": "quickbooks_3140", "message": "No."},
    )


def looked_for_and_revised(world: World) -> Office:
    """The first PC sleeps with an invoice, which is looked for, certainly not there, and revised."""
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    office = Office(world)
    office.first_falls_asleep(with_set=2)
    world.update_killed(Faults.of(WireFault(Break.KILLED_BEFORE, "sendRequestXML", 5)))
    revise(world, invoice("i-1", number="1", memo="new"))
    return office


def memos(world: World) -> list[str | None]:
    """Of all invoices of number 1 in the books."""
    return [one.values.get("memo") for one in world.books.invoices if one.ref_number == "1"]


def test_known_to_be_in_the_books_it_is_not_sent_again(world: World) -> None:
    office = looked_for_and_revised(world)
    at_the_next_write(world, CrashBefore())  # looked for, sent, and not executed
    world.update()
    office.first_wakes_up()
    assert memos(world) == [None]
    quiet(world)
    assert memos(world) == [None]
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.OUTCOME_UNKNOWN)
    assert may_leave(world, "i-1") == []
    say(world, "i-1", standing(world, "1")[0])
    quiet(world)
    assert memos(world) == ["new"]
    assert world.row("i-1").state is State.POSTED


def test_executed_late_and_unheard_it_is_taken_and_changed_not_entered_again(world: World) -> None:
    office = looked_for_and_revised(world)
    world.books.faults.add(CrashAfter())  # what it held is executed, and nobody hears of it
    office.first_wakes_up()
    assert memos(world) == [None]
    quiet(world)
    assert memos(world) == ["new"]
    assert world.row("i-1").state is State.POSTED


def test_what_may_have_been_executed_is_looked_for_before_its_replacement_leaves_for_the_first_time(
    world: World,
) -> None:
    looked_for_and_revised(world)
    with world.database.reading() as db:
        waiting = db.scalars(select(QueuedRequest).where(QueuedRequest.state == RequestState.WAITING)).all()
        looks = db.scalars(select(QueuedRequest.subject).where(QueuedRequest.state == RequestState.QUEUED)).all()
    assert [str(one.id) for one in waiting] == looks
    quiet(world)
    assert memos(world) == ["new"]


def test_what_quickbooks_refused_the_only_time_is_not_looked_for(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    undo = quickbooks_says(world, refusing("InvoiceAdd", 3210))
    world.update()
    undo()
    assert world.row("i-1").state is State.FAILED
    world.submit("i-1")
    with world.database.reading() as db:
        queued = db.scalars(select(QueuedRequest.message).where(QueuedRequest.state == RequestState.QUEUED)).all()
    assert queued == ["InvoiceAdd"]


def dies_with_it(world: World, office: Office) -> None:
    """The first PC wakes up and executes what it held; nobody ever hears of it."""
    world.books.faults.add(CrashAfter())
    office.first_wakes_up()


def look_again_later(world: World) -> None:
    """What was posted is looked at again, some days later."""
    world.clock.advance(days=2)
    with world.database.transaction() as db:
        ask_again(db, world.company(db), now=world.clock())
    quiet(world)


@pytest.mark.parametrize("number", ["1", None])
def test_a_second_execution_of_which_nobody_heard_is_shown(world: World, number: str | None) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number=number))
    office = Office(world)
    office.first_falls_asleep(with_set=2)
    office.second_updates()
    first = world.row("i-1").txn_id
    dies_with_it(world, office)
    world.hand_in(invoice("i-2", number="2"))
    quiet(world)
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.TWICE)
    assert not world.report().healthy
    say(world, "i-1", first)
    look_again_later(world)
    assert world.row("i-1").state is State.POSTED  # whoever was told of it knows


@pytest.mark.parametrize("voided", [False, True])
def test_it_is_shown_although_others_were_written_after_it(world: World, voided: bool) -> None:
    """And although ours is void by then."""
    office = posted_by_both(world)
    dies_with_it(world, office)
    if voided:
        world.void("i-1")
    world.clock.advance(hours=5)
    world.hand_in(invoice("i-2", number="2"))
    office.second_updates()
    look_again_later(world)
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.TWICE)


def test_which_one_is_left_is_shown(world: World) -> None:
    """A bookkeeper has seen two of them and deleted the one that is known here."""
    office = posted_by_both(world)
    known = str(world.row("i-1").txn_id)
    dies_with_it(world, office)
    person = Bookkeeper(world.books)
    person.delete(next(one for one in world.books.invoices if one.txn_id == known))
    world.hand_in(invoice("i-2", number="2"))
    quiet(world)
    (left,) = standing(world, "1")
    row = world.row("i-1")
    assert row.state is State.HELD
    assert left in str(row.message)
    say(world, "i-1", left)
    quiet(world)
    row = world.row("i-1")
    assert (row.state, row.txn_id) == (State.POSTED, left)


def test_excluded_meanwhile_and_executed_unheard_it_is_shown(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    office = Office(world)
    office.first_falls_asleep(with_set=2)
    undo = quickbooks_says(world, refusing("InvoiceAdd", 3210))
    office.second_updates()
    undo()
    world.exclude("i-1")
    dies_with_it(world, office)
    world.hand_in(invoice("i-2", number="2"))
    quiet(world)
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.OUTCOME_UNKNOWN)
    assert "excluded here" in str(row.message)
    say(world, "i-1", standing(world, "1")[0])
    quiet(world)
    assert world.row("i-1").state is State.POSTED
    assert len(standing(world, "1")) == 1


@pytest.mark.parametrize("number", ["1", None])
def test_looked_for_and_executed_after_that_it_does_not_leave_again(world: World, number: str | None) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number=number))
    before = len(world.books.invoices)
    office = Office(world)
    office.first_falls_asleep(with_set=2)
    for call in range(1, 9):
        world.clock.advance(minutes=10)
        with pytest.raises(ConnectorKilled):
            office.second_connector.update(Faults.of(WireFault(Break.KILLED_BEFORE, "sendRequestXML", call)))
        if may_leave(world, "i-1"):
            break
    dies_with_it(world, office)
    quiet(world)
    assert len(world.books.invoices) == before + 1
    assert world.row("i-1").state is State.POSTED


def test_the_clock_of_the_server_may_be_set_back(world: World) -> None:
    """What was sent may have been executed all the same, and what was revised since was revised."""
    known_names(world)
    world.clock.advance(hours=3)
    world.hand_in(invoice("i-1", number="1"))
    world.clock.advance(hours=-3)
    office = Office(world)
    office.first_falls_asleep(with_set=2)
    undo = quickbooks_says(world, refusing("InvoiceAdd", 3210))
    office.second_updates()
    undo()
    revise(world, invoice("i-1", number="2", amount="99.00"))
    dies_with_it(world, office)
    quiet(world)
    ours = [one for one in world.books.invoices if one.ref_number in ("1", "2")]
    assert [(one.ref_number, one.total) for one in ours] == [("2", Decimal("99.00"))]
    assert world.row("i-1").state is State.POSTED
