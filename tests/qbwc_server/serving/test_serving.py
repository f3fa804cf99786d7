"""The server as a process: several workers and one, how it starts, what it stands, how it ends."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qbwc_server import serving
from qbwc_server.db.unusable import SchemaOutdated
from qbwc_server.settings import load
from tests.qbwc_server.connector.soap.exchange import receive

PROGRAM = """
import sys
from qbwc_server import serving
from qbwc_server.settings import load
serving.STALLED_S = int(sys.argv[3])
serving.serve(
    load(database_url=sys.argv[1], port=0, workers=int(sys.argv[2]), threads=4),
    ready=lambda address: print(address, flush=True),
)
print("ended", flush=True)
"""


class Server:
    """A running server process."""

    def __init__(self, database_url: str, workers: int, temporary: Path, stalled_s: int = 60) -> None:
        self.temporary = temporary
        with (temporary.parent / "server.log").open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, database_url, str(workers), str(stalled_s)],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, "TMPDIR": str(temporary)},
            )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        self.port = int(self.address.rpartition(":")[2])

    def get(self, path: str) -> str:
        """The text at ``path``."""
        with urllib.request.urlopen(self.address + path) as answer:
            return str(answer.read().decode())

    def connect(self) -> socket.socket:
        """A bare connection, for what no decent client does."""
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.settimeout(60)
        return connection

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Exit status and last words."""
        self.process.send_signal(number)
        words, _ = self.process.communicate(timeout=60)
        return self.process.returncode, words


StartServer = Callable[..., Server]


@pytest.fixture
def start(sqlite_url: str, tmp_path: Path) -> Iterator[StartServer]:
    """Start a server on a free port."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    started: list[Server] = []

    def start(workers: int, stalled_s: int = 60) -> Server:
        started.append(Server(sqlite_url, workers, temporary, stalled_s))
        return started[-1]

    yield start
    for server in started:
        if server.process.poll() is None:
            server.process.kill()
        server.process.communicate()


@pytest.fixture(scope="module", params=[1, 2], ids=["one process", "two processes"])
def running(
    request: pytest.FixtureRequest, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server that several tests share: none of them changes anything."""
    folder = tmp_path_factory.mktemp("running")
    shutil.copyfile(sqlite_template, folder / "qbwc.db")
    (folder / "tmp").mkdir()
    server = Server(f"sqlite:///{folder}/qbwc.db", request.param, folder / "tmp")
    yield server
    server.stop()


def _everything(connection: socket.socket) -> bytes:
    """What arrives until the other side closes."""
    received = b""
    while piece := connection.recv(65536):
        received += piece
    return received


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop(start: StartServer, workers: int, number: signal.Signals) -> None:
    server = start(workers)
    assert "Web Connector" in server.get("/")
    assert server.get("/healthz") == "ok\n"
    assert "<wsdl:definitions" in server.get("/qbwc?wsdl") or "<definitions" in server.get("/qbwc?wsdl")
    assert server.stop(number) == (0, "ended\n")
    with pytest.raises(ConnectionRefusedError):
        server.connect()
    assert list(server.temporary.iterdir()) == []


def test_the_workers_count_together(start: StartServer) -> None:
    server = start(3)
    for _ in range(20):
        server.get("/support")
    name = 'qbwc_http_requests_total{endpoint="pages.support",method="GET",status="200"} '
    for _ in range(5):  # whichever worker answers
        lines = [line for line in server.get("/metrics").splitlines() if line.startswith(name)]
        assert lines == [name + "20.0"]


def test_two_servers_of_one_user_do_not_get_in_each_others_way(start: StartServer) -> None:
    servers = [start(2), start(2)]
    assert [server.get("/healthz") for server in servers] == ["ok\n", "ok\n"]
    assert [server.stop() for server in servers] == [(0, "ended\n")] * 2


def test_a_caller_that_asks_before_it_sends_is_told_to_go_on(running: Server) -> None:
    # .NET, and so the Web Connector, does this with every call
    with running.connect() as connection:
        connection.sendall(
            b"POST /qbwc HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: 4\r\n"
            b"Expect: 100-continue\r\nConnection: close\r\n\r\n"
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 100 Continue\r\n")
        connection.sendall(b"<a/>")
        assert b"soap:Fault" in _everything(connection)


def test_a_call_under_way_is_finished_before_the_server_ends(start: StartServer) -> None:
    server = start(2)
    with server.connect() as connection:
        connection.sendall(
            b"POST /qbwc HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: 4\r\n"
            b"Expect: 100-continue\r\n\r\n"
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 100 Continue\r\n")  # the application reads
        server.process.send_signal(signal.SIGTERM)
        connection.sendall(b"<a/>")
        assert b"soap:Fault" in _everything(connection)
    assert server.process.wait(60) == 0


def test_a_caller_that_stalls_is_hung_up_on(start: StartServer) -> None:
    server = start(2, stalled_s=1)
    beginnings = (
        b"GET / HT",
        b"POST /qbwc HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: 1000\r\n\r\n<a",
    )
    for beginning in beginnings * 5:  # more than there are threads: all get their turn
        with server.connect() as connection:
            connection.sendall(beginning)
    for beginning in beginnings:
        with server.connect() as connection:
            connection.sendall(beginning)
            assert b"200 OK" not in _everything(connection)  # it ends at all
    assert server.get("/healthz") == "ok\n"


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    ],
    ids=["long header", "long line", "TLS"],
)
def test_a_hostile_head_is_refused(running: Server, head: bytes) -> None:
    with running.connect() as connection:
        connection.sendall(head)
        try:
            answer = _everything(connection)
        except ConnectionResetError:
            answer = b""  # it did not even read to the end
    assert b"200 OK" not in answer
    assert running.get("/healthz") == "ok\n"


def test_two_lengths_for_one_body_are_refused(running: Server) -> None:
    with running.connect() as connection:
        connection.sendall(
            b"POST /qbwc HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: 5\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /support HTTP/1.1\r\nHost: localhost\r\n\r\n"
        )
        answers = _everything(connection)
    assert answers.startswith(b"HTTP/1.1 400")
    assert answers.count(b"HTTP/1.1 ") == 1


def test_chunks_that_are_none_are_the_callers_mistake(running: Server) -> None:
    with running.connect() as connection:
        connection.sendall(
            b"POST /qbwc HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"no number\r\n<a/>\r\n0\r\n\r\n"
        )
        assert _everything(connection).startswith(b"HTTP/1.1 400 ")
    log = (running.temporary.parent / "server.log").read_text()
    assert '"level": "error"' not in log
    assert "qbwc_errors_total{" not in running.get("/metrics")


def test_slow_callers_keep_nobody_waiting(running: Server) -> None:
    beginnings = (
        b"",
        b"GET / HT",
        b"POST /qbwc HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: 1000\r\n\r\n<a",
        b"POST /api/v1/companies/a/documents HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{",
    )
    slow = [running.connect() for _ in range(80)]  # ten times as many as there are threads
    for at, connection in enumerate(slow):
        connection.sendall(beginnings[at % len(beginnings)])
    for _ in range(5):
        assert running.get("/healthz") == "ok\n"
    for connection in slow:
        connection.close()


def _answer_of_quickbooks(ticket: str, size: int) -> bytes:
    body = receive("x" * size, ticket=ticket)
    return (
        b"POST /qbwc HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml; charset=utf-8\r\n"
        b"Content-Length: %d\r\n\r\n" % len(body)
    ) + body


def test_a_large_answer_under_a_ticket_that_nobody_knows_is_answered_and_not_kept(running: Server) -> None:
    """As after a restored backup of our database; and strangers cannot fill our disk."""
    callers = [running.connect() for _ in range(4)]
    data = _answer_of_quickbooks("{forgotten}", 20 * 1024 * 1024)
    for connection in callers:
        connection.sendall(data[:-100])
    kept = [path for path in running.temporary.rglob("*") if "qbwc-metrics-" not in str(path)]
    assert kept == []
    assert _open_files_in(running) == set()
    for connection in callers:
        connection.sendall(data[-100:])
        answer = _everything(connection)  # it ends: nothing of the answer is cut off by what was not read
        assert b"<receiveResponseXMLResult>-1</receiveResponseXMLResult>" in answer
        assert b"Connection: close" in answer
        connection.close()


def _open_files_in(server: Server) -> set[str]:
    """Files that the server's processes hold open in its folder for temporary ones, deleted ones too."""
    found: set[str] = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parents = {process.name, (process / "stat").read_text().rpartition(")")[2].split()[1]}
            if str(server.process.pid) in parents:
                found |= {str(handle.readlink()) for handle in (process / "fd").iterdir()}
        except OSError:
            continue  # it has ended, or is not ours
    ours = {name for name in found if name.startswith(str(server.temporary)) and name.endswith("(deleted)")}
    return {name for name in ours if "/wgunicorn-" not in name}  # the master's sign of life


def test_a_path_that_does_not_exist_is_no_html(running: Server) -> None:
    with pytest.raises(urllib.error.HTTPError) as refusal:
        running.get("/nothing")
    assert refusal.value.headers.get_content_type() == "text/plain"
    refusal.value.close()


@pytest.mark.usefixtures("_logging_as_before")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_port_that_is_taken_is_said_so(sqlite_url: str, workers: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = load(database_url=sqlite_url, port=taken.getsockname()[1], workers=workers)
        with pytest.raises(serving.CannotServe, match="Cannot listen"):
            serving.serve(settings)


def test_an_old_schema_is_refused_before_anything_listens(tmp_path: Path) -> None:
    with pytest.raises(SchemaOutdated):
        serving.serve(load(database_url=f"sqlite:///{tmp_path}/empty.db"))


def test_the_module_for_other_servers_offers_the_application(sqlite_url: str) -> None:
    program = "import wsgi; print(wsgi.app.test_client().get('/healthz').text)"
    root = Path(__file__).resolve().parents[3]
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=root,
        env={**os.environ, "QBWC_DATABASE_URL": sqlite_url},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "ok\n\n"


def test_a_proxy_that_nobody_named_is_warned_of_at_the_start(
    start: StartServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QBWC_BASE_URL", "https://books.example.com")
    assert start(1).stop()[0] == 0
    said = (tmp_path / "server.log").read_text()
    assert "trusted_proxies" in said
    assert '"level": "warning"' in said
