"""A table with a header, whatever file it stands in: its rows by column, and rows grouped by a key."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO, Protocol

from qbwc_server.channels.files.cells import shown
from qbwc_server.channels.files.contract import FileRefused
from qbwc_server.channels.files.csv_records import Record, open_csv
from qbwc_server.channels.files.habits import HabitOptions, Survey, TableOptions, Typed
from qbwc_server.channels.files.not_rows import LeftOut, may_be_cut
from qbwc_server.channels.files.text import encoding_remark
from qbwc_server.channels.files.workbook import is_workbook, open_workbook

MAX_DOCUMENT_ROWS = 1001  # 1,000 lines, and a first row that holds none
HEADER_WITHIN = 20  # records among which the header is looked for
_MOST_BROKEN_ROWS = 1000  # more than this is not a file with mistakes but another kind of file
_GUARDED = re.compile(r'="((?:[^"]|"")*)"')  # how a spreadsheet is kept from taking a text for a number

Titles = Callable[[str], str | None]  # the column that a cell of the header names, None for an unknown one


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its first line in the file and its cells by column, trimmed; cells that are not there are missing."""

    line_number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A record that cannot be parsed; ``cells`` are those before the trouble."""

    line_number: int
    cells: dict[str, str]
    code: str
    message: str
    advice: str


@dataclass(slots=True)
class Group:
    """Adjacent rows with the same key: one document. ``key`` is "" for rows that name none.

    ``doubt`` is an unreadable row beside the group that may belong to it.
    """

    key: str
    line_number: int
    rows: list[Row] = field(default_factory=list)
    broken: list[BrokenRow] = field(default_factory=list)
    doubt: BrokenRow | None = None
    scattered: bool = False

    def add(self, row: Row | BrokenRow) -> None:
        """Take one more row; beyond what a document can hold, one broken row stands for all further ones."""
        if isinstance(row, BrokenRow):
            if len(self.broken) < MAX_DOCUMENT_ROWS:
                self.broken.append(row)
        elif len(self.rows) < MAX_DOCUMENT_ROWS:
            self.rows.append(row)
        elif not self.broken:
            self.broken.append(
                BrokenRow(
                    row.line_number,
                    {},
                    "too_many",
                    f"There are more than {MAX_DOCUMENT_ROWS} rows of one document.",
                    "Split the document.",
                )
            )


class Records(Protocol):
    """What a table stands in: a sheet, or a file by one separator."""

    def records(self, width: int | None = None) -> Iterator[Record]:
        """All records that hold something, from the first one on, as often as asked."""


class SeveralSheets(FileRefused):
    """More than one sheet of the workbook holds documents."""

    code = "several_sheets"


class SeveralTables(FileRefused):
    """More than one table of documents stands below each other."""

    code = "several_tables"
    advice = "Put each table into a file or on a sheet of its own."


class Table:
    """The table of a file; its rows can be read more than once."""

    def __init__(
        self,
        stream: BinaryIO,
        options: TableOptions,
        column: Titles,
        typical: Collection[str] | None = None,
        telling: Collection[str] = (),
    ) -> None:
        """Find the header: the record that names most of the ``typical`` columns; left out, it is the first record.

        Two of the ``telling`` columns tell that a header is one of documents. Raises UnknownEncoding, SeveralSheets,
        SeveralTables, or FileRefused where the file is empty.
        """
        self.remarks: list[str] = []
        if is_workbook(stream):
            sheets = open_workbook(stream, options.sheet)
            self._records, header = _best_sheet(sheets, column, typical, telling)
            self.remarks += [f"The sheet {name} is hidden; it was left out." for name in sheets.hidden]
        else:
            encoding, readings = open_csv(stream, options.encoding)
            if remark := encoding_remark(encoding):
                self.remarks.append(remark)
            self._records, header = _best(readings, column, typical)
        self._header_at = header.position
        self.header_line = header.line_number
        self.titles = header.titles
        self.columns = tuple(column(title) for title in self.titles)
        if header.position:
            _check_alone(self._records, header, column, telling)
            self.remarks.append(f"The header is in line {header.line_number}; what stands above it was left out.")

    def rows(self, key: str | None = None) -> Iterator[Row | BrokenRow]:
        """All records below the header, in order; with the column of the ``key``, sums are left out.

        Raises FileRefused after very many broken ones.
        """
        broken, last = 0, ""
        left_out = LeftOut(self.titles, None if key is None else self.columns.index(key))
        for record in self._below_header():
            if left_out.takes(record):
                continue
            cells = {
                name: cell if isinstance(cell, Typed) else _unguarded(cell.strip())
                for name, cell in zip(self.columns, record.cells, strict=False)
                if name is not None
            }
            trouble = record.trouble
            if trouble is None and record.unended and len(record.cells) < len(self.titles):
                trouble = _cut_off(len(record.cells), len(self.titles))
            elif trouble is None and record.unended and may_be_cut(record.cells[-1].strip(), last):
                trouble = _cut_in_cell(record.cells[-1].strip(), last)
            if trouble is None:
                last = _last_cell(record, len(self.titles)) or last
                yield Row(record.line_number, cells)
                continue
            broken += 1
            if broken > _MOST_BROKEN_ROWS:
                raise FileRefused(
                    f"More than {_MOST_BROKEN_ROWS} rows are broken, the last one in line {record.line_number}."
                )
            yield BrokenRow(record.line_number, cells, *trouble)

    def survey(
        self,
        key: str,
        *,
        dates: Collection[str] = (),
        numbers: Collection[str] = (),
        options: HabitOptions | None = None,
    ) -> Survey:
        """One look at all rows: keys whose rows are not adjacent, and what cells prove of the habits of the file."""
        at = self.columns.index(key)
        date_columns = [place for place, name in enumerate(self.columns) if name in dates]
        number_columns = [place for place, name in enumerate(self.columns) if name in numbers]
        asked = options or HabitOptions()
        found = Survey()
        seen: set[int] = set()
        twice: set[int] = set()
        last = ""
        left_out = LeftOut(self.titles, at)
        for record in self._below_header():
            if left_out.takes(record):
                continue
            cells = record.cells
            for place in date_columns:
                if place < len(cells) and cells[place]:
                    found.see_date(_trimmed(cells[place]), record.line_number)
            for place in number_columns:
                if place < len(cells) and cells[place]:
                    found.see_number(_trimmed(cells[place]), record.line_number, asked)
            name = _trimmed(cells[at]) if at < len(cells) else ""
            if not name or name == last:
                continue
            last = name
            number = hash(name)
            (twice if number in seen else seen).add(number)
        found.scattered = frozenset(twice)
        self.remarks += left_out.remarks()
        return found

    def groups(self, key: str, scattered: frozenset[int]) -> Iterator[Group]:
        """Adjacent rows with the same value in the column ``key``; ``scattered`` comes from the survey.

        A row that cannot be parsed belongs to the key it shows; where it shows none, both neighbours are in doubt.
        """
        trusted = key in self.columns[:2]  # further right, a stray comma may have moved the cells
        current: Group | None = None
        doubt: BrokenRow | None = None
        for row in self.rows(key):
            name = row.cells.get(key, "")
            if isinstance(row, BrokenRow) and not (name and trusted):
                if current is not None:
                    current.doubt = row
                    yield current
                yield Group("", row.line_number, broken=[row])
                current, doubt = None, row
                continue
            if current is None or not name or current.key != name:
                if current is not None:
                    if not name:  # a row without a key may be meant to continue the document above it
                        current.doubt = BrokenRow(row.line_number, {}, "no_key", "", "")
                    yield current
                current = Group(str(name), row.line_number, doubt=doubt, scattered=hash(name) in scattered)
            doubt = None
            current.add(row)
        if current is not None:
            yield current

    def _below_header(self) -> Iterator[Record]:
        return islice(self._records.records(len(self.titles)), self._header_at + 1, None)


@dataclass(frozen=True, slots=True)
class Header:
    """The record that names the columns: how many records stand above it, and how many columns it names."""

    position: int
    line_number: int
    titles: tuple[str, ...]
    known: int


def header_of(records: Iterator[Record], column: Titles, typical: Collection[str] | None) -> Header | None:
    """Of the first records the one that names most typical columns, or the first one."""
    best: Header | None = None
    for position, record in enumerate(islice(records, 1 if typical is None else HEADER_WITHIN)):
        if record.trouble is not None:
            continue
        titles = tuple(" ".join(cell.split()) for cell in record.cells)
        names = {name for title in titles if (name := column(title)) is not None}
        known = len(names if typical is None else names.intersection(typical))
        if best is None or known > best.known:
            best = Header(position, record.line_number, titles, known)
    return best


def _best(readings: Sequence[Records], column: Titles, typical: Collection[str] | None) -> tuple[Records, Header]:
    """The reading whose header names most columns."""
    found = [(one, header) for one in readings if (header := header_of(one.records(), column, typical)) is not None]
    if not found:
        raise FileRefused("The file has no header: it is empty, or its first rows cannot be split into cells.")
    return max(found, key=lambda one: one[1].known)


def _best_sheet(
    sheets: Sequence[tuple[str, Records]], column: Titles, typical: Collection[str] | None, telling: Collection[str]
) -> tuple[Records, Header]:
    """The one sheet with a header. Raises SeveralSheets where more than one names as many columns, or documents."""
    headers = [(name, sheet, header_of(sheet.records(), column, typical)) for name, sheet in sheets]
    found = [(name, sheet, header) for name, sheet, header in headers if header is not None]
    if not found:
        raise FileRefused("The workbook is empty.")
    most = max(header.known for _, _, header in found)
    best = [one for one in found if one[2].known == most or _tells(one[2].titles, column, telling)]
    if len(best) > 1:
        names = ", ".join(name for name, _, _ in best)
        raise SeveralSheets(
            f"More than one sheet holds documents: {names}.", advice=f"Name one with the option sheet={best[0][0]}."
        )
    return best[0][1], best[0][2]


def _tells(titles: Sequence[str], column: Titles, telling: Collection[str]) -> bool:
    return len({column(" ".join(title.split())) for title in titles}.intersection(telling)) > 1


def _check_alone(records: Records, header: Header, column: Titles, telling: Collection[str]) -> None:
    """Refuse a header above the one that was chosen: what stands between them would be left out."""
    for record in islice(records.records(), header.position):
        if _tells(record.cells, column, telling):
            raise SeveralTables(
                f"There are two tables, with headers in lines {record.line_number} and {header.line_number}."
            )


def _last_cell(record: Record, width: int) -> str:
    return record.cells[-1].strip() if len(record.cells) == width else ""


def _trimmed(cell: str) -> str:
    return cell if isinstance(cell, Typed) else _unguarded(cell.strip())


def _unguarded(cell: str) -> str:
    """``="000123"`` as 000123."""
    if not cell.startswith('="'):
        return cell
    found = _GUARDED.fullmatch(cell)
    return cell if found is None else found[1].replace('""', '"').strip()


def _cut_off(cells: int, width: int) -> tuple[str, str, str]:
    return (
        "row_cut_off",
        f"The file ends in this row: it has {cells} cells, but the header has {width}.",
        "Export the file again, or complete the row; rows below it may be missing too.",
    )


def _cut_in_cell(cell: str, before: str) -> tuple[str, str, str]:
    return (
        "row_cut_off",
        f"The file ends here without a line end, and {shown(cell)} has fewer decimals than {shown(before)} above it.",
        "If the cell is whole, end the row with a line end; else export the file again.",
    )
