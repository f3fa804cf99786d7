"""A company with the scripted channel."""

from __future__ import annotations

from pathlib import Path

import pytest

from qbwc_server.channels.registry import CHANNELS
from qbwc_server.db import Database
from qbwc_server.settings import load
from tests.channels.connected import Connected
from tests.conftest import TurnableClock
from tests.qbwc_server.channels.scripted import Script


@pytest.fixture
def connected(database: Database, database_url: str, clock: TurnableClock, tmp_path: Path) -> Connected:
    """A company without connections."""
    settings = load(database_url=database_url, private_upstreams=True, secrets_file=tmp_path / "keys")
    return Connected(database, settings, clock)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Script:
    """The scripted channel, known to the registry."""
    script = Script()
    monkeypatch.setitem(CHANNELS, "scripted", script.channel)
    return script


@pytest.fixture
def connection(connected: Connected, script: Script) -> int:
    """A connection of it."""
    return connected.add(script.channel, {})
