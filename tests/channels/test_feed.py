"""The feed stands what every channel has to stand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from qbwc_server.channels.contract import Page, Window
from qbwc_server.channels.feed.channel import FEED
from qbwc_server.channels.feed.client import pull
from qbwc_server.channels.feed.options import FeedOptions
from qbwc_server.channels.http import Upstream
from qbwc_server.channels.tellings import Telling
from tests.channels.connected import Connected
from tests.channels.contract import ChannelContract, Source, connected
from tests.channels.feed_upstream import FeedUpstream, feed_upstream
from tests.channels.two_way import TwoWayContract, TwoWaySource
from tests.channels.upstream_server import Told, standing
from tests.conftest import TurnableClock

__all__ = ["connected"]


def sale(amount: str, **more: Any) -> dict[str, Any]:
    """A document as a feed tells it."""
    lines = [{"item": "Tea", "amount": amount}]
    return {"kind": "sales_receipt", "date": "2026-03-02", "customer": "Ann", "lines": lines, **more}


class FeedSource:
    """A feed under test: three facts on a page."""

    channel = FEED

    def __init__(self, feed: FeedUpstream) -> None:
        self.feed, self.server = feed, feed.server
        feed.key = "first-key"

    def options(self) -> dict[str, object]:
        """Where it stands."""
        return {"address": self.server.address, "name": "tea-shop", "key": self.feed.key, "page_size": 3}

    def sale(self, key: str, amount: str, changed_at: datetime) -> None:
        """Make or edit a sale."""
        self.feed.put(key, changed_at, sale(amount))

    def delete(self, key: str, changed_at: datetime) -> None:
        """Delete it."""
        self.feed.put(key, changed_at)

    def origin(self, key: str) -> str:
        """The origin of its document."""
        return f"feed:tea-shop:{key}"

    def options_to_be_told(self) -> dict[str, object]:
        """The same, and it wants to know."""
        return {**self.options(), "tell_back": True}

    def heard(self) -> list[Telling]:
        """What it was told, as often as that was."""
        return [Telling.of(one) for one in self.feed.heard]

    def take_nothing_of(self, *keys: str) -> None:
        """Take nothing that is told of these."""
        self.feed.not_taken = set(keys)

    def refuse_the_key(self) -> dict[str, object]:
        """Want another key."""
        self.feed.key = "second-key"
        return {"key": "second-key"}


class TestFeed(ChannelContract):
    """Every story, told of the feed."""

    @pytest.fixture
    def source(self) -> Iterator[Source]:
        """A feed on this machine."""
        with feed_upstream() as feed:
            yield FeedSource(feed)


class TestFeedIsTold(TwoWayContract):
    """Every story of what is told back, told of the feed."""

    @pytest.fixture
    def source(self) -> Iterator[TwoWaySource]:
        """A feed on this machine."""
        with feed_upstream() as feed:
            yield FeedSource(feed)


def test_a_feed_that_does_not_say_what_it_took_is_told_again(connected: Connected) -> None:
    with feed_upstream() as feed:
        feed.put("a", connected.clock() - timedelta(minutes=1), sale("1.00"))
        number = connected.add(FEED, {"address": feed.server.address, "name": "tea", "tell_back": True})
        feed.server.faults.extend([None, None, lambda told: Told(body=b'{"taken": 1}')])
        report = connected.run(number)
        assert report.notice is not None
        assert report.notice.code == "answer_unreadable"
        connected.run(number)
        assert len({one["key"] for one in feed.heard}) == 1
        assert len(feed.heard) == 2


def test_a_feed_that_does_not_want_to_know_is_told_nothing(connected: Connected) -> None:
    with feed_upstream() as feed:
        feed.put("a", connected.clock() - timedelta(minutes=1), sale("1.00"))
        number = connected.add(FEED, {"address": feed.server.address, "name": "tea"})
        connected.run(number)
        assert [asked.method for asked in feed.server.asked if asked.method == "POST"] == []


def test_what_is_edited_twice_in_a_second_stands_as_it_was_told_last(connected: Connected) -> None:
    """A feed whose clock counts seconds, and that counts no versions."""
    with feed_upstream() as feed:
        feed.key = "key"
        number = connected.add(FEED, {"address": feed.server.address, "name": "tea-shop", "key": "key"})
        at = connected.clock().replace(microsecond=0) - timedelta(minutes=1)
        for amount in ("1.00", "2.00", "3.00", "4.00", "5.00", "6.00"):
            feed.put("a", at, sale(amount))
            connected.run(number)
            assert [total for _, total, _ in connected.documents().values()] == [amount]


def told_page(*facts: tuple[str, datetime]) -> bytes:
    lines = [{"key": key, "changed_at": moment.isoformat(), "document": sale("1.00")} for key, moment in facts]
    return "".join(f"{json.dumps(line)}\n" for line in lines).encode()


@pytest.mark.parametrize("second", [timedelta(days=900), timedelta(hours=-1)])
def test_a_feed_in_no_order_says_of_no_page_that_all_before_it_is_told(second: timedelta, clock: TurnableClock) -> None:
    """A fact that is dated too late stands before others: were the mark moved there, a crash would lose those."""
    now = clock()
    pages = {"": told_page(("a", now - timedelta(minutes=9)), ("b", now + second)), "1": told_page(("c", now))}
    with standing(lambda asked: Told(200, *_page(pages, asked.params.get("after", "")))) as server:
        options = FeedOptions(address=server.address, name="tea")
        with Upstream(private=True) as upstream:
            first, last = pull(options, upstream, Window("sales", None, now))
    assert isinstance(first, Page)
    assert isinstance(last, Page)
    assert (first.complete_until, last.complete_until) == (None, now)


def _page(pages: dict[str, bytes], after: str) -> tuple[dict[str, str], bytes]:
    return ({} if after else {"Feed-Next": "1"}), pages[after]
