"""A person approves what he saw, holds back, and takes back what has not left."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.billing_runs.deciding import ChangedSinceSeen, NotOnThisDay, approve, hold_back, take_back
from qbwc_server.billing_runs.plan import Plan
from qbwc_server.documents.lifecycle import State
from qbwc_server.list_kinds import ListKind
from qbwc_server.mapping.acts import map_word
from qbwc_server.mapping.deciding import Choice
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.mapping.models import Decision
from qbwc_server.tenancy.audit import audit_of
from qbwc_server.tenancy.companies import find_company
from tests.qbwc_server.billing_runs.distributor import ANN, Distributed, told, told_charge

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


def decide(
    distributed: Distributed, done: Callable[..., None], customers: tuple[str, ...] | None = None
) -> dict[str, str]:
    with distributed.database.transaction() as db:
        company = find_company(db, distributed.code)
        done(db, company, NOVEMBER, customers, by=ANN, now=distributed.clock())
    return standings(distributed.plan(NOVEMBER))


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


def december(distributed: Distributed, organisation: str = "Contoso") -> None:
    distributed.clock.advance(days=30)
    charge = told_charge(organisation, first="2026-12-01", last="2026-12-31")
    distributed.brings(charge, first="2026-12-01", last="2026-12-31")


@pytest.mark.parametrize("done", [hold_back, take_back], ids=["hold", "take back"])
def test_who_is_held_back_is_so_on_the_next_day_too_until_he_is_approved(two: Distributed, done: Any) -> None:
    if done is take_back:
        two.run(NOVEMBER)
    two.decides(done, NOVEMBER, "Fabrikam Inc")
    two.run(NOVEMBER)
    december(two, "Fabrikam")
    two.clock.advance(minutes=1)
    assert standings(two.plan(DECEMBER))["Fabrikam Inc"] == "held"
    assert two.run(DECEMBER).documents == 0
    assert standings(two.decides(approve, DECEMBER, "Fabrikam Inc"))["Fabrikam Inc"] == "approved"
    assert two.run(DECEMBER).documents == 1
    two.clock.advance(days=31)
    charge = told_charge("Fabrikam", first="2027-01-01", last="2027-01-31")
    two.brings(charge, first="2027-01-01", last="2027-01-31")
    assert standings(two.plan(date(2027, 1, 1)))["Fabrikam Inc"] == "goes"


def test_who_was_held_back_before_quickbooks_told_his_list_id_is_held_back_still(distributed: Distributed) -> None:
    distributed.usual()
    with distributed.database.transaction() as db:
        map_word(
            db, find_company(db, distributed.code), WordKind.CUSTOMER, "Tailspin",
            Choice(Decision.CREATE, name="Tailspin"), connection_id=distributed.connection_id, by=ANN,
            now=distributed.clock(),
        )  # fmt: skip
    distributed.brings(told_charge("Tailspin"))
    distributed.decides(hold_back, NOVEMBER, "Tailspin")
    distributed.knows("Tailspin")
    distributed.maps("Tailspin", "Tailspin")
    plan = distributed.plan(NOVEMBER)
    assert (plan.billings[0].customer.key, standings(plan)) == ("9000Tailspin-1", {"Tailspin": "held"})
    distributed.decides(approve, NOVEMBER, "Tailspin")
    distributed.run(NOVEMBER)
    december(distributed, "Tailspin")
    assert standings(distributed.plan(DECEMBER)) == {"Tailspin": "goes"}


def price(distributed: Distributed) -> None:
    rest = {"sales_or_purchase": {"desc": None, "price": "120.00", "price_percent": None, "account": None}}
    distributed.shows(ListKind.ITEM, told("8000Licence-1", "Licence", entry_type="Service", rest=rest), reading=2)


CHANGES: dict[str, Callable[[Distributed], None]] = {
    "quantity": lambda one: one.brings(told_charge("Fabrikam", quantity="1000")),
    "price in QuickBooks": price,
    "how it is sent": lambda one: one.settles(delivery="email"),
    "made or updated": lambda one: one.settles(makes="update"),
}


@pytest.mark.parametrize("approval", ["automatic", "needed"])
@pytest.mark.parametrize("what", CHANGES)
def test_what_was_approved_and_is_something_else_by_now_waits_again(
    distributed: Distributed, what: str, approval: str
) -> None:
    distributed.usual(approval=approval)
    distributed.brings(told_charge("Fabrikam"))
    assert standings(distributed.decides(approve, NOVEMBER)) == {"Fabrikam Inc": "approved"}
    distributed.clock.advance(minutes=1)
    CHANGES[what](distributed)
    assert standings(distributed.plan(NOVEMBER)) == {"Fabrikam Inc": "not_approved"}
    assert distributed.run(NOVEMBER).documents == 0


def test_what_two_distributors_charge_one_customer_is_one_invoice(distributed: Distributed) -> None:
    distributed.usual(approval="needed")
    distributed.brings(told_charge())
    first = distributed.connection_id
    distributed.connects("another")
    distributed.maps("Contoso", "Contoso Ltd")
    distributed.maps("M365", "Licence", WordKind.ITEM)
    distributed.brings(told_charge(chargeId="another", quantity="3"))
    (billing,) = distributed.plan(NOVEMBER).billings
    assert (billing.connection_id, [one.bill.quantity for one in billing.lines]) == (first, [Decimal(10), Decimal(3)])
    with pytest.raises(ChangedSinceSeen):
        distributed.decides(approve, NOVEMBER, "Contoso Ltd", seen="0" * 64)
    distributed.decides(hold_back, NOVEMBER, "Contoso Ltd")
    distributed.clock.advance(minutes=1)
    distributed.brings(told_charge(chargeId="another", quantity="4"))
    assert standings(distributed.plan(NOVEMBER)) == {"Contoso Ltd": "held"}
    distributed.decides(approve, NOVEMBER, "Contoso Ltd", seen=distributed.plan(NOVEMBER).billings[0].digest)
    assert (distributed.run(NOVEMBER).documents, distributed.run(NOVEMBER).documents) == (1, 0)
    (row,) = distributed.documents()
    lines = json.loads(row.body)["lines"]
    assert [one["quantity"] for one in lines] == ["10", "4"]
    assert len({one["key"] for one in lines}) == 2
    distributed.clock.advance(days=30)
    distributed.brings(told_charge(chargeId="another", quantity="5"))  # each corrects what is its own
    assert [one.bill.total for one in distributed.plan(DECEMBER).billings[0].lines] == [Decimal(12)]


def test_the_same_charge_by_two_connections_waits_for_a_person(distributed: Distributed) -> None:
    distributed.usual()
    distributed.brings(told_charge(), told_charge(), told_charge(sku="AZURE", quantity="2"))
    distributed.connects("another")
    for word, entry, kind in (("Contoso", "Contoso Ltd", WordKind.CUSTOMER), ("M365", "Licence", WordKind.ITEM)):
        distributed.maps(word, entry, kind)
    distributed.brings(told_charge(chargeId="by file", quantity="9"))
    (billing,) = distributed.plan(NOVEMBER).billings
    assert [one.code for one in billing.warnings] == []
    distributed.clock.advance(minutes=1)
    distributed.brings(told_charge(chargeId="by file"))
    (billing,) = distributed.plan(NOVEMBER).billings
    assert [one.code for one in billing.warnings] == ["told_twice"]
    assert distributed.run(NOVEMBER).documents == 0
    distributed.decides(approve, NOVEMBER, "Contoso Ltd", seen=billing.digest)
    assert distributed.run(NOVEMBER).documents == 1


def test_who_is_held_back_on_a_later_day_is_so_although_an_earlier_one_is_approved(two: Distributed) -> None:
    december(two, "Fabrikam")
    two.decides(hold_back, DECEMBER, "Fabrikam Inc")
    two.clock.advance(minutes=1)
    assert standings(two.plan(NOVEMBER))["Fabrikam Inc"] == "held"
    assert standings(two.decides(approve, NOVEMBER, "Fabrikam Inc"))["Fabrikam Inc"] == "approved"
    assert two.run(NOVEMBER).documents == 1
    assert standings(two.plan(DECEMBER))["Fabrikam Inc"] == "held"
    two.clock.advance(days=31)
    charge = told_charge("Fabrikam", first="2027-01-01", last="2027-01-31")
    two.brings(charge, first="2027-01-01", last="2027-01-31")
    assert standings(two.plan(date(2027, 1, 1)))["Fabrikam Inc"] == "held"
