"""Leaf values and their exact text on both sides."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from qbxml.errors import BuildError
from qbxml.kinds import CUSTOM_FIELDS
from qbxml.messages.purchase_lines import BillableStatus
from qbxml.values import Amount, Duration, ExchangeRate, Id, Price, Quantity, kind_of

NEW_YORK = timezone(timedelta(hours=-5))
GUID = UUID("6b1f4a3e-2d5c-4f7a-9c1b-0a1b2c3d4e5f")


@pytest.mark.parametrize(
    ("annotation", "value", "text"),
    [
        (str, "plain", "plain"),
        (str, "a < b & c > d", "a &lt; b &amp; c &gt; d"),
        (str, "€ and é", "&#8364; and &#233;"),
        (bool, True, "true"),
        (bool, False, "false"),
        (date, date(2026, 3, 1), "2026-03-01"),
        (datetime, datetime(2026, 3, 1, 9, 30, 15, tzinfo=NEW_YORK), "2026-03-01T09:30:15-05:00"),
        (datetime, datetime(2026, 3, 1, 9, 30, 15, tzinfo=UTC), "2026-03-01T09:30:15+00:00"),
        (int, -42, "-42"),
        (UUID, GUID, "{6b1f4a3e-2d5c-4f7a-9c1b-0a1b2c3d4e5f}"),
        (UUID, CUSTOM_FIELDS, "0"),
        (Amount, Decimal(30), "30.00"),
        (Amount, Decimal("-97.5"), "-97.50"),
        (Amount, Decimal("1E+3"), "1000.00"),
        (Amount, Decimal("1.5000"), "1.50"),
        (Amount, Decimal("-0"), "0.00"),
        (Amount, Decimal("9999999999999.99"), "9999999999999.99"),
        (Price, Decimal("0.12345"), "0.12345"),
        (Price, Decimal("1E+2"), "100"),
        (Quantity, Decimal(3), "3"),
        (Quantity, Decimal("0.000010"), "0.00001"),
        (ExchangeRate, Decimal("1.08212345678"), "1.08212345678"),
        (ExchangeRate, Decimal("1E-7"), "0.0000001"),
        (BillableStatus, BillableStatus.NOT_BILLABLE, "NotBillable"),
        (Duration, timedelta(hours=27, minutes=5, seconds=9), "PT27H5M9S"),
        (Duration, timedelta(minutes=-30), "-PT0H30M0S"),
        (Duration, timedelta(), "PT0H0M0S"),
    ],
)
def test_a_value_is_written_in_one_form(annotation: Any, value: Any, text: str) -> None:
    kind = kind_of(annotation)
    assert kind.write(kind.check(value)) == text
    assert kind.read_strictly(text) == value or annotation is str


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        (bool, "yes"),
        (bool, "True"),
        (bool, ""),
        (date, "2026-3-1"),
        (date, "20260301"),
        (date, "2026-02-30"),
        (datetime, "2026-03-01T09:30:15Z"),
        (datetime, "2026-03-01T09:30:15.5-05:00"),
        (datetime, "2026-13-01T09:30:15"),
        (datetime, "2026-03-01 09:30:15"),
        (int, "1.0"),
        (int, "٣"),
        (UUID, "6b1f4a3e-2d5c-4f7a-9c1b-0a1b2c3d4e5f"),
        (UUID, "{6b1f4a3e}"),
        (UUID, "00"),
        (Amount, "97.5"),
        (Amount, "97.500"),
        (Amount, "12345678901234.00"),
        (Amount, "1,000.00"),
        (Amount, "1e3"),
        (Price, "1.123456"),
        (Price, "12345678901"),
        (Price, "NaN"),
        (ExchangeRate, "1e3"),
        (ExchangeRate, "."),
        (BillableStatus, "billable"),
        (Duration, "8:30"),
        (Duration, "PT1.5H"),
        (Duration, "P1D"),
        (Duration, "PT9999999999H"),
        (str, "Bell\x07"),
        (Id, "x" * 37),
    ],
)
def test_a_request_is_read_to_the_letter(annotation: Any, text: str) -> None:
    with pytest.raises(BuildError):
        kind_of(annotation).read_strictly(text)


@pytest.mark.parametrize(
    ("annotation", "text", "value"),
    [
        (Amount, "97", Decimal(97)),
        (Amount, "+97.50", Decimal("97.50")),
        (Amount, "0097.50", Decimal("97.5")),
        (bool, "1", True),
        (bool, "0", False),
        (ExchangeRate, ".5", Decimal("0.5")),
        (ExchangeRate, "5.", Decimal(5)),
        (UUID, "{6B1F4A3E-2D5C-4F7A-9C1B-0A1B2C3D4E5F}", GUID),
        (Duration, "PT8H", timedelta(hours=8)),
        (Duration, "+PT90M", timedelta(minutes=90)),
        (datetime, "2026-3-1", datetime(2026, 3, 1)),  # noqa: DTZ001 - the local time of the PC
        (datetime, "2026-03-01T9:5", datetime(2026, 3, 1, 9, 5)),  # noqa: DTZ001
    ],
)
def test_a_request_may_use_every_form_of_the_schema(annotation: Any, text: str, value: Any) -> None:
    assert kind_of(annotation).read_strictly(text) == value


@pytest.mark.parametrize(
    ("annotation", "text", "value"),
    [
        (Amount, "97.5", Decimal("97.5")),
        (Price, "0.123456789", Decimal("0.123456789")),
        (UUID, "6b1f4a3e-2d5c-4f7a-9c1b-0a1b2c3d4e5f", GUID),
        (datetime, "2014-11-27T18:03:44-02:00", datetime(2014, 11, 27, 20, 3, 44, tzinfo=UTC)),
        (str, "日本\x07", "日本\x07"),
        (Id, "x" * 50, "x" * 50),
    ],
)
def test_an_answer_is_read_generously(annotation: Any, text: str, value: Any) -> None:
    assert kind_of(annotation).read(text) == value


@pytest.mark.parametrize(
    ("annotation", "text"), [(Amount, "NaN"), (Amount, "sNaN1"), (Amount, "Infinity"), (Amount, "abc"), (UUID, "17")]
)
def test_what_is_no_value_in_an_answer_is_refused_in_one_way(annotation: Any, text: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        kind_of(annotation).read(text)


def test_the_offset_of_a_moment_is_kept_and_fractions_are_cut_off() -> None:
    kind = kind_of(datetime)
    read = kind.read("2014-11-27T18:03:44-02:00")
    assert read.utcoffset() == timedelta(hours=-2)
    assert kind.write(kind.check(datetime(2026, 3, 1, 9, 30, 15, 999999, tzinfo=UTC))) == "2026-03-01T09:30:15+00:00"


def test_an_offset_that_qbxml_cannot_write_is_refused() -> None:
    odd = datetime(2026, 3, 1, tzinfo=timezone(timedelta(minutes=19, seconds=32)))
    with pytest.raises(BuildError):
        kind_of(datetime).check(odd)


def test_limits_belong_to_text_and_whole_numbers() -> None:
    with pytest.raises(TypeError, match="takes no limits"):
        kind_of(bool, max_length=3)


def test_a_number_may_have_bounds() -> None:
    kind = kind_of(Price, min_value=Decimal("0.001"), max_value=5000)
    assert kind.check(Decimal(5000)) == 5000
    for rule, value in (("min_value", Decimal(0)), ("max_value", Decimal("5000.00001"))):
        with pytest.raises(BuildError) as refusal:
            kind.check(value)
        assert refusal.value.rule == rule
        with pytest.raises(BuildError):
            kind.read_strictly(str(value))
    assert kind_of(Price).check(Decimal(9000)) == 9000


def test_a_length_of_time_has_whole_seconds() -> None:
    with pytest.raises(BuildError, match="whole number of seconds"):
        kind_of(Duration).check(timedelta(microseconds=1))
