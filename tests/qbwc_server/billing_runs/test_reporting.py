"""The report foots to the charges to the cent: each stands in it once."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

from qbwc_server.billing_runs.models import Outcome
from qbwc_server.billing_runs.reporting import outcomes, outcomes_of, part_of_cost
from qbwc_server.billing_runs.running import find_run
from qbwc_server.billing_runs.switches import switch
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.tenancy.companies import find_company
from tests.qbwc_server.billing.charged import charge
from tests.qbwc_server.billing.charged import month as month_of_charges
from tests.qbwc_server.billing_runs.distributor import ANN, Distributed, told_charge

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


def kept(distributed: Distributed, day: date) -> list[Any]:
    with distributed.database.reading() as db:
        run = find_run(db, distributed.id, day)
        assert run is not None
        return outcomes_of(db, run)


def test_every_charge_stands_in_it_once_month_after_month(distributed: Distributed) -> None:
    distributed.usual(annual="twelfths")
    yearly = told_charge(
        "Fabrikam", price="100.01", last="2027-10-31", billingCycleType="Yearly", quantity="3", isBilled=True
    )
    distributed.brings(told_charge(quantity="7.3", price="0.77"), told_charge("Orphan"), told_charge(None), yearly)
    told = Decimal("5.62") + 2 * Decimal("80.00") + Decimal("300.03")
    distributed.run(date(2026, 11, 1))
    rows = kept(distributed, date(2026, 11, 1))
    assert sum((row.cost for row in rows), Decimal(0)) == told
    assert Counter(row.outcome for row in rows) == {
        Outcome.LEFT: 11, Outcome.BILLED: 1, Outcome.ORPHAN: 2, Outcome.WAITS: 1,
    }  # fmt: skip
    assert [row.reason for row in rows if row.outcome is Outcome.WAITS] == ["warned"]  # 12.00 for what costs 100.01
    distributed.run(date(2026, 12, 1))
    rows = kept(distributed, date(2026, 12, 1))
    assert sum((row.cost for row in rows), Decimal(0)) == told
    assert [row.origin != "" for row in rows if row.outcome is Outcome.BILLED_BEFORE] == [True]


def test_what_vanishes_after_it_was_billed_costs_nothing(distributed: Distributed) -> None:
    distributed.usual()
    distributed.maps("Backup", "Licence", WordKind.ITEM)
    distributed.brings(told_charge(), told_charge(sku="Backup", price="5.00"))
    distributed.run(NOVEMBER)
    distributed.clock.advance(minutes=5)
    distributed.brings(told_charge())
    assert sum((one["cost"] for one in outcomes(distributed.plan(NOVEMBER))), Decimal(0)) == Decimal("80.00")
    with distributed.database.transaction() as db:
        company, now = find_company(db, distributed.code), distributed.clock()
        switch(db, company, distributed.connection_id, offer="Backup", synchronise=False, by=ANN, now=now)
    plan = distributed.plan(DECEMBER)
    assert [one.problem.code for one in plan.orphans] == ["switched_off"]
    assert sum((one["cost"] for one in outcomes(plan)), Decimal(0)) == Decimal("80.00")


def test_twelve_parts_cost_what_the_whole_does() -> None:
    one = charge(month_of_charges(2026, 11), "3", "33.34")
    assert sum((part_of_cost(one, part) for part in range(1, 13)), Decimal(0)) == part_of_cost(one, 0)
