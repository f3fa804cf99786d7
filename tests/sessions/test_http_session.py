"""A whole update session through HTTP, with the commands a user types: also run on every other supported Python."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

DOCUMENTS = [
    {
        "kind": "invoice",
        "origin": "web:1",
        "number": "1001",
        "date": "2026-03-02",
        "customer": {"name": "Kern & Söhne", "email": "kern@example.com"},
        "lines": [{"item": "Seat", "quantity": "3", "rate": "9.99"}],
    },
    {
        "kind": "payment",
        "origin": "web:2",
        "date": "2026-03-03",
        "customer": "Kern & Söhne",
        "amount": "29.97",
        "applies_to": [{"invoice": "web:1", "amount": "29.97"}],
    },
]


class Server:
    """The commands of a user in a folder of their own, with a server running."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.environment = {
            **os.environ,
            "QBWC_DATABASE_URL": f"sqlite:///{folder / 'qbwc.db'}",
            "QBWC_BASE_URL": f"http://localhost:{port}",
            "QBWC_PORT": str(port),
        }

    def run(self, *words: str) -> Any:
        """One command with --json; its output, decoded."""
        return json.loads(self.call(*words, "--json"))

    def call(self, *words: str) -> str:
        """One command; its output."""
        done = subprocess.run(
            [sys.executable, "-m", "qbwc_server.cli", *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server with two processes, as ``serve`` starts it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(tmp_path, port)
    server.run("db", "upgrade")
    with (tmp_path / "server.log").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "qbwc_server.cli", "serve"],
            cwd=tmp_path,
            env=server.environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(f"http://localhost:{port}/healthz", process)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=120)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not come up")


def test_a_whole_session_over_http(server: Server) -> None:
    company = server.run("company", "add", "kern", "--name", "Kern Lighting", "--time-zone", "America/New_York")
    server.run("company", "options", "kern", "create_items=true", "item_income_account=Sales")
    (server.folder / "sales.jsonl").write_text("\n".join(map(json.dumps, DOCUMENTS)), encoding="utf-8")
    imported = server.run("documents", "import", "kern", "sales.jsonl")
    assert imported["submitted"] == 2
    server.call("company", "qwc", "kern", "--output", "kern.qwc")
    words = (
        "simulate",
        "--qwc",
        "kern.qwc",
        "--password",
        company["connector_password"],
        "--company-file",
        "books.json",
    )
    first = server.run(*words)["updates"][-1]
    assert first["status_line"] == "1 invoice and 1 payment posted."
    again = server.run("documents", "import", "kern", "sales.jsonl")
    assert (again["added"], again["same"]) == (0, 2)
    assert server.run(*words)["updates"][-1]["status_line"] == "No data exchange required"
    documents = server.run("documents", "list", "kern")["documents"]
    assert [one["state"] for one in documents] == ["posted", "posted"]
    assert all(one["txn_id"] for one in documents)
    log = (server.folder / "server.log").read_text(encoding="utf-8")
    assert company["connector_password"] not in log
    assert "Kern & S" not in log
