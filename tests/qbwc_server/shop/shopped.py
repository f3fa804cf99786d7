"""Orders of a shop as the Admin GraphQL API tells them, in the fewest words that a test needs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from qbwc_server.shop.terms import Terms

Node = dict[str, Any]
ZONE = "America/New_York"
TERMS = Terms(ZONE)
SAMPLES = Path(__file__).parents[4] / "shared" / "samples" / "shopify"


def bag(amount: object, currency: str = "USD") -> Node:
    """An amount as the shop writes it."""
    money = {"amount": str(amount), "currencyCode": currency}
    return {"shopMoney": money, "presentmentMoney": money}


def tax(amount: object, title: str = "State tax", **more: Any) -> Node:
    """A tax line."""
    return {"title": title, "rate": 0.1, "priceSet": bag(amount), "channelLiable": False, **more}


def item(number: int, price: object, quantity: int = 1, **more: Any) -> Node:
    """A line of an order."""
    return {
        "id": f"gid://shopify/LineItem/{number}",
        "title": f"Thing {number}",
        "name": f"Thing {number}",
        "sku": f"SKU-{number}",
        "quantity": quantity,
        "currentQuantity": quantity,
        "isGiftCard": False,
        "originalUnitPriceSet": bag(price),
        "discountAllocations": [],
        "taxLines": [],
        **more,
    }


def off(amount: object) -> list[Node]:
    """What was taken off a line."""
    return [{"allocatedAmountSet": bag(amount), "discountApplication": {"index": 0}}]


def shipping(price: object, **more: Any) -> Node:
    """A shipping line."""
    return {
        "id": "gid://shopify/ShippingLine/1",
        "title": "Ground",
        "originalPriceSet": bag(price),
        "discountAllocations": [],
        "taxLines": [],
        **more,
    }


def paid(number: int, amount: object, at: str, gateway: str = "shopify_payments", **more: Any) -> Node:
    """A transaction; a sale that succeeded unless said otherwise."""
    return {
        "id": f"gid://shopify/OrderTransaction/{number}",
        "kind": "SALE",
        "status": "SUCCESS",
        "gateway": gateway,
        "amountSet": bag(amount),
        "processedAt": at,
        "test": False,
        **more,
    }


def back(number: int, lines: list[Node], transactions: list[Node], at: str, **more: Any) -> Node:
    """A refund."""
    return {
        "id": f"gid://shopify/Refund/{number}",
        "createdAt": at,
        "refundLineItems": lines,
        "transactions": transactions,
        "orderAdjustments": [],
        **more,
    }


def back_line(number: int, quantity: int, subtotal: object, tax_amount: object = "0.0", **more: Any) -> Node:
    """A line of a refund."""
    return {
        "lineItem": {"id": f"gid://shopify/LineItem/{number}"},
        "quantity": quantity,
        "restockType": "RETURN",
        "subtotalSet": bag(subtotal),
        "totalTaxSet": bag(tax_amount),
        **more,
    }


def order(total: object, items: list[Node], **more: Any) -> Node:
    """An order that was placed and handed over at noon of 2 March 2026, in New York."""
    moment = "2026-03-02T17:00:00Z"
    return {
        "id": "gid://shopify/Order/1001",
        "name": "#1001",
        "createdAt": moment,
        "processedAt": moment,
        "updatedAt": moment,
        "test": False,
        "currencyCode": "USD",
        "taxesIncluded": False,
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "FULFILLED",
        "fulfillments": [{"createdAt": moment, "status": "SUCCESS"}],
        "totalPriceSet": bag(total),
        "lineItems": items,
        "shippingLines": [],
        "transactions": [],
        "refunds": [],
        **more,
    }


def captured() -> Iterator[tuple[str, Node]]:
    """Every order in the captures, with whatever is told of it in one answer; skips where they are not at hand."""
    if not SAMPLES.is_dir():
        pytest.skip("the captures of shops are not at hand")
    for path in sorted(SAMPLES.glob("graphql_*.json")):
        for number, node in enumerate(_orders(json.loads(path.read_text()))):
            yield f"{path.stem}-{number}", node


def _orders(value: Any) -> Iterator[Node]:
    if isinstance(value, Mapping):
        if "totalPriceSet" in value and str(value.get("id", "")).startswith("gid://shopify/Order/"):
            yield dict(value)
            return
        value = [part for name, part in value.items() if name != "variables"]
    if isinstance(value, list):
        for part in value:
            yield from _orders(part)
