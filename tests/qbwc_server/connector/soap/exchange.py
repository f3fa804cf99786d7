"""What the tests of the SOAP face share: operations that remember, and calls made of raw bytes."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from wsgiref.types import WSGIApplication

from lxml import etree

from qbwc_server.connector.text import Text

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
NAMESPACE = "http://developer.intuit.com/"
TICKET = "{57F3B9B1-86F1-4FCC-B1EE-566DE1813D20}"

HEAD = (
    b'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
    b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
)
TAIL = b"</soap:Body></soap:Envelope>"


@dataclass
class RecordedOperations:
    """Answers what the test says, and keeps what it was asked."""

    results: dict[str, Any] = field(default_factory=dict)
    calls: list[tuple[str, tuple[object, ...]]] = field(default_factory=list)
    known: set[str] = field(default_factory=lambda: {TICKET})
    tickets_asked: list[str] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)

    def _answer(self, name: str, *values: object, default: Any) -> Any:
        self.texts += [value for value in values if isinstance(value, Text)]
        # A text is gone after the call, so what it held has to be kept now.
        seen = tuple(value.read(10_000_000) if isinstance(value, Text) else value for value in values)
        self.calls.append((name, seen))
        result = self.results.get(name, default)
        if isinstance(result, BaseException):
            raise result
        return result

    def server_version(self, version: str) -> str:
        return str(self._answer("server_version", version, default="1.0"))

    def client_version(self, version: str, address: str) -> Any:
        return self._answer("client_version", version, address, default="")

    def authenticate(self, user: str, password: str, address: str) -> Any:
        return self._answer("authenticate", user, password, address, default=[TICKET, "", "", "60"])

    def send_request_xml(
        self, ticket: str, hcp_response: Text, company_file: str, country: str, major: int, minor: int
    ) -> Any:
        return self._answer(
            "send_request_xml", ticket, hcp_response, company_file, country, major, minor, default="<QBXML/>"
        )

    def receive_response_xml(self, ticket: str, response: Text, hresult: str, message: str) -> Any:
        return self._answer("receive_response_xml", ticket, response, hresult, message, default=100)

    def connection_error(self, ticket: str, hresult: str, message: str) -> Any:
        return self._answer("connection_error", ticket, hresult, message, default="done")

    def get_last_error(self, ticket: str) -> Any:
        return self._answer("get_last_error", ticket, default="NoOp")

    def close_connection(self, ticket: str) -> Any:
        return self._answer("close_connection", ticket, default="OK")

    def get_interactive_url(self, ticket: str, session_id: str) -> Any:
        return self._answer("get_interactive_url", ticket, session_id, default="")

    def interactive_rejected(self, ticket: str, reason: str) -> Any:
        return self._answer("interactive_rejected", ticket, reason, default="")

    def interactive_done(self, ticket: str) -> Any:
        return self._answer("interactive_done", ticket, default="Done")

    def ticket_is_known(self, ticket: str) -> bool:
        self.tickets_asked.append(ticket)
        known = self.results.get("ticket_is_known", ticket in self.known)
        if isinstance(known, BaseException):
            raise known
        return bool(known)


class Stream:
    """A request body that is made while it is read, and counts what was taken from it."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces: Iterator[bytes] = iter(pieces)
        self._rest = b""
        self.taken = 0

    def read(self, size: int = -1, /) -> bytes:
        while not self._rest:
            self._rest = next(self._pieces, b"")
            if not self._rest:
                return b""
        data, self._rest = self._rest[:size], self._rest[size:]
        self.taken += len(data)
        return data


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def tree(self) -> etree._Element:
        """The body; fails unless it is well-formed."""
        return etree.fromstring(self.body)

    @property
    def fault(self) -> str | None:
        """The fault string, or None when the answer is a result."""
        found = self.tree.findtext(".//faultstring")
        return None if found is None else str(found)

    def result(self, operation: str) -> str | list[str]:
        """The result as a client reads it: a string, or the strings of an array."""
        element = self.tree.find(f"{{{SOAP}}}Body/{{{NAMESPACE}}}{operation}Response/{{{NAMESPACE}}}{operation}Result")
        assert element is not None, self.body
        if len(element):
            return [item.text or "" for item in element]
        return element.text or ""


def post(app: WSGIApplication, body: bytes | Stream, **environ: object) -> Answer:
    """Call the application the way a WSGI server does. A stream comes in chunks, without a length."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Any:
        started.append((status, headers))

    source: dict[str, object] = (
        {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        if isinstance(body, bytes)
        else {"wsgi.input": body, "wsgi.input_terminated": True}
    )
    answered = app(
        {
            "REQUEST_METHOD": "POST",
            "SCRIPT_NAME": "",
            "PATH_INFO": "/qbwc",
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "192.0.2.7",
            "CONTENT_TYPE": "text/xml; charset=utf-8",
            "HTTP_SOAPACTION": '"http://developer.intuit.com/any"',
            "wsgi.url_scheme": "http",
            **source,
            **environ,
        },
        start_response,
    )
    data = b"".join(answered)
    ((status, headers),) = started
    return Answer(int(status.split()[0]), dict(headers), data)


def envelope(content: str | bytes) -> bytes:
    """The envelope QBWC sends, around the operation's element."""
    return HEAD + (content.encode() if isinstance(content, str) else content) + TAIL


def operation(name: str, *parameters: tuple[str, str]) -> bytes:
    """A request as .NET writes it; values are raw XML."""
    inside = "".join(f"<{key}>{value}</{key}>" if value else f"<{key} />" for key, value in parameters)
    return envelope(f'<{name} xmlns="{NAMESPACE}">{inside}</{name}>')


def authenticate(user: str = "alice", password: str = "secret") -> bytes:
    return operation("authenticate", ("strUserName", user), ("strPassword", password))


def receive(response: str = "", ticket: str = TICKET) -> bytes:
    return operation("receiveResponseXML", ("ticket", ticket), ("response", response), ("hresult", ""), ("message", ""))


def receive_in_pieces(response: Iterable[bytes], ticket: str = TICKET) -> Iterator[bytes]:
    """The same, with a response that is made piece by piece."""
    yield HEAD + f'<receiveResponseXML xmlns="{NAMESPACE}"><ticket>{ticket}</ticket><response>'.encode()
    yield from response
    yield b"</response><hresult /><message /></receiveResponseXML>" + TAIL
