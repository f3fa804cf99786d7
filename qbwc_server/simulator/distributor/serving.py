"""The simulated distributor as an HTTP server on this machine."""

from __future__ import annotations

from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl, urlsplit

from qbwc_server.simulator.distributor.answering import Distributor, Request
from qbwc_server.simulator.serving import standing


def serving(distributor: Distributor, port: int = 0) -> AbstractContextManager[str]:
    """The address where it answers, for as long as it is needed; port 0 is any that is free."""
    return standing(_Handler, port=port, distributor=distributor)


class _Handler(BaseHTTPRequestHandler):
    distributor: Distributor

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _answer(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.distributor.answer(Request(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body))
        self.send_response(reply.status)
        for name, value in {**reply.headers, "Content-Length": str(len(reply.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)
