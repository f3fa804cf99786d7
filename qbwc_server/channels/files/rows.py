"""Rows of a CSV file, streamed: encoding, separator, quotation marks, limits, line numbers; and rows grouped by a key.

The csv module parses; what is ours is to find where a record ends, so that a stray quotation mark costs one row
instead of swallowing the rest of the file.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from typing import BinaryIO, TextIO

from qbwc_server.channels.files.contract import MAX_RECORD_CHARACTERS, FileRefused, UnknownEncoding

SEPARATORS = (",", ";", "\t")
MAX_DOCUMENT_ROWS = 1001  # 1,000 lines, and a first row that holds none
_CHUNK = 1 << 16
_MOST_BROKEN_ROWS = 1000  # more than this is not a file with mistakes but another kind of file
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its first line in the file and its cells by column, trimmed."""

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


def encoding_of(stream: BinaryIO, wanted: str | None = None) -> str:
    """The encoding in which the whole stream can be read: ``wanted``, or by its mark, or UTF-8, or Windows-1252.

    A file that holds letters in UTF-8 and other bytes besides is damaged, not Windows-1252.

    Raises UnknownEncoding. The stream stands at its start afterwards.
    """
    stream.seek(0)
    head = stream.read(4)
    candidates = [wanted] if wanted else [name for mark, name in _MARKS if head.startswith(mark)] or ["utf-8", "cp1252"]
    for name in candidates:
        if wanted is None and name == "cp1252" and _holds_utf8(stream):
            raise UnknownEncoding("The file is UTF-8 in some places and not in others.")
        if _decodes(stream, name):
            stream.seek(0)
            return name
    raise UnknownEncoding(f"The file cannot be read as {' or '.join(_shown_encoding(name) for name in candidates)}.")


def _decodes(stream: BinaryIO, encoding: str) -> bool:
    try:
        "a".encode(encoding)  # unlike the codecs module this takes encodings of text only
    except (LookupError, ValueError):
        raise UnknownEncoding(f"There is no encoding {encoding!r} of text.") from None
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    try:
        while chunk := stream.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _holds_utf8(stream: BinaryIO) -> bool:
    """Whether there are letters beyond ASCII in UTF-8; Windows-1252 looks like that only by rare accident."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="ignore")
    stream.seek(0)
    while chunk := stream.read(_CHUNK):
        if not decoder.decode(chunk).isascii():
            return True
    return False


def encoding_remark(encoding: str) -> str | None:
    """A sentence for the report where the encoding was concluded and not certain."""
    if encoding != "cp1252":
        return None
    return "The file is not UTF-8; it was read as Windows-1252. Check that accented letters came out right."


def _shown_encoding(name: str) -> str:
    return {"cp1252": "Windows-1252", "utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16"}.get(name, name)


@contextmanager
def opened_text(stream: BinaryIO, encoding: str) -> Iterator[TextIO]:
    """The stream as text from its start, line ends as they are; the stream stays open afterwards."""
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    try:
        yield text
    finally:
        if not stream.closed:  # a reader may be given up after its file was closed
            text.detach()


class Lines:
    """Physical lines with their numbers, each bounded; lines can be given back."""

    def __init__(self, text: TextIO, limit: int) -> None:
        self._text, self._limit = text, limit
        self._number = 0
        self._returned: deque[tuple[int, str]] = deque()

    def take(self) -> tuple[int, str] | None:
        """The next line; one that is longer than the limit comes cut to a little more than the limit."""
        if self._returned:
            return self._returned.popleft()
        line = self._text.readline(self._limit + 1)
        if not line:
            return None
        self._number += 1
        rest = line
        while len(rest) > self._limit and not rest.endswith(("\n", "\r")):
            rest = self._text.readline(self._limit + 1)
        return self._number, line

    def give_back(self, lines: Sequence[tuple[int, str]]) -> None:
        """Let these come again."""
        self._returned.extendleft(reversed(lines))


class Table:
    """A CSV file with a header; its rows can be read more than once."""

    def __init__(self, stream: BinaryIO, *, encoding: str | None, column: Callable[[str], str | None]) -> None:
        """``column`` gives the column that a cell of the header names, None for an unknown one.

        Raises UnknownEncoding or FileRefused.
        """
        self._stream = stream
        self.encoding = encoding_of(stream, encoding)
        with opened_text(stream, self.encoding) as text:
            self.separator, self.titles = header_of(text, column)
        self.columns = tuple(column(title) for title in self.titles)

    def rows(self) -> Iterator[Row | BrokenRow]:
        """All records below the header, in order. Raises FileRefused after very many broken ones."""
        broken = 0
        with opened_text(self._stream, self.encoding) as text:
            for number, cells, trouble in self._records(text):
                named = {c: v.strip() for c, v in zip(self.columns, cells, strict=False) if c is not None}
                if trouble is None:
                    yield Row(number, named)
                    continue
                broken += 1
                if broken > _MOST_BROKEN_ROWS:
                    raise FileRefused(f"More than {_MOST_BROKEN_ROWS} rows are broken, the last one in line {number}.")
                yield BrokenRow(number, named, *trouble)

    def groups(self, key: str) -> Iterator[Group]:
        """Adjacent rows with the same value in the column ``key``.

        A row that cannot be parsed belongs to the key it shows; where it shows none, both neighbours are in doubt.
        """
        trusted = key in self.columns[:2]  # further right, a stray comma may have moved the cells
        scattered = self._scattered(key)
        current: Group | None = None
        doubt: BrokenRow | None = None
        for row in self.rows():
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
                        current.doubt = BrokenRow(row.line_number, {}, "no_key", "It names no document.", "")
                    yield current
                current = Group(name, row.line_number, doubt=doubt, scattered=hash(name) in scattered)
            doubt = None
            current.add(row)
        if current is not None:
            yield current

    def _scattered(self, key: str) -> frozenset[int]:
        """Keys whose rows are not adjacent, as hashes: the first part must not be taken for the whole document."""
        seen: set[int] = set()
        twice: set[int] = set()
        last = ""
        at = self.columns.index(key)
        with opened_text(self._stream, self.encoding) as text:
            for _, cells, _ in self._records(text):
                name = cells[at].strip() if at < len(cells) else ""
                if not name or name == last:
                    continue
                last = name
                number = hash(name)
                (twice if number in seen else seen).add(number)
        return frozenset(twice)

    def _records(self, text: TextIO) -> Iterator[tuple[int, list[str], _Trouble]]:
        records = _filled(_records(Lines(text, MAX_RECORD_CHARACTERS), self.separator, len(self.titles)))
        next(records, None)  # the header
        return records


def header_of(text: TextIO, column: Callable[[str], str | None]) -> tuple[str, tuple[str, ...]]:
    """Separator and titles of the first line that is not empty; the separator is the one that gives most known columns.

    Raises FileRefused.
    """
    lines = Lines(text, MAX_RECORD_CHARACTERS)
    while (taken := lines.take()) is not None and not taken[1].strip():
        pass
    if taken is None:
        raise FileRefused("The file is empty.")
    if len(taken[1]) > MAX_RECORD_CHARACTERS:
        raise FileRefused("The first line of the file is too long for a header.")
    readings = []
    for separator in SEPARATORS:
        cells = tuple(cell.strip("\ufeff \t\r\n") for cell in next(csv.reader([taken[1]], delimiter=separator), []))
        readings.append((sum(column(cell) is not None for cell in cells), separator, cells))
    _, separator, cells = max(readings, key=lambda reading: reading[0])
    return separator, cells


_Trouble = tuple[str, str, str] | None


def _filled(records: Iterator[tuple[int, list[str], _Trouble]]) -> Iterator[tuple[int, list[str], _Trouble]]:
    return (record for record in records if record[2] is not None or any(cell.strip() for cell in record[1]))


def _records(lines: Lines, separator: str, width: int) -> Iterator[tuple[int, list[str], _Trouble]]:
    while (first := lines.take()) is not None:
        taken = [first]
        inside = ends_inside_quotes(first[1], separator)
        length = len(first[1])
        while inside and length <= MAX_RECORD_CHARACTERS and (more := lines.take()) is not None:
            taken.append(more)
            length += len(more[1])
            inside = ends_inside_quotes(more[1], separator, inside=True)
        trouble: _Trouble = None
        cells: list[str] = []
        if length > MAX_RECORD_CHARACTERS and len(taken) == 1:
            trouble = (
                "row_too_long",
                f"The row has more than {MAX_RECORD_CHARACTERS} characters.",
                "Shorten its texts.",
            )
        elif inside:
            trouble = (
                "open_quotation_mark",
                "A quotation mark is opened and never closed.",
                'Close it; a quotation mark inside a text is written twice: "".',
            )
        else:
            try:
                cells = next(csv.reader([line for _, line in taken], delimiter=separator, strict=True), [])
            except csv.Error:
                trouble = (
                    "stray_quotation_mark",
                    "A text in quotation marks goes on after the closing mark.",
                    'Write a quotation mark inside a text twice: "".',
                )
            if len(cells) > width and any(cell.strip() for cell in cells[width:]):
                trouble = (
                    "too_many_cells",
                    f"The row has {len(cells)} cells, but the header has {width}.",
                    "Put texts that hold a separator in quotation marks.",
                )
        if trouble is not None:
            lines.give_back(taken[1:])  # what follows the broken line may be sound
            if trouble[0] != "too_many_cells":
                cells = _cells_before_trouble(first[1], separator)
        yield first[0], cells, trouble


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
