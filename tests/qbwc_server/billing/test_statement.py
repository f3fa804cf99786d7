"""What a billing day bills: every reading of the requirements, corrections, and a year without anything twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbwc_server.billing.charges import Charge, ChargeKind, Cycle, keyed
from qbwc_server.billing.days import Period, billing_days
from qbwc_server.billing.statement import Billed, Due, Left, Why, part_key, statement
from qbwc_server.billing.terms import Annual, BillingTerms, Mode, NotBilledYet, Proration
from tests.qbwc_server.billing.charged import charge, month, terms

APRIL, MAY = month(2026, 4), month(2026, 5)
LATE_APRIL = Period(date(2026, 4, 16), date(2026, 4, 30))
BASE = charge(APRIL, "10")
ADDED = charge(LATE_APRIL, "5", whole=APRIL)
REMOVED = charge(LATE_APRIL, "-3", whole=APRIL)
YEAR = Period(date(2028, 1, 1), date(2028, 12, 31))


def due(charges: Iterable[Charge], said: BillingTerms, day: date, billed: dict[str, Billed] | None = None) -> list[Due]:
    """What is billed on a day."""
    return [one for one in statement(keyed(charges), billed or {}, said, day) if isinstance(one, Due)]


def left(
    charges: Iterable[Charge], said: BillingTerms, day: date, billed: dict[str, Billed] | None = None
) -> list[Why]:
    """Why the others are not."""
    return [one.why for one in statement(keyed(charges), billed or {}, said, day) if isinstance(one, Left)]


def after(dues: Iterable[Due], price: Decimal | None = None) -> dict[str, Billed]:
    """What has been billed once these are."""
    return {part_key(one.key, one.part): Billed(one.charge, one.quantity, one.factor, price) for one in dues}


def units(dues: Iterable[Due]) -> Fraction:
    """How many whole units they come to."""
    return sum((one.units for one in dues), Fraction(0))


@pytest.mark.parametrize(
    ("mode", "proration", "added", "removed"),
    [
        (Mode.PRE_BILL, Proration.NONE, None, None),
        (Mode.PRE_BILL, Proration.ADDITIONS, Fraction(1, 2), None),
        (Mode.PRE_BILL, Proration.REMOVALS, Fraction(1), Fraction(1, 2)),
        (Mode.PRE_BILL, Proration.BOTH, Fraction(1, 2), Fraction(1, 2)),
        (Mode.POST_BILL, Proration.NONE, Fraction(1), Fraction(1)),
        (Mode.POST_BILL, Proration.ADDITIONS, Fraction(1, 2), None),
        (Mode.POST_BILL, Proration.REMOVALS, Fraction(1), Fraction(1, 2)),
        (Mode.POST_BILL, Proration.BOTH, Fraction(1, 2), Fraction(1, 2)),
    ],
)
def test_changes_within_a_period(
    mode: Mode, proration: Proration, added: Fraction | None, removed: Fraction | None
) -> None:  # S4-15, S4-31, f
    said = terms(mode, proration=proration)
    day = date(2026, 5, 1)
    billed = after(due([BASE], said, date(2026, 4, 1))) if mode is Mode.PRE_BILL else {}
    found = {one.quantity: one.factor for one in due([BASE, ADDED, REMOVED], said, day, billed)}
    assert found.get(Decimal(5)) == added
    assert found.get(Decimal(-3)) == removed
    assert found.get(Decimal(10)) == (None if billed else 1)


def test_what_is_billed_beforehand_is_billed_on_its_first_day_and_a_change_with_the_next() -> None:
    said = terms(Mode.PRE_BILL, proration=Proration.BOTH)
    assert [one.quantity for one in due([BASE, charge(MAY, "15")], said, date(2026, 4, 1))] == [10]
    assert left([BASE, charge(MAY, "15")], said, date(2026, 4, 1)) == [Why.LATER_PERIOD]
    billed = after(due([BASE], said, date(2026, 4, 1)))
    second = due([BASE, ADDED, charge(MAY, "15")], said, date(2026, 5, 1), billed)
    assert sorted((one.quantity, one.factor) for one in second) == [
        (Decimal(5), Fraction(1, 2)),
        (Decimal(15), Fraction(1)),
    ]


def test_a_period_of_the_distributor_that_differs_belongs_where_it_begins() -> None:  # f
    theirs = charge(Period(date(2026, 4, 20), date(2026, 5, 19)))
    assert not due([theirs], terms(Mode.POST_BILL, 15), date(2026, 4, 15))
    assert [one.factor for one in due([theirs], terms(Mode.POST_BILL, 15), date(2026, 5, 15))] == [1]
    assert [one.factor for one in due([theirs], terms(Mode.PRE_BILL, 15), date(2026, 4, 15))] == [1]


def test_what_was_charged_before_the_first_billing_day_is_listed_and_never_billed() -> None:  # S4-33, f
    said = terms(Mode.PRE_BILL, first_day=date(2026, 5, 1))
    assert left([BASE, charge(MAY)], said, date(2026, 5, 1)) == [Why.BEFORE_THE_START]
    assert [one.period for one in due([BASE, charge(MAY)], said, date(2026, 5, 1))] == [MAY]


def test_usage_waits_until_the_distributor_has_billed_it() -> None:  # S4-34, f
    usage = charge(APRIL, "12.345678", kind=ChargeKind.USAGE, billed=False)
    said = terms(Mode.PRE_BILL)
    assert left([usage], said, date(2026, 5, 1)) == [Why.WAITS_FOR_DISTRIBUTOR]
    known = due([replace(usage, is_billed=True)], said, date(2026, 6, 1))
    assert [(one.quantity, one.period) for one in known] == [(Decimal("12.345678"), APRIL)]


def test_one_may_wait_for_the_distributor_with_everything() -> None:
    said = terms(Mode.POST_BILL, not_billed_yet=NotBilledYet.WAIT)
    open_yet = replace(BASE, is_billed=False)
    assert left([open_yet], said, date(2026, 5, 1)) == [Why.WAITS_FOR_DISTRIBUTOR]
    assert len(due([open_yet], terms(Mode.POST_BILL), date(2026, 5, 1))) == 1


def test_setup_is_billed_once() -> None:
    setup = charge(APRIL, "1", "50.00", kind=ChargeKind.SETUP, cycle=Cycle.ONE_TIME)
    first = due([setup], terms(), date(2026, 4, 1))
    assert units(first) == 1
    assert left([setup], terms(), date(2026, 5, 1), after(first)) == [Why.BILLED]


def test_a_year_is_billed_once_and_seats_of_its_middle_until_its_end() -> None:  # S4-03, worked check
    seat = charge(YEAR, "1", "120.00", cycle=Cycle.YEARLY)
    late = charge(Period(date(2028, 7, 1), YEAR.last), "1", "120.00", cycle=Cycle.YEARLY, whole=YEAR)
    for proration in Proration:
        said = terms(Mode.PRE_BILL, proration=proration)
        first = due([seat], said, date(2028, 1, 1))
        assert [one.factor for one in first] == [1]
        second = due([seat, late], said, date(2028, 8, 1), after(first))
        assert [one.factor.limit_denominator(1000) for one in second] == [Fraction(184, 366)]


def test_a_year_in_twelve_parts_each_in_its_month() -> None:  # f11
    said = terms(Mode.PRE_BILL, 31, annual=Annual.TWELFTHS)
    seat = charge(Period(date(2028, 1, 31), date(2029, 1, 30)), "1", "100.00", cycle=Cycle.YEARLY)
    billed: dict[str, Billed] = {}
    for number, day in enumerate(billing_days(said, date(2028, 1, 31), date(2028, 12, 31)), 1):
        found = due([seat], said, day, billed)
        assert [(one.part, one.factor, one.period.first) for one in found] == [(number, Fraction(1, 12), day)]
        billed |= after(found)
    assert not due([seat], said, date(2029, 1, 31), billed)
    late = charge(Period(date(2028, 9, 1), date(2029, 1, 30)), "1", "100.00", cycle=Cycle.YEARLY)
    late = replace(late, net_price_prorated=Decimal("41.53"))
    assert [one.part for one in due([late], said, date(2028, 9, 30))] == [0]


def test_what_changes_after_it_was_billed_is_a_correction_of_the_difference() -> None:  # f
    said = terms(Mode.PRE_BILL)
    billed = after(due([BASE], said, date(2026, 4, 1)))
    (found,) = due([replace(BASE, quantity=Decimal(8))], said, date(2026, 5, 1), billed)
    assert found.units == -2
    assert found.instead_of is not None
    billed |= after([found])
    assert left([replace(BASE, quantity=Decimal(8))], said, date(2026, 6, 1), billed) == [Why.BILLED]


def test_what_vanishes_after_it_was_billed_is_taken_back_and_comes_again() -> None:
    said = terms(Mode.PRE_BILL)
    billed = after(due([BASE], said, date(2026, 4, 1)))
    gone = due([], said, date(2026, 5, 1), billed)
    assert units(gone) == -10
    billed |= after(gone)
    assert not due([], said, date(2026, 6, 1), billed)
    again = due([BASE], said, date(2026, 6, 1), billed)
    assert units(again) == 10
    billed |= after(again)
    assert not due([BASE], said, date(2026, 7, 1), billed)


@pytest.mark.parametrize("others", [{"annual": Annual.TWELFTHS}, {"proration": Proration.NONE}, {"day": 15}])
def test_other_terms_change_nothing_of_what_was_billed(others: dict[str, object]) -> None:
    said = terms(Mode.PRE_BILL, proration=Proration.BOTH)
    charges = [BASE, ADDED, REMOVED, charge(Period(date(2026, 4, 1), date(2027, 3, 31)), cycle=Cycle.YEARLY)]
    billed = after(due(charges, said, date(2026, 5, 1)))
    assert len(billed) == 4
    other = BillingTerms.model_validate(said.model_dump() | others)
    assert set(left(charges, other, date(2026, 6, 15), billed)) == {Why.BILLED}
    assert not due(charges, other, date(2026, 6, 15), billed)


def test_a_year_begun_in_twelfths_goes_on_so() -> None:
    said = terms(Mode.PRE_BILL, annual=Annual.TWELFTHS)
    seat = charge(YEAR, "1", "120.00", cycle=Cycle.YEARLY)
    billed = after(due([seat], said, date(2028, 1, 1)))
    found = due([seat], terms(Mode.PRE_BILL), date(2028, 3, 1), billed)
    assert [one.part for one in found] == [2, 3]


_QUANTITIES = st.integers(-9, 40).filter(bool).map(Decimal)


@st.composite
def _years(draw: st.DrawFn) -> list[list[Charge]]:
    """Charges as they are told month by month: whole months, additions, removals, years, usage; some change later."""
    told: list[list[Charge]] = []
    for number in range(1, 13):
        whole = month(2027, number)
        charges = [charge(whole, str(draw(st.integers(1, 40))), offer=offer) for offer in "AB"]
        for _ in range(draw(st.integers(0, 3))):
            since = whole.first.replace(day=draw(st.integers(2, 28)))
            charges.append(charge(Period(since, whole.last), str(draw(_QUANTITIES)), whole=whole))
        if draw(st.booleans()):
            term = Period(whole.first, whole.first.replace(year=2028).replace(day=28))
            charges.append(charge(term, "2", "99.99", offer=f"Y{number}", cycle=Cycle.YEARLY))
        usage = charge(whole, "1.5", kind=ChargeKind.USAGE, offer="U", billed=draw(st.booleans()))
        told.append([*charges, usage])
    return told


@settings(max_examples=25, deadline=None)
@given(
    _years(),
    st.sampled_from(Mode),
    st.sampled_from(Proration),
    st.sampled_from(Annual),
    st.integers(1, 31),
    st.lists(st.integers(0, 60), max_size=4),
)
def test_in_a_year_each_charge_is_billed_exactly_once_or_listed(  # what varies
    told: Sequence[Sequence[Charge]], mode: Mode, proration: Proration, annual: Annual, day: int, changed: list[int]
) -> None:
    said = terms(mode, day, proration=proration, annual=annual, first_day=date(2027, 1, 1))
    known: list[Charge] = []
    billed: dict[str, Billed] = {}
    sums: dict[str, Fraction] = {}
    for number, billing_day in enumerate(billing_days(said, date(2027, 1, 1), date(2028, 12, 31))):
        known += told[number] if number < len(told) else []
        if number == len(told):  # by then the distributor has billed all, and has corrected some
            known = [replace(one, is_billed=True) for one in known]
            for index in changed:
                at = index % len(known)
                known[at] = replace(known[at], quantity=known[at].quantity + 1 or Decimal(1))
        found = due(known, said, billing_day, billed)
        for one in found:
            key = part_key(one.key, one.part)
            sums[key] = sums.get(key, Fraction(0)) + one.units
        billed |= after(found)
        assert not due(known, said, billing_day, billed)
    for outcome in statement(keyed(known), {}, said, date(2028, 12, 1)):
        key = part_key(outcome.key, outcome.part)
        if isinstance(outcome, Due):
            assert sums.pop(key) == outcome.units, outcome
        else:
            assert outcome.why.is_final, outcome
    assert not any(sums.values())  # what was billed under a key that is told no more was taken back
