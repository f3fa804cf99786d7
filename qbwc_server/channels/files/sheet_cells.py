"""The cells of a sheet, row by row: one that cannot be read says so, and leaves all others as they are.

It knows openpyxl, which takes longer to import than most commands take altogether: import it where a sheet is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import WorkSheetParser

if TYPE_CHECKING:
    from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell

UNREADABLE = "#UNREADABLE!"  # what such a cell says
ERROR = "e"  # the type of a cell without a value
_ODD = (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError)


class TolerantSheet(ReadOnlyWorksheet):
    """The sheet with a parser that goes on behind a bad cell: openpyxl's own stops there."""

    parent: Any
    _get_source: Any
    _get_row: Any

    def __init__(self, sheet: ReadOnlyWorksheet) -> None:
        vars(self).update(vars(sheet))

    def cells_by_row(self, columns: int) -> Iterator[tuple[ReadOnlyCell | EmptyCell, ...]]:
        """All rows from the first one on, also those that the file leaves out, each with so many cells.

        Raises what openpyxl raises where the sheet itself is damaged.
        """
        book, number = self.parent, 1
        with self._get_source() as source:
            parser = _Parser(
                source,
                vars(self)["_shared_strings"],
                data_only=book.data_only,
                epoch=book.epoch,
                date_formats=vars(book)["_date_formats"],
                timedelta_formats=vars(book)["_timedelta_formats"],
            )
            for at, cells in parser.parse():
                while number < at:
                    yield self._get_row([], 1, columns)
                    number += 1
                if number == at:
                    yield self._get_row(cells, 1, columns)
                    number += 1


class _Parser(WorkSheetParser):  # type: ignore[misc, unused-ignore]
    def parse_row(self, row: Any) -> Any:
        """A row whose number is none is the next one."""
        if not row.get("r", "1").isdecimal():
            del row.attrib["r"]
        return super().parse_row(row)

    def parse_cell(self, element: Any) -> Any:
        """A cell, or one that says that it cannot be read."""
        before = self.col_counter
        try:
            return super().parse_cell(element)
        except _ODD:
            try:
                _, column = coordinate_to_tuple(element.get("r") or "")
            except _ODD:
                column = before + 1
            self.col_counter = column
            value = {"value": UNREADABLE, "data_type": ERROR, "style_id": 0}
            return {"row": self.row_counter, "column": column, **value}
