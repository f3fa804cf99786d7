"""A queue, on either database."""

from __future__ import annotations

import pytest

from qbwc_server.db import Database
from tests.conftest import TurnableClock
from tests.qbwc_server.queue.line import Line


@pytest.fixture
def line(database: Database, clock: TurnableClock) -> Line:
    """The queue of one company, empty."""
    return Line(database, clock)
