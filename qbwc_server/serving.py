"""Runs the application in a production WSGI server: gunicorn with several processes, waitress with one.

gunicorn's sync worker is not used: it kills the upload of a large answer over a slow line after 30 seconds, and serves
nobody meanwhile.
"""

from __future__ import annotations

import gc
import logging
import os
import shutil
import signal
import socket
import struct
import sys
import tempfile
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog

from qbwc_server.db import Database, schema
from qbwc_server.errors import QbwcError
from qbwc_server.observe import logs
from qbwc_server.settings import KIB, MIB, Settings

if TYPE_CHECKING:
    from gunicorn.arbiter import Arbiter

log = structlog.get_logger(__name__)

Ready = Callable[[str], None]

STALLED_S = 60  # a connection on which nothing arrives, or nobody takes what we send, for so long is closed
_GRACE_S = 30  # for calls under way when the server is told to stop
_KEEPALIVE_S = 5
_REQUEST_LINE = 4094  # bytes
_HEADER_FIELDS, _HEADER_FIELD = 50, 8 * KIB
_BACKLOG = 512
_METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


class CannotServe(QbwcError):
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
        log.info("serving", address=address, workers=settings.workers, threads=settings.threads)
        if settings.workers == 1 or sys.platform == "win32":
            _one_process(settings, listener, address, ready)
        else:
            _several_processes(settings, listener, address, ready)
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


def _one_process(settings: Settings, listener: socket.socket, address: str, ready: Ready | None) -> None:
    from waitress.server import create_server

    from qbwc_server.app import create_app

    app = create_app(settings)
    gc.collect()
    gc.freeze()
    server = create_server(
        app,
        sockets=[listener],
        threads=settings.threads,
        ident=None,
        max_request_header_size=_HEADER_FIELDS * KIB,
        max_request_body_size=settings.response_limit + MIB,
        channel_timeout=STALLED_S,
        clear_untrusted_proxy_headers=False,  # the application believes them by its own setting
        log_untrusted_proxy_headers=False,
    )
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _leave)
    try:
        if ready is not None:
            ready(address)
        server.run()  # SystemExit and KeyboardInterrupt end it, after the calls under way
    finally:
        server.close()
        app.extensions["database"].engine.dispose()


def _leave(*_: object) -> None:
    raise SystemExit(0)


def _several_processes(settings: Settings, listener: socket.socket, address: str, ready: Ready | None) -> None:
    from gunicorn.app.base import BaseApplication
    from gunicorn.errors import HaltServer
    from gunicorn.glogging import Logger

    from qbwc_server.app import create_app  # here, so that all workers share what is loaded

    class Logs(Logger):
        """gunicorn's own messages go where ours go."""

        def setup(self, cfg: Any) -> None:
            self.error_log.handlers.clear()
            self.error_log.propagate = True
            self.cfg = cfg

    class Server(BaseApplication):
        """gunicorn with our settings instead of its command line; each worker loads the application itself."""

        def load_config(self) -> None:
            for name, value in _gunicorn_settings(settings, listener, Logs, lambda: ready and ready(address)).items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return create_app(settings)

    master = os.getpid()
    folder = tempfile.mkdtemp(prefix="qbwc-metrics-")  # mode 0700
    before = os.environ.get(_METRICS_FOLDER)
    os.environ[_METRICS_FOLDER] = folder
    code: object = 0
    try:
        Server().run()
    except SystemExit as end:
        code = end.code
    except HaltServer as end:  # raised a second time, while the remaining workers are being stopped
        code = end.exit_status
    finally:
        if os.getpid() != master:  # a worker's way out leads through here as well; the rest is the master's
            logging.shutdown()
            os._exit(code if isinstance(code, int) else 1)
        os.environ.pop(_METRICS_FOLDER)
        if before is not None:
            os.environ[_METRICS_FOLDER] = before
        shutil.rmtree(folder, ignore_errors=True)
    if code:
        raise CannotServe("The server's processes did not start.")


def _gunicorn_settings(
    settings: Settings, listener: socket.socket, logger: type, ready: Callable[[], object]
) -> dict[str, object]:
    def when_ready(arbiter: Arbiter) -> None:
        # The kernel hands these limits on to every connection that the listener accepts.
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            listener.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", STALLED_S, 0))
        ready()

    def post_worker_init(worker: object) -> None:
        gc.collect()
        gc.freeze()  # without this every full collection walks what was loaded, and stops all threads for 17 ms

    return {
        "bind": f"fd://{os.dup(listener.fileno())}",
        "workers": settings.workers,
        "worker_class": "gthread",
        "threads": settings.threads,
        "timeout": 60,  # for a process that hangs; a long call on one of its threads does not count
        "graceful_timeout": _GRACE_S,
        "keepalive": _KEEPALIVE_S,
        "limit_request_line": _REQUEST_LINE,
        "limit_request_fields": _HEADER_FIELDS,
        "limit_request_field_size": _HEADER_FIELD,
        "preload_app": False,
        "forwarded_allow_ips": "",  # the application believes proxies by its own setting
        "control_socket_disable": True,  # its path is one per user: two servers of one user would collide
        "logger_class": logger,
        "proc_name": "qbwc-server",
        "when_ready": when_ready,
        "post_worker_init": post_worker_init,
    }
