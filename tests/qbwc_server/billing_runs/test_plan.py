"""What a billing day would bill: every charge stands somewhere, and what a person should see is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from qbwc_server.billing_runs.deciding import approve, take_back
from qbwc_server.billing_runs.plan import Plan, Standing
from qbwc_server.billing_runs.portions import Portions, portioned
from qbwc_server.billing_runs.reporting import outcomes
from qbwc_server.billing_runs.switches import switch
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.errors import Conflict, Invalid
from qbwc_server.list_kinds import ListKind
from qbwc_server.mapping.acts import map_word
from qbwc_server.mapping.deciding import NEVER
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.tenancy.companies import find_company
from tests.qbwc_server.billing_runs.distributor import ANN, Distributed, told, told_charge

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


def orphans(plan: Plan) -> dict[str, str]:
    return {f"{one.charge.organisation.name} {one.charge.offer}": one.problem.code for one in plan.orphans}


def warned(plan: Plan) -> list[tuple[str, Standing]]:
    return [(warning.code, one.standing) for one in plan.billings for warning in one.warnings]


def test_orphans_are_listed_with_their_reason(distributed: Distributed) -> None:
    distributed.usual()
    with distributed.database.transaction() as db:
        company, now = find_company(db, distributed.code), distributed.clock()
        scope = distributed.connection_id
        switch(db, company, scope, offer="Backup", synchronise=False, by=ANN, now=now)
        map_word(db, company, WordKind.CUSTOMER, "Never", NEVER, connection_id=scope, by=ANN, now=now)
    distributed.names(("t-1", "Twin"), ("t-2", "Twin"))
    distributed.brings(
        told_charge(), told_charge(sku="Backup"), told_charge(sku="Azure"), told_charge("Tailspin"),
        told_charge("Never"), told_charge("Twin"), told_charge("Fabrikam", currency="EUR"), told_charge(None),
    )  # fmt: skip
    plan = distributed.plan(NOVEMBER)
    assert orphans(plan) == {
        "Contoso Backup": "switched_off", "Contoso Azure": "unmapped", "Tailspin M365": "unmapped",
        "Never M365": "never_taken", "Twin M365": "same_name", "Fabrikam M365": "currency_differs",
    }  # fmt: skip
    assert [one.customer.name for one in plan.billings] == ["Contoso Ltd"]
    assert sum((one["cost"] for one in outcomes(plan)), Decimal(0)) == 8 * Decimal("80.00")


@pytest.mark.parametrize(
    ("kind", "gone"),
    [(ListKind.CUSTOMER, told("9000ContosoLtd-1", "Contoso Ltd", active=False)),
     (ListKind.ITEM, told("8000Licence-1", "Licence", entry_type="Service", active=False)),
     (ListKind.ITEM, told("8000Licence-1", "Licence", entry_type="Subtotal"))],
    ids=["customer", "item", "type"],
)  # fmt: skip
def test_what_was_made_inactive_is_found_before_the_day(distributed: Distributed, kind: ListKind, gone: object) -> None:
    distributed.usual()
    distributed.brings(told_charge())
    distributed.shows(kind, gone, reading=2)
    assert {*orphans(distributed.plan(NOVEMBER)).values()} <= {"mapping_lost", "mapping_does_not_fit"}
    assert distributed.plan(NOVEMBER).billings == []


def test_who_was_renamed_is_billed_under_the_new_name(distributed: Distributed) -> None:
    distributed.usual()
    distributed.brings(told_charge())
    distributed.shows(ListKind.CUSTOMER, told("9000ContosoLtd-1", "Contoso Group"), reading=2)
    assert [one.customer.name for one in distributed.plan(NOVEMBER).billings] == ["Contoso Group"]


def test_a_price_that_is_missing_or_below_cost_waits_for_a_person(distributed: Distributed) -> None:  # c, margin
    distributed.usual()
    distributed.brings(told_charge(price="12.01"), told_charge("Fabrikam"))
    plan = distributed.plan(NOVEMBER)
    assert warned(plan) == [("price_below_cost", Standing.WARNED)]
    assert {one.customer.name: one.standing.value for one in plan.billings} == {
        "Contoso Ltd": "warned", "Fabrikam Inc": "goes",
    }  # fmt: skip
    result = distributed.run(NOVEMBER)
    assert (result.documents, result.waiting) == (1, 1)
    assert [row.party for row in distributed.documents()] == ["Fabrikam Inc"]
    distributed.shows(ListKind.ITEM, told("8000Licence-1", "Licence", entry_type="Service"), reading=2)
    assert warned(distributed.plan(NOVEMBER)) == [("price_missing", Standing.WARNED)]


def test_a_part_of_a_month_without_a_price_has_to_be_mended(distributed: Distributed) -> None:
    distributed.usual(proration="both")
    distributed.sells(price=None)
    distributed.brings(told_charge(first="2026-11-16", netPriceProrated="4.00"))
    assert warned(distributed.plan(NOVEMBER)) == [("price_needed", Standing.BLOCKED)]
    assert distributed.run(NOVEMBER).waiting == 1


def test_an_organisation_that_vanishes_waits_for_a_person(distributed: Distributed) -> None:  # f4
    distributed.usual()
    distributed.brings(told_charge())
    distributed.run(NOVEMBER)
    distributed.clock.advance(days=30)
    distributed.withdraws("Contoso")
    distributed.brings(told_charge("Contoso Group"))
    plan = distributed.plan(DECEMBER)
    assert warned(plan) == [("organisation_vanished", Standing.WARNED)]
    assert orphans(plan) == {"Contoso Group M365": "unmapped"}
    assert (plan.billings[0].invoicing.is_credit, plan.billings[0].invoicing.total) == (True, Decimal("-120.00"))


def test_nothing_is_given_back_for_a_charge_that_cannot_be_read_any_more(distributed: Distributed) -> None:
    distributed.usual()
    distributed.brings(told_charge(), told_charge(sku="Backup"))
    distributed.run(NOVEMBER)
    distributed.clock.advance(days=30)
    distributed.brings(told_charge(quantity="many"), told_charge(sku="Backup"))
    plan = distributed.plan(DECEMBER)
    assert [one.invoicing.total for one in plan.billings] == []
    assert [(number, one.problem.field) for number, one in plan.unread] == [(distributed.connection_id, "quantity")]
    distributed.clock.advance(minutes=1)
    distributed.brings(told_charge(quantity="12"), told_charge(sku="Backup"))  # it can be read again
    assert [one.invoicing.total for one in distributed.plan(DECEMBER).billings] == [Decimal("24.00")]


def test_the_performance_tier_is_no_part_of_the_cost_unless_it_is_said(distributed: Distributed) -> None:  # S4-33
    distributed.usual()
    tier = {"code": "T", "name": "Tier", "deductionType": "PerformancePercentage", "value": "5", "unitValue": "0.40"}
    distributed.brings(told_charge(price="7.60", deductions=[tier]))
    assert distributed.plan(NOVEMBER).billings[0].lines[0].unit_cost == Decimal("8.00")
    distributed.settles(cost="with_performance")
    line = distributed.plan(NOVEMBER).billings[0].lines[0]
    assert (line.unit_cost, line.margin) == (Decimal("7.60"), Decimal("4.40"))


def test_a_day_that_is_no_billing_day_is_refused(distributed: Distributed) -> None:
    distributed.usual()
    with pytest.raises(Invalid, match="2026-11-02 is no billing day"):
        distributed.plan(date(2026, 11, 2))


def test_a_distributor_who_does_not_answer_is_told(distributed: Distributed) -> None:
    distributed.usual()
    with distributed.database.transaction() as db:
        db.execute(update(Connection).values(state=ConnectionState.NEEDS_SIGN_IN))
    assert [one.code for one in distributed.plan(NOVEMBER).problems] == ["charges_not_current"]


def test_a_correction_of_what_another_customer_was_billed_waits_for_a_person(distributed: Distributed) -> None:
    distributed.usual()
    distributed.brings(told_charge())
    distributed.run(NOVEMBER)
    distributed.clock.advance(days=30)
    distributed.brings(told_charge(quantity="2"))
    distributed.maps("Contoso", "Fabrikam Inc")
    assert warned(distributed.plan(DECEMBER)) == [("billed_to_another", Standing.WARNED)]
    distributed.maps("Contoso", "Contoso Ltd")
    assert warned(distributed.plan(DECEMBER)) == []


@pytest.mark.parametrize("connected", [False, True], ids=["disconnected", "both connected"])
def test_a_distributor_under_another_account_bills_nothing_again(distributed: Distributed, connected: bool) -> None:
    distributed.usual()
    distributed.brings(told_charge())
    distributed.run(NOVEMBER)
    distributed.clock.advance(days=30)
    if not connected:
        distributed.disconnect()
    before = distributed.connection_id
    distributed.connects("a new key of the same partner")
    distributed.maps("M365", "Licence", WordKind.ITEM)
    distributed.maps("Contoso", "Contoso Ltd")
    distributed.brings(told_charge())
    assert distributed.plan(DECEMBER).billings == []
    distributed.clock.advance(minutes=1)
    distributed.brings(told_charge(quantity="12"))
    if connected:
        after, distributed.connection_id = distributed.connection_id, before
        distributed.brings(told_charge(quantity="12"))
        distributed.connection_id = after
    assert [one.invoicing.total for one in distributed.plan(DECEMBER).billings] == [Decimal("24.00")]
    assert distributed.run(DECEMBER).documents == 1
    assert distributed.plan(date(2027, 1, 1)).billings == []


def test_what_is_not_told_under_another_account_is_not_given_back(distributed: Distributed) -> None:
    distributed.usual()
    distributed.brings(told_charge(), told_charge("Fabrikam"))
    distributed.run(NOVEMBER)
    distributed.clock.advance(days=30)
    distributed.disconnect()
    distributed.connects("another")
    distributed.maps("M365", "Licence", WordKind.ITEM)
    distributed.maps("Fabrikam", "Fabrikam Inc")
    distributed.brings(told_charge("Fabrikam", quantity="12"))
    distributed.run(DECEMBER)
    distributed.clock.advance(days=31)
    distributed.withdraws("Contoso")
    distributed.withdraws("Fabrikam")  # what was corrected under it is given back in full
    plan = distributed.plan(date(2027, 1, 1))
    assert [(one.customer.name, one.invoicing.total) for one in plan.billings] == [("Fabrikam Inc", Decimal(-144))]


def test_each_correction_of_a_charge_has_a_key_of_its_own(distributed: Distributed) -> None:
    distributed.usual()
    distributed.brings(told_charge())
    distributed.run(NOVEMBER)
    keys = []
    for day, quantity in ((DECEMBER, "12"), (date(2027, 1, 1), "10"), (date(2027, 2, 1), "12")):
        distributed.clock.advance(days=31)
        distributed.brings(told_charge(quantity=quantity))
        keys += [line.key(day) for line in distributed.plan(day).billings[0].lines]
        distributed.run(day)
    assert len(set(keys)) == 3


def test_what_other_terms_left_out_for_good_waits_for_a_person(distributed: Distributed) -> None:
    distributed.usual()
    added = told_charge(first="2026-11-16", quantity="5", price="8.00", netPriceProrated="4.00")
    distributed.brings(told_charge(), added)
    assert distributed.run(NOVEMBER).documents == 1
    distributed.settles(proration="both")
    distributed.clock.advance(days=30)
    assert warned(distributed.plan(DECEMBER)) == [("left_out_before", Standing.WARNED)]
    assert distributed.run(DECEMBER).documents == 0
    distributed.settles(proration="none")
    assert distributed.plan(DECEMBER).billings == []


def test_what_is_mapped_otherwise_while_it_is_planned_is_said_in_words(
    distributed: Distributed, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed.usual()
    distributed.brings(told_charge())

    def as_it_was(*arguments: Any) -> Portions:
        found = portioned(*arguments)
        return replace(found, customers={**found.customers, "9000ContosoLtd-1": 7})

    monkeypatch.setattr("qbwc_server.billing_runs.plan.portioned", as_it_was)
    with pytest.raises(Conflict, match="together") as refusal:
        distributed.plan(NOVEMBER)
    assert refusal.value.notice.code == "billing_moved"


def test_a_correction_after_what_was_excluded_was_billed_again_is_no_warning(distributed: Distributed) -> None:
    distributed.usual()
    distributed.brings(told_charge())
    distributed.run(NOVEMBER)
    distributed.decides(take_back, NOVEMBER, "Contoso Ltd")
    distributed.clock.advance(days=30)
    assert distributed.plan(DECEMBER).billings[0].warnings[0].code == "excluded_before"
    distributed.decides(approve, DECEMBER, "Contoso Ltd")
    assert distributed.run(DECEMBER).documents == 1
    distributed.clock.advance(days=31)
    distributed.brings(told_charge(quantity="12"))
    assert warned(distributed.plan(date(2027, 1, 1))) == []
    assert len(distributed.plan(date(2027, 1, 1)).billings) == 1


def test_a_file_that_tells_a_part_only_gives_nothing_back_by_itself(distributed: Distributed) -> None:
    distributed.usual()
    for sku in ("Backup", "Azure"):
        distributed.maps(sku, "Licence", WordKind.ITEM)
    distributed.brings(told_charge(), told_charge(sku="Backup"))
    december = {"first": "2026-12-01", "last": "2026-12-31"}
    distributed.run(NOVEMBER)
    distributed.clock.advance(days=30)
    distributed.brings(told_charge(**december), told_charge(sku="Backup", **december), **december)
    distributed.run(DECEMBER)
    distributed.clock.advance(days=31)
    distributed.brings(told_charge(sku="Azure"))
    assert warned(distributed.plan(date(2027, 1, 1))) == [("most_vanished", Standing.WARNED)]
    distributed.clock.advance(minutes=1)
    distributed.withdraws("Contoso", **december)  # all of one period, whatever is told of another
    codes = [code for code, _ in warned(distributed.plan(date(2027, 1, 1)))]
    assert sorted(codes) == ["most_vanished", "organisation_vanished"]
