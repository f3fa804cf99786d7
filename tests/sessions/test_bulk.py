"""Many documents at once reach the books, each once; what is there is not taken back, and what has not left is."""

from __future__ import annotations

from qbwc_server.bulk.asking import ask_for_bulk, ask_for_undo, items_of
from qbwc_server.bulk.doing import do_bulk
from qbwc_server.bulk.filters import Filter
from qbwc_server.documents.lifecycle import State
from qbwc_server.posting.submitting.hand_in import hand_in
from tests.sessions.world import BY, World, receipt


def does(world: World, bulk: int) -> dict[int, str]:
    do_bulk(world.database, bulk, clock=world.clock)
    with world.database.reading() as db:
        return {one.document_id: one.code or one.state.value for one in items_of(db, bulk, limit=500)}


def asks(world: World, code: str, origin: str) -> int:
    with world.database.transaction() as db:
        chosen = Filter(origin=origin)
        return ask_for_bulk(db, world.company(db), code, chosen, by=BY, now=world.clock()).id


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
