"""What is asked of a shop can be asked, and the real answers at hand have the names that are asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import parse

from qbwc_server.channels.shopify.admin import selections, streams
from qbwc_server.channels.shopify.admin.fields import Asking, Field, text_of
from tests.channels.admin_schema import KNOWN, wrong_in
from tests.shared_folder import shared

ALL = {
    name: value
    for name, value in vars(selections).items()
    if name.isupper() and isinstance(value, tuple) and name != "ALL"
}


@pytest.mark.parametrize("bulk", [False, True])
@pytest.mark.parametrize("version", ["2025-10", "2026-04"])
@pytest.mark.parametrize("name", sorted(ALL))
def test_every_selection_is_graphql(name: str, version: str, bulk: bool) -> None:
    parse(f"{{ thing {{ {text_of(ALL[name], Asking(version, bulk=bulk))} }} }}")


@pytest.mark.parametrize("version", KNOWN)
def test_every_name_is_one_of_shopify(version: str) -> None:
    listings = [streams.ORDERS, streams.PAYOUTS, streams.INCLUDED, *(told.listing for told in streams.LISTED.values())]
    for listing in listings:
        assert wrong_in(listing.query(Asking(version)), version) == (), listing.name
    for wrong in ("{ orders(first: 1) { nodes { idd } } }", "{ orders(first: 1, sortKey: AGE) { nodes { id } } }"):
        assert wrong_in(wrong, version)


def test_what_is_asked_of_an_order_is_what_its_books_need() -> None:
    text = text_of(selections.ORDER, Asking("2026-04"))
    needed = (
        "channelLiable amountRoundingSet totalCashRoundingAdjustment totalTipReceivedSet currentTotalPriceSet "
        "agreements(first refundLineItems(first orderAdjustments(first discountAllocations additionalFees duties "
        "isGiftCard retailLocation presentmentMoney test cancelledAt edited fees fulfillments customer "
        "parentTransaction processedAt"
    )
    assert [one for one in needed.split() if one not in text] == []


def test_a_refund_is_dated_by_what_its_version_has() -> None:
    assert "note processedAt" in text_of(selections.REFUND, Asking("2026-01"))
    assert "note processedAt" not in text_of(selections.REFUND, Asking("2025-10"))


def test_a_bulk_operation_has_five_connections_and_two_levels_below_the_first() -> None:
    def levels(fields: tuple[Field, ...], asking: Asking) -> Iterator[int]:
        for field in fields:
            if asking.has(field):
                below = list(levels(asking.of(field), asking))
                yield from (one + (field.first is not None) for one in below)
                if field.first is not None:
                    yield 1

    found = list(levels(selections.ORDER, Asking("2026-04", bulk=True)))
    assert (len(found) + 1, max(found)) == (5, 2)


OBJECTS = {
    "Order": selections.ORDER,
    "Refund": selections.REFUND,
    "OrderTransaction": selections.TRANSACTION,
    "LineItem": selections.LINE_ITEM,
    "ShippingLine": selections.SHIPPING_LINE,
    "Location": selections.LOCATION,
    "GiftCard": selections.GIFT_CARD,
}
LEFT_OUT = {  # fields of the captures that the books do not need, or that are deprecated in favour of others
    "Order": {"lineItemsSubtotalPrice", "confirmed", "unpaid", "capturable", "refundable", "legacyResourceId"},
}


def objects_of(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inside in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects_of(inside)


def kind_of(told: dict[str, Any]) -> str | None:
    parts = str(told.get("id", "")).split("/")
    return parts[3] if len(parts) > 4 and parts[2] == "shopify" else None


def test_money_in_the_captures_has_the_names_that_are_asked_for() -> None:
    seen: dict[str, set[str]] = {}
    for path in sorted(shared("samples/shopify").glob("graphql_*.json")):
        for told in objects_of(json.loads(path.read_text())):
            if (kind := kind_of(told)) in OBJECTS:
                money = {name for name in told if name.endswith("Set")}
                seen.setdefault(kind, set()).update(money)
    assert {"Order", "OrderTransaction", "LineItem"} <= seen.keys()
    for kind, names in seen.items():
        asked = {field.name for field in OBJECTS[kind]}
        assert names - asked - LEFT_OUT.get(kind, set()) == set(), kind
