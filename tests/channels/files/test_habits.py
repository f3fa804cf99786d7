"""Cells are read by what a person said or the file proves: the right day and the right number, or a question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_server.channels.files.cells import Unreadable
from qbwc_server.channels.files.dates import DateOrder, written_date
from qbwc_server.channels.files.habits import HabitOptions, Habits, Survey, Typed, TypedAs
from qbwc_server.channels.files.numbers import DecimalSign, written


def habits(cells: Sequence[str] = (), **options: object) -> Habits:
    """Habits of a file whose columns of dates and numbers hold ``cells``."""
    chosen, survey = HabitOptions.model_validate(options), Survey()
    for line, cell in enumerate(cells, 2):
        survey.see_date(cell, line)
        survey.see_number(cell, line, chosen)
    return Habits(chosen, survey)


@pytest.mark.parametrize(
    ("text", "point", "comma"),
    [
        ("1234", "1234", "1234"),
        ("1,234", "1234", "1.234"),
        ("1.234", "1.234", "1234"),
        ("1,234.50", "1234.50", None),
        ("1.234,50", None, "1234.50"),
        ("12,50", None, "12.50"),
        ("12.50", "12.50", None),
        ("0.125", "0.125", None),
        ("0,125", None, "0.125"),
        ("1234.567", "1234.567", None),
        ("1,234,567", "1234567", None),
        ("12,34,567.89", "1234567.89", None),
        ("1 234 567", "1234567", "1234567"),
        ("1\u00a0234,50", None, "1234.50"),
        ("1'234.50", "1234.50", None),
        ("-5", "-5", "-5"),
        ("\u22125.25", "-5.25", None),
        (".5", "0.5", None),
        ("\uff11\uff12\uff0c\uff15", None, "12.5"),
        ("-0", "0", "0"),
    ],
)
def test_a_number_by_both_ways_to_read_it(text: str, point: str | None, comma: str | None) -> None:
    found = written(text)
    wanted = [None if value is None else Decimal(value) for value in (point, comma)]
    assert [found.by_point, found.by_comma] == wanted


@pytest.mark.parametrize(
    "text",
    ["", "-", ".", "1,23,4", "1.2.3", "1,2,3", "12 34", "1,234,56.7", "5-", "(5)", "$5", "1e3", "NaN", "5 5", "1--5",
     "--5", "5%", "\u0663", "9" * 30, "0,123,456"],
)  # fmt: skip
def test_what_is_no_number_by_any_habit(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        written(text)
    assert refused.value.code == "bad_number"
    assert refused.value.advice


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("$5", "currency=$"),
        ("5 \u20ac", "currency=\u20ac"),
        ("EUR 5", "currency=EUR"),
        ("(5.00)", "brackets=true"),
        ("5.00-", "in front"),
        ("1.23E+11", "shortened"),
        ("7%", "number itself"),
    ],
)
def test_the_advice_names_the_option(text: str, said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        written(text)
    assert said in refused.value.advice


@pytest.mark.parametrize("text", ["$1,234.50", "-$1,234.50", "$-1,234.50", "$ 1,234.50", "1,234.50 $", "($1,234.50)"])
def test_signs_of_currency_and_brackets_by_option(text: str) -> None:
    found = habits(currency="$", brackets=True).amount(text)
    assert found == Decimal("1234.50") * (-1 if set("-(") & set(text) else 1)


def test_another_currency_than_the_one_named_is_refused() -> None:
    with pytest.raises(Unreadable, match="€5"):
        habits(currency="$").amount("€5")


def test_an_ambiguous_number_is_read_as_the_file_proves() -> None:
    assert habits(["12,50"]).amount("1.234") == 1234
    assert habits(["12.50"]).amount("1,234") == 1234
    assert habits(["12,50"]).quantity("1,234") == Decimal("1.234")


@pytest.mark.parametrize("cells", [[], ["5", "1 000"], ["1,234"], ["12.50", "12,50"]])
def test_an_ambiguous_number_without_proof_is_a_question(cells: list[str]) -> None:
    with pytest.raises(Unreadable) as refused:
        habits(cells).amount("1,234")
    assert refused.value.code == "number_in_two_ways"
    assert "decimals=point or decimals=comma" in refused.value.advice


def test_proofs_of_both_are_shown_and_what_is_certain_is_still_read() -> None:
    both = habits(["12.50", "12,50"])
    assert (both.amount("12.50"), both.amount("12,50")) == (Decimal("12.50"), Decimal("12.50"))
    with pytest.raises(Unreadable) as refused:
        both.amount("1,234")
    assert '"12.50" (line 2)' in refused.value.advice
    assert '"12,50" (line 3)' in refused.value.advice


def test_the_option_decides_against_the_file() -> None:
    assert habits(["12,50"], decimals="point").amount("1,234") == 1234
    with pytest.raises(Unreadable, match="option decimals"):
        habits(["12,50"], decimals="point").amount("12,50")


def test_dates_of_numbers_are_read_as_the_file_proves() -> None:
    assert habits(["13/02/2026"]).date("03/04/2026") == date(2026, 4, 3)
    assert habits(["02/13/2026"]).date("03/04/2026") == date(2026, 3, 4)
    assert habits(["13.2.2026"]).date("3.4.2026 10:15") == date(2026, 4, 3)
    assert habits().date("03/03/2026") == date(2026, 3, 3)
    assert habits(["13/02/2026", "02/13/2026"]).date("13/02/2026") == date(2026, 2, 13)


@pytest.mark.parametrize("cells", [[], ["03/03/2026", "01/02/2026"], ["13/02/2026", "02/13/2026"], ["2026-03-13"]])
def test_a_date_of_two_days_without_proof_is_a_question(cells: list[str]) -> None:
    with pytest.raises(Unreadable) as refused:
        habits(cells).date("03/04/2026")
    assert refused.value.code == "date_in_two_ways"
    assert "dates=day_first or dates=month_first" in refused.value.advice


def test_the_option_decides_what_a_date_means() -> None:
    assert habits(dates="day_first").date("03/04/2026") == date(2026, 4, 3)
    assert habits(["13/02/2026"], dates="month_first").date("03/04/2026") == date(2026, 3, 4)
    assert habits(dates="day_first").date("2026-03-04") == date(2026, 3, 4)
    with pytest.raises(Unreadable, match="option dates"):
        habits(dates="month_first").date("13/02/2026")


@pytest.mark.parametrize("text", ["2-Mar-26", "02/03/26", "2.3.26", "Mar 2, 26", "2 March '26", "26/3/2"])
def test_a_year_of_two_digits_is_refused_with_advice(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        habits(["13/02/2026"]).date(text)
    assert (refused.value.code, "four digits" in refused.value.advice) == ("short_year", True)


@pytest.mark.parametrize("text", ["46083", "46083.5", "20260304", "32/13/2026", "30/02/2026", "x"])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        habits().date(text)
    assert refused.value.code == "bad_date"


def test_the_report_says_what_was_concluded() -> None:
    said = list(habits(["13/02/2026", "12,50"]).remarks())
    assert said == [
        'Line 2 has "13/02/2026": all dates of this file are read with the day first.',
        'Line 3 has "12,50": all numbers of this file are read with a decimal comma.',
    ]
    assert list(habits(["13/02/2026", "12,50"], dates="day_first", decimals="comma").remarks()) == []
    assert list(habits(["2026-03-02", "12.50", "5"]).remarks()) == []


@pytest.mark.parametrize("text", ["=A1", "=SUM(A1:A3)", "=12.5", "=-B2*2", "= VLOOKUP(A1,B:C,2)", "=Sheet1!A1"])
def test_a_formula_is_no_value(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        habits().text(text)
    assert refused.value.code == "formula"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.23E+11", "shortened"),
        ("7,7E+12", "shortened"),
        ("1.23e+11", "shortened"),
        ("-1.2E+05", "shortened"),
        ("1.23E11", "shortened"),
        ("1.23E-07", "shortened"),
        ("1E+5", "shortened"),
        ("#REF!", "spreadsheet_error"),
        ("#N/A", "spreadsheet_error"),
        ("######", "spreadsheet_error"),
    ],
)
def test_what_a_spreadsheet_has_spoilt_is_refused(text: str, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        habits().text(text)
    assert refused.value.code == code


@pytest.mark.parametrize("text", ["1E5", "12E3", "=> see below", "#1001", "-5", "+49 30", "'0012", "a=b"])
def test_what_only_looks_like_it_is_text(text: str) -> None:
    assert habits().text(text) == text


def test_cells_that_a_workbook_keeps_as_values_are_certain() -> None:
    read = habits(["12,50"])
    assert read.quantity(Typed("1.234", TypedAs.NUMBER)) == Decimal("1.234")
    assert read.date(Typed("2026-03-04", TypedAs.DATE)) == date(2026, 3, 4)
    assert read.date(Typed("2026-03-04T10:00:00", TypedAs.DATE)) == date(2026, 3, 4)
    assert read.text(Typed("000123", TypedAs.NUMBER)) == "000123"
    assert read.yes_no(Typed("yes", TypedAs.YES_NO))
    for spoilt in (Typed("46083", TypedAs.NUMBER), Typed("=A1", TypedAs.FORMULA)):
        with pytest.raises(Unreadable):
            read.date(spoilt)
    with pytest.raises(Unreadable, match="date"):
        read.text(Typed("2026-03-01", TypedAs.DATE))
    with pytest.raises(Unreadable, match="no number"):
        read.amount(Typed("2026-03-01", TypedAs.DATE))


def test_a_currency_in_the_format_of_a_cell_is_a_question_too() -> None:
    euro = Typed("5.00", TypedAs.NUMBER, currency="€")
    assert habits(currency="€").amount(euro) == 5
    for asked in (habits(), habits(currency="$")):
        with pytest.raises(Unreadable) as refused:
            asked.amount(euro)
        assert "currency=€" in refused.value.advice


def asked(reading: Callable[[str], object], cell: str) -> object:
    """What is read, or the code of the question."""
    try:
        return reading(cell)
    except Unreadable as refused:
        return refused.code if refused.message.endswith(".") and refused.advice else refused


# Whatever the habit of a file: what is read is what was written, or nothing is read.


def in_style(value: Decimal, sign: DecimalSign, thousands: str, places: int) -> str:
    text = f"{value:,.{places}f}"
    point = "." if sign is DecimalSign.POINT else ","
    return text.replace(".", "\0").replace(",", thousands).replace("\0", point)


styles = st.sampled_from(
    [
        (DecimalSign.POINT, ","),
        (DecimalSign.POINT, " "),
        (DecimalSign.POINT, "'"),
        (DecimalSign.POINT, ""),
        (DecimalSign.COMMA, "."),
        (DecimalSign.COMMA, "\u00a0"),
        (DecimalSign.COMMA, ""),
    ]
)
values = st.lists(st.decimals(min_value=-(10**7), max_value=10**7, places=3), min_size=1, max_size=8)


@given(values, styles, st.integers(0, 3))
def test_no_number_is_ever_another_number(numbers: list[Decimal], style: tuple[DecimalSign, str], places: int) -> None:
    numbers = [number.quantize(Decimal(1).scaleb(-places)) for number in numbers]
    cells = [in_style(number, *style, places) for number in numbers]
    by_file, by_option = habits(cells), habits(cells, decimals=style[0].value)
    proven = {found for cell in cells if (found := written(cell).proves) is not None}
    for number, cell in zip(numbers, cells, strict=True):
        assert by_option.number(cell) == number
        if proven:
            assert by_file.number(cell) == number
        else:
            assert asked(by_file.number, cell) in (number, "number_in_two_ways")


@given(
    st.lists(st.dates(date(1970, 1, 1), date(2037, 12, 31)), min_size=1, max_size=8),
    st.sampled_from(DateOrder),
    st.sampled_from("/.-"),
    st.booleans(),
)
def test_no_day_is_ever_another_day(days: list[date], order: DateOrder, separator: str, padded: bool) -> None:
    width = "02" if padded else ""

    def text(day: date) -> str:
        parts = [day.day, day.month] if order is DateOrder.DAY_FIRST else [day.month, day.day]
        return separator.join([*(f"{part:{width}}" for part in parts), str(day.year)])

    cells = [text(day) for day in days]
    by_file, by_option = habits(cells), habits(cells, dates=order.value)
    proven = any(written_date(cell).proves for cell in cells)
    for day, cell in zip(days, cells, strict=True):
        assert by_option.date(cell) == day
        if proven:
            assert by_file.date(cell) == day
        else:
            assert asked(by_file.date, cell) in (day, "date_in_two_ways")


@given(st.text(max_size=20))
def test_any_cell_is_read_or_refused(cell: str) -> None:
    read = habits(["13/02/2026", "1,5"], currency="kr", brackets=True)
    for reading in (read.date, read.number, read.amount, read.quantity, read.text, read.yes_no):
        asked(reading, cell)
