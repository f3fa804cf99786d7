"""A page that cannot be read is not taken for the last one."""

from __future__ import annotations

from typing import Any, cast

import pytest

from qbwc_server.channels.http import AnswerUnreadable
from qbwc_server.channels.shopify.admin.client import AdminClient
from qbwc_server.channels.shopify.admin.fields import Asking, flattened
from qbwc_server.channels.shopify.admin.listings import Size, pages
from qbwc_server.channels.shopify.admin.streams import ORDER, ORDERS, PAYOUTS

LAST = {"hasNextPage": False, "endCursor": "c9"}
MORE = {"hasNextPage": True, "endCursor": "c1"}


class _Told:
    """A shop that says what it was told to, page after page."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.answers = list(answers)
        self.asking = Asking("2026-01")

    def ask(self, *_: object) -> dict[str, Any]:
        return self.answers.pop(0)


def found(*answers: dict[str, Any], listing: Any = ORDERS) -> list[str]:
    client = cast("AdminClient", _Told(*answers))
    return [str(node["id"]) for nodes in pages(client, listing, None, Size(2)) for node in nodes]


def test_page_after_page() -> None:
    first, last = {"nodes": [{"id": "1"}], "pageInfo": MORE}, {"nodes": [{"id": "2"}], "pageInfo": LAST}
    assert found({"orders": first}, {"orders": last}) == ["1", "2"]
    assert found({"shopifyPaymentsAccount": None}, listing=PAYOUTS) == []


UNREADABLE: list[Any] = [
    None,
    "nothing",
    {},
    {"nodes": None, "pageInfo": LAST},
    {"nodes": [None], "pageInfo": LAST},
    {"nodes": []},
    {"nodes": [], "pageInfo": None},
    {"nodes": [], "pageInfo": {}},
    {"nodes": [], "pageInfo": {"hasNextPage": None, "endCursor": "c1"}},
    {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": None}},
    {"nodes": [], "pageInfo": {"hasNextPage": True}},
]


@pytest.mark.parametrize("at", range(len(UNREADABLE)))
def test_what_cannot_be_read_is_not_the_end(at: int) -> None:
    first = {"nodes": [{"id": "1"}], "pageInfo": MORE}
    for before in ((), ({"orders": first},)):
        with pytest.raises(AnswerUnreadable):
            found(*before, {"orders": UNREADABLE[at]})
    with pytest.raises(AnswerUnreadable):
        found({"shopifyPaymentsAccount": {"payouts": UNREADABLE[at]}}, listing=PAYOUTS)
    if UNREADABLE[at] is not None:  # a field that this token is not given is null, and said so
        with pytest.raises(AnswerUnreadable):
            flattened({"id": "1", "lineItems": UNREADABLE[at]}, ORDER.of, [])


def test_an_answer_without_what_was_asked_for_is_not_the_end() -> None:
    with pytest.raises(AnswerUnreadable):
        found({})
    with pytest.raises(AnswerUnreadable):
        found({}, listing=PAYOUTS)
    first = {"shopifyPaymentsAccount": {"payouts": {"nodes": [], "pageInfo": MORE}}}
    with pytest.raises(AnswerUnreadable):
        found(first, {"shopifyPaymentsAccount": None}, listing=PAYOUTS)
