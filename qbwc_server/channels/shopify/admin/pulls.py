"""Pulls: what a shop tells of each stream since it was asked last, as facts."""

from __future__ import annotations

import itertools
import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from qbwc_server.channels.contract import BrokenFact, BrokenPage, Fact, Page, Window
from qbwc_server.channels.http import AnswerUnreadable, Upstream
from qbwc_server.channels.shopify.admin import bulk, cash_days, deleted, streams
from qbwc_server.channels.shopify.admin.client import AdminClient
from qbwc_server.channels.shopify.admin.deleted import is_night
from qbwc_server.channels.shopify.admin.fields import flattened, text_of
from qbwc_server.channels.shopify.admin.groups import Grouping
from qbwc_server.channels.shopify.admin.listings import Size, pages
from qbwc_server.channels.shopify.admin.options import ShopOptions
from qbwc_server.channels.shopify.admin.scopes import AccessDenied, sentence
from qbwc_server.channels.shopify.admin.selections import PAYMENTS_ACCOUNT
from qbwc_server.channels.shopify.admin.whole import whole
from qbwc_server.documents.problems import Problem

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_LIST_PAGE = 50
_PIECE = 100  # orders of a bulk operation on one page
_INCLUDED_PAGE = 250
_MOST_INCLUDED = 3000  # transactions of one payout that stand in its fact
_RECENT = timedelta(days=14)  # payouts that may still change
_SHOP = ("ianaTimezone", "currencyCode", "taxesIncluded", "myshopifyDomain")
_60_DAYS = timedelta(days=60)


def pull(options: ShopOptions, upstream: Upstream, window: Window) -> Iterator[Page | BrokenPage]:
    """The pages of a stream; ``Pull`` says what they are. Each fact says in ``shop`` which shop it is of."""
    source = streams.BY_NAME[window.stream]
    if not source.wanted(options) or not source.is_due(window):
        return
    client = AdminClient.open(options, upstream)
    if not client.may(source.scope):
        yield Page((), remarks=(sentence(source.scope),))
        return
    try:
        grouping = Grouping(options, window)
        for page in _PULLS.get(window.stream, _listed)(options, client, window):
            yield grouping.page(page)
    except AccessDenied as error:
        if window.stream == "orders":
            raise
        client.remark(str(error))
    if client.remarks:
        yield Page((), remarks=client.remarks)


def _orders(options: ShopOptions, client: AdminClient, window: Window) -> Iterator[Page | BrokenPage]:
    """In the order in which they changed, so that one that is edited meanwhile comes again at the end."""
    since = _since(options, client, window)
    if not client.may("read_all_orders") and (since is None or since < window.until - _60_DAYS):
        client.remark(sentence("read_all_orders"))
    if bulk.is_wanted(options, window, since):
        since = yield from _in_bulk(client, window, since)
    reached: datetime | None = _LONG_AGO
    query = streams.since("updated_at", since)
    for nodes in pages(client, streams.ORDERS, query, Size(options.page_size)):
        page = _orders_of(client, nodes, window)
        reached = _reached(page.facts, reached)
        yield replace(page, complete_until=reached)
    yield from deleted.look(client, window, zone_of(options, client))
    yield Page((), complete_until=window.until)


def _in_bulk(
    client: AdminClient, window: Window, since: datetime | None
) -> Generator[Page | BrokenPage, None, datetime | None]:
    """All that a bulk operation brings; from when on the pages have to be asked for behind it."""
    try:
        ended = bulk.run(client, streams.since("updated_at", since))
        if ended.url is not None:
            for some in _pieces(bulk.orders(client, ended.url)):
                yield _page([_as_fact(client, order) for order in some])
    except bulk.NotInBulk as error:
        client.remark(f"{error} The orders are asked for page by page.")
        return since
    return ended.since if ended.whole else since


def _pieces(orders: Iterator[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    while some := list(itertools.islice(orders, _PIECE)):
        yield some


def _orders_of(client: AdminClient, nodes: Sequence[Mapping[str, Any]], window: Window) -> Page:
    found: list[Fact | BrokenFact] = []
    for node in nodes:
        order = whole(client, streams.ORDER, node) if node.get("id") else node
        if order is None:  # deleted between two questions
            found.append(Fact(str(node["id"]), window.until, {}, sequence=None, gone=True))
        else:
            found.append(_as_fact(client, order))
    return _page(found)


def _as_fact(client: AdminClient, order: Mapping[str, Any]) -> Fact | BrokenFact:
    moment = _moment(order.get("updatedAt"))
    if moment is None or not order.get("id"):
        return _no_fact(order)
    return Fact(str(order["id"]), moment, {**order, "shop": shop_of(client)}, sequence=None)


def _page(found: Sequence[Fact | BrokenFact | None]) -> Page:
    return Page([one for one in found if isinstance(one, Fact)], [one for one in found if isinstance(one, BrokenFact)])


def _reached(facts: Sequence[Fact], before: datetime | None) -> datetime | None:
    """Until when all is told: as far as the orders came in the order of their changes."""
    moments = [fact.changed_at for fact in facts if fact.changed_at is not None and not fact.gone]
    if before is None or not moments:
        return before
    return moments[-1] if moments == sorted(moments) and before <= moments[0] else None


def _since(options: ShopOptions, client: AdminClient, window: Window) -> datetime | None:
    """From when on orders are asked for: what changed last before the start date is in nobody's way."""
    if options.start_date is None:
        return window.since
    zone = zone_of(options, client)
    start = datetime.combine(options.start_date, datetime.min.time(), zone).astimezone(UTC)
    return start if window.since is None else max(start, window.since)


def zone_of(options: ShopOptions, client: AdminClient) -> ZoneInfo:
    """In which time the shop counts its days. Raises AnswerUnreadable."""
    name = options.time_zone or str(client.shop["ianaTimezone"])
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise AnswerUnreadable(f"The time zone of the shop is not known: {name}.") from None


def shop_of(client: AdminClient) -> dict[str, Any]:
    """What a fact says of its shop."""
    return {name: client.shop.get(name) for name in _SHOP}


def _listed(options: ShopOptions, client: AdminClient, window: Window) -> Iterator[Page | BrokenPage]:
    """Objects of one list; those that several searches find come once."""
    told = streams.LISTED[window.stream]
    night = told.nightly and is_night(window, zone_of(options, client), streams.BY_NAME[window.stream].stream.overlap)
    everything = told.filters is None or night or window.since is None
    queries = (None,) if told.filters is None or everything else told.filters(window.since)
    seen: set[str] = set()
    for query in queries:
        for nodes in pages(client, told.listing, query, Size(_LIST_PAGE)):
            found = [_fact(client, told, node) for node in nodes]
            facts = [one for one in found if isinstance(one, Fact) and one.key not in seen]
            seen.update(one.key for one in facts)
            yield Page(facts, [one for one in found if isinstance(one, BrokenFact)])
    whole_list = everything and told.changed is None
    yield Page((), complete_until=window.until, all_of=_beginning(told) if whole_list else None)


def _beginning(told: streams.Told) -> str:
    return f"gid://shopify/{told.kind.title.replace(' ', '')}/"


def _fact(client: AdminClient, told: streams.Told, node: Mapping[str, Any]) -> Fact | BrokenFact | None:
    moment = _moment(node.get(told.changed)) if told.changed else None
    if not node.get("id") or (told.changed and moment is None):
        return _no_fact(node)
    found = whole(client, told.kind, node)
    if found is None:
        return None
    return Fact(str(found["id"]), moment, {**found, "shop": shop_of(client)}, sequence=None if moment else 0)


def _payouts(options: ShopOptions, client: AdminClient, window: Window) -> Iterator[Page | BrokenPage]:
    """Payouts since, and recent ones again, since they change; each with the transactions in it."""
    query = streams.since("issued_at", window.since, _RECENT)
    for nodes in pages(client, streams.PAYOUTS, query, Size(_LIST_PAGE)):
        facts, broken = [], []
        for node in nodes:
            if not node.get("id") or not node.get("legacyResourceId"):
                broken.append(_no_fact(node))
                continue
            body = {**node, **_included(client, str(node["legacyResourceId"])), "shop": shop_of(client)}
            facts.append(Fact(str(node["id"]), None, body))
        yield Page(facts, broken)
    yield Page((), complete_until=window.until)


def _included(client: AdminClient, number: str) -> dict[str, Any]:
    """The transactions in a payout; where they are too many for one fact, only how many there are."""
    found: list[Any] = []
    query = f"payments_transfer_id:{number}"
    for nodes in pages(client, streams.INCLUDED, query, Size(_INCLUDED_PAGE)):
        found += [flattened(one, streams.INCLUDED.of, []) for one in nodes]
    found.sort(key=lambda one: str(one.get("id")))
    if len(found) > _MOST_INCLUDED:
        return {"balanceTransactions": None, "balanceTransactionsCount": len(found)}
    return {"balanceTransactions": found, "balanceTransactionsCount": len(found)}


def _balances(options: ShopOptions, client: AdminClient, window: Window) -> Iterator[Page | BrokenPage]:
    """What Shopify Payments holds at this moment."""
    fields = text_of(PAYMENTS_ACCOUNT, client.asking)
    data = client.ask(f"{{ shopifyPaymentsAccount {{ {fields} }} }}", {}, "what Shopify Payments holds")
    account = data.get("shopifyPaymentsAccount")
    facts = [] if account is None else [Fact(str(account["id"]), None, {**account, "shop": shop_of(client)})]
    yield Page(facts, complete_until=window.until)


def _cash_days(options: ShopOptions, client: AdminClient, window: Window) -> Iterator[Page | BrokenPage]:
    yield from cash_days.pull(client, window, zone_of(options, client))


def _moment(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _no_fact(node: Mapping[str, Any]) -> BrokenFact:
    problem = Problem("not_a_fact", "", "The shop tells something without its id or the time of its change.", "")
    return BrokenFact(problem, json.dumps(node, sort_keys=True, default=str))


_PULLS = {"orders": _orders, "payouts": _payouts, "balances": _balances, "cash_days": _cash_days}
