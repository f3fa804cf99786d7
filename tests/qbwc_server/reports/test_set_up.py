"""How far a company is connected: step by step, as sessions with the simulated QuickBooks go on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qbwc_server.books.mirror.refreshing import refresh_lists
from qbwc_server.books.models import CompanyFacts
from qbwc_server.list_kinds import ListKind
from qbwc_server.reports.set_up import Advice, SetUp, Step, StepState, set_up_of
from qbwc_server.settings import Settings
from tests.conftest import TurnableClock
from tests.sessions.world import World

DONE, WAITING, NOT_YET = StepState.DONE, StepState.WAITING, StepState.NOT_YET


@pytest.fixture
def world(settings: Settings, clock: TurnableClock) -> Iterator[World]:
    world = World(settings, clock)
    yield world
    world.database.engine.dispose()


def seen(world: World) -> SetUp:
    with world.database.reading() as db:
        return set_up_of(db, world.company(db))


def test_each_step_is_done_by_what_happens(world: World) -> None:
    before = seen(world)
    assert list(before.states.values()) == [WAITING, NOT_YET, NOT_YET, NOT_YET, NOT_YET]
    assert not before.settled
    world.update()
    met = seen(world)
    assert met.heard_at is not None
    assert (met.facts is not None, met.states[Step.ANSWERED], met.states[Step.CHECKED]) == (True, DONE, DONE)
    world.books.books.create("Customer", "Kern Lighting")
    with world.database.transaction() as db:
        refresh_lists(db, world.company(db).id, now=world.clock())
    world.update()
    read = seen(world)
    assert list(read.states.values()) == [DONE] * 5
    assert read.settled
    assert read.entries == {ListKind.CUSTOMER: 1, ListKind.ITEM: 0}


def test_what_is_worth_knowing_of_the_preferences(world: World) -> None:
    world.update()
    with world.database.transaction() as db:
        facts = db.get_one(CompanyFacts, world.company(db).id)
        facts.preferences = {"sales_tax": True, "class_tracking": True, "inventory": False, "multi_currency": False}
    assert seen(world).advice[-3:] == [Advice.NO_TAX_ITEM, Advice.CLASSES, Advice.NO_INVENTORY]
