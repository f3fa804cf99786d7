"""A Web Connector that costs as little as it can, so that what is measured is the server."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

_HEAD = b'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
_TAIL = b"</soap:Body></soap:Envelope>"
_RESULT = re.compile(rb"Result>(.*)</[^>]*Result>", re.DOTALL)
_STRING = re.compile(rb"<(?:\w+:)?string(?:/>|>([^<]*)</)")

Company = Callable[[bytes], bytes]
"""A message set, as it stands escaped in the SOAP answer, to QuickBooks' answer, escaped as well."""


@dataclass(frozen=True)
class Call:
    """One call and how long its answer took."""

    operation: str
    seconds: float


class Client:
    """SOAP over one kept-open connection; parameters are already escaped.

    Attributes:
        calls: those that were answered.
    """

    def __init__(self, url: str) -> None:
        self.calls: list[Call] = []
        parts = urlsplit(url)
        self._path = parts.path
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=300)

    def call(self, operation: str, *parameters: tuple[str, bytes]) -> bytes:
        """What stands inside the result element, still escaped."""
        inner = b"".join(b"<%b>%b</%b>" % (name.encode(), value, name.encode()) for name, value in parameters)
        name = operation.encode()
        body = b'%b<%b xmlns="http://developer.intuit.com/">%b</%b>%b' % (_HEAD, name, inner, name, _TAIL)
        began = time.perf_counter()
        self._connection.request(
            "POST",
            self._path,
            body,
            {
                "Content-Type": "text/xml; charset=utf-8",
                "SOAPAction": f'"http://developer.intuit.com/{operation}"',
            },
        )
        response = self._connection.getresponse()
        content = response.read()
        self.calls.append(Call(operation, time.perf_counter() - began))
        if response.status != 200:
            raise RuntimeError(f"{operation}: {response.status} {content[:500]!r}")
        found = _RESULT.search(content)
        return found[1] if found else b""

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


@dataclass(frozen=True)
class Session:
    """What one update session took."""

    seconds: float
    sets: int
    calls: int
    in_company: float  # seconds of it that the pretended QuickBooks took


def update(client: Client, user: str, password: str, hcp: str, company: Company) -> Session:
    """One whole update session, from serverVersion to closeConnection; it ends at the login when nothing waits."""
    hcp_escaped = escape(hcp).encode()
    began = time.perf_counter()
    client.call("serverVersion", ("strVersion", b"2.3.0.215"))
    client.call("clientVersion", ("strVersion", b"2.3.0.215"))
    answer = client.call("authenticate", ("strUserName", user.encode()), ("strPassword", password.encode()))
    ticket, verdict, *_ = _STRING.findall(answer)
    if verdict == b"none":
        return Session(time.perf_counter() - began, 0, 3, 0.0)
    sets, done, in_company = 0, 0, 0.0
    while done != 100:
        request = client.call(
            "sendRequestXML",
            ("ticket", ticket),
            ("strHCPResponse", hcp_escaped),
            ("strCompanyFileName", b"C:\\bench.qbw"),
            ("qbXMLCountry", b"US"),
            ("qbXMLMajorVers", b"13"),
            ("qbXMLMinorVers", b"0"),
        )
        if not request:
            raise RuntimeError(f"the server stopped: {client.call('getLastError', ('ticket', ticket))!r}")
        hcp_escaped = b""
        sets += 1
        before = time.perf_counter()
        response = company(request)
        in_company += time.perf_counter() - before
        done = int(
            client.call(
                "receiveResponseXML",
                ("ticket", ticket),
                ("response", response),
                ("hresult", b""),
                ("message", b""),
            )
        )
        if done < 0:
            raise RuntimeError(f"the server gave up: {client.call('getLastError', ('ticket', ticket))!r}")
    client.call("closeConnection", ("ticket", ticket))
    return Session(time.perf_counter() - began, sets, 4 + 2 * sets, in_company)
