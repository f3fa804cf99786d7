"""Records of a CSV file, streamed. The csv module parses; what is ours is to find where a record ends, so that a stray
quotation mark costs one row instead of swallowing the rest of the file.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import BinaryIO

from qbwc_server.channels.files.contract import MAX_RECORD_CHARACTERS
from qbwc_server.channels.files.text import Lines, encoding_of, opened_text

SEPARATORS = (",", ";", "\t", "|")
Trouble = tuple[str, str, str]  # code, sentence, advice
_SEP_LINE = re.compile(r'\ufeff?"?sep=(.|\\t)"?[,;\t]*\s*', re.IGNORECASE)  # how Excel is told the separator


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its first line in the file, its cells, and what is wrong with it as a whole.

    ``unended``: it is the last one, and no line end follows. ``cells`` of one in trouble are those before it.
    """

    line_number: int
    cells: list[str]
    trouble: Trouble | None = None
    unended: bool = False


class CsvRecords:
    """The records of a CSV file by one separator, as often as asked."""

    def __init__(self, stream: BinaryIO, encoding: str, separator: str) -> None:
        self._stream, self._encoding, self.separator = stream, encoding, separator

    def records(self, width: int | None = None) -> Iterator[Record]:
        """All records that hold something, in order; one with more cells than ``width`` is in trouble."""
        with opened_text(self._stream, self._encoding) as text:
            lines = Lines(text, MAX_RECORD_CHARACTERS)
            first = lines.take()
            if first is not None and not _SEP_LINE.fullmatch(first[1]):
                lines.give_back([(first[0], first[1].removeprefix("\ufeff"))])
            for record in _records(lines, self.separator, width):
                if record.trouble is not None or any(cell.strip() for cell in record.cells):
                    yield record


def open_csv(stream: BinaryIO, wanted: str | None) -> tuple[str, list[CsvRecords]]:
    """The encoding, and the file by each separator that it may have; by one alone where its first line names it.

    Raises UnknownEncoding.
    """
    encoding = encoding_of(stream, wanted)
    with opened_text(stream, encoding) as text:
        named = _SEP_LINE.fullmatch(text.readline(20))
    separators = SEPARATORS if named is None else (named[1].replace("\\t", "\t"),)
    return encoding, [CsvRecords(stream, encoding, separator) for separator in separators]


def _records(lines: Lines, separator: str, width: int | None) -> Iterator[Record]:
    while (first := lines.take()) is not None:
        taken = [first]
        inside = ends_inside_quotes(first[1], separator)
        length = len(first[1])
        while inside and length <= MAX_RECORD_CHARACTERS and (more := lines.take()) is not None:
            taken.append(more)
            length += len(more[1])
            inside = ends_inside_quotes(more[1], separator, inside=True)
        cells: list[str] = []
        if length > MAX_RECORD_CHARACTERS and len(taken) == 1:
            trouble: Trouble | None = _too_long()
        elif inside:
            trouble = _OPEN_MARK
        else:
            cells, trouble = _parsed([line for _, line in taken], separator, width)
        if trouble is not None:
            lines.give_back(taken[1:])  # what follows the broken line may be sound
            if not cells:
                cells = _cells_before_trouble(first[1], separator)
        yield Record(first[0], cells, trouble, unended=not taken[-1][1].endswith(("\n", "\r")))


def _parsed(lines: list[str], separator: str, width: int | None) -> tuple[list[str], Trouble | None]:
    try:
        cells = next(csv.reader(lines, delimiter=separator, strict=True), [])
    except csv.Error:
        return [], _STRAY_MARK
    if width is not None and len(cells) > width and any(cell.strip() for cell in cells[width:]):
        return cells, (
            "too_many_cells",
            f"The row has {len(cells)} cells, but the header has {width}.",
            "Put texts that hold a separator in quotation marks.",
        )
    return cells, None


_OPEN_MARK = (
    "open_quotation_mark",
    "A quotation mark is opened and never closed.",
    'Close it; a quotation mark inside a text is written twice: "".',
)
_STRAY_MARK = (
    "stray_quotation_mark",
    "A text in quotation marks goes on after the closing mark.",
    'Write a quotation mark inside a text twice: "".',
)


def _too_long() -> Trouble:
    return "row_too_long", f"The row has more than {MAX_RECORD_CHARACTERS} characters.", "Shorten its texts."


def _cells_before_trouble(line: str, separator: str) -> list[str]:
    return list(takewhile(lambda cell: '"' not in cell, line.split(separator)[:-1]))


def ends_inside_quotes(line: str, separator: str, *, inside: bool = False) -> bool:
    """Whether a quoted cell is still open at the end of ``line``, by the csv module's rules."""
    if '"' not in line:
        return inside
    at = 0
    while True:
        if inside:
            at = line.find('"', at)
            if at < 0:
                return True
            if line[at + 1 : at + 2] == '"':
                at += 2
                continue
            inside = False
            at += 1
        elif line[at : at + 1] == '"':
            inside = True
            at += 1
            continue
        at = line.find(separator, at)
        if at < 0:
            return False
        at += 1
