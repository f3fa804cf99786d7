"""What stands on this machine answers while it stands, and not after."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler

import httpx
import pytest

from qbwc_server.simulator.serving import standing


class _Echo(BaseHTTPRequestHandler):
    word: bytes

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.word)))
        self.end_headers()
        self.wfile.write(self.word)


def test_it_answers_with_what_it_owns_until_it_is_over() -> None:
    with standing(_Echo, word=b"tea") as first, standing(_Echo, word=b"cup") as second:
        assert [httpx.get(address).text for address in (first, second)] == ["tea", "cup"]
    with pytest.raises(httpx.ConnectError):
        httpx.get(first)
