"""The feed stands what every channel has to stand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from qbwc_server.channels.feed.channel import FEED
from tests.channels.contract import ChannelContract, Source, connected
from tests.channels.feed_upstream import FeedUpstream, feed_upstream

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
