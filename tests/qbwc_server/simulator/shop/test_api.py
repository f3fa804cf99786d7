"""A simulated shop answers what was asked and nothing else, and refuses as Shopify does."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from qbwc_server.simulator.shop.api import Api, Bucket
from qbwc_server.simulator.shop.order_nodes import node_of
from qbwc_server.simulator.shop.orders import Sale
from qbwc_server.simulator.shop.store import Store

AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
IDS = """
query($first: Int!, $after: String, $query: String) {
  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    nodes { id }
    pageInfo { hasNextPage endCursor }
  }
}
"""


class Asked:
    """A shop, asked."""

    def __init__(self) -> None:
        self.now = AT
        self.api = Api(Store(lambda: self.now), "shpat_x", bucket=Bucket(1e9, 1.0, 1e9))

    def sell(self, number: int, minutes: int) -> None:
        sale = Sale(number, AT + timedelta(minutes=minutes), itertools.count(number * 100))
        sale.add("Tea", 100)
        sale.place()
        self.api.store.put("orders", node_of(sale))

    def ask(self, text: str, version: str = "2026-04", token: str = "shpat_x", **variables: Any) -> Any:
        body = json.dumps({"query": text, "variables": variables}).encode()
        path = f"/admin/api/{version}/graphql.json"
        reply = self.api.answer("POST", path, {"X-Shopify-Access-Token": token}, body)
        return reply.status, reply.headers.get("X-Shopify-API-Version"), json.loads(reply.body)

    def page(self, **variables: Any) -> tuple[list[int], str | None]:
        _, _, told = self.ask(IDS, **variables)
        orders = told["data"]["orders"]
        more = orders["pageInfo"]["hasNextPage"]
        return [int(one["id"].split("/")[-1]) for one in orders["nodes"]], orders["pageInfo"][
            "endCursor"
        ] if more else None


@pytest.fixture
def asked() -> Asked:
    return Asked()


def test_pages_follow_the_order_of_changes_and_an_edit_moves_an_order(asked: Asked) -> None:
    for number in range(1, 6):
        asked.sell(number, number)
    first, cursor = asked.page(first=2)
    asked.sell(2, 99)
    second, cursor = asked.page(first=2, after=cursor)
    third, cursor = asked.page(first=2, after=cursor)
    assert (first, second, third, cursor) == ([1, 2], [3, 4], [5, 2], None)


def test_a_search_finds_by_time(asked: Asked) -> None:
    for number in range(1, 6):
        asked.sell(number, number)
    assert asked.page(first=9, query="updated_at:>='2026-03-02T15:03:00Z'")[0] == [3, 4, 5]
    assert asked.page(first=9, query="created_at:<'2026-03-02T15:03:00Z'")[0] == [1, 2]
    assert asked.page(first=9, query="id:>=4")[0] == [4, 5]


def test_only_what_was_asked_is_told_and_what_there_is_not_is_refused(asked: Asked) -> None:
    asked.sell(1, 1)
    _, _, told = asked.ask("{ orders(first: 1) { nodes { name lineItems(first: 1) { nodes { sku } } } } }")
    assert told["data"] == {"orders": {"nodes": [{"name": "#1", "lineItems": {"nodes": [{"sku": "TEA"}]}}]}}
    _, _, told = asked.ask("{ orders(first: 1) { nodes { nonsense } } }")
    assert told["errors"][0]["extensions"]["code"] == "undefinedField"
    assert "data" not in told


def test_versions_and_tokens(asked: Asked) -> None:
    assert asked.ask("{ shop { name } }")[:2] == (200, "2026-04")
    assert asked.ask("{ shop { name } }", version="2024-01")[:2] == (200, "2025-10")
    assert asked.ask("{ shop { name } }", version="2030-01")[0] == 404
    assert asked.ask("{ shop { name } }", token="shpat_y")[0] == 401


def test_points_are_used_up_and_come_back(asked: Asked) -> None:
    asked.api.bucket = Bucket(most=10, rate=1, available=1)
    query = "{ orders(first: 10) { nodes { id } } }"
    _, _, told = asked.ask(query)
    assert told["errors"][0]["extensions"]["code"] == "THROTTLED"
    asked.now += timedelta(seconds=9)
    assert "data" in asked.ask(query)[2]


def test_what_a_token_may_not_see_is_null_with_status_200(asked: Asked) -> None:
    asked.api.store.scopes = frozenset({"read_orders"})
    status, _, told = asked.ask("{ giftCards(first: 1) { nodes { id } } }")
    assert (status, told["data"], told["errors"][0]["extensions"]["code"]) == (
        200,
        {"giftCards": None},
        "ACCESS_DENIED",
    )


def test_a_bulk_operation_tells_lines_that_name_their_parents(asked: Asked) -> None:
    for number in (1, 2):
        asked.sell(number, number)
    inner = "{ orders { edges { node { id lineItems { edges { node { id sku } } } } } } }"
    start = 'mutation { bulkOperationRunQuery(query: """%s""") { bulkOperation { id status } userErrors { message } } }'
    _, _, told = asked.ask(start % inner)
    gid = told["data"]["bulkOperationRunQuery"]["bulkOperation"]["id"]
    poll = "query($id: ID!) { bulkOperation(id: $id) { status url } }"
    statuses = [asked.ask(poll, id=gid)[2]["data"]["bulkOperation"]["status"] for _ in range(3)]
    assert statuses == ["RUNNING", "RUNNING", "COMPLETED"]
    lines = asked.api.answer("GET", "/bulk/1", {}, b"").body.decode().splitlines()
    assert [json.loads(line).get("__parentId") for line in lines] == [
        None,
        "gid://shopify/Order/1",
        None,
        "gid://shopify/Order/2",
    ]
    _, _, told = asked.ask(start % "{ orders { nodes { id } } }")
    assert told["data"]["bulkOperationRunQuery"]["userErrors"]
