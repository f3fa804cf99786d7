"""Documents as they come in: text, bytes or a file, fed to expat piece by piece; document types are refused."""

from collections.abc import Iterator
from typing import BinaryIO, Final
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

from qbxml.errors import ParseError

Source = str | bytes | BinaryIO

MOST_TOKEN: Final = 1 << 18
"""Bytes of one tag with its attributes, or what else expat must see as a whole: QuickBooks writes a few thousand."""

MOST_NAMES: Final = 20_000
"""Different names of elements and attributes in one document: qbXML has some two thousand."""

_PIECE: Final = 1 << 16
_BLANK: Final = b" \t\r\n"
_MARK: Final = b"\xef\xbb\xbf"


class Parsing:
    """expat under way: it takes UTF-8, whatever a document says of itself, and no document type, so no entities either.

    Attributes:
        parser: whose handlers are to be set.
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self.parser: XMLParserType = ParserCreate("utf-8", None, self._names)
        self.parser.buffer_text = True
        self.parser.buffer_size = _PIECE
        self.parser.StartDoctypeDeclHandler = _refuse_document_type
        self._fed = 0

    def feed(self, piece: bytes) -> None:
        """Parse on.

        Raises:
            ParseError: after the handlers have seen all that stands before the mistake.
        """
        self._parse(piece, last=False)
        self._fed += len(piece)
        if self._fed - self.parser.CurrentByteIndex > MOST_TOKEN:
            raise ParseError(f"the document is no answer or request: one tag has more than {MOST_TOKEN} bytes")
        if len(self._names) > MOST_NAMES:
            raise ParseError(f"the document is no qbXML: it has more than {MOST_NAMES} different names")

    def finish(self) -> None:
        """The document is over; raises ParseError if it should not be."""
        self._parse(b"", last=True)

    def _parse(self, piece: bytes, *, last: bool) -> None:
        try:
            self.parser.Parse(piece, last)
        except ExpatError as error:
            raise ParseError(f"the document is not well-formed: {error}") from error


def _refuse_document_type(*_: object) -> None:
    raise ParseError("a document type is not allowed in qbXML")


def pieces(source: Source, *, lenient: bool = False) -> Iterator[bytes]:
    """The document in UTF-8, in pieces of some size, without white space before it.

    Args:
        lenient: halves of surrogate pairs in a text are passed on, for whoever replaces them.
    """
    gathered = _gathered(_raw(source, "surrogatepass" if lenient else "strict"))
    for piece in gathered:
        if begun := piece.removeprefix(_MARK).lstrip(_BLANK):
            yield begun
            break
    yield from gathered


def _gathered(raw: Iterator[bytes]) -> Iterator[bytes]:
    """Small pieces put together: expat looks at an unfinished tag anew with each piece."""
    waiting: list[bytes] = []
    size = 0
    for piece in raw:
        waiting.append(piece)
        size += len(piece)
        if size >= _PIECE // 2:
            yield piece if len(waiting) == 1 else b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


def _raw(source: Source, errors: str) -> Iterator[bytes]:
    if isinstance(source, str):
        for start in range(0, len(source), _PIECE):
            try:
                yield source[start : start + _PIECE].encode("utf-8", errors)
            except UnicodeEncodeError as error:
                raise ParseError(f"the document is not well-formed: {error.reason}") from error
    elif isinstance(source, bytes | bytearray | memoryview):
        view = memoryview(source)
        for start in range(0, len(view), _PIECE):
            yield bytes(view[start : start + _PIECE])
    else:
        while piece := source.read(_PIECE):
            yield piece
