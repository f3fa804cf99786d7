"""Documents as they come in: text, bytes or a file, fed to expat piece by piece; document types are refused."""

from collections.abc import Iterator
from typing import BinaryIO, Final
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

from qbxml.errors import ParseError

Source = str | bytes | BinaryIO

_PIECE: Final = 1 << 16
_BLANK: Final = b" \t\r\n"
_MARK: Final = b"\xef\xbb\xbf"


def new_parser() -> XMLParserType:
    """A parser that takes UTF-8, whatever a document says of itself, and no document type: so no entities either."""
    parser = ParserCreate("utf-8")
    parser.buffer_text = True
    parser.buffer_size = _PIECE

    def refuse(*_: object) -> None:
        raise ParseError("a document type is not allowed in qbXML")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def feed(parser: XMLParserType, piece: bytes, *, last: bool = False) -> None:
    """Parse on; raises ParseError, after the handlers have seen all that stands before the mistake."""
    try:
        parser.Parse(piece, last)
    except ExpatError as error:
        raise ParseError(f"the document is not well-formed: {error}") from error


def pieces(source: Source) -> Iterator[bytes]:
    """The document in UTF-8, without white space before it."""
    beginning = True
    for raw in _raw(source):
        piece = raw
        if beginning:
            piece = raw.removeprefix(_MARK).lstrip(_BLANK)
            beginning = not piece
        if piece:
            yield piece


def _raw(source: Source) -> Iterator[bytes]:
    if isinstance(source, str):
        for start in range(0, len(source), _PIECE):
            try:
                yield source[start : start + _PIECE].encode()
            except UnicodeEncodeError as error:
                raise ParseError(f"the document is not well-formed: {error.reason}") from error
    elif isinstance(source, bytes | bytearray | memoryview):
        view = memoryview(source)
        for start in range(0, len(view), _PIECE):
            yield bytes(view[start : start + _PIECE])
    else:
        while piece := source.read(_PIECE):
            yield piece
