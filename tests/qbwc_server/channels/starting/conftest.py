"""A shop before its start."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.channels.connected import Connected
from tests.channels.contract import connected
from tests.channels.shop_upstream import ShopUpstream, shop_upstream
from tests.conftest import TurnableClock
from tests.qbwc_server.channels.starting.beginning import CHOSEN, Beginning

__all__ = ["connected"]


@pytest.fixture
def shop(clock: TurnableClock) -> Iterator[ShopUpstream]:
    """A shop on this machine."""
    with shop_upstream(clock) as upstream:
        yield upstream


@pytest.fixture
def beginning(connected: Connected, shop: ShopUpstream) -> Beginning:
    """It is connected, and its accounts are chosen."""
    return Beginning(connected, shop, **CHOSEN)
