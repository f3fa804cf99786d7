"""The feed of a demo: a system of one's own that offers its documents over HTTP, and is told what became of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from qbwc_server import clock
from qbwc_server.channels.connections.finding import connections_of
from qbwc_server.channels.connections.models import ToldBack
from qbwc_server.channels.connections.running import run_connection
from qbwc_server.channels.connections.setting_up import Choices, add_connection, change_connection
from qbwc_server.channels.feed.channel import FEED
from qbwc_server.channels.tellings import Became
from qbwc_server.cli.demo_folder import COMPANY
from qbwc_server.db import Database
from qbwc_server.settings import Settings
from qbwc_server.simulator.feed import Feed, FeedFact, serving_feed
from qbwc_server.tenancy import companies
from qbwc_server.tenancy.actor import Actor

NAME = "market-stall"


def _sale(number: int, item: str, quantity: int, amount: str) -> dict[str, Any]:
    line = {"item": item, "quantity": quantity, "amount": amount}
    return {"kind": "sales_receipt", "number": f"M-{number}", "date": "2026-03-07", "customer": "Market Stall",
            "lines": [line], "total": amount}  # fmt: skip


FACTS = (
    FeedFact("1", datetime(2026, 3, 7, 17, 5, tzinfo=UTC), _sale(1, "Coffee Beans 1kg", 3, "57.00")),
    FeedFact("2", datetime(2026, 3, 7, 17, 9, tzinfo=UTC), _sale(2, "Filter Papers", 10, "40.00")),
)


@dataclass(frozen=True)
class DemoFeed:
    """What the feed of a demo was told last of each of its documents, and what of it is not as it should be."""

    told: list[dict[str, Any]]
    deviations: list[str]


class FeedOfDemo:
    """The feed at work: ``run`` asks it, and tells it what became of what it brought."""

    def __init__(self, database: Database, settings: Settings, connection: int, feed: Feed, by: Actor) -> None:
        self._database, self._settings, self._connection, self._feed = database, settings, connection, feed
        self._by = by

    def run(self) -> None:
        """Ask it once."""
        run_connection(self._database, COMPANY, self._connection, settings=self._settings, by=self._by, clock=clock.now)

    def told(self) -> DemoFeed:
        """Ask once more, now that QuickBooks has answered, and say what the feed knows then."""
        self.run()
        with self._database.reading() as db:
            rows = db.scalars(select(ToldBack).where(ToldBack.connection_id == self._connection)).all()
            waiting = [row.origin for row in rows if row.waits]
            brought = len(rows)
        return DemoFeed(self._feed.heard, list(_deviations(self._feed.heard, waiting, brought)))


def _deviations(heard: list[dict[str, Any]], waiting: list[str], brought: int) -> Iterator[str]:
    if brought != len(FACTS):
        yield f"Not {len(FACTS)} but {brought} documents of the feed have come to an end."
    for origin in waiting:
        yield f"The feed has not been told what became of {origin}."
    last = {one["origin"]: one["became"] for one in heard}  # a demo that is continued has nothing new to tell
    for origin, became in last.items():
        if became != Became.POSTED:
            yield f"The feed was told at last that {origin} is {became.replace('_', ' ')}."


@contextmanager
def feed_of(database: Database, settings: Settings, *, by: Actor) -> Iterator[FeedOfDemo]:
    """The feed, connected, for as long as the demo lasts."""
    feed = Feed("Market stall", FACTS)
    with serving_feed(feed) as address:
        options = {"address": address, "name": NAME, "tell_back": True}
        with database.transaction() as db:
            company = companies.find_company(db, COMPANY)
            known = [row for row in connections_of(db, company.id) if row.channel == FEED.code]
            now = clock.now()
            if known:
                change_connection(db, known[0], options, Choices(submits=True), settings=settings, by=by, now=now)
                connection = known[0].id
            else:
                choices = Choices(title="Market stall", submits=True)
                connection = add_connection(db, company, FEED, options, choices, settings=settings, by=by, now=now).id
        yield FeedOfDemo(database, settings, connection, feed, by)
