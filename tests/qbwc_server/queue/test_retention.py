"""Old evidence is kept in short: every journey still shows, and what is not settled keeps its texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select, update

from qbwc_server.db import Database
from qbwc_server.queue import retention
from qbwc_server.queue.models import MessageSet, QueuedRequest
from qbwc_server.queue.retention import shorten_evidence
from qbwc_server.queue.states import Delivery, RequestState
from qbwc_server.settings import Settings, load
from tests.conftest import TurnableClock
from tests.sessions.world import World, invoice, losing

DAYS = 400


@pytest.fixture
def world(database_url: str, clock: TurnableClock) -> Iterator[World]:
    world = World(load(database_url=database_url, evidence_days=DAYS), clock)
    yield world
    world.database.engine.dispose()


def _shorten(world: World, checkpoint: Callable[[], None] = lambda: None) -> str:
    return shorten_evidence(
        database=world.database, settings=world.settings, clock=world.clock, checkpoint=checkpoint, due_at=world.clock()
    )


def _sets(database: Database) -> list[MessageSet]:
    with database.reading() as db:
        return list(db.scalars(select(MessageSet).order_by(MessageSet.sent_at, MessageSet.id)))


def _years_later(world: World, days: float = DAYS) -> None:
    """One company is at work all the time, so that the clock is believed."""
    world.clock.advance(days=days)
    world.hand_in(invoice(f"late-{world.clock():%Y%m%d%H%M%S}"))
    world.update()


def test_the_proof_still_shows_every_journey(world: World) -> None:
    world.hand_in(invoice("i-0"))
    world.update()
    world.hand_in(invoice("i-1", number="1001"))
    world.update(losing("InvoiceAddRs"))
    world.update()
    before, sets = world.proof("i-1").as_record(), {str(one.id): one for one in _sets(world.database)}
    _years_later(world)
    world.clock.advance(minutes=10)
    said = _shorten(world)
    assert said == f"Message sets shortened: {len(sets)}."
    after = world.proof("i-1").as_record()
    journeys = [journey for request in after["requests"] for journey in request["journeys"]]
    assert len(journeys) == 2
    for journey in journeys:
        was = sets[journey["message_set"]]
        assert journey["shortened_at"] == world.clock().isoformat()
        assert journey["set_digest"] == sha256(was.body.encode()).hexdigest()
        assert journey["answer_digest"] == (was.answer and sha256(was.answer.encode()).hexdigest())
        assert journey["answer"] is None
        assert journey["set_bytes"] == len(was.body) > 0
    gone = dict.fromkeys(("answer", "shortened_at", "set_digest", "answer_digest"))
    for record in (before, after):
        for request in record["requests"]:
            request["journeys"] = [journey | gone for journey in request["journeys"]]
    assert after == before  # requests with their texts, verdicts, ids, times, history
    assert {one.body for one in _sets(world.database)[: len(sets)]} == {""}
    assert _shorten(world) == ""


def test_what_is_younger_keeps_its_texts(world: World) -> None:
    world.hand_in(invoice("i-1"))
    world.update()
    sent = max(one.sent_at for one in _sets(world.database))
    texts = [(one.body, one.answer) for one in _sets(world.database)]
    _years_later(world, DAYS - 1)
    world.clock.moment = sent + timedelta(days=DAYS) - timedelta(seconds=60)
    _shorten(world)
    kept = [(one.body, one.answer) for one in _sets(world.database) if one.shortened_at is None]
    assert kept[: len(texts)][-1] == texts[-1]
    world.clock.moment = sent + timedelta(days=DAYS, microseconds=1)
    assert _shorten(world) != ""
    assert all(one.shortened_at for one in _sets(world.database)[: len(texts)])


@pytest.mark.parametrize("state", [state for state in RequestState if state in retention._OPEN])
def test_what_is_not_settled_keeps_its_texts_however_old_it_is(world: World, state: RequestState) -> None:
    world.hand_in(invoice("i-1"))
    world.update()
    (request,) = world.proof("i-1").requests
    _years_later(world)
    with world.database.transaction() as db:
        db.execute(update(QueuedRequest).where(QueuedRequest.message == "InvoiceAdd").values(state=state))
    world.clock.advance(minutes=10)
    _shorten(world)
    (request,) = world.proof("i-1").requests
    assert request.journeys[0].answer is not None
    with world.database.transaction() as db:
        db.execute(update(QueuedRequest).values(state=RequestState.DONE))
    _shorten(world)
    (request,) = world.proof("i-1").requests
    assert request.journeys[0].answer is None
    assert request.journeys[0].shortened_at is not None


def test_a_set_that_is_out_is_left_alone(world: World) -> None:
    world.hand_in(invoice("i-1"))
    world.update()
    _years_later(world)
    with world.database.transaction() as db:
        db.execute(
            update(MessageSet).where(MessageSet.id == _sets(world.database)[0].id).values(delivery=Delivery.IN_FLIGHT)
        )
    world.clock.advance(minutes=10)
    _shorten(world)
    first, *others = _sets(world.database)
    assert first.shortened_at is None
    assert first.body
    assert others[0].shortened_at is not None


def test_a_clock_that_runs_far_ahead_drops_nothing(world: World) -> None:
    world.hand_in(invoice("i-1"))
    world.update()
    world.clock.advance(days=365 * 5)
    assert _shorten(world) == ""
    assert all(one.shortened_at is None for one in _sets(world.database))


def test_it_goes_by_short_transactions_and_may_be_interrupted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_SETS", 2)
    for number in range(5):
        world.hand_in(invoice(f"i-{number}"))
        world.update()
    count = len(_sets(world.database))
    _years_later(world)
    world.clock.advance(minutes=10)
    passed: list[int] = []

    class Stop(Exception):
        pass

    def checkpoint() -> None:
        passed.append(sum(one.shortened_at is not None for one in _sets(world.database)))
        if len(passed) == 2:
            raise Stop

    with pytest.raises(Stop):
        _shorten(world, checkpoint)
    assert passed == [2, 4]
    assert _shorten(world) == f"Message sets shortened: {count - 4}."


def test_a_large_answer_goes_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_ANSWERS", 10)
    for number in range(3):
        world.hand_in(invoice(f"i-{number}"))
        world.update()
    count = len(_sets(world.database))
    _years_later(world)
    world.clock.advance(minutes=10)
    transactions: list[int] = []
    _shorten(world, lambda: transactions.append(1))
    assert len(transactions) == count


def test_revisions_and_questions_work_on_after_the_texts_are_gone(world: World) -> None:
    """What was written last is known from the requests, which keep their texts."""
    world.hand_in(invoice("i-1", number="1001"))
    world.update()
    _years_later(world)
    world.clock.advance(minutes=10)
    assert _shorten(world) != ""
    world.hand_in(invoice("i-1", number="1001", memo="Revised."), revise=True)
    world.update()
    assert world.proof("i-1").state == "posted"
    assert world.proof("i-1").requests[-1].state == "done"


def test_an_empty_database_has_nothing_to_drop(database: Database, settings: Settings, clock: TurnableClock) -> None:
    assert shorten_evidence(database=database, settings=settings, clock=clock, checkpoint=lambda: None) == ""
