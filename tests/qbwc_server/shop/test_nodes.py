"""Nodes as they come: nulls, plain lists and connections, new words, other currencies."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qbwc_server.shop.nodes import Node, Reader, inner, nodes, number
from qbwc_server.shop.order import Financial

from .shopped import bag


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (None, None),
        ({"shopMoney": None}, None),
        (bag("15.0"), Decimal(15)),
        ({"amount": "0.10", "currencyCode": "USD"}, Decimal("0.10")),
        ("161.25", Decimal("161.25")),
    ],
)
def test_amounts_are_told_or_not(said: object, wanted: Decimal | None) -> None:
    reader = Reader("Order #1")
    assert reader.told({"total": said}, "total") == wanted
    assert not reader.problems


@pytest.mark.parametrize("said", [bag("twelve"), bag("NaN"), bag("Infinity")])
def test_what_is_no_amount_is_told(said: Node) -> None:
    reader = Reader("Order #1")
    assert reader.money({"total": said}, "total") == 0
    assert [one.code for one in reader.problems] == ["unreadable_amount"]


def test_books_have_one_currency() -> None:
    reader = Reader("Order #1", "USD")
    reader.money({"total": bag("1.0", "EUR")}, "total")
    assert [one.code for one in reader.problems] == ["other_currency"]


def test_a_new_word_is_for_a_person_and_null_is_not() -> None:
    reader = Reader("Order #1")
    assert reader.known(Financial, {"status": None}, "status", Financial.NOT_SAID) is Financial.NOT_SAID
    assert not reader.problems
    assert reader.known(Financial, {"status": "HALF_PAID"}, "status", Financial.NOT_SAID) is Financial.NOT_SAID
    assert "'HALF_PAID'" in reader.problems[0].message


@pytest.mark.parametrize("said", ["yesterday", "2026-03-02", "2026-03-02T10:00:00"])
def test_moments_have_a_zone(said: str) -> None:
    reader = Reader("Order #1")
    assert reader.moment({"at": said}, "at") is None
    assert [one.code for one in reader.problems] == ["unreadable_moment"]


@pytest.mark.parametrize(
    "said", [[{"id": 1}], {"nodes": [{"id": 1}]}, {"edges": [{"node": {"id": 1}}]}, [{"id": 1}, None]]
)
def test_lists_and_connections_are_the_same(said: object) -> None:
    assert [one["id"] for one in nodes({"lines": said}, "lines")] == [1]


def test_what_is_behind_null_is_nothing() -> None:
    assert not inner({"a": None}, "a", "b")
    assert not list(nodes({"lines": None}, "lines"))
    assert number("gid://shopify/Order/12?key=3") == "12"
