"""Dates as people write them: which day one is with the day first, and which with the month first."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from qbwc_server.channels.files.cells import Unreadable, date_of, shown

_IN_NUMBERS = re.compile(r"([0-9]{1,2})([-/.])\s?([0-9]{1,2})\2\s?([0-9]{4})(?:[T ,]+[0-9]{1,2}:[0-9]{2}.*)?")
_SHORT_YEAR = re.compile(
    r"[0-9]{1,2}[-/. ]+(?:[0-9]{1,2}|[A-Za-z]{3,9})[-/. ,]+'?[0-9]{1,2}|[A-Za-z]{3,9}\.? [0-9]{1,2},? '?[0-9]{2}"
)
_SERIAL = re.compile(r"[1-9][0-9]{4}(?:\.[0-9]+)?")


class DateOrder(StrEnum):
    """What stands first in a date of numbers."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """The day of a date by each order; None where it is none in that order."""

    day_first: date | None
    month_first: date | None

    def by(self, order: DateOrder) -> date | None:
        """The day where numbers stand in ``order``."""
        return self.day_first if order is DateOrder.DAY_FIRST else self.month_first

    @property
    def certain(self) -> date | None:
        """The day, where it is the same in every order."""
        if self.day_first is None or self.month_first is None:
            return self.month_first if self.day_first is None else self.day_first
        return self.day_first if self.day_first == self.month_first else None

    @property
    def proves(self) -> DateOrder | None:
        """The order that the date cannot be read without: it has a thirteenth month in the other."""
        if (self.day_first is None) == (self.month_first is None):
            return None
        return DateOrder.MONTH_FIRST if self.day_first is None else DateOrder.DAY_FIRST


def written_date(text: str) -> WrittenDate:
    """Both readings of ``text``. Raises Unreadable where it is no date, or has no year that is certain."""
    found = _IN_NUMBERS.fullmatch(text)
    if found is None:
        if _SHORT_YEAR.fullmatch(text):
            raise Unreadable(
                "short_year",
                f"{shown(text)} has a year of two digits.",
                "Write the year with four digits, such as 2026-03-02 or 2-Mar-2026; in a spreadsheet, format the "
                "column so.",
            )
        if _SERIAL.fullmatch(text):
            raise Unreadable(
                "bad_date",
                f"{shown(text)} is no date; it looks like a spreadsheet's own number for a day.",
                "Format the column as a date in the spreadsheet, such as 2026-03-31, and save the file again.",
            )
        day = date_of(text)
        return WrittenDate(day, day)
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    both = WrittenDate(_day(year, second, first), _day(year, first, second))
    if both.day_first is None and both.month_first is None:
        raise Unreadable("bad_date", f"{shown(text)} is no day of any month.", "Correct the date.")
    return both


def _day(year: int, month: int, day: int) -> date | None:
    with suppress(ValueError):
        return date(year, month, day)
    return None
