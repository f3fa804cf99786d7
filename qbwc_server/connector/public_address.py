"""Whether our public address works as the Web Connector needs it: asked of ourselves, from outside of the process."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlsplit

_PATIENCE_S = 5.0
_MOST_BYTES = 200_000
_AT_HOME = ("localhost", "127.0.0.1", "::1")


class Check(StrEnum):
    """What is looked at, in this order."""

    SECURE = "secure"  # https, or this very machine
    CERTIFICATE = "certificate"  # a chain that others trust
    DESCRIPTION = "description"  # the service describes itself there, as XML
    SUPPORT = "support"  # the page that the .qwc file names as support


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of one check; ``said`` is for whoever runs the server, "" where all is well."""

    check: Check
    well: bool
    said: str = ""


def check_address(base_url: str) -> list[Checked]:
    """Ask for what the Web Connector asks for. It ends with the first check that fails."""
    address = urlsplit(base_url)
    if address.scheme != "https" and address.hostname not in _AT_HOME:
        return [Checked(Check.SECURE, False, "The Web Connector calls addresses that begin with https:// only.")]
    found = [Checked(Check.SECURE, True)]
    if address.scheme == "https":
        found.append(_certificate(address.hostname or "", address.port or 443))
    else:
        found.append(Checked(Check.CERTIFICATE, True))  # none is needed on the way to oneself
    if not found[-1].well:
        return found
    for check, path, kind in (
        (Check.DESCRIPTION, "/qbwc?wsdl", "text/xml"),
        (Check.SUPPORT, "/support", "text/html"),
    ):
        try:
            said = _mistake(base_url, path, kind)
        except (OSError, HTTPException) as error:
            return [*found, Checked(check, False, f"Nothing answers there: {error or type(error).__name__}.")]
        found.append(Checked(check, said == "", said))
        if said:
            break
    return found


def _certificate(host: str, port: int) -> Checked:
    try:
        with socket.create_connection((host, port), timeout=_PATIENCE_S) as plain:
            try:
                ssl.create_default_context().wrap_socket(plain, server_hostname=host).close()
            except OSError as error:
                reason = getattr(error, "verify_message", "") or "no TLS is spoken there"
                return Checked(Check.CERTIFICATE, False, f"The certificate is not trusted: {reason}.")
    except OSError as error:
        return Checked(Check.CERTIFICATE, False, f"Nothing answers there: {error}.")
    return Checked(Check.CERTIFICATE, True)


def _mistake(base_url: str, path: str, kind: str) -> str:
    """What is wrong with the answer of ``path``; "" where nothing is."""
    address = urlsplit(base_url)
    host, port = address.hostname or "", address.port
    connection: HTTPConnection
    if address.scheme == "https":
        connection = HTTPSConnection(host, port, timeout=_PATIENCE_S, context=ssl.create_default_context())
    else:
        connection = HTTPConnection(host, port, timeout=_PATIENCE_S)
    try:
        connection.request("GET", address.path.rstrip("/") + path, headers={"User-Agent": "qbwc-server self-check"})
        return _wrong(connection.getresponse(), kind)
    finally:
        connection.close()


def _wrong(answer: HTTPResponse, kind: str) -> str:
    answer.read(_MOST_BYTES)
    if answer.status in (301, 302, 303, 307, 308):
        return "It leads on to another address, which the Web Connector does not follow."
    if answer.status != 200:
        return f"It answers {answer.status}."
    got = (answer.getheader("Content-Type") or "").partition(";")[0].strip().lower()
    return "" if got == kind else f"It answers {got or 'without a type'} where {kind} is needed."
