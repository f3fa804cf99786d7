"""Portions: all that is told of a customer's organisations stands in one, and none is larger than it has to be."""

from __future__ import annotations

from datetime import date

import pytest

from qbwc_server.billing_runs.portions import Portions, portioned
from qbwc_server.billing_runs.running import BilledMeanwhile, run_billing
from qbwc_server.billing_runs.told import names_of
from tests.qbwc_server.billing_runs.distributor import ANN, Distributed, told_charge

NOVEMBER = date(2026, 11, 1)
DEC = {"first": "2026-12-01", "last": "2026-12-31"}


def portions(distributed: Distributed) -> Portions:
    number = distributed.connection_id
    with distributed.database.reading() as db:
        names = {number: names_of(db, number, ())}
        return portioned(db, distributed.id, names, {number: number}, date(2026, 10, 1))


def sources(distributed: Distributed) -> list[list[str]]:
    return [sorted(one.sources[distributed.connection_id]) for one in portions(distributed).portions]


@pytest.fixture
def small(distributed: Distributed, monkeypatch: pytest.MonkeyPatch) -> Distributed:
    """Each customer is a portion."""
    monkeypatch.setattr("qbwc_server.billing_runs.portions._AT_A_TIME", 1)
    distributed.usual()
    return distributed


def test_organisations_of_one_customer_are_together_and_others_apart(small: Distributed) -> None:
    small.maps("Tailspin", "Contoso Ltd")
    small.brings(told_charge(), told_charge("Fabrikam"), told_charge("Tailspin"), told_charge("Orphan"))
    assert sources(small) == [
        ["2026-11-01:Contoso", "2026-11-01:Tailspin"], ["2026-11-01:Fabrikam"], ["2026-11-01:Orphan"],
    ]  # fmt: skip
    assert portions(small).of_customers({"Fabrikam Inc"})[0].number == 1
    assert portions(small).of_customers({"9000ContosoLtd-1", "Contoso Ltd"})[0].number == 0


def test_an_organisation_stays_together_under_all_its_names_and_periods(small: Distributed) -> None:
    small.brings(told_charge("Contoso"))
    small.names(("c-1", "Contoso"))
    small.clock.advance(minutes=1)
    small.names(("c-1", "Contoso Group"))
    small.brings(told_charge("Contoso Group", **DEC), **DEC)
    assert sources(small) == [["2026-11-01:Contoso", "2026-12-01:Contoso Group"]]


def test_what_was_billed_and_is_told_no_more_stands_with_its_organisation(small: Distributed) -> None:
    small.brings(told_charge(), told_charge("Fabrikam"))
    small.run(NOVEMBER)
    small.clock.advance(days=30)
    small.withdraws("Contoso")
    small.brings(told_charge(**DEC), **DEC)
    assert sources(small) == [["2026-11-01:Contoso", "2026-12-01:Contoso"], ["2026-11-01:Fabrikam"]]
    (billing,) = small.plan(date(2026, 12, 1)).billings
    assert len(billing.lines) == 2


def test_small_customers_share_a_portion(distributed: Distributed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qbwc_server.billing_runs.portions._AT_A_TIME", 3)
    distributed.usual()
    distributed.brings(*(told_charge(name) for name in ("A", "B", "C", "D")))
    assert [len(one) for one in sources(distributed)] == [3, 1]


def test_a_run_that_is_begun_again_stops_the_one_that_is_at_it(small: Distributed) -> None:
    small.brings(told_charge(), told_charge("Fabrikam"))
    done: list[int] = []

    def meanwhile() -> None:
        if not done:
            done.append(small.run(NOVEMBER).documents)

    with pytest.raises(BilledMeanwhile):
        run_billing(small.database, small.code, NOVEMBER, by=ANN, clock=small.clock, checkpoint=meanwhile)
    assert (done, len(small.documents()), small.run(NOVEMBER).documents) == ([2], 2, 0)
