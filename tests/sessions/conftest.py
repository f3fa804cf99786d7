"""The world of a session test, on either database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qbwc_server.settings import Settings, load
from tests.conftest import TurnableClock
from tests.sessions.world import World


@pytest.fixture
def world(settings: Settings, clock: TurnableClock) -> Iterator[World]:
    """One company with its server and its simulated QuickBooks."""
    world = World(settings, clock)
    yield world
    world.database.engine.dispose()


@pytest.fixture
def sqlite_world(sqlite_url: str, clock: TurnableClock) -> Iterator[World]:
    """The same on SQLite only, for long tables of faults."""
    world = World(load(database_url=sqlite_url), clock)
    yield world
    world.database.engine.dispose()
