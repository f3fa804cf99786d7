"""Bulk operations: a question over all of a list, answered as JSON lines that name their parents."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from qbwc_server.simulator.shop.answering import Answering
from qbwc_server.simulator.shop.filters import matcher
from qbwc_server.simulator.shop.orders import stamp
from qbwc_server.simulator.shop.queries import BadQuestion, Wanted, read
from qbwc_server.simulator.shop.store import Node, Store, by_number

_MOST_CONNECTIONS = 5
_MOST_LEVELS = 2


@dataclass
class Bulk:
    """The bulk operations of a shop.

    Args:
        polls: how often an operation is asked for before it is done.
        fails: whether operations fail, with a part of what was asked for.
    """

    store: Store
    polls: int = 2
    fails: bool = False
    operations: dict[str, tuple[Wanted, list[int]]] = field(default_factory=dict)

    def start(self, wanted: Wanted) -> Node:
        """Begin one."""
        try:
            question = read(str(wanted.arguments["query"]), {})
            _look(question.wanted)
        except BadQuestion as error:
            return {"bulkOperation": None, "userErrors": [{"field": ["query"], "message": str(error)}]}
        gid = f"gid://shopify/BulkOperation/{len(self.operations) + 1}"
        self.operations[gid] = question.wanted[0], [self.polls]
        begun = {"id": gid, "status": "CREATED", "createdAt": stamp(self.store.clock())}
        return {"bulkOperation": begun, "userErrors": []}

    def operation(self, gid: str, address: str) -> Node:
        """How far one is."""
        wanted, left = self.operations[gid]
        left[0] -= 1
        status = "RUNNING" if left[0] >= 0 else "FAILED" if self.fails else "COMPLETED"
        url = f"{address}/bulk/{gid.rpartition('/')[2]}"
        empty = next(self._nodes(wanted), None) is None
        return {
            "id": gid,
            "status": status,
            "errorCode": "TIMEOUT" if status == "FAILED" else None,
            "objectCount": str(len(self.store.lists[wanted.name])),
            "url": url if status == "COMPLETED" and not empty else None,
            "partialDataUrl": url if status == "FAILED" else None,
        }

    def result(self, path: str) -> bytes:
        """The lines."""
        wanted, _ = self.operations[f"gid://shopify/BulkOperation/{path.rpartition('/')[2]}"]
        nodes = list(self._nodes(wanted))
        some = nodes[: len(nodes) // 2] if self.fails else nodes
        lines = (line for node in some for line in _lines(self.store, node, wanted.of_node, None))
        return "".join(f"{json.dumps(line)}\n" for line in lines).encode()

    def _nodes(self, wanted: Wanted) -> Iterator[Node]:
        fits = matcher(wanted.arguments.get("query"))
        yield from sorted((node for node in self.store.lists[wanted.name].values() if fits(node)), key=by_number)


def _look(wanted: Sequence[Wanted]) -> None:
    """Whether it is a question for a bulk operation. Raises BadQuestion."""
    connections = list(_connections(wanted, 0, in_list=False))
    if not connections or len(connections) > _MOST_CONNECTIONS:
        raise BadQuestion("One to five connections can be asked for in bulk.")
    if max(connections) > _MOST_LEVELS:
        raise BadQuestion("Connections are nested at most two levels deep.")


def _connections(wanted: Sequence[Wanted], level: int, *, in_list: bool) -> Iterator[int]:
    for one in wanted:
        if one.is_connection:
            if in_list:
                raise BadQuestion(f"A connection within a list is not asked for in bulk: {one.name}.")
            if any(below.name == "nodes" for below in one.inside):
                raise BadQuestion("A bulk operation asks for edges.")
            if level and not any(below.name == "id" for below in one.of_node):
                raise BadQuestion(f"Nodes of {one.name} need their id.")
            yield level
            yield from _connections(one.of_node, level + 1, in_list=False)
        else:
            yield from _connections(one.inside, level, in_list=in_list or one.name in ("refunds", "fulfillments"))


def _lines(store: Store, node: Mapping[str, Any], wanted: Sequence[Wanted], parent: str | None) -> Iterator[Node]:
    connections = [one for one in wanted if one.is_connection]
    told = Answering(store).object(node, [one for one in wanted if not one.is_connection], [])
    yield told if parent is None else {**told, "__parentId": parent}
    for one in connections:
        for child in node[one.name]:
            yield from _lines(store, child, one.of_node, node["id"])
