"""Connections: slow, many, too large, and what becomes of them; the server runs here, before an application of ours."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from qbwc_server.serving import connections
from qbwc_server.serving.connections import Server
from qbwc_server.settings import KIB, MIB

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

BEGINNING = 64 * KIB
MOST = 8 * MIB


class Vouching:
    """An admission that knows who says so in the first bytes."""

    beginning = BEGINNING
    most = MOST

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.error: Exception | None = None

    def room(self, path: str, authorization: str, beginning: bytes, cookies: str = "") -> int:
        self.asked.append(path)
        if self.error is not None:
            raise self.error
        return MOST if beginning.startswith(b"known") else 0


def told(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Says what it was given: announced length, and how much of it could be read."""
    body = environ["wsgi.input"].read()
    text = f"{environ.get('CONTENT_LENGTH', '-')} {len(body)}\n".encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(text)))])
    return [text]


class Running:
    """The server in a thread."""

    def __init__(self, body_s: float, stalled_s: float, application: Any) -> None:
        self.admission = Vouching()
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        self._goes_on = True
        admission: Any = self.admission
        self.server = Server(application, admission, listener, threads=2, stalled_s=stalled_s, body_s=body_s)
        self._thread = threading.Thread(target=self.server.serve_while, args=(lambda: self._goes_on,))
        self._thread.start()

    def connect(self) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.settimeout(60)
        return connection

    def ask(self, request: bytes) -> bytes:
        """Send all of it, then read to the end."""
        with self.connect() as connection:
            connection.sendall(request)
            return everything(connection)

    def stop(self) -> None:
        self._goes_on = False
        self.server.pull_trigger()
        self._thread.join()


Start = Callable[..., Running]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[Running] = []

    def start(body_s: float = 30, stalled_s: float = 60, application: Any = told) -> Running:
        started.append(Running(body_s, stalled_s, application))
        return started[-1]

    yield start
    for one in started:
        one.stop()


def everything(connection: socket.socket) -> bytes:
    received = b""
    while piece := connection.recv(65536):
        received += piece
    return received


def post(body: bytes, *headers: str, close: bool = True) -> bytes:
    lines = ["POST /path HTTP/1.1", "Host: localhost", *headers, *(["Connection: close"] if close else [])]
    return "\r\n".join([*lines, "", ""]).encode() + body


def with_length(body: bytes, *headers: str, close: bool = True) -> bytes:
    return post(body, f"Content-Length: {len(body)}", *headers, close=close)


def in_chunks(body: bytes, *headers: str, close: bool = True) -> bytes:
    chunks = [body[at : at + 10_000] for at in range(0, len(body), 10_000)]
    data = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    return post(data, "Transfer-Encoding: chunked", *headers, close=close)


@pytest.mark.parametrize("form", [with_length, in_chunks])
@pytest.mark.parametrize("size", [0, 1, 5000, BEGINNING, BEGINNING + 1, 2 * MIB, MOST // 2])
@pytest.mark.parametrize("who", [b"known", b"stranger"])
def test_long_bodies_are_kept_for_known_callers_only(
    start: Start, form: Callable[..., bytes], size: int, who: bytes
) -> None:
    running = start()
    body = (who + b"x" * size)[:size]
    head, _, answer = running.ask(form(body)).partition(b"\r\n\r\n")
    announced, given = answer.split()
    assert announced == (b"0" if form is in_chunks and not size else b"%d" % size)
    if who == b"known" or size <= BEGINNING:
        assert int(given) == size
    else:
        assert int(given) <= BEGINNING + 32 * KIB
        assert b"Connection: close" in head
    assert running.admission.asked == ["/path"] * (len(running.admission.asked))
    assert len(running.admission.asked) <= 1


@pytest.mark.parametrize("form", [with_length, in_chunks])
def test_a_refusal_of_a_large_body_arrives_and_closes_the_connection(start: Start, form: Callable[..., bytes]) -> None:
    """All of it is taken from the line first; else the answer would be lost with the connection."""
    answer = start().ask(form(b"x" * (7 * MIB), close=False))
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"Connection: close" in answer


def test_a_body_beyond_all_bounds_is_answered_at_the_bound(start: Start) -> None:
    running = start()
    with running.connect() as connection:
        connection.sendall(post(b"x" * (MOST + KIB), f"Content-Length: {100 * MOST}"))
        assert everything(connection).partition(b"\r\n\r\n")[2].startswith(b"%d " % (100 * MOST))


def test_who_asks_before_sending_too_much_is_not_told_to_go_on(start: Start) -> None:
    answer = start().ask(post(b"", f"Content-Length: {2 * MOST}", "Expect: 100-continue", close=False))
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"%d 0\n" % (2 * MOST))
    assert b"Connection: close" in answer


def test_an_admission_that_fails_is_a_refusal(start: Start) -> None:
    running = start()
    running.admission.error = ConnectionError("no database")
    answer = running.ask(with_length(b"known" + b"x" * MIB)).partition(b"\r\n\r\n")[2]
    assert int(answer.split()[1]) <= BEGINNING + 32 * KIB


@pytest.mark.parametrize(
    "request_",
    [
        post(b"0\r\n\r\n", "Content-Length: 5", "Transfer-Encoding: chunked"),
        post(b"0\r\n\r\n", "Transfer-Encoding: chunked", "Content-Length: 5"),
        post(b"0\r\n\r\n", "Transfer-Encoding: chunked").replace(b"HTTP/1.1", b"HTTP/1.0"),
        post(b"hello", "Content-Length: 5", "Content-Length: 6"),
        post(b"hello", "Content-Length: 5, 5"),
        post(b"hello", "Content-Length: +5"),
        post(b"zz\r\nhello\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
        post(b"5\r\nhello world\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
    ],
)
def test_a_body_whose_length_is_not_certain_is_refused(start: Start, request_: bytes) -> None:
    answer = start().ask(request_ + b"GET /second HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert answer[8:13] == b" 400 "
    assert answer.count(b"HTTP/1.") == 1
    assert b"Connection: close" in answer


def test_slow_callers_keep_nobody_waiting(start: Start) -> None:
    running = start()
    beginnings = (b"", b"POST / HT", post(b"<a", "Content-Length: 1000"), post(b"3", "Transfer-Encoding: chunked"))
    slow = [running.connect() for _ in range(100)]
    for at, connection in enumerate(slow):
        connection.sendall(beginnings[at % len(beginnings)])
    assert running.ask(with_length(b"hello")).endswith(b"5 5\n")
    for connection in slow:
        connection.close()


@pytest.mark.parametrize(
    ("beginning", "answered"),
    [
        (b"POST /pa", b""),
        (post(b"hel", "Content-Length: 1000"), b"HTTP/1.1 408 "),
        (post(b"fff\r\nhel", "Transfer-Encoding: chunked"), b"HTTP/1.1 408 "),
    ],
    ids=["head", "body", "chunk"],
)
def test_a_request_has_so_long_to_arrive_and_no_longer(start: Start, beginning: bytes, answered: bytes) -> None:
    """However often a byte comes: the clock runs from the first."""
    with start(body_s=1).connect() as connection:
        connection.sendall(beginning)
        connection.settimeout(0.2)
        answer = _dribbled(connection)
    assert answer.startswith(answered)
    assert bool(answer) == bool(answered)


def _dribbled(connection: socket.socket) -> bytes:
    """Send a byte again and again until the other side has had enough; what it says."""
    while True:
        try:
            return connection.recv(1000)
        except TimeoutError:
            with suppress(ConnectionError):  # it may have had enough just now
                connection.sendall(b"l")
        except ConnectionResetError:
            return b""


def test_who_is_known_may_take_longer(start: Start) -> None:
    running = start(body_s=0.5)
    body = b"known" + b"x" * MIB
    with running.connect() as connection:
        connection.sendall(with_length(body)[:-10])
        connection.settimeout(2)
        with pytest.raises(TimeoutError):
            connection.recv(10)
        connection.settimeout(60)
        connection.sendall(b"x" * 10)
        assert everything(connection).endswith(b"%d %d\n" % (len(body), len(body)))


def test_what_a_stranger_sends_for_too_long_is_answered_by_what_there_is(start: Start) -> None:
    running = start(body_s=0.5)
    with running.connect() as connection:
        connection.sendall(with_length(b"x" * (4 * MIB))[:-MIB])
        answer = everything(connection)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"\r\n\r\n%d " % (4 * MIB) in answer


def test_nothing_at_all_is_hung_up_on(start: Start) -> None:
    with start(stalled_s=0.5).connect() as connection:
        assert connection.recv(10) == b""


def test_a_newcomer_is_let_in_when_the_house_is_full(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 10)
    running = start()
    slow = [running.connect() for _ in range(30)]
    for connection in slow:
        connection.sendall(b"GET / HT")
    assert running.ask(with_length(b"hello")).endswith(b"5 5\n")
    assert slow[0].recv(10) == b""
    for connection in slow:
        connection.close()


def test_a_call_that_has_begun_is_finished_when_the_server_ends(start: Start) -> None:
    running = start()
    with running.connect() as connection:
        connection.sendall(with_length(b"hello", "Expect: 100-continue")[:-5])
        assert connection.recv(100).startswith(b"HTTP/1.1 100 Continue\r\n")
        ending = threading.Thread(target=running.stop)
        ending.start()
        connection.sendall(b"hello")
        assert everything(connection).endswith(b"5 5\n")
        ending.join()
    with pytest.raises(ConnectionRefusedError):
        running.connect()


def test_several_calls_on_one_connection(start: Start) -> None:
    with start().connect() as connection:
        for body in (b"a", b"bc", b"def"):
            connection.sendall(with_length(body, close=False))
            answer = b""
            while not answer.endswith(b"%d %d\n" % (len(body), len(body))):
                answer += connection.recv(1000)
            assert answer.startswith(b"HTTP/1.1 200 ")
