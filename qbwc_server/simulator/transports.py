"""How a call reaches the server: over HTTP as the Web Connector sends it, or straight into a WSGI application."""

import http.client
import selectors
import ssl
from collections.abc import Mapping
from io import BytesIO
from sys import stderr
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from types import TracebackType
    from wsgiref.types import WSGIApplication, WSGIEnvironment

_EXPECT_PAUSE_S = 0.35  # what the .NET client waits for "100 Continue" before it sends the body anyway
Answer = tuple[int, Mapping[str, str], bytes]
"""Status, headers with names in lower case, and body."""


class TransportError(Exception):
    """No HTTP answer came: no connection, a connection that broke, or a time-out."""


class Transport(Protocol):
    """Carries one POST to the server and its answer back."""

    def call(self, operation: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send ``body``, once.

        Raises:
            TransportError: no answer came; whether the server got the call is unknown.
        """
        ...


class HttpTransport:
    """HTTP/1.1 with a connection kept open between calls. A call is never sent twice by itself.

    Args:
        url: the AppURL of the .qwc file.
        timeout: seconds of silence after which a call is given up; the .NET client has 100.
        ssl_context: for https; by default the certificate must be trusted by this machine.
        expect_continue: announce each body with ``Expect: 100-continue``, as .NET does.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout: float = 100.0,
        ssl_context: ssl.SSLContext | None = None,
        expect_continue: bool = False,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not an http or https URL: {url}")
        self._parts = parts
        self._host = parts.hostname
        self._timeout = timeout
        self._ssl_context = ssl_context
        self._expect_continue = expect_continue
        self._connection: http.client.HTTPConnection | None = None

    def call(self, operation: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """See :class:`Transport`."""
        try:
            connection, fresh = self._connected()
            self._send(connection, body, headers, fresh=fresh)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise TransportError(f"{operation}: {error or type(error).__name__}") from error
        if response.will_close:
            self.close()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, content

    def close(self) -> None:
        """Close the connection; the next call opens another one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> tuple[http.client.HTTPConnection, bool]:
        """A connection, and whether it is a new one."""
        if self._connection is not None:
            if self._connection.sock is not None and not _readable(self._connection.sock, 0):
                return self._connection, False
            self.close()  # between two calls nothing can have come but the end of the connection
        if self._parts.scheme == "https":
            context = self._ssl_context or ssl.create_default_context()
            self._connection = http.client.HTTPSConnection(
                self._host, self._parts.port, timeout=self._timeout, context=context
            )
        else:
            self._connection = http.client.HTTPConnection(self._host, self._parts.port, timeout=self._timeout)
        self._connection.connect()
        return self._connection, True

    def _send(
        self, connection: http.client.HTTPConnection, body: bytes, headers: Mapping[str, str], *, fresh: bool
    ) -> None:
        target = self._parts.path or "/"
        if self._parts.query:
            target += f"?{self._parts.query}"
        connection.putrequest("POST", target, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(body)))
        if self._expect_continue:
            connection.putheader("Expect", "100-continue")
        if fresh:
            connection.putheader("Connection", "Keep-Alive")
        connection.endheaders()
        if self._expect_continue:
            _readable(connection.sock, _EXPECT_PAUSE_S)
        connection.send(body)


class WsgiTransport:
    """Calls a WSGI application in this process; what it raises comes out of ``call`` as it is."""

    def __init__(
        self, app: "WSGIApplication", url: str = "http://localhost/qbwc", *, remote_address: str = "127.0.0.1"
    ) -> None:
        self._app = app
        self._parts = urlsplit(url)
        self._remote_address = remote_address

    def call(self, operation: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """See :class:`Transport`."""
        started: list[tuple[str, list[tuple[str, str]]]] = []
        written: list[bytes] = []

        def start_response(
            status: str,
            response_headers: list[tuple[str, str]],
            error: "tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None" = None,
            /,
        ) -> Any:
            started.append((status, response_headers))
            return written.append

        parts = self._app(self._environment(body, headers), start_response)
        try:
            written.extend(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        status, response_headers = started[-1]
        return int(status[:3]), {name.lower(): value for name, value in response_headers}, b"".join(written)

    def _environment(self, body: bytes, headers: Mapping[str, str]) -> "WSGIEnvironment":
        port = self._parts.port or (443 if self._parts.scheme == "https" else 80)
        environment: WSGIEnvironment = {
            "REQUEST_METHOD": "POST",
            "SCRIPT_NAME": "",
            "PATH_INFO": self._parts.path or "/",
            "QUERY_STRING": self._parts.query,
            "SERVER_NAME": self._parts.hostname or "localhost",
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": self._remote_address,
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_HOST": self._parts.netloc,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": self._parts.scheme,
            "wsgi.input": BytesIO(body),
            "wsgi.errors": stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in headers.items():
            key = name.upper().replace("-", "_")
            environment[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        return environment


def _readable(sock: Any, seconds: float) -> bool:
    """Whether something arrived on the socket, waiting at most so long."""
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        return bool(selector.select(seconds))
