"""What is found out about our own address, asked for over a real socket."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from flask import Flask

from qbwc_server.connector.public_address import Check, check_address

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class _Silent(WSGIRequestHandler):
    def log_message(self, *said: object) -> None:
        pass


@contextmanager
def served(application: Application) -> Iterator[str]:
    with make_server("127.0.0.1", 0, application, handler_class=_Silent) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def answering(status: str, **headers: str) -> Application:
    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start(status, [(name.replace("_", "-"), value) for name, value in headers.items()])
        return [b"x"]

    return application


def test_our_own_address_suits(app: Flask) -> None:
    with served(app) as place:
        found = check_address(f"http://{place}")
    assert [(one.check, one.well, one.said) for one in found] == [(check, True, "") for check in Check]


@pytest.mark.parametrize(
    ("application", "said"),
    [
        (answering("404 Not Found", Content_Type="text/xml"), "It answers 404."),
        (answering("302 Found", Location="/elsewhere"), "leads on to another address"),
        (answering("200 OK", Content_Type="text/html; charset=utf-8"), "text/html where text/xml is needed"),
        (answering("200 OK"), "without a type where text/xml"),
    ],
    ids=["nothing there", "leads on", "another type", "no type"],
)
def test_another_server_at_our_address_is_told(application: Application, said: str) -> None:
    with served(application) as place:
        last = check_address(f"http://{place}")[-1]
    assert (last.check, last.well) == (Check.DESCRIPTION, False)
    assert said in last.said


def test_nothing_at_our_address_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    last = check_address(f"http://127.0.0.1:{port}")[-1]
    assert (last.check, last.well) == (Check.DESCRIPTION, False)
    assert last.said.startswith("Nothing answers there")


def test_an_address_that_speaks_no_tls_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            with listening.accept()[0] as caller:
                caller.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                caller.recv(1_000)

        thread = threading.Thread(target=answer)
        thread.start()
        last = check_address(f"https://127.0.0.1:{listening.getsockname()[1]}")[-1]
        thread.join()
    assert (last.check, last.well) == (Check.CERTIFICATE, False)


def test_plain_http_is_for_this_machine() -> None:
    (only,) = check_address("http://books.example")
    assert (only.check, only.well) == (Check.SECURE, False)
