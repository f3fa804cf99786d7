"""``python -m bench.distributor FILE``: a distributor whose charges of the current month stand in a file.

A process of its own, so that its memory and time are not counted. It prints its port, and ends with its standard input.
"""

from __future__ import annotations

import http.server
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from qbwc_server.simulator.distributor.charging import charge, month_of


def write_charges(file: Path, organisations: int, each: int) -> None:
    """The answer for the current month: as many organisations, each charged so many offers."""
    first, last = month_of(datetime.now(UTC).date())
    with file.open("w", encoding="utf-8") as text:
        text.write(f'{{"periodFrom": "{first}", "periodTo": "{last}", "charges": [')
        for number in range(organisations * each):  # told offer by offer, so that none stands beside its own
            one = charge(
                f"Organisation {number % organisations:05}", first, last, sku=f"SKU-{number // organisations:02}"
            )
            text.write(("," if number else "") + json.dumps(one, default=float))
        text.write("]}")


@contextmanager
def distributor(file: Path) -> Iterator[str]:
    """The address of one, in a process of its own."""
    command = [sys.executable, "-m", "bench.distributor", str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.communicate()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    file: Path

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._tell(b'{"access_token": "token", "expires_in": 3600}')

    def do_GET(self) -> None:
        (asked,) = parse_qs(urlsplit(self.path).query)["date"]
        first, last = month_of(date.fromisoformat(asked))
        if first != month_of(datetime.now(UTC).date())[0]:
            self._tell(f'{{"periodFrom": "{first}", "periodTo": "{last}", "charges": []}}'.encode())
            return
        self._begin(self.file.stat().st_size)
        with self.file.open("rb") as charges:
            shutil.copyfileobj(charges, self.wfile)

    def _tell(self, body: bytes) -> None:
        self._begin(len(body))
        self.wfile.write(body)

    def _begin(self, length: int) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


def main() -> None:
    """Serve until standard input ends."""
    bound = type("_Bound", (_Handler,), {"file": Path(sys.argv[1])})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), bound) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(server.server_port, flush=True)
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main()
