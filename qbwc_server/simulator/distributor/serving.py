"""The simulated distributor as an HTTP server on this machine."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlsplit

from qbwc_server.simulator.distributor.answering import Distributor, Request


@contextmanager
def serving(distributor: Distributor, port: int = 0) -> Iterator[str]:
    """The address where it answers, for as long as it is needed; port 0 is any that is free."""
    bound = type("_Bound", (_Handler,), {"distributor": distributor})
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), bound) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
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

    def log_message(self, *_: object) -> None:
        return
