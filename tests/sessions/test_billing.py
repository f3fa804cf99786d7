"""Billing days in whole sessions: what a distributor charges stands in the company file, to the cent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.billing_runs.running import run_billing
from qbwc_server.billing_runs.settings import Makes
from qbwc_server.billing_runs.switches import switch
from qbwc_server.books.mirror.refreshing import refresh_lists
from qbwc_server.channels.registry import CHANNELS
from qbwc_server.documents.lifecycle import State
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.settings import Settings
from qbwc_server.simulator.bookkeeper import Bookkeeper
from qbwc_server.simulator.transactions import Transaction
from qbxml.messages.item import SalesAndPurchase, SalesOrPurchase
from tests.channels.connected import Killed, KilledAt
from tests.conftest import TurnableClock
from tests.qbwc_server.billing_runs.distributor import ANN, DISTRIBUTOR, Distributed, told_charge
from tests.sessions.world import World

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
Lines = list[tuple[str, str | None, str | None, str]]  # item, quantity, rate, amount


@dataclass
class Billed:
    """A world with a distributor."""

    world: World
    distributed: Distributed

    def settle(self) -> None:
        """Update until nothing is to be done any more."""
        for _ in range(4):
            self.world.update()

    def change(self) -> dict[str, Decimal]:
        """What the trial balance differs by from an empty one."""
        return self.world.books.trial_balance()


@pytest.fixture
def billed(settings: Settings, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Billed]:
    """Items with prices, a customer with a price level, and one without; the lists have been read."""
    monkeypatch.setitem(CHANNELS, DISTRIBUTOR.code, DISTRIBUTOR)
    clock.moment = datetime(2026, 10, 25, 15, tzinfo=UTC)
    world = World(settings, clock)
    world.update()
    books = world.books.books
    sales = books.lists.account("Sales").ref
    for name, price in (("Licence", "12.00"), ("Seat", "12.40"), ("Suite", "120.00")):
        sold = SalesOrPurchase(price=Decimal(price), account=sales)
        books.create("ItemService", name, values={"sales_or_purchase": sold})
    cost = books.lists.account("Cost of Goods Sold").ref
    both = SalesAndPurchase(
        sales_price=Decimal("9.99"), income_account=sales, purchase_cost=Decimal("7.00"), expense_account=cost
    )
    books.create("ItemService", "Backup", values={"sales_and_purchase": both})
    ann = Bookkeeper(world.books)
    ann.add("PriceLevel", "Gold", price_level_fixed_percentage=Decimal(-10))
    for name in ("Contoso Ltd", "Fabrikam Inc"):
        books.create("Customer", name)
    ann.change_entry("Customer", "Fabrikam Inc", price_level="Gold")
    with world.database.transaction() as db:
        refresh_lists(db, world.company(db).id, kinds=(), whole=True, now=clock())
    distributed = Distributed(world.database, clock, added=True)
    made = Billed(world, distributed)
    made.settle()
    for offer, item in (("M365", "Licence"), ("SEAT", "Seat"), ("SUITE", "Suite"), ("BACKUP", "Backup")):
        distributed.maps(offer, item, WordKind.ITEM)
    distributed.maps("Contoso", "Contoso Ltd")
    distributed.maps("Fabrikam", "Fabrikam Inc")
    yield made
    world.database.engine.dispose()


def lines(transaction: Transaction) -> Lines:
    return [
        (
            one.item.full_name,
            None if one.quantity is None else f"{one.quantity:f}",
            None if one.rate is None else str(one.rate),
            f"{one.amount:.2f}",
        )
        for one in transaction.lines
    ]


@dataclass(frozen=True)
class Case:
    """A mode: what is said, what is charged, and what has to stand in the books."""

    settings: dict[str, Any]
    charges: tuple[dict[str, Any], ...]
    lines: Lines
    day: date = NOVEMBER
    period: dict[str, str] = field(default_factory=lambda: {"first": "2026-11-01", "last": "2026-11-30"})


def added(quantity: str, **more: Any) -> dict[str, Any]:
    """Seats from the 16th of a month of 30 days on."""
    return told_charge(first="2026-11-16", quantity=quantity, netPriceProrated="4.00", **more)


DEC = {"first": "2026-12-01", "last": "2026-12-31"}
REMOVED = told_charge(
    sku="SEAT", first="2026-12-21", last="2026-12-31", quantity="-3", price="6.20", netPriceProrated="2.20"
)
YEAR = told_charge(sku="SUITE", last="2027-10-31", quantity="1", price="90.00", billingCycleType="Yearly")
LATE = told_charge(
    sku="SUITE", first="2027-05-01", last="2027-10-31", quantity="1", price="73.00", netPriceProrated="36.80",
    billingCycleType="Yearly",
)  # fmt: skip
CASES = {
    "nothing prorated, beforehand": Case({}, (told_charge(), added("5")), [("Licence", "10", "12.00", "120.00")]),
    "nothing prorated, afterwards": Case(
        {"mode": "post_bill", "first_day": "2026-12-01"},
        (told_charge(), added("5")),
        [("Licence", "10", "12.00", "120.00"), ("Licence", "5", "12.00", "60.00")],
        DECEMBER,
    ),
    "additions": Case(
        {"proration": "additions"},
        (told_charge(), added("5")),
        [("Licence", "10", "12.00", "120.00"), ("Licence", "5", "6.00", "30.00")],
    ),
    "removals": Case(
        {"proration": "removals", "first_day": "2026-12-01"},
        (told_charge(sku="SEAT", quantity="15", price="6.20", **DEC), REMOVED),
        [("Seat", "15", "12.40", "186.00"), ("Seat", "-3", "4.40", "-13.20")],
        DECEMBER,
        DEC,
    ),
    "folded in": Case(
        {"proration": "both", "changes": "folded_in"},
        (told_charge(), added("5")),
        [("Licence", "15", "10.00", "150.00")],
    ),
    "a year at once": Case({}, (YEAR,), [("Suite", "1", "120.00", "120.00")]),
    "a year in twelve parts": Case({"annual": "twelfths"}, (YEAR,), [("Suite", "1", "10.00", "10.00")]),
    "two offers": Case(
        {},
        (told_charge(), told_charge(sku="BACKUP", quantity="3", price="7.00")),
        [("Backup", "3", "9.99", "29.97"), ("Licence", "10", "12.00", "120.00")],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_mode_line_by_line_in_the_company_file(billed: Billed, name: str) -> None:
    case = CASES[name]
    billed.distributed.settles(**case.settings)
    billed.distributed.brings(*case.charges, **case.period)
    billed.distributed.run(case.day)
    billed.settle()
    (invoice,) = billed.world.books.invoices
    assert lines(invoice) == case.lines
    assert (invoice.values["txn_date"], invoice.values["customer"].full_name) == (case.day, "Contoso Ltd")
    total = sum((Decimal(amount) for *_, amount in case.lines), Decimal(0))
    assert billed.change() == {"Accounts Receivable": total, "Sales": -total}
    assert [row.state for row in billed.distributed.documents()] == [State.POSTED]


def test_a_price_level_is_quickbooks_own(billed: Billed) -> None:  # f9
    billed.distributed.settles(proration="both")
    billed.distributed.brings(told_charge("Fabrikam"), added("5", organisation="Fabrikam"))
    (planned,) = billed.distributed.plan(NOVEMBER).billings
    assert planned.invoicing.total == Decimal("135.00")
    billed.distributed.run(NOVEMBER)
    billed.settle()
    (invoice,) = billed.world.books.invoices
    assert lines(invoice) == [("Licence", "10", "10.80", "108.00"), ("Licence", "5", "5.40", "27.00")]
    assert billed.change() == {"Accounts Receivable": Decimal("135.00"), "Sales": Decimal("-135.00")}


def test_months_with_corrections_and_a_credit_memo_come_to_what_was_used(billed: Billed) -> None:
    billed.distributed.settles()
    billed.distributed.brings(told_charge(quantity="10"))
    billed.distributed.run(NOVEMBER)
    billed.settle()
    billed.distributed.brings(told_charge(quantity="4"))
    billed.distributed.brings(told_charge(quantity="1", **DEC), **DEC)
    billed.distributed.run(DECEMBER)
    billed.settle()
    (memo,) = billed.world.books.credit_memos
    assert memo.values["txn_date"] == DECEMBER
    used = (4 + 1) * Decimal("12.00")
    assert billed.change() == {"Accounts Receivable": used, "Sales": -used}


@pytest.mark.parametrize("at", range(4))
def test_killed_anywhere_the_books_are_the_same(billed: Billed, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    monkeypatch.setattr("qbwc_server.billing_runs.portions._AT_A_TIME", 1)
    billed.distributed.settles()
    billed.distributed.brings(told_charge(), told_charge("Fabrikam"))
    billed.world.clock.moment = datetime(2026, 11, 1, 15, tzinfo=UTC)
    for committed in (True, False):
        dying: Any = KilledAt(billed.world.database, at, committed=committed)
        with suppress(Killed):
            run_billing(dying, "kern", NOVEMBER, by=ANN, clock=billed.world.clock)
        billed.world.update()
    billed.distributed.run(NOVEMBER)
    billed.settle()
    assert sorted(one.values["customer"].full_name for one in billed.world.books.invoices) == [
        "Contoso Ltd", "Fabrikam Inc",
    ]  # fmt: skip
    assert billed.change() == {"Accounts Receivable": Decimal("228.00"), "Sales": Decimal("-228.00")}


def by_hand(billed: Billed, day: date, **more: Any) -> Transaction:
    """A bookkeeper enters an invoice for Contoso that waits to be printed."""
    ann = Bookkeeper(billed.world.books)
    line = {"item": "Suite", "desc": "By hand", "quantity": Decimal(1)}
    return ann.enter("Invoice", customer="Contoso Ltd", txn_date=day, is_to_be_printed=True, lines=[line], **more)


def test_lines_go_onto_the_unsent_invoice_of_the_customer(billed: Billed) -> None:  # S4-08, S4-10
    billed.distributed.settles(makes="update")
    by_hand(billed, NOVEMBER)
    billed.distributed.brings(told_charge(), told_charge("Fabrikam"))
    billed.distributed.run(NOVEMBER)
    billed.settle()
    (invoice,) = billed.world.books.invoices
    assert lines(invoice) == [("Suite", "1", "120.00", "120.00"), ("Licence", "10", "12.00", "120.00")]
    key = invoice.lines[1].other1
    assert (len(key), key.isascii()) == (13, True)
    assert billed.change() == {"Accounts Receivable": Decimal("240.00"), "Sales": Decimal("-240.00")}
    billed.world.clock.moment = datetime(2026, 11, 2, 6, tzinfo=UTC)  # the day is over: Fabrikam gets one of his own
    billed.settle()
    assert billed.change() == {"Accounts Receivable": Decimal("348.00"), "Sales": Decimal("-348.00")}
    assert [row.state for row in billed.distributed.documents()] == [State.POSTED, State.POSTED]


def test_one_organisation_with_update_makes_it_an_update_for_the_customer(billed: Billed) -> None:  # f15
    billed.distributed.settles()
    billed.distributed.maps("Fabrikam", "Contoso Ltd")
    with billed.world.database.transaction() as db:
        company = billed.world.company(db)
        said: dict[str, Any] = {"organisation": "name:Fabrikam", "makes": Makes.UPDATE}
        switch(db, company, billed.distributed.connection_id, **said, by=ANN, now=billed.world.clock())
    by_hand(billed, NOVEMBER)
    billed.distributed.brings(told_charge(), told_charge("Fabrikam", quantity="2"))
    billed.distributed.run(NOVEMBER)
    billed.settle()
    (invoice,) = billed.world.books.invoices
    assert [one[:2] for one in lines(invoice)] == [("Suite", "1"), ("Licence", "10"), ("Licence", "2")]
