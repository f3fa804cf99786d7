"""An answer that trickles is given up, in its head as in its body."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpcore
import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from qbwc_server.channels.addresses import CheckedTransport
from qbwc_server.channels.deadlines import Deadline

HEAD = b"HTTP/1.1 200 OK\r\nX-Word: "
BODY = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n"
CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@contextmanager
def trickling(beginning: bytes, drop: bytes, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server that answers with ``beginning``, then drop by drop until nobody listens any more."""
    over = threading.Event()

    def serve() -> None:
        with suppress(OSError):
            connection, _ = listening.accept()
            with connection if tls is None else tls.wrap_socket(connection, server_side=True) as connection:
                connection.recv(65536)
                connection.sendall(beginning)
                while not over.wait(0.02):
                    connection.sendall(drop)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            over.set()
            thread.join()


@pytest.mark.parametrize(("beginning", "drop"), [(HEAD, b"x"), (BODY, b"x"), (CHUNKS, b"1\r\nx\r\n")])
def test_a_trickling_answer_is_given_up(beginning: bytes, drop: bytes) -> None:
    with trickling(beginning, drop) as port:
        transport = CheckedTransport(private=True, whole_s=0.5)
        with httpx.Client(transport=transport, timeout=60) as client, pytest.raises(httpx.TimeoutException):
            client.get(f"http://127.0.0.1:{port}/")


@pytest.fixture
def certified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """What a server of the name shop.example.com needs, whose certificate is trusted."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("shop.example.com")]), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    file = tmp_path / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate)
    monkeypatch.setattr(
        httpx, "create_ssl_context", lambda **_: ssl.create_default_context(cadata=certificate.decode())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server


def test_behind_tls_the_certificate_is_that_of_the_name_and_the_deadline_counts(certified: ssl.SSLContext) -> None:
    with trickling(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", b"", certified) as port:
        transport = CheckedTransport(private=True, resolve=lambda host, _: ["127.0.0.1"], whole_s=60)
        with httpx.Client(transport=transport, timeout=60) as client:
            assert client.get(f"https://shop.example.com:{port}/").text == "ok"
    with trickling(HEAD, b"x", certified) as port:
        transport = CheckedTransport(private=True, resolve=lambda host, _: ["127.0.0.1"], whole_s=0.5)
        with httpx.Client(transport=transport, timeout=60) as client, pytest.raises(httpx.TimeoutException):
            client.get(f"https://shop.example.com:{port}/")
    with trickling(HEAD, b"x", certified) as port:
        transport = CheckedTransport(private=True, resolve=lambda host, _: ["127.0.0.1"], whole_s=60)
        with httpx.Client(transport=transport, timeout=60) as client, pytest.raises(httpx.ConnectError, match="CERT"):
            client.get(f"https://another.example.com:{port}/")


def test_a_deadline_is_of_one_request() -> None:
    deadline = Deadline(60.0)
    assert deadline.left(5.0) == 5.0
    deadline.begin()
    assert deadline.left(5.0) == 5.0
    assert 0 < deadline.left(None) <= 60.0
    over = Deadline(0.0)
    over.begin()
    with pytest.raises(httpcore.ReadTimeout):
        over.left(5.0)
