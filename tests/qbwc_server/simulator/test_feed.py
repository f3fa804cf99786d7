"""The simulated feed pages as docs/channels.md says, and knows what it has heard."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from qbwc_server.channels.contract import Page, Window
from qbwc_server.channels.feed.client import pull, try_key
from qbwc_server.channels.feed.options import FeedOptions
from qbwc_server.channels.feed.push import push
from qbwc_server.channels.http import Upstream
from qbwc_server.channels.tellings import Became, Telling
from qbwc_server.simulator.feed import Feed, FeedFact, serving_feed

AT = datetime(2026, 3, 7, 17, tzinfo=UTC)


def test_its_pages_hold_everything_once_and_a_telling_is_known_by_its_key() -> None:
    document = {"kind": "sales_receipt"}
    facts = [FeedFact(str(number), AT + timedelta(minutes=number), document) for number in range(5)]
    feed = Feed("Stall", [*facts, FeedFact("paid", AT, document, "payments")])
    telling = Telling("1-1-a", "feed:stall:1", "1", Became.POSTED, AT, "sales_receipt", 1)
    with serving_feed(feed) as address, Upstream(private=True) as upstream:
        options = FeedOptions(address=address, name="stall", page_size=2)
        pages = list(pull(options, upstream, Window("sales", AT + timedelta(minutes=1), AT + timedelta(minutes=4))))
        assert [[fact.key for fact in page.facts] for page in pages if isinstance(page, Page)] == [["1", "2"], ["3"]]
        assert "Stall" in try_key(options, upstream)
        for _ in range(2):
            assert list(push(options, upstream, [telling])) == ["1-1-a"]
    assert feed.heard == [json.loads(json.dumps(telling.as_record()))]
