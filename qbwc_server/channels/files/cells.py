"""What a cell says, as a value: amounts, dates, yes and no. Nothing that can be read in two ways is accepted."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from qbwc_server.documents.problems import Problem

CENT = Decimal("0.01")
_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_LONGEST_DECIMAL = 24
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?:[T ][0-9]{1,2}:[0-9]{2}.*)?")
_DAY_MONTH_YEAR = re.compile(r"([0-9]{1,2})[- ]([A-Za-z]{3,9})\.?[-, ] ?([0-9]{4})")
_MONTH_DAY_YEAR = re.compile(r"([A-Za-z]{3,9})\.? ([0-9]{1,2}),? ([0-9]{4})")
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_YES = frozenset(("yes", "true", "y", "1"))
_NO = frozenset(("no", "false", "n", "0"))
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Unreadable(ValueError):
    """A cell that says nothing certain; ``code`` is stable, ``advice`` says how to write it."""

    def __init__(self, code: str, message: str, advice: str) -> None:
        super().__init__(message)
        self.code, self.message, self.advice = code, message, advice

    def problem(self, field: str) -> Problem:
        """The same with the field or column it is about."""
        return Problem(self.code, field, f"{field}: {self.message}" if field else self.message, self.advice)


def decimal_of(text: str) -> Decimal:
    """A plain decimal number with a point, or none; no thousands separators, no currency.

    "1,234.50" is refused as "1,234" must be: one rule, and a comma is never taken for a point.
    """
    if not _DECIMAL.fullmatch(text) or len(text) > _LONGEST_DECIMAL:
        raise Unreadable("bad_number", f"{shown(text)} is not a plain number.", _number_advice(text))
    return Decimal(text) + 0  # turns -0 into 0


def amount_of(text: str) -> Decimal:
    """An amount of money; two decimals where that loses nothing, so that 5, 5.0 and 5.00 are one amount."""
    value = decimal_of(text)
    cents = value.quantize(CENT)
    return cents if cents == value else value


def quantity_of(text: str) -> Decimal:
    """A quantity or price, without trailing zeros."""
    return plain(decimal_of(text))


def plain(value: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent."""
    return Decimal(format(value.normalize(), "f")) + 0


def date_of(text: str) -> date:
    """A date with the year first (2026-03-04, 2026/3/4) or the month in English letters (4 Mar 2026, March 4, 2026).

    A time behind a year-first date is left out. Dates such as 03/04/2026 are refused: they mean two days.
    """
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = int(found[1]), int(found[3]), int(found[4])
    elif found := _DAY_MONTH_YEAR.fullmatch(text):
        year, month, day = int(found[3]), _month(found[2]), int(found[1])
    elif found := _MONTH_DAY_YEAR.fullmatch(text):
        year, month, day = int(found[3]), _month(found[1]), int(found[2])
    else:
        raise _no_date(text)
    try:
        return date(year, month, day)
    except ValueError:
        raise _no_date(text) from None


def yes_no_of(text: str) -> bool:
    """yes or no, true or false, y or n, 1 or 0."""
    word = text.casefold()
    if word in _YES or word in _NO:
        return word in _YES
    raise Unreadable("bad_choice", f"{shown(text)} is neither yes nor no.", "Write yes or no.")


def is_storable(text: str) -> bool:
    """Whether ``check_storable`` lets it pass."""
    return _UNSTORABLE.search(text) is None


def check_storable(text: str) -> None:
    """Refuse characters that neither a database nor QuickBooks keeps."""
    if found := _UNSTORABLE.search(text):
        raise Unreadable(
            "control_character",
            f"There is a control character (U+{ord(found[0]):04X}).",
            "Remove it; it usually comes from copying out of another program.",
        )


def storable(text: str) -> str:
    """The text with a blank in place of every character that ``check_storable`` refuses."""
    return _UNSTORABLE.sub(" ", text)


def shown(text: str) -> str:
    """The text in quotation marks, shortened, for a message of one line."""
    text = storable(text)
    short = text if len(text) <= 40 else text[:39] + "…"
    return '"' + " ".join(short.split()) + '"'


def _month(name: str) -> int:
    word = name.casefold()
    return next((n for n, month in enumerate(_MONTHS, 1) if word in (month, month[:3])), 0)


def _no_date(text: str) -> Unreadable:
    return Unreadable(
        "bad_date",
        f"{shown(text)} is no certain date.",
        "Write the year first, such as 2026-03-31, or the month in letters.",
    )


def _number_advice(text: str) -> str:
    if "," in text:
        return "Write it with a point for the decimals and without separators between the thousands, such as 1234.50."
    if text.startswith("(") and text.endswith(")"):
        return "Write a minus sign for an amount below zero, such as -12.50."
    return "Write digits and a point only, such as 1234.50, without currency."
