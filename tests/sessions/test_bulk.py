"""Many documents at once reach the books, each once; what is there is not taken back, and what has not left is."""

from __future__ import annotations

import pytest

from qbwc_server.bulk.asking import ask_for_bulk, ask_for_undo, items_of
from qbwc_server.bulk.doing import do_bulk
from qbwc_server.bulk.filters import Filter
from qbwc_server.documents.lifecycle import Reason, State
from qbwc_server.posting.people.actions import allowed_actions
from qbwc_server.posting.submitting.hand_in import hand_in
from qbwc_server.simulator.bookkeeper import Bookkeeper
from tests.sessions.odd_quickbooks import quiet
from tests.sessions.people import revise
from tests.sessions.world import BY, World, invoice, receipt


def does(world: World, bulk: int) -> dict[int, str]:
    do_bulk(world.database, bulk, clock=world.clock)
    with world.database.reading() as db:
        return {one.document_id: one.code or one.state.value for one in items_of(db, bulk, limit=500)}


def asks(world: World, code: str, origin: str) -> int:
    with world.database.transaction() as db:
        chosen = Filter(origin=origin)
        return ask_for_bulk(db, world.company(db), code, chosen, by=BY, now=world.clock()).id


def takes_back(world: World, bulk: int) -> dict[int, str]:
    with world.database.transaction() as db:
        undo = ask_for_undo(db, world.company(db), bulk, by=BY, now=world.clock()).id
    return does(world, undo)


@pytest.mark.parametrize("since", ["void", "revised"])
def test_what_went_on_since_is_not_taken_back(world: World, since: str) -> None:
    """It is submitted again by then, but for something else."""
    with world.database.transaction() as db:
        hand_in(db, world.company(db), [invoice("i-1", number="1")], by=BY, now=world.clock(), submit_now=False)
    bulk = asks(world, "submit", "i-1")
    assert {*does(world, bulk).values()} == {"done"}
    quiet(world)
    world.clock.advance(minutes=1)
    if since == "void":
        world.void("i-1")
    else:
        revise(world, invoice("i-1", number="1", memo="second"))
    assert world.row("i-1").state is State.SUBMITTED
    assert {*takes_back(world, bulk).values()} == {"changed_since"}
    quiet(world)
    assert world.row("i-1").state is (State.WITHDRAWN if since == "void" else State.POSTED)
    assert world.books.invoices[0].values.get("memo") != "as sold"


def test_what_a_person_is_asked_is_not_answered_among_others(world: World) -> None:
    """Somebody edited it in QuickBooks: submitting it writes over that."""
    world.options(edits_in_quickbooks="hold")
    world.hand_in(invoice("i-1", number="1"), invoice("i-2", number="2", memo="as sold"))
    quiet(world)
    world.clock.advance(minutes=5)
    for txn in world.books.invoices:
        Bookkeeper(world.books).change(txn, memo="called")
    revise(world, invoice("i-1", number="1", memo="second"))
    world.void("i-2")
    quiet(world)
    assert {row.reason for row in world.rows(["i-1", "i-2"])} == {Reason.EDITED.value}
    assert allowed(world, "i-1") == ["submit"]
    assert allowed(world, "i-2") == ["submit", "keep"]
    assert {*does(world, asks(world, "submit", "i-")).values()} == {"document_state"}
    quiet(world)
    assert {one.values["memo"] for one in world.books.invoices} == {"called"}
    with world.database.transaction() as db:
        chosen = Filter(reason=Reason.EDITED.value)
        just_those = ask_for_bulk(db, world.company(db), "submit", chosen, by=BY, now=world.clock()).id
    assert {*does(world, just_those).values()} == {"done"}
    quiet(world)
    assert (world.row("i-1").state, world.row("i-2").state) == (State.POSTED, State.WITHDRAWN)


def allowed(world: World, origin: str) -> list[str]:
    return [action.code for action in allowed_actions(world.row(origin))]


def test_from_the_review_of_many_to_their_txn_ids(world: World) -> None:
    early, late = [f"early:{number}" for number in range(20)], ["late:1", "late:2"]
    with world.database.transaction() as db:
        documents = [receipt(origin, number=origin[:11]) for origin in (*early, *late)]
        hand_in(db, world.company(db), documents, by=BY, now=world.clock(), submit_now=False)
    first = asks(world, "submit", "early:")
    assert {*does(world, first).values()} == {"done"}
    world.update()
    assert len({row.txn_id for row in world.rows(early)} - {None}) == 20
    second = asks(world, "submit", "late:")
    does(world, second)
    for bulk, origins, result, state in (
        (first, early, "changed_since", State.POSTED),
        (second, late, "done", State.FOR_REVIEW),
    ):
        with world.database.transaction() as db:
            undo = ask_for_undo(db, world.company(db), bulk, by=BY, now=world.clock()).id
        assert {*does(world, undo).values()} == {result}
        assert {row.state for row in world.rows(origins)} == {state}
    world.update()
    assert [row.txn_id for row in world.rows(late)] == [None, None]
    assert len(world.books.books.transactions) == 20
