"""Charges as rows of a table: its columns are the fields of a charge, in any case and order, and the organisation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from qbwc_server.channels.charges.options import ChargeFileOptions
from qbwc_server.channels.contract import BrokenFact
from qbwc_server.channels.files.cells import Unreadable
from qbwc_server.channels.files.contract import FileRefused
from qbwc_server.channels.files.habits import Habits
from qbwc_server.channels.files.rows import BrokenRow, Row, Table
from qbwc_server.documents.problems import Problem

ORGANISATION = "organisation"
_TEXTS = ("productId", "productName", "sku", "chargeId", "chargeName", "chargeType", "billingCycleType", "currency")
_NUMBERS = ("quantity", "listPrice", "netPrice", "netPriceProrated", "subTotal")
_DATES = ("periodFrom", "periodTo")
_YES_NO = ("isBilled", "isProratable")
_NEEDED = (ORGANISATION, "chargeType", "billingCycleType", *_DATES, "quantity", "netPrice")
_ALSO = ("organization", "customer", "customername", "customerdisplayname")  # what the organisation is called, too
_SIGNS = re.compile(r"[\s_\-.]+")
_NAMES = {name.lower(): name for name in (ORGANISATION, *_TEXTS, *_NUMBERS, *_DATES, *_YES_NO)}
_NAMES.update(dict.fromkeys(_ALSO, ORGANISATION))
_READ: dict[str, Callable[[Habits, str], object]] = {
    ORGANISATION: Habits.text,
    **dict.fromkeys(_TEXTS, Habits.text),
    **dict.fromkeys(_NUMBERS, Habits.number),
    **dict.fromkeys(_DATES, lambda habits, cell: habits.date(cell).isoformat()),
    **dict.fromkeys(_YES_NO, Habits.yes_no),
}


class NotCharges(FileRefused):
    """The file is no table of charges."""

    code = "not_a_table_of_charges"
    advice = "docs/channels.md lists the columns."


@dataclass(frozen=True, slots=True)
class Charged:
    """A row as a charge is told, and what about its cells cannot be read; such a cell stands there as it is."""

    told: dict[str, Any]
    problems: tuple[Problem, ...] = ()


class ChargeTable:
    """The charges of a file. ``remarks`` say what was concluded from it."""

    def __init__(self, stream: BinaryIO, options: ChargeFileOptions) -> None:
        """Raises NotCharges, and what ``Table`` raises."""
        self._table = Table(stream, options, column_named, set(_NAMES.values()), _NEEDED)
        columns = [name for name in self._table.columns if name is not None]
        if missing := [name for name in _NEEDED if name not in columns]:
            raise NotCharges(f"There is no column {', '.join(missing)}.")
        if twice := sorted({name for name in columns if columns.count(name) > 1}):
            raise NotCharges(f"More than one column means {', '.join(twice)}.")
        survey = self._table.survey(ORGANISATION, dates=_DATES, numbers=_NUMBERS, options=options)
        self._habits = Habits(options, survey)
        unknown = [title for title, name in zip(self._table.titles, self._table.columns, strict=True) if not name]
        left_out = [f"Columns that are left out: {', '.join(filter(None, unknown))}."] if any(unknown) else []
        self.remarks = [*self._table.remarks, *self._habits.remarks(), *left_out]

    def rows(self) -> Iterator[Charged | BrokenFact]:
        """Each row, or why it is none."""
        for row in self._table.rows(ORGANISATION):
            if isinstance(row, BrokenRow):
                yield BrokenFact(_problem(row.line_number, row.code, row.message, row.advice), _text(row))
            else:
                yield self._charged(row)

    def _charged(self, row: Row) -> Charged:
        told: dict[str, Any] = {"isBilled": True, "isProratable": True}  # an invoice says what has been billed
        problems: list[Problem] = []
        for name, cell in row.cells.items():
            if cell == "":
                continue
            try:
                told[name] = _READ[name](self._habits, cell)
            except Unreadable as wrong:
                problems.append(_problem(row.line_number, wrong.code, f"{name}: {wrong.message}", wrong.advice))
                told[name] = f"? {cell}"  # never to be taken for what was meant
        told.setdefault("netPriceProrated", told.get("netPrice"))
        organisation = told.pop(ORGANISATION, "")
        told["tags"] = [{"name": "CustomerDisplayName", "value": organisation}] if organisation else []
        return Charged(told, tuple(problems))


def column_named(title: str) -> str | None:
    """The field of a charge that a title names; None where it is none."""
    return _NAMES.get(_SIGNS.sub("", title).lower())


def _problem(line: int, code: str, message: str, advice: str) -> Problem:
    return Problem(code, "", f"Line {line}: {message}", advice)


def _text(row: BrokenRow) -> str:
    return f"line {row.line_number}: " + ", ".join(f"{name} {cell}" for name, cell in row.cells.items())
