"""Answers and faults as bytes, in the form Intuit's own services give them; no parsing, no spyne."""

import structlog

from qbwc_server.connector.soap.contract import NAMESPACE, Operation, Result

log = structlog.get_logger(__name__)

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"

_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>'
    f'<soap:Envelope xmlns:soap="{SOAP}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
)
_TAIL = "</soap:Body></soap:Envelope>"

_CONTROL = bytes(code for code in range(32) if code not in b"\t\n\r")
_NOT_CHARACTERS = "\ufffe\uffff"
_REPLACEMENTS = dict.fromkeys([*_CONTROL, *map(ord, _NOT_CHARACTERS), *range(0xD800, 0xE000)], "\ufffd")


def answer(operation: Operation, result: Result) -> bytes:
    """The envelope with ``result`` as what ``operation`` answers. An empty string is an empty element, never absent."""
    name = operation.name
    if isinstance(result, list):
        content = b"".join(b"<string>" + _text(item, operation) + b"</string>" for item in result)
    else:
        content = _text(str(result), operation)
    return b"".join(
        (
            f'{_HEAD}<{name}Response xmlns="{NAMESPACE}"><{name}Result>'.encode(),
            content,
            f"</{name}Result></{name}Response>{_TAIL}".encode(),
        )
    )


def fault(code: str, sentence: str) -> bytes:
    """The envelope of a SOAP 1.1 fault. ``sentence`` is ours, plain text without markup, never taken from a request."""
    return (
        f"{_HEAD}<soap:Fault><faultcode>soap:{code}</faultcode><faultstring>{sentence}</faultstring></soap:Fault>{_TAIL}"
    ).encode()


def _text(text: str, operation: Operation) -> bytes:
    """``text`` as element content: escaped, and without characters that no XML document may hold."""
    data = _encode(text)
    if data is None:
        log.warning("soap_result_characters_replaced", operation=operation.name)
        data = text.translate(_REPLACEMENTS).encode()
    # A bare carriage return would arrive as a line feed.
    return data.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;").replace(b"\r", b"&#13;")


def _encode(text: str) -> bytes | None:
    """``text`` in UTF-8, or None when it holds a character that XML forbids. Fast: results may be a megabyte."""
    try:
        data = text.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        return None
    if len(data.translate(None, _CONTROL)) < len(data):
        return None
    if not text.isascii() and any(character in text for character in _NOT_CHARACTERS):
        return None
    return data
