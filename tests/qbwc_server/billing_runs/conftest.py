"""A company with a distributor."""

from __future__ import annotations

import pytest

from qbwc_server.channels.registry import CHANNELS
from qbwc_server.db import Database
from tests.conftest import TurnableClock
from tests.qbwc_server.billing_runs.distributor import DISTRIBUTOR, Distributed


@pytest.fixture
def distributed(database: Database, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch) -> Distributed:
    """Its channel is known to the registry."""
    monkeypatch.setitem(CHANNELS, DISTRIBUTOR.code, DISTRIBUTOR)
    return Distributed(database, clock)
