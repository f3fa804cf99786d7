"""Connections: requests are read without a thread, from any number of slow callers, and bounded before anybody works.

waitress does the work: it reads with one event loop and hands whole requests to threads. Ours is what it leaves open:
how much is kept for strangers, how long a request may take to arrive, who has to leave when there are too many, and
that a refusal arrives.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.receiver import FixedStreamReceiver
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher
from waitress.utilities import BadRequest
from waitress.wasyncore import dispatcher, loop

from qbwc_server.serving.bodies import Body, Chunked
from qbwc_server.settings import KIB

if TYPE_CHECKING:
    import socket
    from wsgiref.types import WSGIApplication

    from qbwc_server.app.admission import Admission

log = structlog.get_logger(__name__)

MOST_CONNECTIONS = 512  # of one process; whoever came first and has not finished asking leaves for a newcomer
GRACE_S = 30  # for calls under way when the server is told to stop
_BACKLOG = 512
_HEADER_BYTES = 50 * KIB
_READ_BYTES = 32 * KIB
_TICK_S = 0.5  # how long the loop sleeps at most, and how often callers that are too slow are looked for


class RequestTimeout(BadRequest):
    """The request takes too long to arrive."""

    code = 408
    reason = "Request Timeout"


class Request(HTTPRequestParser):
    """One request as it arrives. Its body is kept as far as somebody vouches for its caller, and dropped beyond."""

    def __init__(self, adj: Adjustments, admission: Admission) -> None:
        super().__init__(adj)
        self.began = time.monotonic()
        self.body: Body | None = None
        self._admission = admission

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head, and prepare for the body.

        Raises:
            ParsingError: the head is not one that all servers and proxies understand in the same way.
        """
        super().parse_header(header_plus)
        headers: Any = self.headers
        if "TRANSFER_ENCODING" in headers or (self.chunked and "CONTENT_LENGTH" in headers):
            raise ParsingError("The length of the body is said in two ways.")
        if self.content_length > self._admission.most and self.expect_continue:
            self.body_rcv = None  # the caller waits for a word before it sends: there is nothing to drop
            self.expect_continue, self.content_length = False, 0
            headers["CONNECTION"] = "close"
        if self.body_rcv is not None:
            self.body = Body(self._admission.beginning)
            body: Any = self.body  # what waitress uses of its own buffer, a Body has
            receiver: Any = Chunked(body) if self.chunked else FixedStreamReceiver(self.content_length, body)
            self.body_rcv = receiver

    def received(self, data: bytes) -> int:
        """Take what belongs to this request; returns how many bytes that were."""
        consumed = super().received(data)
        if self.body is not None:
            if not self.completed and self.body_bytes_received > self._admission.most:
                self.end_here()
            if self.completed and self.body.cut:
                self._say_goodbye()
        return consumed

    def end_here(self) -> None:
        """Enough was dropped, or it took too long: answer by what there is."""
        self.completed = True
        if self.body is not None and self.chunked:
            headers: Any = self.headers
            headers["CONTENT_LENGTH"] = str(len(self.body))
        self._say_goodbye()

    def _say_goodbye(self) -> None:
        headers: Any = self.headers
        headers["CONNECTION"] = "close"


class Decision:
    """The question whether a long body is kept, put to the database by a thread while the connection rests."""

    def __init__(self, connection: Connection, request: Request, body: Body, admission: Admission) -> None:
        self._connection = connection
        self._request = request
        self._body = body
        self._admission = admission

    def service(self) -> None:
        """Ask, and let the connection go on."""
        request: Any = self._request
        try:
            headers, beginning = request.headers, self._body.beginning()
            room = self._admission.room(
                request.path, headers.get("AUTHORIZATION", ""), beginning, headers.get("COOKIE", "")
            )
        except Exception:  # whatever it is: the caller is answered by what there is
            log.exception("admission_failed")
            room = 0
        self._body.decide(max(room, self._admission.beginning))
        self._connection.deciding = False
        self._connection.server.pull_trigger()

    def cancel(self) -> None:
        """The server ends."""
        self._connection.cancel()


class Connection(HTTPChannel):
    """One caller's connection."""

    server: Server
    deciding = False

    def __init__(self, server: Server, *arguments: Any, **named: Any) -> None:
        super().__init__(server, *arguments, **named)
        self.parser_class = partial(Request, admission=server.admission)  # type: ignore[assignment]  # only called

    def readable(self) -> bool:
        """Nothing is read while it is being decided whether what comes is kept."""
        return not self.deciding and super().readable()

    def received(self, data: bytes) -> bool:
        """Take what arrived; where a body outgrows its beginning, ask who the caller is."""
        taken = super().received(data)
        request = self.request
        if isinstance(request, Request) and request.body is not None and request.body.undecided and not self.deciding:
            self.deciding = True
            decision: Any = Decision(self, request, request.body, self.server.admission)
            self.server.add_task(decision)
        return taken

    def check(self, now: float, body_s: float) -> None:
        """End a request that has been arriving for more than ``body_s`` seconds, unless its caller is known."""
        with self._requests_lock:
            request = self.request
            if not isinstance(request, Request) or self.requests or now - request.began < body_s:
                return
            if request.body is not None and request.body.admitted:
                return
            if not request.headers_finished:
                self.will_close = True
                return
            if request.body is None or not request.body.cut:
                request.error = RequestTimeout("The request took too long to arrive.")
            request.end_here()
            self.request = None
            requests: Any = self.requests
            requests.append(request)
        task: Any = self
        self.server.add_task(task)

    @property
    def busy(self) -> bool:
        """Whether a request is arriving or being answered."""
        return bool(self.request is not None or self.requests or self.total_outbufs_len)

    @property
    def _requests_lock(self) -> contextlib.AbstractContextManager[object]:
        lock: contextlib.AbstractContextManager[object] = self.requests_lock  # type: ignore[attr-defined]  # not in the types
        return lock


class Server(TcpWSGIServer):
    """Listens, and keeps order among the connections."""

    channel_class = Connection

    def __init__(
        self,
        application: WSGIApplication,
        admission: Admission,
        listener: socket.socket,
        *,
        threads: int,
        stalled_s: float,
        body_s: float,
    ) -> None:
        self.admission = admission
        self._body_s = body_s
        self._stalled_s = stalled_s
        self._next_look = 0.0  # at callers that are too slow
        self._dispatcher = ThreadedTaskDispatcher()
        self._dispatcher.set_thread_count(threads)
        self._sockets: dict[int, Any] = {}  # the listener, and everybody who is connected
        super().__init__(
            application,
            map=self._sockets,
            _sock=listener,
            dispatcher=self._dispatcher,
            adj=Adjustments(
                ident=None,
                backlog=_BACKLOG,
                recv_bytes=_READ_BYTES,
                max_request_header_size=_HEADER_BYTES,
                max_request_body_size=1 << 62,  # bounded by the admission
                connection_limit=2 * MOST_CONNECTIONS,  # bounded below
                clear_untrusted_proxy_headers=False,  # the application believes them by its own setting
            ),
            sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
            bind_socket=False,
        )

    @property
    def connections(self) -> list[Connection]:
        """All that are open."""
        active: Any = self.active_channels
        return list(active.values())

    def handle_accept(self) -> None:
        """Let a caller in; when the house is full, for whoever has been here longest without having asked anything."""
        connections = self.connections
        if len(connections) >= MOST_CONNECTIONS:
            idle = [connection for connection in connections if not connection.requests]
            if idle:
                min(idle, key=lambda connection: connection.creation_time).handle_close()
        super().handle_accept()

    def pull_trigger(self) -> None:
        """Wake the loop; when it has ended already, nobody needs to be woken."""
        with contextlib.suppress(OSError):
            super().pull_trigger()

    def maintenance(self, now: float) -> None:
        """Look after callers that are too slow; waitress calls it before it waits for connections."""
        # connections that stall: by the clock that waitress notes their activity with
        cutoff = now - self._stalled_s
        for connection in self.connections:
            if not connection.requests and connection.last_activity < cutoff:
                connection.will_close = True
            else:
                connection.check(time.monotonic(), self._body_s)

    def serve_while(self, goes_on: Callable[[], bool]) -> None:
        """Serve until ``goes_on`` says no, then finish the calls under way and close."""
        self.next_channel_cleanup = 1 << 62  # it is called here, as long as anybody is connected
        while goes_on():
            self._turn()
        dispatcher.close(self)  # from here on nobody is let in
        end = time.monotonic() + GRACE_S
        while time.monotonic() < end and any(connection.busy for connection in self.connections):
            self._turn()
        self._dispatcher.shutdown(timeout=1)
        for connection in self.connections:
            connection.handle_close()
        self.close()

    def _turn(self) -> None:
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + _TICK_S
            self.maintenance(time.time())
        loop(timeout=_TICK_S, map=self._sockets, use_poll=True, count=1)
