"""Processes that get in each other's way, clocks that jump, and a server that breaks down."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from qbwc_server.connector import sets
from qbwc_server.connector.models import UpdateSessionRow
from qbwc_server.connector.operations import WebConnectorOperations
from qbwc_server.connector.text import Text
from qbwc_server.documents import store
from qbwc_server.documents.lifecycle import NotNow, Reason, State
from qbwc_server.posting.people.decide import decide
from qbwc_server.posting.people.exclude import exclude
from qbwc_server.posting.submitting.submit import lock, submit
from qbwc_server.queue.models import MessageSet
from qbwc_server.queue.states import Delivery
from qbwc_server.settings import load
from qbwc_server.simulator import Break, Faults, WireFault
from tests.conftest import TurnableClock
from tests.sessions.odd_quickbooks import (
    answered,
    known_names,
    lose_the_answer,
    numbers,
    quickbooks_says,
    quiet,
    refusing,
)
from tests.sessions.world import BY, World, invoice


@pytest.fixture
def postgres_world(postgres_url: str, clock: TurnableClock) -> Iterator[World]:
    """On the engine on which transactions run side by side."""
    world = World(load(database_url=postgres_url), clock)
    yield world
    world.database.engine.dispose()


def side_by_side(world: World, first: Callable[[Any, Any, Any], None], second: Callable[[Any, Any, Any], None]) -> Any:
    """Both read document i-1; then ``first`` acts and commits, and ``second`` acts on what it had read.

    Returns:
        What became of the second.
    """
    both_have_read = threading.Barrier(2)
    first_is_done = threading.Event()

    def one(act: Callable[[Any, Any, Any], None], wait: bool) -> None:
        with world.database.transaction() as db:
            company = world.company(db)
            row = store.by_origin(db, company.id, ["i-1"])["i-1"]
            both_have_read.wait(20)
            if wait:
                first_is_done.wait(20)
            act(db, company, row)
        first_is_done.set()

    with ThreadPoolExecutor(2) as pool:
        futures: list[Future[None]] = [pool.submit(one, first, False), pool.submit(one, second, True)]
        futures[0].result(30)
        return futures[1].exception(30)


def failed(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    undo = quickbooks_says(world, refusing("InvoiceAdd", 3205))
    quiet(world)
    undo()
    assert world.row("i-1").state is State.FAILED


def test_two_people_submit_the_same_document(postgres_world: World) -> None:
    world = postgres_world
    failed(world)

    def act(db: Any, company: Any, row: Any) -> None:
        submit(db, company, [row], by=BY, now=world.clock())

    assert isinstance(side_by_side(world, act, act), NotNow)
    quiet(world)
    assert numbers(world) == ["1", "W-1"]


def test_one_person_submits_what_another_excludes(postgres_world: World) -> None:
    world = postgres_world
    failed(world)

    def submitting(db: Any, company: Any, row: Any) -> None:
        submit(db, company, [row], by=BY, now=world.clock())

    def excluding(db: Any, company: Any, row: Any) -> None:
        exclude(db, company, row, by=BY, now=world.clock())

    assert isinstance(side_by_side(world, excluding, submitting), NotNow)
    quiet(world)
    assert numbers(world) == ["W-1"]


def test_two_people_decide_differently(postgres_world: World) -> None:
    world = postgres_world
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    lose_the_answer(world)
    undo = quickbooks_says(world, lambda request, quickbooks: answered(quickbooks(request), "InvoiceQuery", 3260))
    quiet(world)
    undo()
    assert world.row("i-1").reason == Reason.OUTCOME_UNKNOWN
    posted = next(one.txn_id for one in world.books.invoices if one.ref_number == "1")

    def there(db: Any, company: Any, row: Any) -> None:
        decide(db, company, row, posted_as=posted, by=BY, now=world.clock())

    def not_there(db: Any, company: Any, row: Any) -> None:
        decide(db, company, row, posted_as=None, by=BY, now=world.clock())

    assert isinstance(side_by_side(world, there, not_there), NotNow)
    quiet(world)
    assert numbers(world) == ["1", "W-1"]


def test_a_session_that_is_superseded_while_it_asks_gets_no_work(postgres_world: World) -> None:
    """The old connector's call waits for the lock in which the new one takes over."""
    world = postgres_world
    world.hand_in(invoice("i-1", number="1"))
    operations = WebConnectorOperations(world.database, world.settings, world.clock)
    old = operations.authenticate(world.code, world.password, "192.0.2.1")[0]
    world.clock.advance(minutes=10)
    hcp = hcp_of(world)
    given: list[str] = []

    def ask() -> None:
        given.append(operations.send_request_xml(old, Text.of(hcp), "", "US", 13, 0))

    with world.database.transaction() as db:
        company = world.company(db)
        lock(db, company)
        asking = threading.Thread(target=ask)
        asking.start()
        asking.join(1)  # it stands before the lock now
        session = db.query(UpdateSessionRow).filter_by(ended_at=None).one()
        session.ended_at = world.clock()
    asking.join(20)
    assert given == [""]
    with world.database.reading() as db:
        assert db.query(MessageSet).filter_by(delivery=Delivery.IN_FLIGHT).count() == 0


def hcp_of(world: World) -> str:
    world.books.open()
    try:
        return world.books.hcp_response(world.owner_id)
    finally:
        world.books.close()


# -- clocks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("back", [{"days": -1}, {"days": -400}])
def test_the_clock_of_the_server_is_set_back_while_a_session_is_open(world: World, back: dict[str, float]) -> None:
    world.hand_in(invoice("i-1", number="1"))
    world.update(Faults.of(WireFault(Break.REQUEST_LOST, "receiveResponseXML", 1)))
    world.clock.advance(**back)
    world.clock.advance(minutes=10)
    assert world.update(later=False).status_line != "Application Busy"
    quiet(world)
    assert numbers(world) == ["1"]


def test_a_step_back_of_a_minute_lets_nobody_in_between(world: World) -> None:
    world.hand_in(invoice("i-1", number="1"))
    world.update(Faults.of(WireFault(Break.REQUEST_LOST, "receiveResponseXML", 1)))
    world.clock.advance(minutes=-1)
    assert world.update(later=False).status_line == "Application Busy"


# -- a server that breaks down ----------------------------------------------------------------------------------


def test_a_break_down_of_the_server_shows_in_the_report(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("out of order")

    world.hand_in(invoice("i-1", number="1"))
    monkeypatch.setattr(sets, "look_for", broken)
    report = world.update()
    assert not report.ok
    shown = world.report()
    assert not shown.healthy
    assert "problem of its own" in " ".join(shown.lines())
    assert "All is well" not in " ".join(shown.lines())
    monkeypatch.undo()
    quiet(world)
    assert world.report().healthy
    assert numbers(world) == ["1"]
