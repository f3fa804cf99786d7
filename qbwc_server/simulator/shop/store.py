"""What a shop holds: objects as its API tells them, with plain lists in place of connections."""

from __future__ import annotations

import bisect
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from qbwc_server.simulator.shop.filters import number_of

Node = dict[str, Any]
SCOPES = frozenset(
    f"read_{one}"
    for one in (
        *("orders", "all_orders", "products", "inventory", "locations", "customers", "gift_cards", "returns", "users"),
        *("gift_card_transactions", "shopify_payments_payouts", "cash_tracking", "discounts", "payment_terms"),
    )
)
SHOP: Node = {
    "id": "gid://shopify/Shop/1",
    "name": "Tea Shop",
    "myshopifyDomain": "tea.myshopify.com",
    "currencyCode": "USD",
    "ianaTimezone": "America/New_York",
    "taxesIncluded": False,
    "taxShipping": False,
}
LISTS = {  # the objects of each list of the shop, and what it takes to see them
    "orders": ("Order", "read_orders"),
    "payouts": ("ShopifyPaymentsPayout", "read_shopify_payments_payouts"),
    "balanceTransactions": ("ShopifyPaymentsBalanceTransaction", "read_shopify_payments_payouts"),
    "cashTrackingSessions": ("CashTrackingSession", "read_cash_tracking"),
    "giftCards": ("GiftCard", "read_gift_cards"),
    "locations": ("Location", "read_locations"),
    "products": ("Product", "read_products"),
    "customers": ("Customer", "read_customers"),
}


class Listed:
    """The objects of one list, packed, found by their ids and in the order of ``updatedAt``."""

    def __init__(self) -> None:
        self._packed: dict[str, bytes] = {}
        self._places: dict[str, tuple[str, int]] = {}
        self._order: list[tuple[str, int, str]] = []  # updatedAt, number, id

    def __len__(self) -> int:
        return len(self._packed)

    def __contains__(self, gid: object) -> bool:
        return gid in self._packed

    def __getitem__(self, gid: str) -> Node:
        found: Node = json.loads(zlib.decompress(self._packed[gid]))
        return found

    def put(self, node: Mapping[str, Any]) -> None:
        """Keep an object in the place of what it was."""
        gid = str(node["id"])
        self.remove(gid)
        self._packed[gid] = zlib.compress(json.dumps(node).encode(), 1)
        place = self._places[gid] = str(node.get("updatedAt") or ""), number_of(gid)
        bisect.insort(self._order, (*place, gid))

    def remove(self, gid: str) -> None:
        """Forget one."""
        if self._packed.pop(gid, None) is not None:
            place = self._places.pop(gid)
            del self._order[bisect.bisect_left(self._order, (*place, gid))]

    def values(self) -> Iterator[Node]:
        """Each of them, in the order in which they changed."""
        return (self[gid] for _, _, gid in list(self._order))

    def changed(self, behind: tuple[str, int]) -> Iterator[Node]:
        """Those that changed behind that place."""
        start = bisect.bisect_right(self._order, (*behind, "~"))
        return (self[gid] for _, _, gid in self._order[start:])


@dataclass
class Store:
    """A shop.

    Args:
        clock: of the shop.
        balance: what Shopify Payments holds for it, or None where it does not use that.
    """

    clock: Callable[[], datetime]
    shop: Node = field(default_factory=lambda: dict(SHOP))
    balance: list[Node] | None = None
    scopes: frozenset[str] = SCOPES
    lists: dict[str, Listed] = field(default_factory=lambda: {name: Listed() for name in LISTS})

    def put(self, name: str, node: Mapping[str, Any]) -> None:
        """Make an object, or put another version in its place."""
        self.lists[name].put(node)

    def remove(self, name: str, gid: str) -> None:
        """Delete an object: nothing tells of it any more."""
        self.lists[name].remove(gid)

    def find(self, gid: str) -> Node | None:
        """The object of a global id, also the refund of an order."""
        for nodes in self.lists.values():
            if gid in nodes:
                return nodes[gid]
        if "/Refund/" in gid:
            found = (one for order in self.lists["orders"].values() for one in order.get("refunds") or ())
            return next((dict(one) for one in found if one["id"] == gid), None)
        return None


def by_number(node: Mapping[str, Any]) -> int:
    """The order in which objects were made."""
    return number_of(node["id"])
