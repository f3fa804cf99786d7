"""How fast orders of a shop are pulled, drafted and queued for QuickBooks, and that memory does not grow with them."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

from bench import company, machine
from bench.figures import Report, Section, figure
from bench.shop_month import OPTIONS
from qbwc_server.channels.connections.running import run_connection
from qbwc_server.channels.connections.setting_up import Choices, add_connection
from qbwc_server.channels.shopify.admin.channel import SHOPIFY
from qbwc_server.db import Database
from qbwc_server.settings import Settings, load
from qbwc_server.simulator.shop.order_nodes import node_of
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.companies import find_company
from tests.channels.shop_upstream import ShopUpstream, shop_upstream
from tests.introduced import introduced

MOST_GROWTH_MB = 48.0
WARMING = 500  # orders, so that what is loaded at first use is no growth
_BY = Actor(ActorKind.COMMAND_LINE, "bench")


def measure(report: Report, *, orders: int) -> list[Section]:
    """A first run over so many orders of the till, each a document of its own that is submitted at once."""
    report(f"shop: {orders:,} orders")
    with company.folder() as name:
        seconds, cpu, grown = _round(Path(name), orders)
    return [
        Section(
            f"Orders of a shop to queued documents, {orders:,} orders",
            "One run: pages of 250 over HTTP from a simulated shop in this process, whose own work is counted; kept, "
            "drafted in detail, submitted; SQLite with durable commit. Growth is of resident memory at its highest.",
            [
                figure("orders pulled, drafted and queued", [orders / seconds], "per s", at_least=500),
                figure("CPU per order, the shop's own included", [cpu * 1000 / orders], "ms"),
                figure("memory growth", [grown], "MB", at_most=MOST_GROWTH_MB),
            ],
        )
    ]


def _round(folder: Path, orders: int) -> tuple[float, float, float]:
    """Seconds, CPU seconds, and the growth of memory in megabytes."""
    database = company.empty(folder)
    company.add(database)
    url = database.engine.url.render_as_string(hide_password=False)
    settings = load(database_url=url, private_upstreams=True, secrets_file=folder / "keys")
    with shop_upstream(database.now) as shop:
        number = _connected(database, settings, shop)
        _sell(shop, database, 1, WARMING)
        _run(database, settings, number)
        _sell(shop, database, WARMING + 1, WARMING + orders)
        before = machine.reset_peak_memory(os.getpid())
        cpu, began = time.process_time(), time.perf_counter()
        _run(database, settings, number)
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        grown = (machine.peak_memory(os.getpid()) - before) / 1e6
    database.engine.dispose()
    return seconds, cpu, grown


def _connected(database: Database, settings: Settings, shop: ShopUpstream) -> int:
    options = {**OPTIONS, "shop": shop.server.address, "token": shop.api.token, "documents": "detailed"}
    with database.transaction() as db:
        tenant = find_company(db, company.CODE)
        introduced(db, tenant.id, database.now())
        row = add_connection(
            db, tenant, SHOPIFY, {**options, "page_size": 250}, Choices(), settings=settings, by=_BY, now=database.now()
        )
        row.started_at, row.submits = database.now(), True
        return row.id


def _sell(shop: ShopUpstream, database: Database, first: int, last: int) -> None:
    now = database.now()
    for number in range(first, last + 1):
        sale = shop.sell(number, 1_000 + number % 5_000, now - timedelta(seconds=(last - number) // 50))
        shop.store.put("orders", node_of(sale))
        shop.sales.clear()


def _run(database: Database, settings: Settings, number: int) -> None:
    done = run_connection(database, company.CODE, number, settings=settings, by=_BY, clock=database.now)
    if done.notice is not None or not done.documents.counts.submitted:
        raise RuntimeError(f"not what was to come: {done.documents.counts}")
