"""HTTP as the Web Connector speaks it, against a server from the standard library."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from qbwc_server.simulator import HttpTransport, SoapClient, TransportError, WebConnector, WsgiTransport
from tests.qbwc_server.simulator.scripted_server import ScriptedQuickBooks, ScriptedServer
from tests.qbwc_server.simulator.test_web_connector import OWNER

CERTIFICATE = Path(__file__).with_name("localhost_tls.pem")


class Listening(ThreadingHTTPServer):
    """The scripted server behind a real socket."""

    daemon_threads = True
    script: ScriptedServer
    connections = 0
    hangs_up = False  # after every answer, without a word
    drops = False  # instead of every answer
    interim: list[str]
    hung_up: threading.Event

    def get_request(self) -> tuple[Any, Any]:
        self.connections += 1
        return super().get_request()

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self.hung_up.set()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Listening

    def handle_expect_100(self) -> bool:
        self.server.interim.append(self.headers["Expect"])
        return super().handle_expect_100()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.server.script.answer(body, {name.lower(): value for name, value in self.headers.items()})
        if self.server.drops:
            self.close_connection = True
            return
        self.send_response(int(answer.status[:3]))
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
        self.close_connection = self.close_connection or self.server.hangs_up

    def log_message(self, *args: Any) -> None:
        """Tests are quiet."""


@contextmanager
def listening(*, tls: bool = False) -> Iterator[Listening]:
    with Listening(("127.0.0.1", 0), Handler) as server:
        server.script = ScriptedServer()
        server.interim = []
        server.hung_up = threading.Event()
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def transport_to(server: Listening, scheme: str = "http", **options: Any) -> Iterator[HttpTransport]:
    options.setdefault("timeout", 20)
    transport = HttpTransport(f"{scheme}://localhost:{server.server_address[1]}/qbwc?a=1", **options)
    try:
        yield transport
    finally:
        transport.close()


def connector(transport: HttpTransport, books: ScriptedQuickBooks | None = None) -> WebConnector:
    return WebConnector(
        transport, books or ScriptedQuickBooks(), user="kern", password="p", owner_id=OWNER, sleep=lambda seconds: None
    )


@pytest.mark.parametrize("expect", [False, True])
def test_a_session_over_one_connection(expect: bool) -> None:
    with listening() as server, transport_to(server, expect_continue=expect) as transport:
        server.script.script["receiveResponseXML"] = [50, 100]
        assert connector(transport).update().ok
        assert server.connections == 1
        assert server.interim == ["100-continue"] * (8 if expect else 0)
        assert len(server.script.asked) == 8


def test_the_headers_on_the_wire() -> None:
    with listening() as server, transport_to(server) as transport:
        SoapClient(transport).text("serverVersion", ())
        headers = server.script.asked[0].headers
    assert headers["soapaction"] == '"http://developer.intuit.com/serverVersion"'
    assert headers["content-type"] == "text/xml; charset=utf-8"
    assert headers["connection"] == "Keep-Alive"
    assert headers["content-length"] == str(len(server.script.asked[0].body))
    assert "accept-encoding" not in headers


def test_a_connection_closed_between_calls_is_opened_again_without_sending_twice() -> None:
    with listening() as server, transport_to(server) as transport:
        server.hangs_up = True
        client = SoapClient(transport)
        for _ in range(3):
            server.hung_up.clear()
            client.text("serverVersion", ())
            assert server.hung_up.wait(20)
        assert (server.connections, len(server.script.asked)) == (3, 3)


def test_a_broken_connection_is_an_error_and_nothing_is_sent_again() -> None:
    with listening() as server, transport_to(server) as transport:
        server.drops = True
        with pytest.raises(TransportError, match="serverVersion"):
            transport.call("serverVersion", b"<a><b><serverVersion/></b></a>", {"Content-Type": "text/xml"})
        assert len(server.script.asked) == 1
        server.drops = False
        assert SoapClient(transport).text("serverVersion", ()) == "Test 1.0"


def test_nobody_listens() -> None:
    with listening() as server:
        pass
    with transport_to(server) as transport:
        report = connector(transport).update()
    assert (report.ok, report.error) == (False, "QBWC1036")


def test_silence_is_a_time_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        transport = HttpTransport(f"http://127.0.0.1:{deaf.getsockname()[1]}/", timeout=0.05)
        with pytest.raises(TransportError):
            transport.call("serverVersion", b"", {})
        transport.close()


def test_a_response_of_twelve_megabytes() -> None:
    response = "<é>&" * 2_400_000
    with listening() as server, transport_to(server, expect_continue=True) as transport:
        assert connector(transport, ScriptedQuickBooks(process=lambda request: response)).update().ok
        (received,) = server.script.calls("receiveResponseXML")
    assert len(received.body) > 12_000_000
    assert received["response"] == response


def test_https_with_a_certificate_that_is_trusted() -> None:
    context = ssl.create_default_context(cafile=CERTIFICATE)
    with listening(tls=True) as server, transport_to(server, "https", ssl_context=context) as transport:
        assert connector(transport).update().ok
        assert server.connections == 1


def test_https_with_a_certificate_that_is_not_trusted() -> None:
    with listening(tls=True) as server, transport_to(server, "https") as transport:
        with pytest.raises(TransportError, match=r"(?i)certificate"):
            transport.call("serverVersion", b"", {})
        assert server.script.asked == []


@pytest.mark.parametrize("url", ["ftp://localhost/", "localhost:8000/qbwc", "http:///qbwc"])
def test_only_http_urls(url: str) -> None:
    with pytest.raises(ValueError):
        HttpTransport(url)


def test_a_wsgi_application_sees_a_whole_request_and_is_closed() -> None:
    seen: dict[str, Any] = {}

    class Parts(list[bytes]):
        def close(self) -> None:
            seen["closed"] = True

    def app(environ: Any, start_response: Any) -> Parts:
        seen.update(environ, body=environ["wsgi.input"].read())
        write = start_response("200 OK", [("Content-Type", "text/xml")])
        write(b"first ")
        return Parts([b"second", b" third"])

    transport = WsgiTransport(app, "https://books.example.com/qbwc?a=1", remote_address="192.0.2.7")
    answer = transport.call("serverVersion", b"12345", {"Content-Type": "text/xml", "SOAPAction": '"x"'})
    assert answer == (200, {"content-type": "text/xml"}, b"first second third")
    assert seen["closed"]
    expected = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/qbwc",
        "QUERY_STRING": "a=1",
        "SERVER_NAME": "books.example.com",
        "SERVER_PORT": "443",
        "wsgi.url_scheme": "https",
        "REMOTE_ADDR": "192.0.2.7",
        "CONTENT_TYPE": "text/xml",
        "CONTENT_LENGTH": "5",
        "HTTP_SOAPACTION": '"x"',
        "body": b"12345",
    }
    assert {name: seen[name] for name in expected} == expected
