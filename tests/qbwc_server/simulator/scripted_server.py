"""A server for the Web Connector that answers from a script and remembers what it was asked; no SOAP layer of ours."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID
from xml.sax.saxutils import escape

from lxml import etree

from qbwc_server.simulator import HResultError

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

NAMESPACE = "http://developer.intuit.com/"
ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soap:Body>{}</soap:Body></soap:Envelope>'
)
Result = str | int | list[str] | None


@dataclass(frozen=True)
class Raw:
    """An HTTP answer given as it is."""

    body: bytes = b""
    status: str = "200 OK"
    content_type: str = "text/xml; charset=utf-8"


@dataclass
class Asked:
    """One call as it arrived."""

    operation: str
    values: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def __getitem__(self, name: str) -> str:
        return self.values[name]


def soap(operation: str, result: Result) -> bytes:
    """The body of an answer."""
    if isinstance(result, list):
        inside = "".join(f"<string>{escape(one)}</string>" if one else "<string />" for one in result)
    else:
        inside = escape(str(result))
    text = "" if result is None else f"<{operation}Result>{inside}</{operation}Result>"
    return ENVELOPE.format(f'<{operation}Response xmlns="{NAMESPACE}">{text}</{operation}Response>').encode()


def fault(text: str) -> Raw:
    """A SOAP fault."""
    body = f"<soap:Fault><faultcode>soap:Server</faultcode><faultstring>{escape(text)}</faultstring></soap:Fault>"
    return Raw(ENVELOPE.format(body).encode(), "500 Internal Server Error")


@dataclass
class ScriptedServer:
    """``script`` gives for each operation its answers in order; the last one is given again and again."""

    script: dict[str, list[Result | Raw]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    DEFAULTS = {  # noqa: RUF012 - a constant table
        "serverVersion": "Test 1.0",
        "clientVersion": "",
        "authenticate": ["ticket-1", ""],
        "sendRequestXML": "<request/>",
        "receiveResponseXML": 100,
        "getLastError": "",
        "connectionError": "done",
        "closeConnection": "all done",
        "getInteractiveURL": "https://example.com/talk",
        "interactiveDone": "DONE",
        "interactiveRejected": "sorry",
    }

    @property
    def operations(self) -> list[str]:
        return [one.operation for one in self.asked]

    def calls(self, operation: str) -> list[Asked]:
        return [one for one in self.asked if one.operation == operation]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        answer = self.answer(body, {k: v for k, v in environ.items() if isinstance(v, str)})
        start_response(
            answer.status, [("Content-Type", answer.content_type), ("Content-Length", str(len(answer.body)))]
        )
        return [answer.body]

    def answer(self, body: bytes, headers: dict[str, str]) -> Raw:
        asked = read(body, headers)
        self.asked.append(asked)
        default: list[Any] = [self.DEFAULTS[asked.operation]]
        answers: list[Any] = self.script.get(asked.operation, default)
        answer = answers[min(len(self.calls(asked.operation)), len(answers)) - 1]
        return answer if isinstance(answer, Raw) else Raw(soap(asked.operation, answer))


def read(body: bytes, headers: dict[str, str]) -> Asked:
    """A request, taken apart."""
    root = etree.fromstring(body, etree.XMLParser(huge_tree=True))
    call = root[0][0]
    values = {etree.QName(child).localname: child.text or "" for child in call}
    return Asked(etree.QName(call).localname, values, headers, body)


@dataclass
class ScriptedQuickBooks:
    """QuickBooks as the Web Connector sees it, doing what it is told."""

    path: str = "C:\\Books\\kern.qbw"
    country: str = "US"
    major: int = 13
    minor: int = 0
    process: Callable[[str], str] = field(default=lambda request: f"<answer to='{len(request)}'/>")
    open_errors: list[HResultError] = field(default_factory=list)
    hcp: str | HResultError = "<hcp/>"
    close_error: HResultError | None = None
    opened: list[str] = field(default_factory=list)
    closed: int = 0
    registered: list[tuple[UUID, UUID]] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.opened.append(path)
        if self.open_errors:
            raise self.open_errors.pop(0)

    def hcp_response(self, owner_id: UUID) -> str:
        if isinstance(self.hcp, HResultError):
            raise self.hcp
        return self.hcp

    def close(self) -> None:
        self.closed += 1
        if self.close_error is not None:
            raise self.close_error

    def register(self, owner_id: UUID, file_id: UUID) -> None:
        self.registered.append((owner_id, file_id))
