"""One process that serves: the application, and the server before it."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import TYPE_CHECKING

from qbwc_server.app import create_app
from qbwc_server.serving.connections import Server

if TYPE_CHECKING:
    import socket

    from flask import Flask

    from qbwc_server.settings import Settings


def serve_here(
    settings: Settings,
    listener: socket.socket,
    say_ready: Callable[[], object],
    goes_on: Callable[[], bool],
    *,
    stalled_s: float,
    body_s: float,
) -> None:
    """Serve in this process until ``goes_on`` says no, and finish the calls under way."""
    app = create_app(settings)
    settle()
    say_ready()
    serve_application(app, listener, goes_on, threads=settings.threads, stalled_s=stalled_s, body_s=body_s)


def serve_application(
    app: Flask, listener: socket.socket, goes_on: Callable[[], bool], *, threads: int, stalled_s: float, body_s: float
) -> None:
    """Serve ``app``; its database is let go at the end."""
    server = Server(app, app.extensions["admission"], listener, threads=threads, stalled_s=stalled_s, body_s=body_s)
    try:
        server.serve_while(goes_on)
    finally:
        app.extensions["database"].engine.dispose()


def settle() -> None:
    """What is loaded stays; otherwise every full collection walks it, and stops all threads for 17 ms."""
    gc.collect()
    gc.freeze()
