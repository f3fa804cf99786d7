"""A part of a workbook looked through before it is read: no row, text or nesting in it may take room without end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO
from xml.parsers import expat

from qbwc_server.channels.files.contract import FileTooLarge

MOST_ROWS = 1_048_576  # Excel's own limit
MOST_CELLS = 16_384  # of a row, with those that are empty: Excel's own limit
MOST_OTHERS = 100_000  # formats, merged cells, links and so on; Excel has at most 65,530 of most of them
MOST_CHARACTERS = 131_072  # of one text
MOST_UNFINISHED = 4 * 1024 * 1024  # bytes of a tag or comment
MOST_LEVELS = 64
_CHUNK = 1 << 16
_OF_CELLS = frozenset(  # values, shared texts and how parts of them look
    (
        "v", "is", "t", "si", "r", "rPh", "phoneticPr", "rPr", "rFont", "sz", "color", "family", "scheme", "charset",
        "b", "i", "u", "strike", "vertAlign",
    )
)  # fmt: skip


class DocumentTypeDeclared(ValueError):
    """The part declares a document type: no spreadsheet does."""


class Look:
    """One look at a part, byte by byte: it keeps nothing but counts. ``formulas``: whether a cell holds one."""

    def __init__(self, name: str) -> None:
        self.formulas = False
        self._name = name
        self._others = self._rows = self._cells = self._characters = self._depth = self._fed = self._seen = 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.CommentHandler = self._other
        self._parser.StartDoctypeDeclHandler = self._doctype

    def through(self, part: IO[bytes]) -> None:
        """Look at all of it.

        Raises:
            FileTooLarge: something in it has no end.
            ValueError: it declares a document type, or is no XML.
        """
        try:
            while chunk := part.read(_CHUNK):
                self._parser.Parse(chunk, False)
                self._fed += len(chunk)
                if self._fed - self._seen > MOST_UNFINISHED:
                    raise self._too_large("a tag without an end")
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise ValueError(f"{self._name}: {error}") from None

    def _row(self, attributes: Mapping[str, str]) -> None:
        self._cells = 0
        self._rows += 1
        said = attributes.get("r", "")
        if self._rows > MOST_ROWS or (len(said) > len(str(MOST_ROWS)) or (said.isdigit() and int(said) > MOST_ROWS)):
            raise self._too_large(f"a sheet of more than {MOST_ROWS} rows")

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._seen, self._characters = self._fed, 0
        self._depth += 1
        if self._depth > MOST_LEVELS:
            raise self._too_large("tags inside each other without an end")
        kind = name.rpartition(":")[2]
        if kind == "c":
            self._cells += 1
            if self._cells > MOST_CELLS:
                raise self._too_large(f"a row of more than {MOST_CELLS} cells")
        elif kind == "row":
            self._row(attributes)
        elif kind == "f":
            self.formulas = True
        elif kind not in _OF_CELLS:
            self._others += 1
            if self._others > MOST_OTHERS:
                raise self._too_large(f"more than {MOST_OTHERS} things beside its cells")

    def _end(self, _name: str) -> None:
        self._seen = self._fed
        self._depth -= 1

    def _text(self, text: str) -> None:
        self._seen = self._fed
        self._characters += len(text)
        if self._characters > MOST_CHARACTERS:
            raise self._too_large(f"a text of more than {MOST_CHARACTERS} characters")

    def _other(self, _text: str) -> None:
        self._seen = self._fed

    def _doctype(self, *_: object) -> None:
        raise DocumentTypeDeclared(f"{self._name} declares a document type")

    def _too_large(self, what: str) -> FileTooLarge:
        return FileTooLarge(f"The workbook holds {what} ({self._name}).")
