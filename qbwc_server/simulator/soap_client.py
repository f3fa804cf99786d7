"""SOAP as the Web Connector's .NET client writes and reads it: one fixed form outwards, strict inwards."""

import re
from collections.abc import Mapping, Sequence
from enum import Enum

from lxml import etree

from qbwc_server.simulator.transports import Transport, TransportError

NAMESPACE = "http://developer.intuit.com/"
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_XSD = "http://www.w3.org/2001/XMLSchema"
_USER_AGENT = "Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol 2.0.50727.1433)"
_HEAD = (
    f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{_SOAP}" xmlns:xsi="{_XSI}" xmlns:xsd="{_XSD}"'
)
# What the old .NET writer does not write as it stands in element text.
_NOT_LITERAL = re.compile("[&<>\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_INTEGER = re.compile(r"[+-]?[0-9]{1,10}")
_INT_RANGE = range(-(2**31), 2**31)

Parameters = Sequence[tuple[str, str | int]]
"""Names and values in the order of the signature."""


class CallFailed(Exception):
    """The call brought no usable result. Whether the server did something is unknown."""


class SoapFault(CallFailed):
    """The server answered with a SOAP fault."""


class BodyStyle(Enum):
    """How the parameters are written; see the Style element of the .qwc file."""

    DOCUMENT = "document"
    RPC = "rpc"


def envelope(operation: str, parameters: Parameters, style: BodyStyle = BodyStyle.DOCUMENT) -> bytes:
    """The request body, byte for byte in the form the Web Connector sends."""
    written = "".join(_parameter(name, value, style) for name, value in parameters)
    if style is BodyStyle.RPC:
        text = (
            f'{_HEAD} xmlns:tns="{NAMESPACE}"><soap:Body soap:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">'
            f"<q1:{operation} xmlns:q1={_quoted(NAMESPACE)}{_content(written, f'q1:{operation}')}"
        )
    else:
        text = f"{_HEAD}><soap:Body><{operation} xmlns={_quoted(NAMESPACE)}{_content(written, operation)}"
    return f"{text}</soap:Body></soap:Envelope>".encode("utf-8", "replace")


class SoapClient:
    """Calls operations and reads their results; anything unexpected is a :class:`CallFailed`."""

    def __init__(self, transport: Transport, style: BodyStyle = BodyStyle.DOCUMENT) -> None:
        self._transport = transport
        self._style = style

    def text(self, operation: str, parameters: Parameters) -> str:
        """The result of an operation that returns a string; one without a value is "" here."""
        return _text(self._result(operation, parameters))

    def number(self, operation: str, parameters: Parameters) -> int:
        """The result of an operation that returns an int of 32 bits."""
        text = _text(self._result(operation, parameters)).strip()
        if not _INTEGER.fullmatch(text) or int(text) not in _INT_RANGE:
            raise CallFailed(f"{operation}: the result is not an integer: {text[:50]!r}")
        return int(text)

    def strings(self, operation: str, parameters: Parameters) -> list[str]:
        """The result of an operation that returns an array of strings."""
        result = self._result(operation, parameters)
        if result is None:
            raise CallFailed(f"{operation}: there is no result")
        return [_text(child) for child in result.iterchildren(f"{{{NAMESPACE}}}string")]

    def _result(self, operation: str, parameters: Parameters) -> etree._Element | None:
        headers = {
            "User-Agent": _USER_AGENT,
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": f'"{NAMESPACE}{operation}"',
        }
        try:
            answer = self._transport.call(operation, envelope(operation, parameters, self._style), headers)
        except TransportError as error:
            raise CallFailed(str(error)) from error
        wrapper = _response_wrapper(operation, *answer)
        return wrapper.find(f"{{{NAMESPACE}}}{operation}Result")


def _response_wrapper(operation: str, status: int, headers: Mapping[str, str], content: bytes) -> etree._Element:
    """The ``<operation>Response`` element of an answer."""
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if status not in (200, 500):
        raise CallFailed(f"{operation}: the request failed with HTTP status {status}")
    if media_type != "text/xml":
        if status == 500:
            raise CallFailed(f"{operation}: the request failed with HTTP status 500")
        raise CallFailed(f"{operation}: the response has the content type {media_type!r} instead of 'text/xml'")
    if not content:
        raise CallFailed(f"{operation}: the response is empty")
    body = _soap_body(operation, content)
    fault = body.find(f"{{{_SOAP}}}Fault")
    if fault is not None:
        raise SoapFault(f"{operation}: {(fault.findtext('faultstring') or 'SOAP fault').strip()}")
    if status != 200:
        raise CallFailed(f"{operation}: the request failed with HTTP status {status}")
    wrapper = next(body.iterchildren("*"), None)
    expected = f"{{{NAMESPACE}}}{operation}Response"
    if wrapper is None or wrapper.tag != expected:
        found = "nothing" if wrapper is None else str(wrapper.tag)
        raise CallFailed(f"{operation}: the response holds {found} instead of {expected}")
    return wrapper


def _soap_body(operation: str, content: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise CallFailed(f"{operation}: the response is not well-formed XML ({error.msg})") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise CallFailed(f"{operation}: the response has a document type declaration")
    body = root.find(f"{{{_SOAP}}}Body")
    if root.tag != f"{{{_SOAP}}}Envelope" or body is None:
        raise CallFailed(f"{operation}: the response is not a SOAP 1.1 envelope")
    return body


def _text(element: etree._Element | None) -> str:
    if element is None or element.get(f"{{{_XSI}}}nil") in ("true", "1"):
        return ""
    if next(element.iterchildren("*"), None) is not None:
        raise CallFailed(f"{etree.QName(element).localname} holds elements instead of text")
    return "".join(element.itertext())


def _parameter(name: str, value: str | int, style: BodyStyle) -> str:
    kind = ""
    if style is BodyStyle.RPC:
        kind = ' xsi:type="xsd:int"' if isinstance(value, int) else ' xsi:type="xsd:string"'
    return f"<{name}{kind}{_content(_NOT_LITERAL.sub(_reference, str(value)), name)}"


def _content(written: str, name: str) -> str:
    """The rest of an element after its name and attributes."""
    return f">{written}</{name}>" if written else " />"


def _reference(match: re.Match[str]) -> str:
    return _ESCAPED.get(match[0]) or f"&#x{ord(match[0]):X};"


def _quoted(text: str) -> str:
    return f'"{text}"'
