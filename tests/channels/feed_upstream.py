"""A feed as it stands upstream: facts in their newest version, paged by the order in which they changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from tests.channels.upstream_server import Asked, Told, UpstreamServer, standing


class FeedUpstream:
    """What a feed offers: ``put`` makes or edits a fact."""

    def __init__(self) -> None:
        self.key = ""
        self.facts: dict[tuple[str, str], dict[str, Any]] = {}  # by stream and key
        self.heard: list[dict[str, Any]] = []  # what became of documents, as often as it was told
        self.not_taken: set[str] = set()  # groups of which the feed takes nothing
        self._sorted: dict[str, list[dict[str, Any]]] = {}
        self.server: UpstreamServer

    def put(
        self,
        key: str,
        changed_at: datetime,
        document: dict[str, Any] | None = None,
        *,
        stream: str = "sales",
        **more: Any,
    ) -> None:
        """Make a fact, or edit it; without a document it is deleted."""
        told = {"document": document} if document is not None else {"deleted": True}
        self.facts[stream, key] = {"key": key, "changed_at": changed_at.isoformat(), **told, **more}
        self._sorted.clear()

    def answer(self, asked: Asked) -> Told:
        """One page, or what a wrong key gets."""
        if self.key and asked.headers.get("Authorization") != f"Bearer {self.key}":
            said = {"error": {"message": f"The key {asked.headers.get('Authorization')} is wrong."}}
            return Told(401, {"Content-Type": "application/json"}, json.dumps(said).encode())
        name = asked.path.rpartition("/")[2]
        if name == "check":
            return Told(body=b'{"title": "Tea shop"}')
        if name == "told" and asked.method == "POST":
            return self._hear(json.loads(asked.body)["told"])
        return self._page(name, asked.params)

    def _hear(self, told: list[dict[str, Any]]) -> Told:
        wanted = [one for one in told if one["group"] not in self.not_taken]
        self.heard += wanted
        return Told(body=json.dumps({"taken": [one["key"] for one in wanted]}).encode())

    def _page(self, stream: str, params: Any) -> Told:
        if stream not in self._sorted:
            inside = [fact for (name, _), fact in self.facts.items() if name == stream]
            self._sorted[stream] = sorted(inside, key=_place)
        since = datetime.fromisoformat(params["since"]) if "since" in params else None
        until, limit = datetime.fromisoformat(params["until"]), int(params["limit"])
        after = tuple(params["after"].split("|")) if "after" in params else None
        found = [
            fact
            for fact in self._sorted[stream]
            if (since is None or _moment(fact) >= since)
            and _moment(fact) < until
            and (after is None or _cursor(fact) > after)
        ]
        page, more = found[:limit], len(found) > limit
        headers = {"Feed-Next": "|".join(_cursor(page[-1]))} if more else {}
        return Told(200, headers, "".join(json.dumps(fact) + "\n" for fact in page).encode())


def _moment(fact: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(fact["changed_at"])


def _place(fact: dict[str, Any]) -> tuple[datetime, str]:
    return _moment(fact), fact["key"]


def _cursor(fact: dict[str, Any]) -> tuple[str, str]:
    return _moment(fact).astimezone(UTC).isoformat(timespec="microseconds"), fact["key"]


@contextmanager
def feed_upstream() -> Iterator[FeedUpstream]:
    """A feed on this machine."""
    feed = FeedUpstream()
    with standing(feed.answer) as server:
        feed.server = server
        yield feed
