"""Several processes that serve, started and kept alive by gunicorn's master."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.errors import HaltServer
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker

from qbwc_server import serving
from qbwc_server.app import create_app  # here, so that all workers share what is loaded
from qbwc_server.serving.connections import GRACE_S
from qbwc_server.serving.process import serve_application, settle

if TYPE_CHECKING:
    import socket

    from flask import Flask
    from gunicorn.arbiter import Arbiter

    from qbwc_server.settings import Settings

_METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_HUNG_S = 60  # a process whose loop has not turned for so long is replaced


class _Logs(Logger):
    """gunicorn's own messages go where ours go."""

    def setup(self, cfg: Any) -> None:
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        self.cfg = cfg


def run(
    settings: Settings,
    listener: socket.socket,
    say_ready: Callable[[], object],
    *,
    stalled_s: float,
    body_s: float,
) -> None:
    """Serve with ``settings.workers`` processes until told to stop.

    Raises:
        CannotServe: the processes do not start.
    """

    class ServingWorker(Worker):
        """A process of its own with our server in it."""

        def run(self) -> None:
            app: Flask = self.wsgi  # type: ignore[assignment]  # what Master.load gives
            sockets: list[Any] = self.sockets
            serve_application(
                app, sockets[0].sock, self._goes_on, threads=settings.threads, stalled_s=stalled_s, body_s=body_s
            )

        def _goes_on(self) -> bool:
            self.notify()
            return self.alive and os.getppid() == self.ppid

        def handle_quit(self, sig: int, frame: FrameType | None) -> None:
            """Finish the calls under way; gunicorn's own way would drop them."""
            self.alive = False

    class Master(BaseApplication):
        """gunicorn with our settings instead of its command line; each worker loads the application itself."""

        def load_config(self) -> None:
            for name, value in _gunicorn_settings(settings, listener, ServingWorker, say_ready).items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return create_app(settings)

    if code := _mastered(Master()):
        raise serving.CannotServe(f"The server's processes did not start (status {code}).")


def _mastered(master: BaseApplication) -> object:
    """Run it to its end; its exit status."""
    process = os.getpid()
    folder = tempfile.mkdtemp(prefix="qbwc-metrics-")  # mode 0700
    before = os.environ.get(_METRICS_FOLDER)
    os.environ[_METRICS_FOLDER] = folder
    code: object = 0
    try:
        master.run()
    except SystemExit as end:
        code = end.code
    except HaltServer as end:  # raised a second time, while the remaining workers are being stopped
        code = end.exit_status
    finally:
        if os.getpid() != process:  # a worker's way out leads through here as well; the rest is the master's
            logging.shutdown()
            os._exit(code if isinstance(code, int) else 1)
        os.environ.pop(_METRICS_FOLDER)
        if before is not None:
            os.environ[_METRICS_FOLDER] = before
        shutil.rmtree(folder, ignore_errors=True)
    return code


def _gunicorn_settings(
    settings: Settings, listener: socket.socket, worker: type[Worker], say_ready: Callable[[], object]
) -> dict[str, object]:
    def when_ready(_: Arbiter) -> None:
        say_ready()

    def post_worker_init(_: object) -> None:
        settle()

    return {
        "bind": f"fd://{os.dup(listener.fileno())}",
        "workers": settings.workers,
        "worker_class": worker,
        "timeout": _HUNG_S,
        "graceful_timeout": GRACE_S,
        "preload_app": False,
        "control_socket_disable": True,  # its path is one per user: two servers of one user would collide
        "logger_class": _Logs,
        "proc_name": "qbwc-server",
        "when_ready": when_ready,
        "post_worker_init": post_worker_init,
    }
