"""A system upstream on this machine: an HTTP server whose answers a test gives, with faults on the way."""

from __future__ import annotations

import http.server
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    method: str = "GET"
    body: bytes = b""


@dataclass(frozen=True)
class Told:
    """What is answered. ``sent``: how many bytes of the body really leave, of those that were announced."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    sent: int | None = None


Fault = Callable[[Told], Told | None]  # None: the connection ends without an answer


def status(number: int, body: str = "", **headers: str) -> Fault:
    """Another status, such as 429 with Retry_After="7"."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda told: Told(number, named, body.encode())


def half(told: Told) -> Told:
    """The connection breaks in the middle of the body."""
    return replace(told, sent=len(told.body) // 2)


def garbled(told: Told) -> Told:
    """The body is no text; the headers are well."""
    return replace(told, body=b"\xff\xfe\x00" * 9)


def cut_short(told: Told) -> Told:
    """The body ends early, and nothing tells."""
    return replace(told, body=told.body[: len(told.body) - 9])


def hung_up(told: Told) -> None:
    """No answer at all."""


class UpstreamServer:
    """Answers what ``answer`` says; ``faults`` are used up one by one, and ``None`` among them lets one pass."""

    def __init__(self, answer: Callable[[Asked], Told]) -> None:
        self.asked: list[Asked] = []
        self.faults: deque[Fault | None] = deque()
        self._answer = answer
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
    def address(self) -> str:
        """Where it stands."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def told(self, asked: Asked) -> Told | None:
        """The answer to one request, with its fault."""
        self.asked.append(asked)
        told = self._answer(asked)
        fault = self.faults.popleft() if self.faults else None
        return told if fault is None else fault(told)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: UpstreamServer

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        told = self.owner.told(Asked(parts.path, dict(parse_qsl(parts.query)), dict(self.headers), self.command, body))
        self.close_connection = told is None or told.sent is not None
        if told is None:
            return
        self.send_response(told.status)
        for name, value in {**told.headers, "Content-Length": str(len(told.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(told.body[: told.sent])

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def standing(answer: Callable[[Asked], Told]) -> Iterator[UpstreamServer]:
    """A server for as long as it is needed."""
    with UpstreamServer(answer) as server:
        yield server
