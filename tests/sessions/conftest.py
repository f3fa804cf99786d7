"""The world of a session test, on either database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from qbwc_server.settings import Settings, load
from qbwc_server.tenancy import credentials
from tests.conftest import TurnableClock
from tests.sessions.world import World


@pytest.fixture(scope="package", autouse=True)
def _passwords_are_quick() -> Iterator[None]:
    """A login opens every session, and its 20 ms say nothing about posting."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(credentials, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


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
