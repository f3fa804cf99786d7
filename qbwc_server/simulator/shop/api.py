"""The Admin API of a shop: versions, tokens, the throttle by cost, errors beside status 200, bulk operations."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from qbwc_server.simulator.shop import cash_days
from qbwc_server.simulator.shop.answering import Answering, UnknownField
from qbwc_server.simulator.shop.bulk import Bulk
from qbwc_server.simulator.shop.queries import BadQuestion, Question, Wanted, cost_of, read
from qbwc_server.simulator.shop.store import Node, Store

VERSIONS = ("2025-10", "2026-01", "2026-04", "2026-07", "2026-10")


@dataclass(frozen=True)
class Reply:
    """What goes back over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Bucket:
    """Points that may be asked for: ``most`` at once, ``rate`` more each second."""

    most: float = 2000.0
    rate: float = 100.0
    available: float = 2000.0
    at: datetime | None = None

    def take(self, cost: float, now: datetime) -> bool:
        """Take points, where there are enough."""
        if self.at is not None:
            self.available = min(self.most, self.available + self.rate * (now - self.at).total_seconds())
        self.at = now
        if self.available < cost:
            return False
        self.available -= cost
        return True

    def status(self) -> Node:
        """As an answer tells it."""
        return {"maximumAvailable": self.most, "currentlyAvailable": self.available, "restoreRate": self.rate}


@dataclass
class Api:
    """A shop that answers.

    Args:
        token: that is taken.
        address: where it stands; results of bulk operations are fetched there.
        versions: that are there, oldest first.
        most_cost: of one question.
        denied: fields that are not given to this token.
    """

    store: Store
    token: str
    address: str = ""
    versions: tuple[str, ...] = VERSIONS
    most_cost: int = 1000
    bucket: Bucket = field(default_factory=Bucket)
    denied: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)  # names of what was asked for
    bulk: Bulk = field(init=False)

    def __post_init__(self) -> None:
        self.bulk = Bulk(self.store)

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """The answer to a request of HTTP."""
        if method == "GET" and path.startswith("/bulk/"):
            return Reply(200, {"Content-Type": "application/jsonl"}, self.bulk.result(path))
        parts = path.strip("/").split("/")
        if method != "POST" or parts[:2] != ["admin", "api"] or len(parts) != 4 or parts[3] != "graphql.json":
            return _plain(404, "Not Found")
        sent = {name.casefold(): value for name, value in headers.items()}
        if sent.get("x-shopify-access-token") != self.token:
            return _plain(401, "[API] Invalid API key or access token (unrecognized login or wrong password)")
        if parts[2] > self.versions[-1]:
            return _plain(404, "Not Found")
        version = max(parts[2], self.versions[0])
        told = self._told(json.loads(body))
        return Reply(
            200,
            {"Content-Type": "application/json", "X-Shopify-API-Version": version},
            json.dumps(told).encode(),
        )

    def _told(self, sent: Mapping[str, Any]) -> Node:
        try:
            question = read(str(sent.get("query", "")), sent.get("variables") or {})
        except BadQuestion as error:
            return {"errors": [{"message": str(error), "extensions": {"code": "parseError"}}]}
        self.asked += [one.name for one in question.wanted]
        cost = cost_of(question.wanted)
        if cost > self.most_cost:
            said = f"Query cost is {cost}, which exceeds the single query max cost limit ({self.most_cost})."
            more = {"code": "MAX_COST_EXCEEDED", "cost": cost, "maxCost": self.most_cost}
            return {"errors": [{"message": said, "extensions": more}]}
        if not self.bucket.take(cost, self.store.clock()):
            throttled = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
            return {"errors": [throttled], "extensions": {"cost": self._cost(cost, None)}}
        return {**self._data(question), "extensions": {"cost": self._cost(cost, cost)}}

    def _data(self, question: Question) -> Node:
        more: dict[str, Callable[[Wanted], Any]] = {
            "bulkOperationRunQuery": self.bulk.start,
            "bulkOperation": self._operation,
            "cashManagementLocationSummary": partial(cash_days.of_place, self.store),
        }
        answering = Answering(self.store, self.denied, more)
        if question.kind == "mutation" and any(one.name != "bulkOperationRunQuery" for one in question.wanted):
            return {"errors": [{"message": "Nothing is changed here.", "extensions": {"code": "undefinedField"}}]}
        try:
            data = answering.root(question.wanted)
        except UnknownField as error:
            more_of_it = {"code": "undefinedField", "typeName": error.kind, "fieldName": error.name}
            return {"errors": [{"message": str(error), "extensions": more_of_it}]}
        return {"data": data, "errors": answering.errors} if answering.errors else {"data": data}

    def _operation(self, wanted: Any) -> Node:
        return self.bulk.operation(str(wanted.arguments["id"]), self.address)

    def _cost(self, requested: int, actual: int | None) -> Node:
        return {
            "requestedQueryCost": requested,
            "actualQueryCost": actual,
            "throttleStatus": self.bucket.status(),
        }


def _plain(status: int, said: str) -> Reply:
    return Reply(status, {"Content-Type": "application/json"}, json.dumps({"errors": said}).encode())
