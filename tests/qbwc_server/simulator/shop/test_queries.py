"""Questions are read as GraphQL reads them, and refused where they are none."""

from __future__ import annotations

import pytest
from graphql import parse

from qbwc_server.simulator.shop.queries import BadQuestion, Wanted, cost_of, read

TEXT = """
query Orders($first: Int!, $after: String, $query: String) {
  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    nodes { id, name ... on Order { test } refunds { transactions(first: 5) { nodes { id } } } }
    pageInfo { hasNextPage endCursor }
  }
}
"""


def test_names_arguments_and_variables_are_read() -> None:
    parse(TEXT)
    (orders,) = read(TEXT, {"first": 3, "query": "updated_at:>='2026'"}).wanted
    assert orders.arguments == {"first": 3, "after": None, "query": "updated_at:>='2026'", "sortKey": "UPDATED_AT"}
    assert orders.is_connection
    assert [one.name for one in orders.of_node] == ["id", "name", "Order", "refunds"]
    assert [one.on for one in orders.of_node] == [False, False, True, False]


def test_literals_are_read() -> None:
    (one,) = read('{ x(a: 1, b: true, c: null, d: ["y", "z"], e: """{ w }""", f: "q\\"r") }', {}).wanted
    assert one.arguments == {"a": 1, "b": True, "c": None, "d": ["y", "z"], "e": "{ w }", "f": 'q"r'}


@pytest.mark.parametrize("text", ["", "{", "{ }", "{ x", "{ x } }", "subscription { x }", "{ x(a) }", "{ x % }"])
def test_what_is_no_question_is_refused(text: str) -> None:
    with pytest.raises(BadQuestion):
        read(text, {})


def test_more_at_a_time_costs_more() -> None:
    def cost(first: int) -> int:
        inside = (Wanted("id", {}), Wanted("money", {}, (Wanted("amount", {}),)))
        return cost_of((Wanted("orders", {"first": first}, (Wanted("nodes", {}, inside),)),))

    assert cost(1) < cost(10) < cost(250)
