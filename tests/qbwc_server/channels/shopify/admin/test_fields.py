"""Queries are made of what is asked, and answers become plain lists."""

from __future__ import annotations

from qbwc_server.channels.shopify.admin.fields import Asking, Field, Remaining, flattened, plain, text_of

THING = (
    *plain("id name"),
    Field("newer", since="2026-04"),
    Field("secret", plain("code"), scope="read_secrets"),
    Field("lines", (*plain("id"), Field("parts", plain("id"), first=7)), first=20, singly=True),
    Field("Special", plain("extra"), on=True),
    Field("told", plain("index"), in_bulk=plain("index title")),
)
LINES = "lines(first: {}) {{ nodes {{ id parts(first: {}) {{ nodes {{ id }} {} }} }} {} }}"
PAGE = "pageInfo { hasNextPage endCursor }"


def test_what_a_version_does_not_have_and_what_the_token_may_not_see_is_not_asked() -> None:
    asking = Asking("2026-01", frozenset())
    special = "... on Special { extra }"
    assert text_of(THING, asking) == f"id name {LINES.format(20, 7, PAGE, PAGE)} {special} told {{ index }}"
    assert "newer" in text_of(THING, Asking("2026-04"))
    assert "secret { code }" in text_of(THING, Asking("2026-01", frozenset({"read_secrets"})))


def test_what_is_left_empty_by_what_may_not_be_seen_is_left_out() -> None:
    only_secret = (Field("id"), Field("box", (Field("secret", plain("code"), scope="read_secrets"),)))
    assert text_of(only_secret, Asking("2026-01", frozenset())) == "id"


def test_inner_pages_can_be_made_smaller() -> None:
    assert LINES.format(3, 3, PAGE, PAGE) in text_of(THING, Asking("2026-01", most=3))


def test_a_bulk_operation_is_asked_by_edges_and_only_for_what_it_brings() -> None:
    text = text_of((*THING, Field("all", plain("id"), first=9)), Asking("2026-01", frozenset(), bulk=True))
    assert text == "id name ... on Special { extra } told { index title } all { edges { node { id } } }"


def test_connections_become_lists_and_what_is_left_of_them_is_told() -> None:
    told = {
        "id": "1",
        "lines": {
            "nodes": [
                {"id": "a", "parts": {"nodes": [{"id": "x"}], "pageInfo": {"hasNextPage": True, "endCursor": "p"}}},
                {"id": "b", "parts": {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}},
            ],
            "pageInfo": {"hasNextPage": True, "endCursor": "l"},
        },
        "secret": None,
    }
    remaining: list[Remaining] = []
    flat = flattened(told, THING, remaining)
    assert flat == {
        "id": "1",
        "lines": [{"id": "a", "parts": [{"id": "x"}]}, {"id": "b", "parts": []}],
        "secret": None,
    }
    assert [(one.path, one.owner["id"], one.cursor) for one in remaining] == [
        (("lines", "parts"), "a", "p"),
        (("lines",), "1", "l"),
    ]
    remaining[0].into.append({"id": "y"})
    assert flat["lines"][0]["parts"] == [{"id": "x"}, {"id": "y"}]
