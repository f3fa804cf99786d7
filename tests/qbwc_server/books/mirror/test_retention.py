"""Questions about lists live for two weeks; what was asked for documents stays, and so does what is not settled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from qbwc_server.books.mirror import retention
from qbwc_server.books.mirror.asking import ListPurpose
from qbwc_server.books.mirror.models import MirrorEntry
from qbwc_server.books.mirror.refreshing import refresh_lists
from qbwc_server.queue.models import MessageSet, Passenger, QueuedRequest
from qbwc_server.queue.states import RequestState
from qbwc_server.settings import Settings
from tests.conftest import TurnableClock
from tests.sessions.world import World, invoice


@pytest.fixture
def world(settings: Settings, clock: TurnableClock) -> Iterator[World]:
    made = World(settings, clock)
    made.update()
    yield made
    made.database.engine.dispose()


def _refresh(world: World) -> None:
    with world.database.transaction() as db:
        refresh_lists(db, world.company(db).id, now=world.clock())


def _drop(world: World) -> str:
    return retention.drop_list_requests(
        database=world.database, settings=world.settings, clock=world.clock, checkpoint=lambda: None
    )


def _asked(world: World) -> dict[RequestState, int]:
    about_lists = QueuedRequest.purpose.in_(tuple(ListPurpose))
    with world.database.reading() as db:
        query = select(QueuedRequest.state, func.count()).where(about_lists).group_by(QueuedRequest.state)
        return {state: number for state, number in db.execute(query)}  # noqa: C416  # rows are no pairs to mypy


def _sets(world: World) -> int:
    with world.database.reading() as db:
        return db.execute(select(func.count()).select_from(MessageSet)).scalar_one()


def _empty_sets(world: World) -> int:
    travelled = select(Passenger.request_id).where(Passenger.message_set_id == MessageSet.id)
    with world.database.reading() as db:
        return db.execute(select(func.count()).select_from(MessageSet).where(~travelled.exists())).scalar_one()


def test_settled_questions_go_with_their_sets_and_nothing_of_a_document(world: World) -> None:
    world.hand_in(invoice("i-1"))
    world.update()
    proof, before = world.proof("i-1").as_record(), _sets(world)
    _refresh(world)
    world.update()
    asked, after = _asked(world), _sets(world)
    assert set(asked) <= {RequestState.DONE, RequestState.FAILED}
    assert after > before
    with world.database.reading() as db:
        entries = db.execute(select(func.count()).select_from(MirrorEntry)).scalar_one()
    world.clock.advance(days=13)
    assert _drop(world) == ""
    _refresh(world)  # is not settled when the others go
    fresh = _asked(world)[RequestState.QUEUED]
    world.clock.advance(days=2)
    assert _drop(world) == f"Questions about lists dropped: {sum(asked.values())}."
    assert _asked(world) == {RequestState.QUEUED: fresh}
    assert before <= _sets(world) < after
    assert _empty_sets(world) == 0
    assert world.proof("i-1").as_record() == proof
    with world.database.reading() as db:
        assert db.execute(select(func.count()).select_from(MirrorEntry)).scalar_one() == entries
    world.update()
    assert RequestState.QUEUED not in _asked(world)  # reading goes on as if nothing had gone
    world.clock.advance(days=15)
    assert _drop(world) != ""
    assert _asked(world) == {}


def test_many_go_in_pieces(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qbwc_server.queue.retention._REQUESTS", 3)
    _refresh(world)
    world.update()
    world.clock.advance(days=15)
    pauses: list[int] = []
    left = sum(_asked(world).values())
    retention.drop_list_requests(
        database=world.database, clock=world.clock, checkpoint=lambda: pauses.append(sum(_asked(world).values()))
    )
    assert pauses == list(range(left - 3, -1, -3))
