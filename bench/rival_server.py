"""Another Web Connector server for Python, qbwc-kit, as its own description says to use it. It stores nothing.

Run by ``bench.rival`` in an environment of its own, so nothing of ours is imported here.
"""

from __future__ import annotations

import json
import socket
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from qbwc_kit import QBWCService, QBXMLRequest, StaticAuthenticator, qbxml
from waitress import serve

IN_A_SET = 100


class Post:
    """Its way of sending documents: a task that yields a set and gets the answer to it."""

    name = "post"

    def __init__(self, invoices: list[dict[str, Any]]) -> None:
        self._invoices = invoices

    def run(self, _: object) -> Iterator[QBXMLRequest]:
        """A hundred invoices a set."""
        for start in range(0, len(self._invoices), IN_A_SET):
            some = self._invoices[start : start + IN_A_SET]
            requests = [qbxml.add("Invoice", one) for one in some]
            for request in requests:
                request.request_id = str(uuid.uuid4())
            answers = yield QBXMLRequest(requests)
            for answer in answers:
                answer.raise_for_status()


def application(service: QBWCService) -> Callable[[dict[str, Any], Callable[..., object]], Iterable[bytes]]:
    """The service as a bare WSGI function."""

    def answer(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        body = service.dispatch(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))).encode()
        start_response("200 OK", [("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", str(len(body)))])
        return [body]

    return answer


def main() -> None:
    """Serve the invoices of the file named first to the user and password named next."""
    invoices = json.loads(Path(sys.argv[1]).read_text())
    service = QBWCService(authenticator=StaticAuthenticator(sys.argv[2], sys.argv[3], [Post(invoices)]))
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"listens on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    serve(application(service), sockets=[listener], threads=4, max_request_body_size=1 << 28, _quiet=True)


if __name__ == "__main__":
    main()
