"""A company whose source says words."""

from __future__ import annotations

import pytest

from qbwc_server.db import Database
from tests.conftest import TurnableClock
from tests.qbwc_server.mapping.worded import Worded


@pytest.fixture
def shop(database: Database, clock: TurnableClock) -> Worded:
    """A company with two items in its list."""
    return Worded(database, clock)
