"""Which unit cost a billing day wants written to which item."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from qbwc_server.books.costs.wanting import all_costs
from qbwc_server.list_kinds import ListKind
from qbwc_server.mapping.kinds import WordKind
from tests.qbwc_server.billing_runs.distributor import Distributed, told, told_charge

NOVEMBER = date(2026, 11, 1)
OFF = [{"deductionType": "PerformancePercentage", "unitValue": "1.50"}]


def costs(distributed: Distributed) -> list[tuple[str, str, str, str | None]]:
    with distributed.database.reading() as db:
        return [(one.name, one.cost, one.state.value, one.code) for one in all_costs(db, distributed.id)]


CASES: dict[str, tuple[list[dict[str, Any]], list[tuple[str, str, str, str | None]]]] = {
    "once for all customers": (
        [told_charge(price="8.00"), told_charge("Fabrikam", price="8.00")],
        [("Licence", "8.00000", "waiting", None)],
    ),
    "a part of a cycle says nothing": (
        [told_charge(price="8.00"), told_charge(first="2026-11-16", price="7.90", netPriceProrated="3.95")],
        [("Licence", "8.00000", "waiting", None)],
    ),
    "a fee once says nothing": (
        [told_charge(price="8.00"), told_charge(price="3.00", chargeType="Setup", billingCycleType="OneTime")],
        [("Licence", "8.00000", "waiting", None)],
    ),
    "different ones": (
        [told_charge(price="8.00"), told_charge("Fabrikam", price="9.00")],
        [("Licence", "9.00000", "not_written", "costs_differ")],
    ),
    "the performance tier": (
        [told_charge(price="8.00", deductions=OFF)],
        [("Licence", "9.50000", "waiting", None)],
    ),
    "another currency": (
        [told_charge(price="8.00", currency="EUR")],
        [],  # nobody is billed for it
    ),
    "nobody is billed": ([told_charge("Orphan")], []),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_wanted(distributed: Distributed, name: str) -> None:
    charges, wanted = CASES[name]
    distributed.usual(proration="both")
    distributed.brings(*charges)
    distributed.run(NOVEMBER)
    assert costs(distributed) == wanted
    distributed.run(NOVEMBER)  # begun again it wants the same
    assert costs(distributed) == wanted


def test_what_the_item_has_already_is_not_asked_for(distributed: Distributed) -> None:
    distributed.usual()
    rest = {"sales_and_purchase": {"sales_price": "12.00", "purchase_cost": "8.00"}}
    distributed.shows(ListKind.ITEM, told("8000Bought-1", "Bought", entry_type="Service", rest=rest))
    distributed.maps("M365", "Bought", WordKind.ITEM)
    distributed.brings(told_charge(price="8.00"))
    assert distributed.run(NOVEMBER).documents == 1
    assert costs(distributed) == []
