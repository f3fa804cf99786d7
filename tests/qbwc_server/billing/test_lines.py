"""Lines of an invoice: to the cent, rounded once, in a form that QuickBooks computes to the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_server.billing.charges import Charge, ChargeKind, Cycle, keyed
from qbwc_server.billing.days import Period
from qbwc_server.billing.lines import CENT, BillLine, PriceNeeded, amount_of, formula, half_up, lines_of
from qbwc_server.billing.statement import Billed, Due, statement
from qbwc_server.billing.terms import Annual, BillingTerms, Changes, Mode, Proration
from tests.qbwc_server.billing.charged import charge, month, terms

APRIL = month(2026, 4)
LATE_APRIL = Period(date(2026, 4, 16), date(2026, 4, 30))
MAY = month(2026, 5)
BOTH = terms(Mode.POST_BILL, proration=Proration.BOTH)


def lines(
    charges: list[Charge],
    changes: Changes = Changes.OWN_LINES,
    price: str | None = "12.00",
    said: BillingTerms = BOTH,
    day: date = date(2026, 6, 1),
) -> list[BillLine]:
    """The lines of a billing day."""
    dues = [one for one in statement(keyed(charges), {}, said, day) if isinstance(one, Due)]
    return list(lines_of(dues, changes, lambda _: None if price is None else Decimal(price)))


def test_seats_added_in_the_middle() -> None:  # worked check
    charges = [charge(APRIL, "10"), charge(LATE_APRIL, "5", whole=APRIL)]
    whole, added = lines(charges)
    assert (whole.quantity, whole.rate, whole.amount, whole.total) == (Decimal(10), None, None, Decimal("120.00"))
    assert (added.quantity, added.rate, added.total) == (Decimal(5), Decimal("6.00000"), Decimal("30.00"))
    assert added.description == "M365 licence, 2026-04-16 to 2026-04-30: 5 added, 15 of 30 days"
    (folded,) = lines(charges, Changes.FOLDED_IN)
    assert (folded.quantity, folded.rate, folded.amount) == (Decimal(15), None, Decimal("150.00"))
    assert formula(added.dues[0], Decimal("12.00")) == "5 × 12.00 × 15/30 = 30.00"


def test_seats_removed_near_the_end() -> None:  # worked check
    since = Period(date(2026, 5, 21), date(2026, 5, 31))
    charges = [charge(MAY, "15", "12.40"), charge(since, "-3", "12.40", whole=MAY)]
    whole, removed = lines(charges, price="12.40")
    assert (whole.total, removed.total) == (Decimal("186.00"), Decimal("-13.20"))
    assert removed.description.endswith("3 removed, 11 of 31 days")
    (folded,) = lines(charges, Changes.FOLDED_IN, "12.40")
    assert (folded.quantity, folded.amount) == (Decimal(12), Decimal("172.80"))


def test_a_late_seat_of_a_leap_year() -> None:  # worked check
    year = Period(date(2028, 1, 1), date(2028, 12, 31))
    late = charge(Period(date(2028, 7, 1), year.last), "1", "120.00", cycle=Cycle.YEARLY, whole=year)
    (line,) = lines([late], price="120.00", day=date(2028, 12, 1))
    assert line.total == Decimal("60.33")


def test_a_whole_cycle_is_priced_by_quickbooks() -> None:  # S4-05
    (line,) = lines([charge(APRIL, "10")], price=None)
    assert (line.quantity, line.rate, line.amount, line.total) == (Decimal(10), None, None, None)


def test_a_part_of_a_cycle_needs_a_price() -> None:  # f9
    with pytest.raises(PriceNeeded, match="no price in QuickBooks") as caught:
        lines([charge(LATE_APRIL, "5", whole=APRIL)], price=None)
    assert caught.value.due.quantity == 5


def test_more_places_than_quickbooks_has_go_as_an_amount() -> None:  # f1
    (line,) = lines([charge(APRIL, "12.345678", kind=ChargeKind.USAGE)], price="0.10")
    assert (line.quantity, line.rate, line.amount) == (None, None, Decimal("1.23"))


def test_a_correction_is_named_and_costs_what_it_cost() -> None:  # f
    base = charge(APRIL, "10")
    key = next(iter(keyed([base])))
    billed = {key: Billed(base, Decimal(10), Fraction(1), Decimal("10.00"))}
    dues = statement(keyed([replace(base, quantity=Decimal(8))]), billed, BOTH, date(2026, 6, 1))
    (line,) = lines_of([one for one in dues if isinstance(one, Due)], Changes.FOLDED_IN, lambda _: Decimal("12.00"))
    assert (line.quantity, line.amount) == (None, Decimal("-20.00"))
    assert line.description == "Correction: M365 licence, 2026-04-01 to 2026-04-30, 8 instead of 10"
    assert formula(line.dues[0], Decimal("12.00")) == "8 × 10.00 − 10 × 10.00 = -20.00"


@given(st.integers(1, 500), st.decimals("0.01", "9999.99", places=2), st.integers(1, 28))
def test_twelve_parts_add_up_to_the_year(quantity: int, price: Decimal, day: int) -> None:
    term = Period(date(2027, 3, day), date(2028, 3, day) - (date(2027, 1, 2) - date(2027, 1, 1)))
    seat = charge(term, str(quantity), str(price), cycle=Cycle.YEARLY)
    said = terms(Mode.PRE_BILL, annual=Annual.TWELFTHS)
    found = lines([seat], price=str(price), said=said, day=date(2028, 3, 1))
    assert len(found) == 12
    assert sum((line.total or Decimal(0) for line in found), Decimal(0)) == quantity * price
    parts = [line.total for line in found if line.total is not None]
    assert max(parts) - min(parts) <= CENT


@given(
    st.decimals("-99", "999", places=5).filter(bool),
    st.decimals("0.00001", "9999", places=5),
    st.integers(1, 31),
    st.sampled_from(Changes),
)
def test_quickbooks_comes_to_the_same_cent(quantity: Decimal, price: Decimal, since: int, changes: Changes) -> None:
    part = Period(MAY.first.replace(day=since), MAY.last)
    (line,) = lines([charge(part, str(quantity), str(price), whole=MAY)], changes, str(price))
    exact = half_up(Fraction(quantity) * Fraction(price) * part.days / 31, CENT)
    assert line.total == exact
    if line.amount is None:
        rate = line.rate if line.rate is not None else price
        assert line.quantity is not None
        assert (line.quantity * rate).quantize(CENT, ROUND_HALF_UP) == exact
        assert rate == rate.quantize(Decimal("0.00001"))
    else:
        assert line.amount == exact


@given(st.lists(st.tuples(st.integers(-9, 40), st.integers(1, 31)), min_size=1, max_size=6))
def test_folded_in_differs_from_own_lines_by_rounding_alone(changes: list[tuple[int, int]]) -> None:
    charges = [charge(MAY, "50", "3.33")]
    charges += [
        charge(Period(MAY.first.replace(day=since), MAY.last), str(quantity), "3.33", whole=MAY)
        for quantity, since in changes
        if quantity
    ]
    own, folded = (_total(lines(charges, way, "3.33")) for way in Changes)
    assert len(lines(charges, Changes.FOLDED_IN, "3.33")) == 1
    assert abs(own - folded) <= CENT * len(charges)


def _total(found: list[BillLine]) -> Decimal:
    return sum((line.total for line in found if line.total is not None), Decimal(0))


@pytest.mark.parametrize(
    ("value", "rounded"),
    [("0.005", "0.01"), ("-0.005", "-0.01"), ("0.0049999", "0.00"), ("2.675", "2.68"), ("-13.20", "-13.20")],
)
def test_half_a_cent_goes_up(value: str, rounded: str) -> None:
    assert half_up(Fraction(Decimal(value)), CENT) == Decimal(rounded)


def test_an_amount_is_of_one_part_or_the_whole() -> None:
    (due,) = statement(keyed([charge(APRIL, "3", "10.00")]), {}, BOTH, MAY.first)
    assert isinstance(due, Due)
    amounts = [amount_of(replace(due, part=part), Decimal("10.00")) for part in (0, 1, 2, 12)]
    assert amounts == [Decimal("30.00"), Decimal("2.50"), Decimal("2.50"), Decimal("2.50")]
