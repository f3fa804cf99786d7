"""A simulated feed: documents as JSON lines over HTTP, and what it hears of them; docs/channels.md describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from qbwc_server.simulator.serving import standing


@dataclass(frozen=True, slots=True)
class FeedFact:
    """A document as the feed tells it.

    Args:
        key: what it is called there.
        changed_at: since when it is so.
        document: a line of JSON Lines without its origin.
        stream: ``sales`` or ``payments``.
    """

    key: str
    changed_at: datetime
    document: Mapping[str, Any]
    stream: str = "sales"


@dataclass
class Feed:
    """What a feed holds, and what it has heard, as often as it was told."""

    title: str
    facts: Sequence[FeedFact]
    heard: list[dict[str, Any]] = field(default_factory=list)

    def get(self, path: str, asked: Mapping[str, str]) -> tuple[dict[str, str], bytes]:
        """Headers and body of one answer; the place behind which a page goes on is that of its last fact."""
        name = path.rpartition("/")[2]
        if name == "check":
            return {}, json.dumps({"title": self.title}).encode()
        since = datetime.fromisoformat(asked["since"]) if "since" in asked else None
        until, limit, after = datetime.fromisoformat(asked["until"]), int(asked["limit"]), asked.get("after", "")
        found = [
            fact
            for fact in sorted(self.facts, key=_place)
            if fact.stream == name
            and (since is None or fact.changed_at >= since)
            and fact.changed_at < until
            and _place(fact) > after
        ]
        page = found[:limit]
        headers = {"Feed-Next": _place(page[-1])} if len(found) > limit else {}
        return headers, "".join(_line(fact) for fact in page).encode()

    def hear(self, body: bytes) -> bytes:
        """Take all that is told; what is known by its key is passed over."""
        told: list[dict[str, Any]] = json.loads(body)["told"]
        known = {one["key"] for one in self.heard}
        self.heard += [one for one in told if one["key"] not in known]
        return json.dumps({"taken": [one["key"] for one in told]}).encode()


def _place(fact: FeedFact) -> str:
    return f"{fact.changed_at.isoformat(timespec='microseconds')}|{fact.key}"


def _line(fact: FeedFact) -> str:
    told = {"key": fact.key, "changed_at": fact.changed_at.isoformat(), "version": 1, "document": fact.document}
    return json.dumps(told) + "\n"


def serving_feed(feed: Feed) -> AbstractContextManager[str]:
    """The address on this machine where it answers, for as long as it is needed."""
    return standing(_Handler, feed=feed)


class _Handler(BaseHTTPRequestHandler):
    feed: Feed

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self._answer(*self.feed.get(parts.path, dict(parse_qsl(parts.query))))

    def do_POST(self) -> None:
        self._answer({}, self.feed.hear(self.rfile.read(int(self.headers.get("Content-Length", 0)))))

    def _answer(self, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(200)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
