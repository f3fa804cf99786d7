"""A shop upstream on this machine: the simulated shop behind an HTTP server."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from qbwc_server.simulator.shop.api import Api, Bucket
from qbwc_server.simulator.shop.order_nodes import node_of
from qbwc_server.simulator.shop.orders import Sale
from qbwc_server.simulator.shop.store import Store
from tests.channels.admin_schema import wrong_in
from tests.channels.upstream_server import Asked, Told, UpstreamServer, standing

TOKEN = "shpat_first_token"


class ShopUpstream:
    """A shop whose orders a test makes."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.store = Store(clock)
        self.api = Api(self.store, TOKEN, bucket=Bucket(most=1e9, available=1e9))
        self.sales: dict[str, Sale] = {}
        self.server: UpstreamServer
        self.between: Callable[[], None] = lambda: None
        self._ids = itertools.count(1000)

    def answer(self, asked: Asked) -> Told:
        """What the shop answers; ``between`` happens behind each answer."""
        if wrong := self._wrong_in(asked):
            errors = [{"message": one, "extensions": {"code": "undefinedField"}} for one in wrong]
            return Told(200, {"Content-Type": "application/json"}, json.dumps({"errors": errors}).encode())
        reply = self.api.answer(asked.method, asked.path, asked.headers, asked.body)
        self.between()
        return Told(reply.status, reply.headers, reply.body)

    def _wrong_in(self, asked: Asked) -> tuple[str, ...]:
        """What Shopify would find wrong with a question, and with the one that a bulk operation is to ask."""
        if asked.method != "POST" or not asked.path.endswith("graphql.json"):
            return ()
        sent = json.loads(asked.body)
        version = min(asked.path.split("/")[3], self.api.versions[-1])
        asks = [sent["query"], *[text for text in [(sent.get("variables") or {}).get("query")] if "{" in str(text)]]
        return tuple(wrong for one in asks for wrong in wrong_in(one, version))

    def sell(self, number: int, cents: int, at: datetime) -> Sale:
        """A paid sale of one thing over the counter."""
        sale = Sale(number, at, self._ids, location=1, source="pos")
        sale.add("Tea", cents)
        sale.place()
        sale.pay("cash", cents, at)
        sale.fulfill(at)
        self.keep(sale)
        return sale

    def keep(self, sale: Sale) -> None:
        """The shop tells of it as it is now."""
        self.sales[sale.gid] = sale
        self.store.put("orders", node_of(sale))


@contextmanager
def shop_upstream(clock: Callable[[], datetime]) -> Iterator[ShopUpstream]:
    """A shop on this machine."""
    shop = ShopUpstream(clock)
    with standing(shop.answer) as server:
        shop.server, shop.api.address = server, server.address
        yield shop
