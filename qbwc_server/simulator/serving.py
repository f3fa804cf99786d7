"""What answers over HTTP on this machine, for as long as it is needed."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def standing(handler: type[http.server.BaseHTTPRequestHandler], *, port: int = 0, **owns: object) -> Iterator[str]:
    """The address where it answers; port 0 is any that is free. ``owns``: what the handler finds as its own."""
    quiet = {"protocol_version": "HTTP/1.1", "log_message": lambda *_: None}
    bound = type("_Bound", (handler,), {**quiet, **owns})
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), bound) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
