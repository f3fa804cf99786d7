"""A program on this machine that is told of events, and answers as a test says."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.server
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Heard:
    """One call as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    def is_signed_with(self, secret: str) -> bool:
        """As the page of Standard Webhooks says it, by code of its own."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        said = b".".join((self.headers["webhook-id"].encode(), self.headers["webhook-timestamp"].encode(), self.body))
        wanted = "v1," + base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
        return any(hmac.compare_digest(wanted, one) for one in self.headers["webhook-signature"].split(" "))


class Program:
    """Listens at ``127.0.0.1``; ``answers`` are used up one by one, then everything is taken."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.answers: list[tuple[int, Mapping[str, str]]] = []
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("_Bound", (_Handler,), {"owner": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/hook"


class _Handler(http.server.BaseHTTPRequestHandler):
    owner: Program

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.owner.heard.append(Heard(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        status, headers = self.owner.answers.pop(0) if self.owner.answers else (200, {})
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.close_connection = True

    def do_GET(self) -> None:
        self.owner.heard.append(Heard(self.path, {}, b""))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return
