"""A shop on this machine, and a client of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import stamina

from qbwc_server.channels.http import Upstream
from qbwc_server.channels.shopify.admin.client import AdminClient
from qbwc_server.channels.shopify.admin.options import ShopOptions
from tests.channels.shop_upstream import ShopUpstream, shop_upstream
from tests.conftest import TurnableClock


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture
def shop(clock: TurnableClock) -> Iterator[ShopUpstream]:
    """A shop."""
    with shop_upstream(clock) as found:
        yield found


@pytest.fixture
def paused() -> list[float]:
    """The pauses that were made, in seconds."""
    return []


@pytest.fixture
def upstream(clock: TurnableClock, paused: list[float]) -> Iterator[Upstream]:
    """Calls; a pause turns the clock."""

    def sleep(seconds: float) -> None:
        paused.append(seconds)
        clock.advance(seconds=seconds)

    with Upstream(private=True, clock=clock, sleep=sleep) as found:
        yield found


@pytest.fixture
def options(shop: ShopUpstream) -> ShopOptions:
    """Where the shop stands."""
    told = {"shop": shop.server.address, "token": shop.api.token, "page_size": 3, "first_import_in_bulk": False}
    return ShopOptions.model_validate({**told, "documents": "detailed"})


@pytest.fixture
def opened(options: ShopOptions, upstream: Upstream) -> Callable[[], AdminClient]:
    """Greets the shop as it is by now."""
    return lambda: AdminClient.open(options, upstream)
