"""Runs the application as a production server: in this process, or in several that gunicorn keeps alive.

In each of them the same server listens (``connections``). Of gunicorn only the master is used: its own workers give
every caller that is slow to ask a thread, and nine of those are enough to shut everybody else out.
"""

from __future__ import annotations

import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from qbwc_server.db import Database, schema
from qbwc_server.errors import Unusable
from qbwc_server.observe import logs
from qbwc_server.settings import Settings

log = structlog.get_logger(__name__)

Ready = Callable[[str], None]

STALLED_S = 60  # a connection on which nothing arrives, or nobody takes what we send, for so long is closed
BODY_S = 30  # a request must have arrived by then, unless its caller has shown a ticket that is known
_BACKLOG = 512


class CannotServe(Unusable):
    """The server cannot start."""

    code = "cannot_serve"
    advice = "Look at the log above; often another program has the port, or the address is not of this machine."


def serve(settings: Settings, *, ready: Ready | None = None) -> None:
    """Serve until SIGTERM or SIGINT; calls under way are finished first.

    Args:
        ready: called once with the address, such as ``http://127.0.0.1:8000``, when connections are accepted. With
            port 0 this is how to learn the port.

    Raises:
        SchemaOutdated, SchemaUnknown: the database is not of this version.
        CannotServe: the address cannot be used, or the workers do not start.
    """
    database = Database(settings.database)
    try:
        schema.require_current(database.engine)
    finally:
        database.engine.dispose()  # before any fork: connections must not be shared
    logs.configure(settings.log_level, settings.log_format)
    with _listening(settings) as listener:
        host, port = listener.getsockname()[:2]
        address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        for doubt in settings.doubts():
            log.warning("settings", doubt=doubt)
        log.info("serving", address=address, workers=settings.workers, threads=settings.threads)
        say_ready = (lambda: ready(address)) if ready is not None else (lambda: None)
        if settings.workers == 1 or sys.platform == "win32":
            _one_process(settings, listener, say_ready)
        else:
            from qbwc_server.serving import processes  # gunicorn cannot be imported on Windows

            processes.run(settings, listener, say_ready, stalled_s=STALLED_S, body_s=BODY_S)
    log.info("stopped", address=address)


def _listening(settings: Settings) -> socket.socket:
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        try:
            if sys.platform != "win32":
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(where)
            listener.listen(_BACKLOG)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise CannotServe(f"Cannot listen on {settings.host}, port {settings.port}: {error.strerror}.") from None
    return listener


def _one_process(settings: Settings, listener: socket.socket, say_ready: Callable[[], object]) -> None:
    from qbwc_server.serving.process import serve_here

    with _told_to_stop() as stopping:
        serve_here(settings, listener, say_ready, lambda: not stopping.is_set(), stalled_s=STALLED_S, body_s=BODY_S)


@contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set; the second signal ends the process at once."""
    stopping = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stopping
        return

    def stop(number: int, _: object) -> None:
        stopping.set()
        signal.signal(number, before[signal.Signals(number)])

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
