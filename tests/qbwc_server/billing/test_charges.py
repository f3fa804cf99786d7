"""Charges as a distributor tells them: fields in any case, keys that stay, what cannot be read is said."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_server.billing.charges import ChargeKind, Cycle, NotACharge, Organisation, charge_of, keyed
from qbwc_server.billing.days import Period
from tests.qbwc_server.billing.charged import charge, month

APRIL = month(2026, 4)


def told(**changed: Any) -> dict[str, Any]:
    """A charge as it comes."""
    return {
        "productId": "7d0c1a58-0000-4000-8000-000000000001",
        "productName": "Microsoft 365  Business Basic",
        "sku": "CFQ7TTC0LH18",
        "chargeId": "7d0c1a58-0000-4000-8000-000000000002",
        "chargeName": "Licence",
        "chargeType": "Recurring",
        "billingCycleType": "Monthly",
        "periodFrom": "2026-04-16T00:00:00Z",
        "periodTo": "2026-04-30",
        "quantity": 5,
        "listPrice": Decimal("15.00"),
        "netPrice": Decimal("12.00"),
        "netPriceProrated": Decimal("6.00"),
        "subTotal": Decimal("30.00"),
        "currency": "USD",
        "isBilled": True,
        "isProratable": True,
        "deductions": [
            {"deductionType": "PromotionalMoney", "unitValue": Decimal("2.00")},
            {"deductionType": "PerformancePercentage", "unitValue": Decimal("1.00")},
        ],
        "tags": [{"name": "CustomerDisplayName", "value": "Contoso 株式会社"}, {"name": "Other", "value": "x"}],
    } | changed


def test_what_is_told_is_read() -> None:
    found = charge_of(told(), APRIL, {"Contoso 株式会社": "c-1"})
    assert found.organisation == Organisation("Contoso 株式会社", "c-1")
    assert (found.offer, found.product, found.kind, found.cycle) == (
        "CFQ7TTC0LH18", "Microsoft 365 Business Basic", ChargeKind.RECURRING, Cycle.MONTHLY,
    )  # fmt: skip
    assert found.period == Period(date(2026, 4, 16), date(2026, 4, 30))
    assert (found.factor, found.is_change, found.performance) == (Fraction(1, 2), True, Decimal("1.00"))


def test_names_and_words_count_in_any_case() -> None:  # f10
    lower = {name.lower(): value for name, value in told(chargeType="RECURRING", billingCycleType="monthly").items()}
    assert charge_of(lower, APRIL, {}) == charge_of(told(), APRIL, {})


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"tags": []}, "tags"),
        ({"tags": None}, "tags"),
        ({"tags": [{"name": "CustomerDisplayName", "value": name} for name in "ab"]}, "tags"),
        ({"tags": ["Contoso"]}, "tags"),
        ({"periodFrom": "16/04/2026"}, "periodFrom"),
        ({"periodFrom": None}, "periodFrom"),
        ({"periodTo": "2026-04-15"}, "periodTo"),
        ({"quantity": "5,5"}, "quantity"),
        ({"quantity": True}, "quantity"),
        ({"netPrice": None}, "netPrice"),
        ({"chargeType": "Refund"}, "chargeType"),
        ({"billingCycleType": None}, "billingCycleType"),
        ({"isBilled": "true"}, "isBilled"),
        ({"sku": 7}, "sku"),
        ({"sku": None, "productId": None, "productName": " "}, "productName"),
    ],
)
def test_what_cannot_be_read_says_which_field(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(NotACharge) as caught:
        charge_of(told(**changed), APRIL, {})
    assert caught.value.problem.field == field
    assert caught.value.problem.message.endswith(".")


def test_a_charge_of_nothing_is_prorated_by_days() -> None:  # f7
    free = charge_of(told(netPrice=Decimal(0), netPriceProrated=Decimal(0)), APRIL, {})
    assert free.factor == Fraction(15, 30)


@pytest.mark.parametrize("told_as", [{"isProratable": False}, {"chargeType": "Setup"}, {"chargeType": "Usage"}])
def test_what_is_not_proratable_is_whole(told_as: dict[str, Any]) -> None:
    found = charge_of(told(**told_as), APRIL, {})
    assert (found.factor, found.is_change) == (Fraction(1), False)


@pytest.mark.parametrize(
    ("last", "days"),
    [
        ("2027-12-31", 365),
        ("2028-12-31", 366),
        ("2028-02-29", 366),  # since 1 March
        ("2029-02-28", 365),  # since 1 March
        ("2028-02-28", 366),  # since 28 February, which stands for the 29th
    ],
)
def test_a_year_has_the_days_of_the_term_that_ends(last: str, days: int) -> None:  # c
    end = date.fromisoformat(last)
    seat = charge(Period(date(end.year, 1, 1), end), "1", cycle=Cycle.YEARLY, price="0")
    assert seat.cycle_days.days == days
    assert seat.cycle_days.last == end


def test_cost_is_without_the_performance_tier_where_it_is_not_prorated() -> None:  # f7, S4-33
    assert charge_of(told(netPriceProrated=Decimal("12.00")), APRIL, {}).unit_cost == Decimal("13.00")
    assert charge_of(told(), APRIL, {}).unit_cost == Decimal("12.00")


@given(st.randoms(use_true_random=False), st.lists(st.sampled_from("1234"), min_size=1, max_size=8))
def test_keys_are_short_and_the_same_in_whatever_order_charges_come(dice: random.Random, quantities: list[str]) -> None:
    charges = [charge(APRIL, quantity) for quantity in quantities]
    shuffled = dice.sample(charges, len(charges))
    found = keyed(charges)
    assert found == keyed(shuffled)
    assert len(found) == len(charges)  # equal ones are told apart, f5
    assert all(len(key) == 13 and key.isascii() and key.isalnum() for key in found)  # f6


def test_an_addition_and_a_removal_of_one_day_are_two() -> None:
    assert len(keyed([charge(APRIL, "5"), charge(APRIL, "-5")])) == 2


def test_an_organisation_is_known_by_its_id_where_there_is_one() -> None:  # f4
    named = [
        charge(APRIL, organisation=Organisation("Contoso")),
        charge(APRIL, organisation=Organisation("Contoso", "1")),
    ]
    renamed = charge(APRIL, organisation=Organisation("Contoso Ltd", "1"))
    assert len(keyed(named)) == 2
    assert keyed([renamed]).keys() <= keyed(named).keys()


@pytest.mark.parametrize("text", ["5", "-0.33333", "12.5"])
def test_numbers_come_as_records_keep_them(text: str) -> None:
    assert charge_of(told(quantity=text), APRIL, {}).quantity == Decimal(text)


@pytest.mark.parametrize("text", ["", " 5", "5.", "1e5", "NaN", "٥", "1" * 16])
def test_what_is_no_number_is_none_as_text(text: str) -> None:
    with pytest.raises(NotACharge):
        charge_of(told(quantity=text), APRIL, {})


def test_what_is_charged_once_is_the_same_where_a_later_period_tells_it_again() -> None:
    """Part c: by charge and period; two equal ones of one period are two."""
    may = month(2026, 5)
    for kind, cycle in ((ChargeKind.SETUP, Cycle.MONTHLY), (ChargeKind.RECURRING, Cycle.ONE_TIME)):
        first = replace(charge(APRIL, "1", kind=kind, cycle=cycle), cycle_period=APRIL)
        again = replace(first, cycle_period=may, quantity=Decimal(3))
        assert list(keyed([first, first, again, again]).values()) == [again, again]
        assert keyed([again, first]) == keyed([first, again])
        assert keyed([first]).keys() == keyed([first, again]).keys() == keyed([again]).keys()
    for kind, cycle in ((ChargeKind.USAGE, Cycle.ONE_TIME), (ChargeKind.RECURRING, Cycle.MONTHLY)):
        first = replace(charge(APRIL, "1", kind=kind, cycle=cycle), cycle_period=APRIL)
        assert len(keyed([first, replace(first, cycle_period=may)])) == 2
