"""A set that is out keeps other connectors away by its own age, however its session ended."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from qbwc_server.connector.models import UpdateSessionRow
from qbwc_server.connector.operations import WebConnectorOperations
from qbwc_server.connector.sessions import close_silent_sessions
from qbwc_server.db import Database
from qbwc_server.documents.lifecycle import State
from qbwc_server.queue.lane import take_lane
from qbwc_server.queue.models import MessageSet
from qbwc_server.settings import load
from tests.conftest import TurnableClock
from tests.sessions.odd_quickbooks import quiet
from tests.sessions.test_attacks import at_a_write
from tests.sessions.wire import Wire
from tests.sessions.world import World, invoice

OTHER = "198.51.100.9"
PATIENCE = 300  # seconds, session_timeout_s


def out(world: World) -> tuple[Wire, str, str]:
    """A connector that has just been given an invoice to write."""
    world.hand_in(invoice("i-1", number="1"))
    wire = Wire(world)
    return wire, *at_a_write(wire)


def executed_late(world: World, request: str) -> None:
    """The first PC's QuickBooks finishes at last, and nobody is left to tell."""
    Wire(world).quickbooks(request)


def once(world: World) -> None:
    quiet(world)
    assert len(world.books.invoices) == 1
    assert world.row("i-1").state is State.POSTED


@pytest.mark.parametrize("address", ["192.0.2.7", OTHER], ids=["same-address", "elsewhere"])
def test_a_closed_session_lets_nobody_in_while_its_set_may_be_executed(world: World, address: str) -> None:
    first, ticket, request = out(world)
    first.close(ticket)
    second = Wire(world, address)
    for seconds in (1, 100, PATIENCE - 102):
        world.clock.advance(seconds=seconds)
        assert second.authenticate() == ["", "busy"]
    executed_late(world, request)
    world.clock.advance(seconds=1)
    assert second.authenticate()[0]
    world.clock.advance(minutes=10)
    once(world)


def test_its_age_counts_from_when_it_was_last_heard_of(world: World) -> None:
    first, ticket, request = out(world)
    world.clock.advance(seconds=PATIENCE - 1)
    first.close(ticket)
    world.clock.advance(seconds=PATIENCE - 1)
    assert Wire(world, OTHER).authenticate() == ["", "busy"]
    executed_late(world, request)
    world.clock.advance(seconds=1)
    assert Wire(world, OTHER).authenticate()[0]
    world.clock.advance(minutes=10)
    once(world)


@pytest.mark.parametrize("code", ["0x80040402", "0x800706BE", "nonsense"])
def test_a_failed_call_does_not_prove_that_quickbooks_stopped(world: World, code: str) -> None:
    first, ticket, request = out(world)
    while first.receive(ticket, "", code, "No.") >= 0:
        first.receive(ticket, "", code, "No.")
    first.close(ticket)
    world.clock.advance(seconds=1)
    assert Wire(world, OTHER).authenticate() == ["", "busy"]
    executed_late(world, request)
    world.clock.advance(seconds=PATIENCE)
    once(world)


@pytest.mark.parametrize("code", ["0x80040417", "0x80040403"])
def test_what_certainly_did_not_happen_keeps_nobody_waiting(world: World, code: str) -> None:
    first, ticket, _ = out(world)
    assert first.receive(ticket, "", code, "No.") < 0
    first.close(ticket)
    assert Wire(world, OTHER).authenticate()[0]
    world.clock.advance(minutes=10)
    once(world)


def test_an_answer_ends_the_waiting_however_late_it_comes(world: World) -> None:
    first, ticket, request = out(world)
    first.close(ticket)
    assert Wire(world, OTHER).authenticate() == ["", "busy"]
    first.receive(ticket, first.quickbooks(request))
    world.hand_in(invoice("i-2", number="2"))
    assert Wire(world, OTHER).authenticate()[0]
    world.clock.advance(minutes=10)
    quiet(world)
    assert sorted(str(one.ref_number) for one in world.books.invoices) == ["1", "2"]


def test_a_session_that_ended_in_good_order_keeps_nobody_waiting(world: World) -> None:
    world.hand_in(invoice("i-1", number="1"))
    wire = Wire(world)
    ticket = wire.login()
    assert wire.finish(ticket)[-1] == 100
    wire.close(ticket)
    world.hand_in(invoice("i-2", number="2"))
    assert Wire(world, OTHER).authenticate()[0]


def test_the_job_that_ends_silent_sessions_opens_no_door(world: World) -> None:
    _, _, request = out(world)
    world.clock.advance(seconds=PATIENCE - 1)
    assert close_silent_sessions(database=world.database, settings=world.settings, clock=world.clock) == ""
    assert Wire(world, OTHER).authenticate() == ["", "busy"]
    with world.database.transaction() as db:  # ended all the same, by whatever
        db.query(UpdateSessionRow).filter_by(ended_at=None).one().ended_at = world.clock()
    assert Wire(world, OTHER).authenticate() == ["", "busy"]
    executed_late(world, request)
    world.clock.advance(seconds=1)
    once(world)


def test_a_call_under_way_is_not_overtaken_by_the_job(postgres_url: str, clock: TurnableClock) -> None:
    """The set leaves in the very moment in which the job looks: the session goes on, or the set does not leave."""
    world = World(load(database_url=postgres_url), clock)
    world.hand_in(invoice("i-1", number="1"))
    operations = WebConnectorOperations(world.database, world.settings, world.clock)
    wire = Wire(world)
    ticket = wire.login()
    world.clock.advance(seconds=61)  # silent long enough for the job
    world.books.open()
    hcp = world.books.hcp_response(world.owner_id)
    world.books.close()
    sent: list[str] = []
    calling = threading.Thread(target=lambda: sent.append(wire.send(ticket, hcp)))
    with world.database.transaction() as db:
        take_lane(db, world.company(db).id)
        calling.start()
        calling.join(0.5)  # the call stands before the lane
        said = close_silent_sessions(database=world.database, settings=world.settings, clock=world.clock)
        assert said == ""  # so does the job, which does not wait
    calling.join(20)
    assert sent != [""]
    with world.database.reading() as db:
        owed = db.query(MessageSet).filter_by(delivery="in_flight").one()
        assert db.get_one(UpdateSessionRow, owed.session_id).ended_at is None
    assert operations.authenticate(world.code, world.password, OTHER) == ["", "busy"]
    world.database.engine.dispose()


def test_hosts_whose_clocks_differ_agree_by_the_clock_of_the_database(postgres_url: str) -> None:
    """Without a clock of the test each host asks the database."""
    one, two = (Database(postgres_url) for _ in range(2))
    hosts = [WebConnectorOperations(database, load(database_url=postgres_url)) for database in (one, two)]
    one.now._local = lambda: 0.0  # this host believes that it is 1970
    moments = [host._now() for host in hosts]
    assert abs(moments[0] - moments[1]) < timedelta(seconds=60)
    for database in (one, two):
        database.engine.dispose()
