"""The first import: one bulk operation over all orders, read line by line; what it cannot bring is asked for singly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import IO, Any

from qbwc_server import strict_json
from qbwc_server.channels.contract import Window
from qbwc_server.channels.http import UpstreamRefused
from qbwc_server.channels.shopify.admin import selections, streams
from qbwc_server.channels.shopify.admin.client import AdminClient
from qbwc_server.channels.shopify.admin.fields import text_of
from qbwc_server.channels.shopify.admin.options import ShopOptions
from qbwc_server.channels.shopify.admin.whole import ask_for, whole
from qbwc_server.channels.spool import Limits
from qbwc_server.strict_json import BadJson

GOES_BACK = timedelta(days=3)  # what goes back further is asked for in bulk
_LIMITS = Limits(most_bytes=8 * 1024**3, whole_s=3600.0)
_LONGEST_LINE = 4 * 1024**2
_FIRST_PAUSE_S, _MOST_PAUSE_S = 1.0, 15.0
_MOST_WAIT_S = 2 * 3600.0
_OVERLAP = timedelta(minutes=10)
_ENDED = frozenset(("COMPLETED", "FAILED", "CANCELED", "EXPIRED"))
_START = """
mutation($query: String!) {
  bulkOperationRunQuery(query: $query, groupObjects: true) {
    bulkOperation { id status createdAt }
    userErrors { field message }
  }
}
"""
_POLLED = "id status errorCode objectCount url partialDataUrl"


class NotInBulk(UpstreamRefused):
    """The shop does not bring orders as one bulk operation, so they are asked for page by page."""

    code = "not_in_bulk"
    advice = "Nothing needs to be done."


@dataclass(slots=True)
class Ended:
    """A bulk operation that has come to its end. ``since``: from when on orders may have changed behind it."""

    url: str | None
    since: datetime | None
    whole: bool


def is_wanted(options: ShopOptions, window: Window, since: datetime | None) -> bool:
    """Whether so much is asked for that a bulk operation is the way."""
    return options.first_import_in_bulk and (since is None or window.until - since > GOES_BACK)


def run(client: AdminClient, query: str | None) -> Ended:
    """Have the shop collect the orders that a search finds. Raises NotInBulk, UpstreamError."""
    started = _start(client, query)
    moment = None
    with suppress(ValueError):
        moment = datetime.fromisoformat(str(started.get("createdAt"))) - _OVERLAP
    ended = _wait(client, str(started["id"]))
    if ended["status"] == "COMPLETED":
        return Ended(ended.get("url"), moment, whole=moment is not None)
    client.remark(
        f"The shop broke off the bulk operation ({ended.get('errorCode') or ended['status']}); "
        "the orders are asked for page by page."
    )
    return Ended(ended.get("partialDataUrl"), None, whole=False)


def _start(client: AdminClient, query: str | None) -> Mapping[str, Any]:
    asking = replace(client.asking, bulk=True)
    searched = "" if query is None else f'(query: "{query}")'
    text = f"{{ orders{searched} {{ edges {{ node {{ {text_of(selections.ORDER, asking)} }} }} }} }}"
    told = client.change(_START, {"query": text}, "orders in bulk")["bulkOperationRunQuery"]
    if told.get("userErrors") or not told.get("bulkOperation"):
        said = "; ".join(str(one.get("message")) for one in told.get("userErrors") or ())
        raise NotInBulk(f"The shop does not begin a bulk operation: {said}")
    begun: Mapping[str, Any] = told["bulkOperation"]
    return begun


def _wait(client: AdminClient, gid: str) -> Mapping[str, Any]:
    waited, pause = 0.0, _FIRST_PAUSE_S
    while waited <= _MOST_WAIT_S:
        client.pause(pause)
        waited, pause = waited + pause, min(pause * 1.5, _MOST_PAUSE_S)
        told = _poll(client, gid)
        if told is None:
            raise NotInBulk("The shop does not know its bulk operation any more.")
        if told.get("status") in _ENDED:
            return told
    raise NotInBulk("The bulk operation takes too long.")


def _poll(client: AdminClient, gid: str) -> Mapping[str, Any] | None:
    if client.version >= "2026-01":
        text = f"query($id: ID!) {{ bulkOperation(id: $id) {{ {_POLLED} }} }}"
        told = client.ask(text, {"id": gid}, "a bulk operation").get("bulkOperation")
    else:
        text = f"query($id: ID!) {{ node(id: $id) {{ ... on BulkOperation {{ {_POLLED} }} }} }}"
        told = client.ask(text, {"id": gid}, "a bulk operation").get("node")
    return told if isinstance(told, Mapping) else None


def orders(client: AdminClient, url: str) -> Iterator[dict[str, Any]]:
    """The orders in the result of an operation, each whole. Raises NotInBulk where it cannot be read, UpstreamError."""
    with client.download(url, _LIMITS) as file:
        for order in _assembled(_lines(file)):
            if _lacks(order):
                told = ask_for(client, streams.ORDER, str(order["id"]))
                found = None if told is None else whole(client, streams.ORDER, told)
                if found is not None:
                    yield found
            else:
                yield order


def _lacks(order: Mapping[str, Any]) -> bool:
    """Whether it has what a bulk operation does not bring: connections within lists, and those beyond five."""
    return bool(order.get("refunds")) or order.get("paymentTerms") is not None


def _lines(file: IO[bytes]) -> Iterator[Mapping[str, Any]]:
    while line := file.readline(_LONGEST_LINE + 1):
        if len(line) > _LONGEST_LINE:
            raise NotInBulk("A line of the result of the bulk operation is too long.")
        try:
            value = strict_json.decode(line.decode(), "line")
        except (BadJson, UnicodeDecodeError):
            raise NotInBulk("A line of the result of the bulk operation cannot be read.") from None
        if not isinstance(value, Mapping) or not value.get("id"):
            raise NotInBulk("A line of the result of the bulk operation is no object with an id.")
        yield value


@dataclass(slots=True)
class _Order:
    """An order and those of its lines that have come; ``parents`` are the objects that lines may name."""

    told: dict[str, Any]
    parents: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, line: Mapping[str, Any]) -> None:
        """A line of it. Raises NotInBulk where it names another parent."""
        child = {name: value for name, value in line.items() if name != "__parentId"}
        parent = self.parents.get(str(line["__parentId"]))
        if parent is None:
            raise NotInBulk("The result of the bulk operation is in no order.")
        parent.setdefault(_connection_of(child), []).append(child)
        if _connection_of(child) == "agreements":
            child["sales"] = []
            self.parents[str(child["id"])] = child


def _assembled(lines: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Orders with their lines, which follow them."""
    order: _Order | None = None
    for line in lines:
        if "__parentId" in line:
            if order is None:
                raise NotInBulk("The result of the bulk operation begins within an order.")
            order.add(line)
            continue
        if order is not None:
            yield _as_if_alone(order.told)
        told: dict[str, Any] = {**line, "lineItems": [], "shippingLines": [], "agreements": []}
        order = _Order(told, {str(line["id"]): told})
    if order is not None:
        yield _as_if_alone(order.told)


def _connection_of(child: Mapping[str, Any]) -> str:
    """Which connection an object is of: its kind says so."""
    kind = str(child.get("__typename") or "")
    if kind.endswith("Agreement"):
        return "agreements"
    if kind.endswith("Sale"):
        return "sales"
    return {"LineItem": "lineItems", "ShippingLine": "shippingLines"}.get(str(child["id"]).split("/")[3], "unknown")


def _as_if_alone(order: dict[str, Any]) -> dict[str, Any]:
    """The same body that the order has when it is asked for by itself: its discounts once, named by their places."""
    found: dict[int, Any] = {}
    for line in (*order["lineItems"], *order["shippingLines"]):
        for allocation in line.get("discountAllocations") or ():
            application = allocation["discountApplication"]
            found[application["index"]] = application
            allocation["discountApplication"] = {"index": application["index"]}
    order["discountApplications"] = [found[index] for index in sorted(found)]
    return order
