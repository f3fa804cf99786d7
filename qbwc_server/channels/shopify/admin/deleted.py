"""Orders that were deleted: no list tells of them, so once a night those that are known are looked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from qbwc_server.channels.contract import Fact, Page, Window
from qbwc_server.channels.shopify.admin import streams
from qbwc_server.channels.shopify.admin.client import AdminClient
from qbwc_server.channels.shopify.admin.fields import plain
from qbwc_server.channels.shopify.admin.groups import order_of_key
from qbwc_server.channels.shopify.admin.listings import Listing, Size, pages

DAYS = 59  # orders placed within so many days are looked for
_HOUR = 3  # of the night, in the shop
_IDS = Listing("orders", "the ids of orders", plain("id"), sort="CREATED_AT")
_NEVER = 10**30  # no id is so large
_AT_A_TIME = 100
_PAGE = 250


def is_night(window: Window, zone: ZoneInfo, overlap: timedelta) -> bool:
    """Whether it is the first run of a night."""
    return window.since is not None and _night(window.since + overlap, zone) != _night(window.until, zone)


def look(client: AdminClient, window: Window, zone: ZoneInfo) -> Iterator[Page]:
    """Facts that say which known orders are gone, where it is time to look.

    Looked for are those that are younger than the oldest one that the shop still lists: of older ones this token may
    not be told although they are there.
    """
    if not is_night(window, zone, streams.BY_NAME["orders"].stream.overlap):
        return
    known = {order_of_key(key) for key in window.known()}
    if not known:
        return
    placed_since = window.until - timedelta(days=DAYS)
    there: set[str] = set()
    for nodes in pages(client, _IDS, streams.since("created_at", placed_since), Size(_PAGE)):
        there.update(str(node["id"]) for node in nodes)
    oldest = min((_number(gid) for gid in there), default=0 if client.may("read_all_orders") else _NEVER)
    missing = sorted((gid for gid in known - there if _number(gid) > oldest), key=_number)
    for start in range(0, len(missing), _AT_A_TIME):
        gone = _gone(client, missing[start : start + _AT_A_TIME])
        yield Page([Fact(gid, window.until, {}, sequence=None, gone=True) for gid in gone])


def _gone(client: AdminClient, gids: Sequence[str]) -> list[str]:
    """Those of the ids that are really there no more, asked for by themselves."""
    data = client.ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": list(gids)}, "orders by their ids")
    return [gid for gid, node in zip(gids, data["nodes"], strict=True) if node is None]


def _night(moment: datetime, zone: ZoneInfo) -> str:
    return (moment.astimezone(zone) - timedelta(hours=_HOUR)).date().isoformat()


def _number(gid: str) -> int:
    tail = gid.rpartition("/")[2]
    return int(tail) if tail.isdecimal() else 0
