"""Answers questions about a shop: what was asked of each object and nothing else, page by page."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from qbwc_server.simulator.shop.filters import changed_since, matcher, number_of
from qbwc_server.simulator.shop.queries import Wanted
from qbwc_server.simulator.shop.store import LISTS, Node, Store

_SORTS = {
    "UPDATED_AT": "updatedAt",
    "CREATED_AT": "createdAt",
    "PROCESSED_AT": "transactionDate",
    "ISSUED_AT": "issuedAt",
    "OPENING_TIME_ASC": "openingTime",
    "CLOSING_TIME_ASC": "closingTime",
}
_SINGLE = ("order", "refund", "giftCard", "cashTrackingSession", "product", "customer", "location", "node")
_SCOPE_OF = {"order": "orders", "giftCard": "giftCards", "cashTrackingSession": "cashTrackingSessions"}
_MOST_ON_A_PAGE = 250
_MOST_COUNTED = 10_000
_COUNTS = {"customersCount": ("customers", ""), "productVariantsCount": ("products", "variants")}


class UnknownField(Exception):
    """Nothing of the name stands in the schema."""

    def __init__(self, name: str, kind: str) -> None:
        super().__init__(f"Field '{name}' doesn't exist on type '{kind}'")
        self.name, self.kind = name, kind


@dataclass
class Answering:
    """One answer in the making; ``errors`` collect beside the data.

    Args:
        denied: fields that this token is not given, wherever they stand.
        more: further fields of the shop's root.
    """

    store: Store
    denied: frozenset[str] = frozenset()
    more: Mapping[str, Callable[[Wanted], Any]] = field(default_factory=dict)
    errors: list[Node] = field(default_factory=list)

    def root(self, wanted: Sequence[Wanted]) -> Node:
        """The data."""
        return {one.name: self._root(one) for one in wanted}

    def _root(self, one: Wanted) -> Any:
        path: list[str | int] = [one.name]
        if one.name in self.more:
            return self._value(self.more[one.name](one), one, path)
        if one.name == "shop":
            return self._value(self.store.shop, one, path)
        if one.name == "currentAppInstallation":
            handles = [{"handle": scope} for scope in sorted(self.store.scopes)]
            return self._value({"accessScopes": handles}, one, path)
        if one.name == "shopifyPaymentsAccount":
            return self._payments(one, path)
        if one.name in _COUNTS:
            return self._count(one, path)
        if one.name == "nodes":
            found = [self.store.find(gid) for gid in one.arguments["ids"]]
            return [None if node is None else self.object(node, one.inside, path) for node in found]
        if one.name in _SINGLE:
            if self._refused(_SCOPE_OF.get(one.name, ""), path):
                return None
            return self._value(self.store.find(one.arguments["id"]), one, path)
        if one.name in LISTS:
            return None if self._refused(one.name, path) else self._listing(one, path)
        raise UnknownField(one.name, "QueryRoot")

    def _count(self, one: Wanted, path: list[str | int]) -> Node | None:
        """How many there are; without a limit of one's own, no more than 10,000 are counted."""
        name, inside = _COUNTS[one.name]
        if self._refused(name, path):
            return None
        number = sum(len(node[inside]) if inside else 1 for node in self.store.lists[name].values())
        limit = one.arguments.get("limit", _MOST_COUNTED)
        exact = limit is None or number <= int(limit)
        told = {"count": number if exact else int(limit), "precision": "EXACT" if exact else "AT_LEAST"}
        return self.object(told, one.inside, path)

    def _payments(self, one: Wanted, path: list[str | int]) -> Node | None:
        if self._refused("payouts", path) or self.store.balance is None:
            return None
        account = {"id": "gid://shopify/ShopifyPaymentsAccount/1", "activated": True, "balance": self.store.balance}
        account["defaultCurrency"] = self.store.shop["currencyCode"]
        return {
            below.name: self._listing(below, [*path, below.name])
            if below.name in LISTS
            else self._named(account, below, path)
            for below in one.inside
        }

    def _listing(self, one: Wanted, path: list[str | int]) -> Node:
        query = one.arguments.get("query")
        fits = matcher(query, whole_days=one.name == "customers")
        key = _SORTS.get(str(one.arguments.get("sortKey", "")), "")
        nodes = self.store.lists[one.name]
        if key == "updatedAt" and not one.arguments.get("reverse"):
            after, since = one.arguments.get("after"), changed_since(query) or ""
            behind = _place_of(after) if after else (since, -1)
            found = (node for node in nodes.changed(max(behind, (since, -1))) if fits(node))
            some = itertools.islice(found, int(one.arguments.get("first") or 0) + 1)
            return self._connection([(_place(node, key), node) for node in some], one, path)
        ordered = sorted(((_place(node, key), node) for node in nodes.values() if fits(node)), key=lambda two: two[0])
        if one.arguments.get("reverse"):
            ordered.reverse()
        return self._connection(ordered, one, path)

    def _connection(self, ordered: Sequence[tuple[tuple[str, int], Node]], one: Wanted, path: list[str | int]) -> Node:
        first = int(one.arguments.get("first") or 0)
        if not 0 < first <= _MOST_ON_A_PAGE:
            raise UnknownField("first: 1 to 250 is wanted", one.name)
        after = one.arguments.get("after")
        if after is not None:
            behind = _place_of(after)
            ordered = [entry for entry in ordered if entry[0] > behind]
        page = ordered[:first]
        told: Node = {}
        for below in one.inside:
            if below.name == "nodes":
                told["nodes"] = [
                    self.object(node, below.inside, [*path, "nodes", at]) for at, (_, node) in enumerate(page)
                ]
            elif below.name == "edges":
                told["edges"] = [
                    {"node": self.object(node, one.of_node, [*path, at])} for at, (_, node) in enumerate(page)
                ]
            elif below.name == "pageInfo":
                told["pageInfo"] = {
                    "hasNextPage": len(ordered) > len(page),
                    "endCursor": _cursor(page[-1][0]) if page else None,
                }
            else:
                raise UnknownField(below.name, f"{one.name} connection")
        return told

    def object(self, node: Mapping[str, Any], wanted: Sequence[Wanted], path: list[str | int]) -> Node:
        """What was asked of one object."""
        told: Node = {}
        for one in wanted:
            if not one.on:
                told[one.name] = self._named(node, one, path)
            elif node.get("__typename") in (None, one.name):
                some = [below for below in one.inside if node.get("__typename") or below.name in node]
                told.update(self.object(node, some, path))
        return told

    def _named(self, node: Mapping[str, Any], one: Wanted, path: list[str | int]) -> Any:
        if one.name not in node:
            raise UnknownField(one.name, str(node.get("__typename") or node.get("id") or "object"))
        path = [*path, one.name]
        if one.name in self.denied:
            self._deny(one.name, path)
            return None
        return self._value(node[one.name], one, path)

    def _value(self, value: Any, one: Wanted, path: list[str | int]) -> Any:
        if isinstance(value, list) and one.is_connection:
            return self._connection([(("", at), node) for at, node in enumerate(value)], one, path)
        if isinstance(value, list) and one.inside:
            return [self.object(node, one.inside, [*path, at]) for at, node in enumerate(value)]
        if isinstance(value, dict):
            if not one.inside:
                raise UnknownField(f"{one.name} (its fields are wanted)", str(value.get("id", "object")))
            return self.object(value, one.inside, path)
        return value

    def _refused(self, name: str, path: list[str | int]) -> bool:
        scope = LISTS[name][1] if name else ""
        if not scope or scope in self.store.scopes:
            return False
        self._deny(f"{path[-1]}", path, scope)
        return True

    def _deny(self, what: str, path: list[str | int], scope: str = "") -> None:
        more: Node = {"code": "ACCESS_DENIED", "documentation": "https://shopify.dev/api/usage/access-scopes"}
        if scope:
            more["requiredAccess"] = f"`{scope}` access scope."
        said = f"Access denied for {what} field."
        self.errors.append({"message": said, "path": path, "extensions": more})


def _place(node: Mapping[str, Any], key: str) -> tuple[str, int]:
    value = node.get(key) if key else None
    return ("" if value is None else str(value), number_of(node["id"]))


def _cursor(place: tuple[str, int]) -> str:
    return base64.b64encode(json.dumps(place).encode()).decode()


def _place_of(cursor: str) -> tuple[str, int]:
    text, number = json.loads(base64.b64decode(cursor))
    return text, number
