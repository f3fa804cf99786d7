"""How the cells of a table are read: by the options a person gave, else by what the file itself proves, never by guess.

03/04/2026 means two days and 1,234 two numbers. Where another cell of the file can be read in one way only (the 13th of
a month, a number with both signs), that is the habit of the file, and the report says so. Where none can, or cells
prove both, the cell is a mistake that names the option.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Generic, Self, TypeVar

from pydantic import Field

from qbwc_server.channels.files.cells import CENT, Unreadable, plain, shown, yes_no_of
from qbwc_server.channels.files.contract import FileOptions
from qbwc_server.channels.files.dates import DateOrder, written_date
from qbwc_server.channels.files.numbers import DecimalSign, written

_SHORTENED = re.compile(r"-?[0-9](?:(?:[.,][0-9]+)?E\+[0-9]{1,3}|[.,][0-9]+E-?[0-9]{1,3})", re.IGNORECASE)
_ERRORS = frozenset(("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"))
_HASHES = re.compile("#{3,}")
_FORMULA = re.compile(r"=\s*[-+(]*\s*(?:[A-Za-z_.]+[0-9]*\s*[(!:]|\$?[A-Za-z]{1,3}\$?[0-9]+|[0-9.]+).*", re.DOTALL)


class TypedAs(StrEnum):
    """What a cell of a workbook is, by its own word."""

    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    ERROR = "error"  # that a formula came to
    FORMULA = "formula"  # whose result the file does not hold


class Typed(str):
    """The text of a cell that is no text in its workbook: certain, whatever the habits of the file.

    ``note`` says what a person should know of the way from what the workbook holds to what it shows; ``currency`` is
    the sign that it shows beside the number.
    """

    __slots__ = ("currency", "kind", "note")

    kind: TypedAs
    note: str
    currency: str

    def __new__(cls, text: str, kind: TypedAs, note: str = "", currency: str = "") -> Self:
        made = super().__new__(cls, text)
        made.kind, made.note, made.currency = kind, note, currency
        return made


class TableOptions(FileOptions):
    """Options of everything that comes as rows and columns."""

    sheet: str | None = Field(default=None, description="Sheet of the workbook, where several hold documents.")


class HabitOptions(TableOptions):
    """How people write dates and numbers. Left out: as far as the file proves it itself."""

    dates: DateOrder | None = Field(
        default=None, description="day_first or month_first: what 03/04/2026 means. Year-first dates are always read."
    )
    decimals: DecimalSign | None = Field(
        default=None,
        description="point or comma: what stands before the decimals. The other one, a blank or an apostrophe may "
        "stand between thousands.",
    )
    currency: str | None = Field(
        default=None, max_length=8, description="Sign or code that amounts may bear, such as $ or EUR."
    )
    brackets: bool = Field(default=False, description="(12.50) means -12.50.")


Sign = TypeVar("Sign", DateOrder, DecimalSign)


@dataclass
class Proofs(Generic[Sign]):
    """The first cell of the file that proves each way of writing: its line and text."""

    seen: dict[Sign, tuple[int, str]] = field(default_factory=dict)

    def add(self, sign: Sign | None, line_number: int, text: str) -> None:
        """Remember the cell if it is the first to prove ``sign``."""
        if sign is not None and sign not in self.seen:
            self.seen[sign] = (line_number, text)

    @property
    def habit(self) -> Sign | None:
        """What the file proves, if it does not prove both."""
        return next(iter(self.seen)) if len(self.seen) == 1 else None


@dataclass
class Survey:
    """What one look at all cells showed; see ``Table.survey``."""

    dates: Proofs[DateOrder] = field(default_factory=Proofs)
    numbers: Proofs[DecimalSign] = field(default_factory=Proofs)
    scattered: frozenset[int] = frozenset()

    def see_date(self, text: str, line_number: int) -> None:
        """Learn from a cell of a column of dates."""
        if len(self.dates.seen) < len(DateOrder) and not isinstance(text, Typed):
            try:
                self.dates.add(written_date(text).proves, line_number, text)
            except Unreadable:
                return

    def see_number(self, text: str, line_number: int, options: HabitOptions) -> None:
        """Learn from a cell of a column of numbers."""
        if len(self.numbers.seen) < len(DecimalSign) and not isinstance(text, Typed):
            try:
                found = written(text, currency=options.currency, brackets=options.brackets)
                self.numbers.add(found.proves, line_number, text)
            except Unreadable:
                return


class Habits:
    """Reads cells by options and by what the survey has shown."""

    def __init__(self, options: HabitOptions, survey: Survey) -> None:
        self._options, self._survey = options, survey
        self._date_order = survey.dates.habit
        self._decimal_sign = survey.numbers.habit

    def remarks(self) -> Iterator[str]:
        """What was concluded from the file and not said by a person."""
        if self._options.dates is None and (order := self._survey.dates.habit) is not None:
            line, text = self._survey.dates.seen[order]
            yield f"Line {line} has {shown(text)}: all dates of this file are read with the {_FIRST[order]} first."
        if self._options.decimals is None and (sign := self._survey.numbers.habit) is not None:
            line, text = self._survey.numbers.seen[sign]
            if sign is DecimalSign.COMMA or "," in text:
                yield f"Line {line} has {shown(text)}: all numbers of this file are read with a decimal {sign.value}."

    def text(self, cell: str) -> str:
        """A name, number or key: what a spreadsheet has made something else of is refused."""
        check_spreadsheet(cell)
        if isinstance(cell, Typed) and cell.kind is TypedAs.DATE:
            raise Unreadable(
                "made_a_date",
                f"The cell holds the date {cell[:10]}; a spreadsheet may have made it of something else.",
                "Format the column as text in the spreadsheet and enter the value again.",
            )
        if isinstance(cell, Typed) and cell.kind is TypedAs.YES_NO:
            raise Unreadable(
                "made_yes_or_no",
                "The cell holds TRUE or FALSE and no text; a spreadsheet may have made it of something else.",
                "Format the column as text in the spreadsheet and enter the value again.",
            )
        check_whole(cell)
        return str(cell)

    def prose(self, cell: str) -> str:
        """Text for people."""
        if isinstance(cell, Typed):
            check_spreadsheet(cell)
        return str(cell)

    def date(self, cell: str) -> date:
        """A day."""
        check_spreadsheet(cell)
        if isinstance(cell, Typed):
            if cell.kind is not TypedAs.DATE:
                raise Unreadable(
                    "bad_date",
                    f"The cell holds {shown(cell)}, which is no date in this workbook.",
                    "Format the column as a date in the spreadsheet, and look whether the dates are right.",
                )
            return date.fromisoformat(cell[:10])
        found, order = written_date(cell), self._options.dates
        day = found.by(order) if order else found.certain
        if day is None and order is None and self._date_order is not None:
            day = found.by(self._date_order)
        if day is not None:
            return day
        if order is not None:
            raise Unreadable(
                "bad_date",
                f"{shown(cell)} is no day with the {_FIRST[order]} first, as the option dates says.",
                "Correct the date, or the option dates.",
            )
        raise Unreadable("date_in_two_ways", f"{shown(cell)} means two days.", self._how_dates())

    def number(self, cell: str) -> Decimal:
        """A plain decimal, whatever signs it was written with."""
        check_spreadsheet(cell)
        if isinstance(cell, Typed) and cell.kind is TypedAs.NUMBER:
            self._check_currency(cell)
            return Decimal(cell) + 0
        if isinstance(cell, Typed):
            raise Unreadable("bad_number", f"The cell holds {shown(cell)}, which is no number.", "Correct the cell.")
        found = written(cell, currency=self._options.currency, brackets=self._options.brackets)
        chosen, habit = self._options.decimals, self._decimal_sign
        value = found.by(chosen) if chosen else found.certain
        if value is None and chosen is None and habit is not None:
            value = found.by(habit)
        if value is not None:
            return value
        if chosen is not None:
            raise Unreadable(
                "bad_number",
                f"{shown(cell)} is no number with a decimal {chosen.value}, as the option decimals says.",
                "Correct the number, or the option decimals.",
            )
        raise Unreadable("number_in_two_ways", f"{shown(cell)} means two numbers.", self._how_numbers())

    def amount(self, cell: str) -> Decimal:
        """Money; two decimals where that loses nothing."""
        value = self.number(cell)
        cents = value.quantize(CENT)
        return cents if cents == value else value

    def quantity(self, cell: str) -> Decimal:
        """A quantity or price, without trailing zeros."""
        return plain(self.number(cell))

    def yes_no(self, cell: str) -> bool:
        """yes or no, true or false, 1 or 0."""
        check_spreadsheet(cell)
        return yes_no_of(str(cell))

    def _check_currency(self, cell: Typed) -> None:
        if cell.currency and cell.currency.casefold() != (self._options.currency or "").casefold():
            raise Unreadable(
                "bad_number",
                f"The cell shows {cell} with {shown(cell.currency)}.",
                f"Give the option currency={cell.currency} if that is the currency of the books.",
            )

    def _how_dates(self) -> str:
        said = _both(self._survey.dates.seen)
        return f"{said}Give the option dates=day_first or dates=month_first, or write the year first: 2026-03-31."

    def _how_numbers(self) -> str:
        said = _both(self._survey.numbers.seen)
        return f"{said}Give the option decimals=point or decimals=comma, or write it without separators: 1234.50."


_FIRST = {DateOrder.DAY_FIRST: "day", DateOrder.MONTH_FIRST: "month"}


def _both(seen: Mapping[Sign, tuple[int, str]]) -> str:
    if len(seen) < 2:
        return ""
    (one, first), (other, second) = seen.values()
    return f"The file writes both {shown(first)} (line {one}) and {shown(second)} (line {other}). "


def check_whole(cell: str) -> None:
    """Refuse a name or key that a spreadsheet has made a shortened number of."""
    if _SHORTENED.fullmatch(cell):
        raise Unreadable(
            "shortened",
            f"{shown(cell)} is a number that a spreadsheet has shortened.",
            "Format the column as text in the spreadsheet, enter the whole number again, and save the file.",
        )


def check_spreadsheet(cell: str) -> None:
    """Refuse what a spreadsheet shows instead of a value."""
    if isinstance(cell, Typed) and cell.kind is TypedAs.FORMULA:
        raise Unreadable(
            "formula",
            f"The cell is the formula {shown(cell)}, and the file does not hold its result.",
            "Open the workbook in a spreadsheet, save it, and import it again.",
        )
    if cell in _ERRORS or _HASHES.fullmatch(cell) or (isinstance(cell, Typed) and cell.kind is TypedAs.ERROR):
        raise Unreadable(
            "spreadsheet_error",
            f"The cell says {shown(cell)}: the spreadsheet had no value to show.",
            "Correct the cell in the spreadsheet, and save the file again.",
        )
    if not isinstance(cell, Typed) and _FORMULA.fullmatch(cell):
        raise Unreadable(
            "formula",
            f"{shown(cell)} is a formula and no value.",
            "Save the values instead of the formulas.",
        )
