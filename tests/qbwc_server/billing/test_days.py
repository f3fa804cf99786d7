"""Billing days, periods and moments: every day of 2024 to 2032, every billing day, both modes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from qbwc_server.billing.days import (
    Period,
    billing_days,
    due_at,
    first_billed,
    is_billing_day,
    last_before,
    newest_due,
    next_after,
    period_of,
)
from qbwc_server.billing.terms import Mode
from tests.qbwc_server.billing.charged import terms

DAY = timedelta(days=1)
FIRST, LAST = date(2024, 1, 1), date(2032, 12, 31)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("day", range(1, 32))
def test_each_day_from_2024_to_2032_is_in_exactly_one_period(mode: Mode, day: int) -> None:  # S4-16
    said = terms(mode, day)
    days = list(billing_days(said, FIRST, LAST))
    assert len(days) == 9 * 12
    assert [one.month for one in days] == list(range(1, 13)) * 9
    periods = [period_of(said, one) for one in days]
    assert all(before.last + DAY == after.first for before, after in pairwise(periods))
    assert all(28 <= period.days <= 31 or day > 28 for period in periods)
    assert all(is_billing_day(said, one) == (one in set(days)) for one in map(date.fromordinal, range(738900, 739400)))
    assert first_billed(said) == periods[0].first


@pytest.mark.parametrize("day", range(1, 32))
def test_before_and_after_are_each_others_way_back(day: int) -> None:
    said = terms(day=day)
    for ordinal in range(FIRST.toordinal(), LAST.toordinal()):
        one = date.fromordinal(ordinal)
        after = next_after(said, one)
        assert one < after <= one + 31 * DAY
        assert last_before(said, after) <= one


def test_the_31st_falls_on_the_last_day_and_never_drifts() -> None:
    days = billing_days(terms(day=31), date(2027, 1, 1), date(2028, 3, 31))
    assert [f"{one:%m-%d}" for one in days] == [
        "01-31", "02-28", "03-31", "04-30", "05-31", "06-30", "07-31", "08-31", "09-30", "10-31", "11-30", "12-31",
        "01-31", "02-29", "03-31",
    ]  # fmt: skip


def test_a_period_is_billed_at_its_beginning_or_after_its_end() -> None:
    assert period_of(terms(Mode.PRE_BILL, 15), date(2026, 3, 15)) == Period(date(2026, 3, 15), date(2026, 4, 14))
    assert period_of(terms(Mode.POST_BILL, 15), date(2026, 3, 15)) == Period(date(2026, 2, 15), date(2026, 3, 14))
    assert period_of(terms(Mode.POST_BILL, 31), date(2026, 3, 31)) == Period(date(2026, 2, 28), date(2026, 3, 30))


def test_five_oclock_in_new_york_is_ten_or_nine_in_utc() -> None:  # S4-07, f13
    said = terms(day=14)
    moments = {day: due_at(said, day) for day in billing_days(said, date(2027, 1, 1), date(2027, 12, 31))}
    assert [moment.hour for moment in moments.values()] == [10, 10, 9, 9, 9, 9, 9, 9, 9, 9, 10, 10]
    assert moments[date(2027, 3, 14)] == datetime(2027, 3, 14, 9, tzinfo=UTC)  # the clocks changed at two
    assert due_at(terms(day=7), date(2027, 11, 7)) == datetime(2027, 11, 7, 10, tzinfo=UTC)
    assert due_at(terms(day=6), date(2027, 11, 6)) == datetime(2027, 11, 6, 9, tzinfo=UTC)


@pytest.mark.parametrize("day", [1, 15, 28, 29, 30, 31])
def test_the_newest_billing_day_is_the_one_whose_moment_has_come(day: int) -> None:
    said = terms(day=day, first_day=date(2025, 6, 1))
    assert newest_due(said, datetime(2025, 5, 31, 8, 59, tzinfo=UTC)) is None
    for one in billing_days(said, date(2025, 6, 1), date(2028, 12, 31)):
        moment = due_at(said, one)
        assert newest_due(said, moment) == one
        before = newest_due(said, moment - timedelta(seconds=1))
        assert before == (last_before(said, one) if last_before(said, one) >= said.first_day else None)


def test_a_period_without_a_day_is_none() -> None:
    with pytest.raises(ValueError, match="has no day"):
        Period(date(2026, 3, 2), date(2026, 3, 1))
    assert date(2026, 3, 1) in Period(date(2026, 3, 1), date(2026, 3, 1))
