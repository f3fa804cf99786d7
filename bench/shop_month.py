"""A month of a shop in steps of five minutes: asked, drafted, posted into a simulated company file, broken at times.

Answers are lost, processes die in the middle of a run and of an update. At the end nothing may be missing, nothing
doubled, and each account has on each day what other code computes from the orders.

``python -m bench.shop_month --orders 100000 --days 30`` plays it. The exit status is 1 where something is wrong.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bench import company
from bench.shop_expected import RECEIVABLE, WAYS, Expected, Sums
from qbwc_server.channels.connections.running import run_connection
from qbwc_server.channels.connections.setting_up import Choices, add_connection
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.channels.shopify.admin.channel import SHOPIFY
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.observe import logs
from qbwc_server.settings import Settings, load
from qbwc_server.simulator import Break, ConnectorKilled, Faults, WireFault
from qbwc_server.simulator.shop.trade import Trade
from tests.channels.connected import CLOCK, Killed, KilledAt
from tests.channels.shop_upstream import ShopUpstream, shop_upstream
from tests.conftest import TurnableClock
from tests.sessions.world import BY, World

EVERY = timedelta(minutes=5)
_ACCOUNTS = (
    ("Clearing", "OtherCurrentAsset"),
    ("Reserve", "OtherCurrentAsset"),
    ("Till", "Bank"),
    ("Sales Tax Collected", "OtherCurrentLiability"),
    ("Tips Payable", "OtherCurrentLiability"),
    ("Over and Short", "Expense"),
)
OPTIONS: dict[str, Any] = {
    "gateways": WAYS,
    "sales_account": "Sales",
    "returns_account": "Sales",
    "discount_account": "Sales",
    "shipping_account": "Shipping Income",
    "tax_account": "Sales Tax Collected",
    "tip_account": "Tips Payable",
    "gift_card_account": "Gift Cards Outstanding",
    "promotion_account": "Advertising",
    "rounding_account": "Rounding",
    "clearing_account": "Clearing",
    "bank_account": "Savings",
    "cash_account": "Till",
    "fees_account": "Merchant Fees",
    "reserve_account": "Reserve",
    "adjustments_account": "Reserve",
    "disputes_account": "Merchant Fees",
    "opening_account": "Owner's Equity",
    "over_short_account": "Over and Short",
    "pay_in_out_account": "Checking",
    "receivables_account": RECEIVABLE,
    "first_import_in_bulk": False,
    "page_size": 100,
}
_LOST = tuple(one for one in Break if one not in (Break.HELD_BACK, Break.REPEATED_LATE))
_MOST_TRANSACTIONS = 12  # of one run; at one of them its process is killed


@dataclass
class ShopMonth:
    """What is played, and what was.

    Args:
        breaks: one of so many runs is killed, and one of so many updates meets a break.
    """

    first_day: date
    days: int
    orders_a_day: int
    mode: str = "summary"
    every: timedelta = EVERY
    seed: int = 1
    breaks: int = 10
    counts: Counter[str] = field(default_factory=Counter)

    def play(self, world: World, settings: Settings, shop: ShopUpstream, clock: TurnableClock) -> list[str]:
        """Play it in a company that has nothing yet; what is wrong, in sentences."""
        self._dice = random.Random(self.seed)
        self._world, self._settings, self._clock = world, settings, clock
        trade = Trade(
            shop.store, seed=self.seed, first_day=self.first_day, days=self.days, orders_a_day=self.orders_a_day
        )
        for name, kind in _ACCOUNTS:
            world.books.books.create("Account", name, values={"account_type": kind})
        self._connect(shop)
        last = clock() + timedelta(days=self.days)
        while clock() < last:
            self._step(trade, self.every)
        while (ends := trade.ends_at) is not None and clock() <= ends:
            self._step(trade, timedelta(hours=12))
        self._settle()
        self.counts["orders"] = len(trade.numbers)
        return [*self._missing(), *_differences(Expected(shop.store).sums(), self._books())]

    def _connect(self, shop: ShopUpstream) -> None:
        options = {**OPTIONS, "shop": shop.server.address, "token": shop.api.token, "documents": self.mode}
        with self._world.database.transaction() as db:
            row = add_connection(
                db, self._world.company(db), SHOPIFY, options, Choices(), settings=self._settings, by=BY,
                now=self._clock(),
            )  # fmt: skip
            row.started_at, row.submits, row.state = self._clock(), True, ConnectionState.RUNNING
            self._connection = row.id

    def _step(self, trade: Trade, span: timedelta) -> None:
        self._clock.moment += span
        self.counts["things that happened"] += trade.until(self._clock())
        self._ask()
        self._update()

    def _ask(self) -> None:
        """A run; killed at times, and then the next process does it again."""
        self.counts["runs"] += 1
        if self._dice.randrange(self.breaks) == 0:
            self.counts["runs killed"] += 1
            at = self._dice.randrange(1, _MOST_TRANSACTIONS)
            dying: Any = KilledAt(self._world.database, at, committed=self._dice.random() < 0.5)
            try:
                self._run(dying)
            except Killed:
                self.counts["runs taken over"] += 1
        self._run(self._world.database)

    def _run(self, database: Any) -> None:
        done = run_connection(
            database, self._world.code, self._connection, settings=self._settings, by=CLOCK, clock=self._clock
        )
        if done.notice is not None:
            raise RuntimeError(f"the shop could not be asked: {done.notice}")

    def _update(self) -> None:
        """An update session; an answer is lost at times, the Web Connector dies, or the server."""
        self.counts["updates"] += 1
        if self._dice.randrange(self.breaks):
            self._world.update(later=False)
            return
        self.counts["updates broken"] += 1
        if self._dice.randrange(3) == 0:
            self._world.restart()
        kind = self._dice.choice(_LOST)
        fault = Faults.of(WireFault(kind, "receiveResponseXML", self._dice.randint(1, 5)))
        try:
            self._world.update(fault, later=False)
        except ConnectorKilled:
            self.counts["connectors killed"] += 1

    def _settle(self) -> None:
        """What a person has to do; then updates until nothing is left to be sent."""
        for _ in range(12):
            with self._world.database.reading() as db:
                waiting = db.scalars(
                    select(DocumentRow.origin).where(
                        DocumentRow.state == State.FOR_REVIEW, DocumentRow.reason == "first_float"
                    )
                ).all()
            for origin in waiting:
                self._world.submit(origin)
            report = self._world.update()
            if report.ok and not report.rounds:
                return

    def _rows(self) -> list[DocumentRow]:
        with self._world.database.reading() as db:
            return list(db.scalars(select(DocumentRow).order_by(DocumentRow.id)))

    def _missing(self) -> Iterator[str]:
        """Every document stands in the books once, and the books hold nothing else."""
        rows = self._rows()
        self.counts.update(f"documents {row.state.value}" for row in rows)
        ids = Counter(row.txn_id for row in rows if row.txn_id is not None)
        yield from _said("two documents on one transaction", [one for one, count in ids.items() if count > 1])
        done = (State.POSTED, State.EXCLUDED, State.WITHDRAWN)
        stuck = [f"{row.origin} {row.state.value}: {row.message}" for row in rows if row.state not in done]
        yield from _said("documents that are not in the books", stuck)
        standing = {row.txn_id for row in rows if row.state is State.POSTED}
        there = {txn.txn_id for txn in self._world.books.transactions if not txn.is_void}
        yield from _said("posted and not there", sorted(str(one) for one in standing - there))
        yield from _said("there and of no document", sorted(there - standing))

    def _books(self) -> Sums:
        """Each account of the company file by day."""
        names = {one.list_id: one.full_name for one in self._world.books.books.lists.of("Account")}
        sums: Sums = {}
        for txn in self._world.books.transactions:
            for posting in txn.postings:
                key = names[posting.account], txn.txn_date
                sums[key] = sums.get(key, Decimal(0)) + posting.amount
        return {key: amount for key, amount in sums.items() if amount and key[0] != RECEIVABLE}


def _differences(expected: Sums, books: Sums) -> Iterator[str]:
    differing = [
        f"{account} on {day}: {books.get((account, day), 0)}, not {expected.get((account, day), 0)}"
        for account, day in sorted(expected.keys() | books.keys(), key=lambda one: (one[1], one[0]))
        if expected.get((account, day), 0) != books.get((account, day), 0)
    ]
    yield from _said("accounts that differ", differing)


def _said(what: str, found: list[str]) -> Iterator[str]:
    if found:
        yield f"{what}: {len(found)}, such as {'; '.join(found[:5])}"


def begin_of(day: date) -> datetime:
    """Before anything happens on that day in New York."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def main() -> int:
    """Play a month and say what was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=3000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--first-day", type=date.fromisoformat, default=date(2026, 3, 1))
    parser.add_argument("--mode", choices=["summary", "detailed"], default="summary")
    parser.add_argument("--minutes", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args()
    logs.configure("ERROR", "text")
    month = ShopMonth(
        said.first_day, said.days, said.orders // said.days, said.mode, timedelta(minutes=said.minutes), said.seed
    )
    clock = TurnableClock()
    clock.moment = begin_of(said.first_day)
    began, cpu = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as folder, shop_upstream(clock) as shop:
        database = company.empty(Path(folder))
        url = database.engine.url.render_as_string(hide_password=False)
        settings = load(database_url=url, private_upstreams=True, secrets_file=Path(folder) / "keys")
        wrong = month.play(World(settings, clock), settings, shop, clock)
    took = f"{time.perf_counter() - began:.0f} s, {time.process_time() - cpu:.0f} s of CPU"
    counts = ", ".join(f"{count:,} {name}" for name, count in sorted(month.counts.items()))
    sys.stdout.write(f"{counts}; {took}: {wrong or 'all is well'}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
