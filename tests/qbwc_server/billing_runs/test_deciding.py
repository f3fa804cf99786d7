"""A person approves what he saw, holds back, and takes back what has not left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from qbwc_server.billing_runs.deciding import NotOnThisDay, approve, hold_back, take_back
from qbwc_server.billing_runs.plan import Plan
from qbwc_server.documents.lifecycle import State
from qbwc_server.tenancy.audit import audit_of
from qbwc_server.tenancy.companies import find_company
from tests.qbwc_server.billing_runs.distributor import ANN, Distributed, told_charge

NOVEMBER = date(2026, 11, 1)


def decide(
    distributed: Distributed, done: Callable[..., Plan], customers: tuple[str, ...] | None = None
) -> dict[str, str]:
    with distributed.database.transaction() as db:
        company = find_company(db, distributed.code)
        plan = done(db, company, NOVEMBER, customers, by=ANN, now=distributed.clock())
    return standings(plan)


def standings(plan: Plan) -> dict[str, str]:
    return {one.customer.name: one.standing.value for one in plan.billings}


@pytest.fixture
def two(distributed: Distributed) -> Distributed:
    """Contoso's price is below cost."""
    distributed.usual()
    distributed.brings(told_charge(price="12.01"), told_charge("Fabrikam"))
    return distributed


def test_a_warning_is_acknowledged_as_it_was_seen(two: Distributed) -> None:
    assert decide(two, approve, ("Contoso Ltd",)) == {"Contoso Ltd": "approved", "Fabrikam Inc": "goes"}
    two.clock.advance(minutes=1)
    two.brings(told_charge(price="12.02"))
    assert standings(two.plan(NOVEMBER))["Contoso Ltd"] == "warned"  # another warning than the one that was seen
    assert decide(two, approve) == {"Contoso Ltd": "approved", "Fabrikam Inc": "approved"}
    assert two.run(NOVEMBER).waiting == 0
    with two.database.reading() as db:
        assert audit_of(db, company_id=two.id)[0].subject == "Fabrikam Inc, 2026-11-01"


def test_who_is_held_back_waits_and_all_does_not_mean_him(two: Distributed) -> None:
    assert decide(two, hold_back, ("9000FabrikamInc-1",))["Fabrikam Inc"] == "held"
    assert decide(two, approve) == {"Contoso Ltd": "approved", "Fabrikam Inc": "held"}
    assert two.run(NOVEMBER).waiting == 1
    assert decide(two, approve, ("Fabrikam Inc",)) == {"Fabrikam Inc": "approved"}
    assert two.run(NOVEMBER).documents == 1
    assert [(row.party, row.date) for row in two.documents()] == [("Contoso Ltd", NOVEMBER), ("Fabrikam Inc", NOVEMBER)]


def test_where_approval_is_needed_nobody_goes_without(two: Distributed) -> None:
    two.settles(approval="needed")
    assert standings(two.plan(NOVEMBER)) == {"Contoso Ltd": "warned", "Fabrikam Inc": "not_approved"}
    assert two.run(NOVEMBER).documents == 0
    decide(two, approve, ("Fabrikam Inc",))
    assert two.run(NOVEMBER).documents == 1


def test_taken_back_it_is_held_until_it_is_approved(two: Distributed) -> None:
    two.run(NOVEMBER)
    assert decide(two, take_back, ("Fabrikam Inc",))["Fabrikam Inc"] == "held"
    assert [row.state for row in two.documents()] == [State.EXCLUDED]
    assert two.run(NOVEMBER).documents == 0
    decide(two, approve, ("Fabrikam Inc",))
    assert two.run(NOVEMBER).documents == 1
    assert [(row.party, row.state) for row in two.documents()] == [("Fabrikam Inc", State.SUBMITTED)]


@pytest.mark.parametrize("done", [approve, hold_back, take_back], ids=["approve", "hold", "take back"])
def test_who_is_not_there_is_refused(two: Distributed, done: Any) -> None:
    with pytest.raises(NotOnThisDay, match="'Tailspin'"):
        decide(two, done, ("Tailspin",))
