"""Days of a shop over a change of clocks through the whole chain, with lost answers and killed processes.

``python -m bench.shop_month`` plays a whole month in steps of five minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from bench.shop_month import ShopMonth, begin_of
from qbwc_server.settings import load
from tests.channels.shop_upstream import ShopUpstream, shop_upstream
from tests.conftest import TurnableClock
from tests.sessions.world import World

SPRING, AUTUMN = date(2026, 3, 7), date(2026, 10, 31)  # the clocks change on the days after


@pytest.fixture
def shop(clock: TurnableClock) -> Iterator[ShopUpstream]:
    """A shop on this machine."""
    with shop_upstream(clock) as upstream:
        yield upstream


@pytest.mark.parametrize(
    ("first", "mode"), [(SPRING, "summary"), (AUTUMN, "detailed")], ids=["spring-summary", "autumn-detailed"]
)
def test_nothing_is_missing_and_nothing_doubled_and_each_account_is_right_on_each_day(
    shop: ShopUpstream, clock: TurnableClock, sqlite_url: str, tmp_path: Path, first: date, mode: str
) -> None:
    clock.moment = begin_of(first)
    settings = load(database_url=sqlite_url, private_upstreams=True, secrets_file=tmp_path / "keys")
    month = ShopMonth(first, 2, 40, mode, timedelta(hours=6), seed=3, breaks=3)
    assert month.play(World(settings, clock), settings, shop, clock) == []
    assert month.counts["runs killed"] >= 2
    assert month.counts["updates broken"] >= 2
    assert month.counts["documents posted"] >= 30
