"""Cells are read in one way or not at all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_server.channels.files.cells import (
    Unreadable,
    amount_of,
    check_storable,
    date_of,
    quantity_of,
    storable,
    yes_no_of,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [("5", "5.00"), ("5.0", "5.00"), ("-0.00", "0.00"), ("1234.50", "1234.50"), ("007.1", "7.10"), ("1.005", "1.005")],
)
def test_amounts_have_one_form(text: str, value: str) -> None:
    assert str(amount_of(text)) == value


@pytest.mark.parametrize(("text", "value"), [("100", "100"), ("2.500", "2.5"), ("-0", "0"), ("0.00010", "0.0001")])
def test_quantities_have_one_form(text: str, value: str) -> None:
    assert str(quantity_of(text)) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,234.50",
        "1,5",
        "1.234,50",
        "1 000",
        "1_000",
        "$5",
        "5 USD",
        "(5.00)",
        "+5",
        ".5",
        "5.",
        "1e3",
        "NaN",
        "Infinity",
        "٣",
        "５",
        "−5",
        "999999999999999999999999999999",
    ],
)
def test_what_is_no_plain_number_is_refused(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        amount_of(text)
    assert refused.value.code == "bad_number"
    assert refused.value.advice


def test_the_advice_for_a_comma_names_the_point() -> None:
    with pytest.raises(Unreadable) as refused:
        amount_of("1,50")
    assert "1234.50" in refused.value.advice


@given(st.decimals(min_value=-(10**10), max_value=10**10, places=2))
def test_every_amount_survives(value: Decimal) -> None:
    assert amount_of(str(value)) == value


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=5))
def test_every_quantity_survives_without_exponent(value: Decimal) -> None:
    found = quantity_of(format(value, "f"))
    assert found == value
    assert "E" not in str(found)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-04",
        "2026/3/4",
        "2026.03.04",
        "2026-03-04T00:00:00",
        "2026-03-04 23:59:59 +0900",
        "4 Mar 2026",
        "04-Mar-2026",
        "4 March 2026",
        "March 4, 2026",
        "Mar 4 2026",
    ],
)
def test_dates_that_mean_one_day(text: str) -> None:
    assert date_of(text) == date(2026, 3, 4)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "03/04/2026",
        "25/03/2026",
        "4.3.2026",
        "20260304",
        "1772582400",
        "2026-3",
        "2026-02-30",
        "2026-03/04",
        "4 Mrz 2026",
        "Ma 4 2026",
        "２０２６-03-04",
    ],
)
def test_dates_that_mean_two_days_or_none_are_refused(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        date_of(text)
    assert refused.value.code == "bad_date"


@given(st.dates())
def test_every_date_survives(day: date) -> None:
    assert date_of(day.isoformat()) == day


def test_yes_and_no() -> None:
    assert [yes_no_of(word) for word in ("Yes", "TRUE", "y", "1", "no", "false", "N", "0")] == [True] * 4 + [False] * 4
    with pytest.raises(Unreadable):
        yes_no_of("x")


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\ud800b", "a\uffffb", "a\x7fb"])
def test_control_characters_are_found_and_can_be_replaced(text: str) -> None:
    with pytest.raises(Unreadable):
        check_storable(text)
    check_storable(storable(text))
    assert storable(text) == "a b"


def test_line_breaks_tabs_and_other_scripts_are_fine() -> None:
    check_storable("a\tb\r\nc 煎茶 é 😀")
