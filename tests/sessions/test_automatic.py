"""What a connection brings reaches the books by itself, or says why it waits for a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from qbwc_server.channels.connections.finding import find_connection
from qbwc_server.channels.connections.running import run_connection
from qbwc_server.channels.connections.setting_up import Choices, add_connection
from qbwc_server.channels.feed.channel import FEED
from qbwc_server.settings import load
from tests.channels.feed_upstream import FeedUpstream, feed_upstream
from tests.channels.test_feed import sale
from tests.sessions.world import BY, World


@pytest.fixture
def feed() -> Iterator[FeedUpstream]:
    """A feed on this machine."""
    with feed_upstream() as feed:
        feed.key = "key"
        yield feed


def test_the_first_days_of_a_connection(world: World, feed: FeedUpstream, database_url: str, tmp_path: Path) -> None:
    settings = load(database_url=database_url, private_upstreams=True, secrets_file=tmp_path / "keys")
    options = {"address": feed.server.address, "name": "till", "key": "key"}
    with world.database.transaction() as db:
        choices = Choices(submits=True, limits={"documents_per_day": 2})
        number = add_connection(
            db, world.company(db), FEED, options, choices, settings=settings, by=BY, now=world.clock()
        ).id

    def runs() -> None:
        run_connection(world.database, world.code, number, settings=settings, by=BY, clock=world.clock)

    def stands(key: str) -> str:
        row = world.row(f"feed:till:{key}")
        return "in QuickBooks" if row.txn_id else row.reason or row.state.value

    for day, key in enumerate("abcd"):
        feed.put(key, world.clock() - timedelta(minutes=30), {**sale("5.00"), "date": f"2026-03-0{day + 1}"})
    runs()
    assert [stands(key) for key in "abcd"] == ["period_unknown"] * 4
    world.books.closing_date = date(2026, 3, 1)
    world.update()  # QuickBooks tells it
    runs()
    world.update()
    assert [stands(key) for key in "abcd"] == ["closing_date", "in QuickBooks", "in QuickBooks", "over_limit"]
    world.update()
    runs()
    assert stands("d") == "over_limit"
    world.clock.advance(days=1)
    runs()
    world.update()
    assert [stands(key) for key in "abcd"] == ["closing_date", *["in QuickBooks"] * 3]
    with world.database.reading() as db:
        assert find_connection(db, world.company(db).id, number).submits
