"""Workbooks (xlsx) as records: numbers as they are shown, dates as dates, everything bounded before it is unpacked."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, BinaryIO, Union, cast
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from qbwc_server.channels.files.contract import MAX_FILE_BYTES, FileRefused, FileTooLarge
from qbwc_server.channels.files.csv_records import Record
from qbwc_server.channels.files.habits import Typed, TypedAs
from qbwc_server.channels.files.number_format import NumberFormat, number_format
from qbwc_server.channels.files.sheet_bounds import MOST_ROWS, Look

if TYPE_CHECKING:
    from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

MAX_UNPACKED = MAX_FILE_BYTES  # bytes of all parts together
MAX_STRINGS = 64 * 1024 * 1024  # bytes of the part that is kept in memory: texts that cells share
MAX_PARTS = 10_000
MAX_COLUMNS = 500
_ZIP = b"PK\x03\x04"
_SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml")
_ESCAPED = re.compile("_x00([01][0-9A-F])_")  # how a workbook writes control characters, which XML cannot hold
_PRECISION = 15  # significant digits that Excel keeps
_LONGEST_SHOWN = 40  # characters of what a cell holds that is no value
_NOISE = Decimal("1E-9")
_BROKEN = (BadZipFile, ParseError, KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError, OSError)
_Cell = Union["ReadOnlyCell", "EmptyCell"]


class DamagedWorkbook(FileRefused):
    """The workbook cannot be read."""

    code = "damaged_workbook"
    advice = (
        "Open it in a spreadsheet and save it again as an Excel workbook (.xlsx), or save the sheet as CSV (UTF-8)."
    )


class NoSuchSheet(FileRefused):
    """There is no such sheet."""

    code = "no_such_sheet"


def is_workbook(stream: BinaryIO) -> bool:
    """Whether the file begins as a workbook does. The stream stands at its start afterwards."""
    stream.seek(0)
    head = stream.read(len(_ZIP))
    stream.seek(0)
    return head == _ZIP


class Sheets(list[tuple[str, "SheetRecords"]]):
    """Sheets with their names; ``hidden`` are the names of those that were left out."""

    hidden: Sequence[str] = ()


def open_workbook(stream: BinaryIO, sheet: str | None) -> Sheets:
    """The visible sheets with their names, or the one named. Raises DamagedWorkbook, FileTooLarge or NoSuchSheet."""
    try:
        has_formulas = _checked(stream)
        values = _load(stream, values=True)
        formulas = _load(stream, values=False) if has_formulas else None
    except _BROKEN as error:
        raise DamagedWorkbook(detail=f"{type(error).__name__}: {error}") from None
    sheets = cast("list[ReadOnlyWorksheet]", values.worksheets)
    visible = [one for one in sheets if one.sheet_state == "visible"]
    chosen = visible if sheet is None else [one for one in sheets if one.title.casefold() == sheet.casefold()]
    if not chosen:
        names = ", ".join(one.title for one in sheets)
        raise NoSuchSheet(
            f"There is no sheet {sheet}." if sheet else "No sheet of the workbook can be seen.",
            advice=f"Name one with the option sheet: {names}.",
        )
    found = Sheets((one.title, SheetRecords(one, formulas)) for one in chosen)
    found.hidden = [] if sheet else [one.title for one in sheets if one not in visible]
    return found


def _checked(stream: BinaryIO) -> bool:
    """Refuse what would take too much room, before anything is unpacked. Returns whether there are formulas."""
    with ZipFile(stream) as archive:
        parts = archive.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise FileTooLarge("The workbook is too large when unpacked.")
        for part in parts:
            sheet = _SHEETS.fullmatch(part.filename) is not None
            if not sheet and part.filename.endswith((".xml", ".rels")) and part.file_size > MAX_STRINGS:
                raise FileTooLarge(f"The workbook holds too much beside its cells ({part.filename}).")
        formulas = [_looked_through(archive, part.filename) for part in parts]
        return any(formulas)


def _looked_through(archive: ZipFile, part: str) -> bool:
    """Whether the part is a sheet with formulas. Raises FileTooLarge, or ValueError where it is damaged."""
    if not part.endswith((".xml", ".rels")):
        return False
    look = Look(part)
    with archive.open(part) as opened:
        look.through(opened)
    return look.formulas and _SHEETS.fullmatch(part) is not None


def _load(stream: BinaryIO, *, values: bool) -> Workbook:
    import openpyxl  # here: it takes longer to import than most commands take altogether

    stream.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions that do not concern the values of cells
        return openpyxl.load_workbook(stream, read_only=True, data_only=values, keep_links=False)


class SheetRecords:
    """The rows of one sheet, as often as asked."""

    def __init__(self, sheet: ReadOnlyWorksheet, formulas: Workbook | None) -> None:
        self._sheet, self._formulas = sheet, formulas

    def records(self, width: int | None = None) -> Iterator[Record]:
        """All rows that hold something; one with cells to the right of ``width`` is in trouble.

        Raises DamagedWorkbook or FileTooLarge.
        """
        written = None
        if self._formulas is not None:
            written = _rows(cast("ReadOnlyWorksheet", self._formulas[self._sheet.title]))
        for number, cells in enumerate(_rows(self._sheet), 1):
            formulas = () if written is None else next(written, ())
            texts = [_text(cell, _formula(formulas, at)) for at, cell in enumerate(cells)]
            while texts and not texts[-1]:
                texts.pop()
            if not texts:
                continue
            trouble = None
            if width is not None and len(texts) > width:
                trouble = (
                    "too_many_cells",
                    f"The row has {len(texts)} cells, but the header has {width}.",
                    "Give every column a title, or empty the cells to the right of the last one.",
                )
            yield Record(number, texts, trouble)


def _rows(sheet: ReadOnlyWorksheet) -> Iterator[tuple[_Cell, ...]]:
    from qbwc_server.channels.files.sheet_cells import TolerantSheet

    rows: Iterator[tuple[_Cell, ...]] = TolerantSheet(sheet).cells_by_row(MAX_COLUMNS + 1)
    number = 0
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                row = next(rows, None)
        except _BROKEN as error:
            raise DamagedWorkbook(detail=f"{type(error).__name__}: {error}") from None
        if row is None:
            return
        number += 1
        if number > MOST_ROWS:
            raise FileTooLarge(f"The sheet {sheet.title} has more than {MOST_ROWS} rows.")
        if len(row) > MAX_COLUMNS and row[MAX_COLUMNS].value is not None:
            raise FileTooLarge(f"The sheet {sheet.title} has more than {MAX_COLUMNS} columns.")
        yield row


def _formula(cells: Sequence[_Cell], at: int) -> str:
    value = cells[at].value if at < len(cells) else None
    return str(value) if cells and at < len(cells) and cells[at].data_type == "f" else ""


def _text(cell: _Cell, formula: str) -> str:
    """What the cell says, as text that is certain where the workbook is; an error where nobody can say it."""
    try:
        return _certain(cell, formula)
    except (*_BROKEN, ArithmeticError):  # a number that is none, a format that does not exist
        return Typed(str(cell.value)[:_LONGEST_SHOWN], TypedAs.ERROR)


def _certain(cell: _Cell, formula: str) -> str:
    value = cell.value
    if value is None:  # of a formula for texts the result is an empty text, else there is none
        return Typed(formula, TypedAs.FORMULA) if formula and cell.data_type != "str" else ""
    if isinstance(value, bool):
        return Typed("yes" if value else "no", TypedAs.YES_NO)
    if isinstance(value, datetime | date):
        text = value.isoformat()
        return Typed(text.removesuffix("T00:00:00"), TypedAs.DATE)
    if isinstance(value, time | timedelta):
        return str(value)
    if isinstance(value, int | float):
        if not math.isfinite(value):
            return Typed(str(value), TypedAs.ERROR)
        return _number(
            Decimal(f"{value:.{_PRECISION}g}"), number_format(cell.number_format or "General", below_zero=value < 0)
        )
    if cell.data_type == "e":
        return Typed(str(value), TypedAs.ERROR)
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(value)).replace("\r\n", "\n").strip()


def _number(exact: Decimal, shown_as: NumberFormat) -> str:
    """The number as a person sees it in the sheet; a note says where that is not all the sheet holds."""
    if abs(exact) >= 10**_PRECISION:
        return f"{exact:.6E}"  # digits are lost: nobody may take it for the number it was
    if shown_as.percent:
        return f"{exact * 100:f}%"
    plain, note = f"{exact:f}", ""
    if shown_as.decimals is not None:
        shown = exact.quantize(Decimal(1).scaleb(-shown_as.decimals), ROUND_HALF_UP)
        if abs(shown - exact) > _NOISE:
            note = f"The cell holds {plain} and shows {shown}; {shown} was taken."
        plain = f"{shown:f}"
    if shown_as.digits > 1 and "." not in plain:
        sign = "-" if plain.startswith("-") else ""
        plain = sign + plain.removeprefix("-").zfill(shown_as.digits)
    return Typed(plain, TypedAs.NUMBER, note, shown_as.currency)
