"""The declaration of the feed."""

from __future__ import annotations

from datetime import timedelta

from qbwc_server.channels.contract import Channel, LiveCheck, Stream
from qbwc_server.channels.feed.client import pull, try_key
from qbwc_server.channels.feed.drafts import draft
from qbwc_server.channels.feed.options import FeedOptions
from qbwc_server.channels.feed.push import push

FEED = Channel(
    code="feed",
    title="Feed of documents (JSON lines)",
    brings="Documents of any kind that a system of your own offers as JSON lines over HTTP.",
    needs="The address of the feed, a short name for it, and its key where it wants one.",
    options=FeedOptions,
    streams=(
        Stream("sales", "Sales and what else are documents", overlap=timedelta(minutes=10)),
        Stream("payments", "Payments", overlap=timedelta(minutes=10)),
    ),
    pull=pull,
    draft=draft,
    account=lambda options: options.name,
    words=lambda options: options.kinds,
    every_minutes=5,
    push=push,
    pushes=lambda options: options.tell_back,
    checks=(LiveCheck("key", "Try the address and the key", try_key),),
)
