"""Reads a SOAP request while it arrives: expat in pieces, only the flat envelope, long parameters to a file.

The bytes never reach a tree parser. Nothing in a refusal is taken from the request. A body longer than the small limit
is read on only for a caller whose ticket is known, so that a stranger cannot make us hold or spool anything.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from xml.parsers import expat

import structlog

from qbwc_server.connector.soap.body import PIECE_BYTES
from qbwc_server.connector.soap.characters import LegalCharacters
from qbwc_server.connector.soap.contract import CONTRACT, Length, Operation, Parameter
from qbwc_server.connector.soap.limits import Limits
from qbwc_server.connector.soap.refusals import (
    EncodingUnknown,
    HasDtd,
    Malformed,
    NotFlat,
    NotSoap11,
    OperationUnknown,
    Refused,
    TooLong,
)
from qbwc_server.connector.soap.writing import SOAP
from qbwc_server.connector.text import Text, TextWriter

log = structlog.get_logger(__name__)

DISCARDED_BYTES = 1024 * 1024  # read and dropped after a refusal, so that a modest body does not cut the answer
MAX_TOKEN_BYTES = 128 * 1024  # one tag or comment; older expat scans an unfinished one again with every piece
MAX_ELEMENTS = 200
MAX_DEPTH = 16
MAX_ATTRIBUTES = 64

_ENVELOPE = f"{SOAP} Envelope"
_BODY = f"{SOAP} Body"
_NIL = "http://www.w3.org/2001/XMLSchema-instance nil"
_ENCODINGS = {"utf-8", "utf-16", "utf-16le", "utf-16be", "iso-8859-1", "us-ascii", "windows-1252"}


@dataclass
class Call:
    """One operation as it was called; its texts live until it is closed."""

    operation: Operation
    texts: dict[str, Text] = field(default_factory=dict)  # by parameter name; absent and nil ones are missing
    taken: bool = True  # False: a long parameter was not accepted, and the answer is the operation's fallback

    def close(self) -> None:
        """Remove what was spooled."""
        for text in self.texts.values():
            text.close()


def read_call(pieces: Iterable[bytes], limits: Limits, ticket_is_known: Callable[[str], bool]) -> Call:
    """The one call that the body makes.

    Args:
        ticket_is_known: asked at most once, when the body outgrows the small limit within a parameter that may be long.

    Raises:
        Refused: the body is not such a call; what was spooled is gone.
    """
    rest = iter(pieces)
    envelope = _Envelope(limits, ticket_is_known)
    try:
        return envelope.read(rest)
    except _NotTaken as reason:
        log.warning("soap_parameter_not_taken", reason=str(reason))
    except OSError as error:
        # The temporary file could not be written. The Web Connector must not take that for success.
        log.error(  # noqa: TRY400  # a traceback would show what it held
            "soap_parameter_not_spooled", error=type(error).__name__, errno=error.errno
        )
    finally:
        envelope.close()
    envelope.discard(rest)
    return Call(envelope.operation, taken=False)


def ticket_in(beginning: bytes, limits: Limits) -> str:
    """The ticket that the beginning of a body shows, when it is a call with a parameter that may be long; else ""."""
    envelope = _Envelope(limits, lambda _: True)
    with suppress(Refused, _NotTaken):  # it is only the beginning
        envelope.read(beginning[at : at + PIECE_BYTES] for at in range(0, len(beginning), PIECE_BYTES))
    ticket = envelope.long_ticket
    envelope.close()
    return ticket


class _NotTaken(Exception):
    """A long parameter is not accepted; the operation is known and has an answer for that."""


class _Envelope:
    """The expat handlers, and how far they have come."""

    def __init__(self, limits: Limits, ticket_is_known: Callable[[str], bool]) -> None:
        self._limits = limits
        self._ticket_is_known = ticket_is_known
        self._fed = 0  # bytes of the body so far
        self._characters = LegalCharacters()
        self._depth = 0
        self._elements = 0
        self._in_body = False
        self._body_seen = False
        self._operation: Operation | None = None
        self._begun: set[str] = set()
        self._texts: dict[str, Text] = {}
        self._parameter: Parameter | None = None  # the one that is open, if it is one of ours and not nil
        self._writer = TextWriter()
        self._long_begun = False
        self._long_allowed = False

    @property
    def operation(self) -> Operation:
        """The operation that is called."""
        if self._operation is None:
            raise NotFlat
        return self._operation

    @property
    def long_ticket(self) -> str:
        """The ticket, when a parameter that may be long has begun; else ""."""
        ticket = self._texts.get("ticket") if self._long_begun else None
        return ticket.read(self._limits.small) if ticket is not None else ""

    def read(self, pieces: Iterable[bytes]) -> Call:
        """Parse to the end."""
        parser = self._parser()
        parsed = 0
        try:
            for piece in pieces:
                self._fed += len(piece)
                self._check_body()
                legal = self._characters.replace(piece)
                parser.Parse(legal, False)
                parsed += len(legal)
                if parsed - parser.CurrentByteIndex > MAX_TOKEN_BYTES:
                    raise TooLong
            parser.Parse(self._characters.finish(), True)
        except (expat.ExpatError, UnicodeError):
            raise Malformed from None
        self._account_for_characters()
        call = Call(self.operation, self._texts)
        self._texts = {}
        return call

    def _account_for_characters(self) -> None:
        """What QuickBooks wrote into its files is passed on to us as it is; whoever else sends it made a mistake."""
        if not self._characters.replaced:
            return
        if not self.operation.quotes_quickbooks:
            raise Malformed
        log.warning("soap_characters_replaced", operation=self.operation.name, characters=self._characters.replaced)

    def discard(self, pieces: Iterable[bytes]) -> None:
        """Read what is left, within limits, and drop it, so that the answer arrives."""
        end = self._limits.body if self._long_allowed else self._fed + DISCARDED_BYTES
        for piece in pieces:
            self._fed += len(piece)
            if self._fed > end:
                return

    def close(self) -> None:
        """Remove what was spooled and not handed out."""
        self._writer.discard()
        for text in self._texts.values():
            text.close()

    def _parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.buffer_size = PIECE_BYTES
        parser.ordered_attributes = True  # a list is cheaper than a dictionary when somebody sends thousands
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        return parser

    def _check_body(self) -> None:
        if self._long_allowed:
            if self._fed > self._limits.body:
                raise _NotTaken("the body is over the limit")
        elif self._fed > self._limits.small_body:
            if not self._long_begun:
                raise TooLong
            self._allow_long()

    def _allow_long(self) -> None:
        ticket = self._texts.get("ticket")
        if ticket is None or not self._ticket_is_known(ticket.read(self._limits.small)):
            raise _NotTaken("the ticket is unknown")
        self._long_allowed = True

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        # expat would go on and ask Python's codecs for any other name, some of which are no character encodings.
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise EncodingUnknown

    def _doctype(self, *_: object) -> None:
        # Raised before the first entity is declared: there is nothing to expand.
        raise HasDtd

    def _start(self, name: str, attributes: list[str]) -> None:
        self._depth += 1
        self._elements += 1
        if (
            self._depth > MAX_DEPTH
            or self._elements > MAX_ELEMENTS
            or len(attributes) > 2 * MAX_ATTRIBUTES  # names and values in turn
        ):
            raise NotFlat
        if self._depth == 1:
            if name != _ENVELOPE:
                raise NotSoap11
        elif self._depth == 2:
            self._in_body = name == _BODY
            if self._in_body and self._body_seen:
                raise NotFlat
            self._body_seen |= self._in_body
        elif self._in_body:
            self._start_in_body(name.rpartition(" ")[2], attributes)

    def _start_in_body(self, name: str, attributes: list[str]) -> None:
        """Names count without their namespace: RPC style sends parameters unqualified."""
        if self._depth == 3:
            if self._operation is not None:
                raise NotFlat
            self._operation = CONTRACT.get(name)
            if self._operation is None:
                raise OperationUnknown
        elif self._depth == 4:
            self._start_parameter(self.operation.parameter(name), attributes)
        elif self._parameter is not None:
            raise NotFlat

    def _start_parameter(self, parameter: Parameter | None, attributes: list[str]) -> None:
        if parameter is None:
            return
        if parameter.name in self._begun:
            raise NotFlat
        self._begun.add(parameter.name)
        if dict(zip(attributes[::2], attributes[1::2], strict=True)).get(_NIL, "").strip() in ("true", "1"):
            return
        self._parameter = parameter
        self._writer = TextWriter(self._limits.spool_above)
        self._long_begun |= parameter.length is not Length.SMALL

    def _text(self, data: str) -> None:
        parameter = self._parameter
        if parameter is None:
            return
        self._writer.write(data)
        if self._writer.size > self._limits.small:
            if parameter.length is Length.SMALL:
                raise TooLong
            if not self._long_allowed:
                self._allow_long()
            if self._writer.size > self._limits.of(parameter.length):
                raise _NotTaken("the parameter is over the limit")

    def _end(self, _name: str) -> None:
        if self._depth == 4 and self._parameter is not None:
            self._texts[self._parameter.name] = self._writer.finish()
            self._writer = TextWriter()
            self._parameter = None
        self._depth -= 1
