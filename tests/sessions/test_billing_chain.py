"""From the distributor's answer to the company file, month after month, though answers of QuickBooks are lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import select

from qbwc_server.billing_runs.keeping import change_settings
from qbwc_server.billing_runs.models import BillingOutcome, Outcome
from qbwc_server.billing_runs.reporting import outcomes_of
from qbwc_server.billing_runs.running import find_run, run_billing
from qbwc_server.billing_runs.settings import Makes
from qbwc_server.billing_runs.switches import switch
from qbwc_server.books.costs.wanting import all_costs
from qbwc_server.books.mirror.refreshing import refresh_lists
from qbwc_server.channels.connections.running import run_connection
from qbwc_server.channels.connections.setting_up import Choices, add_connection
from qbwc_server.channels.sherweb.channel import SHERWEB
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.mapping.acts import map_word
from qbwc_server.mapping.deciding import Choice
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.mapping.models import Decision
from qbwc_server.settings import load
from qbwc_server.simulator.bookkeeper import Bookkeeper
from qbwc_server.simulator.distributor.charging import Charging
from qbwc_server.simulator.faults import CrashAfter, CrashBefore, Fault
from qbxml.messages.item import SalesAndPurchase, SalesOrPurchase
from tests.channels.sherweb_upstream import sherweb_upstream
from tests.conftest import TurnableClock
from tests.qbwc_server.billing_runs.distributor import ANN
from tests.sessions.odd_quickbooks import at_the_next_write
from tests.sessions.world import World

MONTHS = [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)]
PRICE, COST, BY_HAND = Decimal("19.90"), Decimal("12.00"), Decimal("120.00")
CENT = Decimal("0.01")


def cents(value: Fraction) -> Decimal:
    """Rounded once, half up; worked out by other means than the server's."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(CENT, ROUND_HALF_UP)


@dataclass
class Chain:
    """A company file, and a distributor whose charges are billed into it."""

    world: World
    charging: Charging
    connection_id: int

    def bill(self, day: date) -> None:
        """Fetch what is charged, and bill the day."""
        self.world.clock.moment = datetime.combine(day, time(15), UTC)
        how: dict[str, Any] = {"by": ANN, "clock": self.world.clock}
        fetched = run_connection(self.world.database, "kern", self.connection_id, settings=self.world.settings, **how)
        assert fetched.notice is None
        run_billing(self.world.database, "kern", day, **how)

    def post(self, fault: Fault) -> None:
        """Update until all is posted; the first write of all meets a fault."""
        at_the_next_write(self.world, fault)
        for _ in range(4):
            self.world.update()
        with self.world.database.reading() as db:
            assert {*db.scalars(select(DocumentRow.state))} == {State.POSTED}

    def report(self, day: date) -> list[BillingOutcome]:
        """What became of each charge."""
        with self.world.database.reading() as db:
            run = find_run(db, self.world.company(db).id, day)
            assert run is not None
            return outcomes_of(db, run)


@pytest.fixture
def chain(sqlite_url: str, clock: TurnableClock) -> Iterator[Chain]:
    """Contoso's invoices are updated, Fabrikam's are made, nobody is billed for Northwind."""
    clock.moment = datetime(2026, 10, 25, 15, tzinfo=UTC)
    world = World(load(database_url=sqlite_url, private_upstreams=True), clock)
    world.update()
    books = world.books.books
    both = SalesAndPurchase(
        sales_price=PRICE,
        income_account=books.lists.account("Sales").ref,
        purchase_cost=Decimal("10.00"),
        expense_account=books.lists.account("Cost of Goods Sold").ref,
    )
    books.create("ItemService", "Licence", values={"sales_and_purchase": both})
    sold = SalesOrPurchase(price=BY_HAND, account=books.lists.account("Sales").ref)
    books.create("ItemService", "Support", values={"sales_or_purchase": sold})
    for name in ("Contoso Ltd", "Fabrikam Inc"):
        books.create("Customer", name)
    with world.database.transaction() as db:
        refresh_lists(db, world.company(db).id, kinds=(), whole=True, now=clock())
    world.update()
    world.update()
    with sherweb_upstream(clock) as (distributor, server):
        with world.database.transaction() as db:
            company = world.company(db)
            said: dict[str, Any] = {"by": ANN, "now": clock()}
            options = distributor.options(server.address)
            row = add_connection(db, company, SHERWEB, options, Choices(), settings=world.settings, **said)
            change_settings(
                db, company, {"mode": "pre_bill", "day": 1, "first_day": MONTHS[0], "proration": "both"}, **said
            )
            for kind, word, entry in (
                (WordKind.ITEM, "M365-BS", "Licence"),
                (WordKind.CUSTOMER, "Contoso", "Contoso Ltd"),
                (WordKind.CUSTOMER, "Fabrikam", "Fabrikam Inc"),
            ):
                choice = Choice(Decision.ENTRY, name=entry)
                map_word(db, company, kind, word, choice, connection_id=row.id, **said)
            switch(db, company, row.id, organisation="name:Contoso", makes=Makes.UPDATE, **said)
        yield Chain(world, distributor.charging, row.id)
    world.database.engine.dispose()


def test_months_of_updates_whose_answers_are_lost_come_to_what_was_charged(chain: Chain) -> None:
    ann, owed, told = Bookkeeper(chain.world.books), Decimal(0), Decimal(0)
    for number, day in enumerate(MONTHS):
        last = (day + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        seats = 10 + number
        licences = chain.charging.add(day, "Contoso", quantity=seats, price=COST)
        added = chain.charging.add(day, "Contoso", quantity=5, price=COST, days=(day.replace(day=16), last))
        chain.charging.add(day, "Fabrikam", quantity=4, price=COST)
        chain.charging.add(day, "Northwind", quantity=7, price=COST)
        line = {"item": "Support", "desc": "By hand", "quantity": Decimal(1)}
        found = ann.enter("Invoice", customer="Contoso Ltd", txn_date=day, is_to_be_printed=True, lines=[line])
        chain.bill(day)
        chain.post(CrashAfter() if number % 2 else CrashBefore())
        owed += BY_HAND + seats * PRICE + 4 * PRICE
        owed += cents(5 * Fraction(PRICE) * (last.day - 15) / last.day)
        owed += -2 * PRICE if number else Decimal(0)  # what was corrected of the month before
        assert chain.world.books.trial_balance() == {"Accounts Receivable": owed, "Sales": -owed}
        assert len(found.lines) == (4 if number else 3)
        assert (found.lines[0].desc, found.lines[0].amount) == ("By hand", BY_HAND)
        told += (seats + 4 + 7) * COST + cents(Fraction(added["quantity"]) * Fraction(added["netPriceProrated"]))
        told -= 2 * COST if number else Decimal(0)
        rows = chain.report(day)
        assert sum((row.cost for row in rows), Decimal(0)) == told  # every charge once
        assert [row.organisation for row in rows if row.outcome is Outcome.ORPHAN] == ["Northwind"] * (number + 1)
        licences["quantity"] = seats - 2  # told otherwise after it was billed
    chain.bill(MONTHS[-1])  # that day is billed
    with chain.world.database.reading() as db:
        assert len(list(db.scalars(select(DocumentRow.id)))) == 2 * len(MONTHS)
        (cost,) = all_costs(db, chain.world.company(db).id)
    item = ann.find("ItemService", "Licence").values["sales_and_purchase"]
    assert (cost.state.value, item.purchase_cost, item.sales_price) == ("there", COST, PRICE)
