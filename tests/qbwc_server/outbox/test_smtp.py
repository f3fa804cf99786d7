"""The way to the mail server: TLS is checked, a password is given only over it, and the server's words are heard."""

from __future__ import annotations

import datetime as dt
import ssl
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from qbwc_server.outbox.delivering import NobodyThere, RefusedForGood
from qbwc_server.outbox.smtp import Envelope, Post
from qbwc_server.settings import BadSettings, Settings, SmtpSecurity, load
from tests.qbwc_server.outbox.mail_server import MailServer

NOW = dt.datetime(2026, 3, 2, 14, tzinfo=dt.UTC)
ENVELOPE = Envelope("ann@example.com", "Hello", "text", "<p>html</p>", "1.2", NOW)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of 127.0.0.1, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a mail server")])
    today = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("mail") / "certificate.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(made.public_bytes(pem) + private)
    return path


@pytest.fixture
def protected(certificate: Path) -> Iterator[MailServer]:
    """A mail server with STARTTLS and a password."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = MailServer(tls=context, password="open sesame")
    server.start()
    yield server
    server.stop()


def _settings(server: MailServer, **more: Any) -> Settings:
    said: dict[str, Any] = {
        "smtp_host": "127.0.0.1",
        "smtp_port": server.port,
        "smtp_user": "books",
        "smtp_password": "open sesame",
        "mail_from": "books@example.com",
    }
    return load(**{**said, **more})


def _send(settings: Settings, envelope: Envelope = ENVELOPE) -> None:
    with Post(settings) as post:
        post.send(envelope)


def test_signed_in_over_tls(protected: MailServer, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    _send(_settings(protected))
    assert protected.subjects == [("ann@example.com", "Hello")]


def test_a_certificate_that_nobody_vouches_for_gets_no_password(protected: MailServer) -> None:
    with pytest.raises(NobodyThere, match="SSLCertVerificationError"):
        _send(_settings(protected))
    assert protected.taken == []


def test_a_wrong_password_is_told_without_the_password(
    protected: MailServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with pytest.raises(NobodyThere, match="535") as told:
        _send(_settings(protected, smtp_password="hunter2"))
    assert "hunter2" not in str(told.value)


def test_a_server_without_tls_is_not_used_unless_that_is_said(mail_server: MailServer) -> None:
    with pytest.raises(NobodyThere):
        _send(_settings(mail_server, smtp_user=None))
    _send(_settings(mail_server, smtp_user=None, smtp_security=SmtpSecurity.NONE))
    assert len(mail_server.taken) == 1


def test_one_connection_serves_many(mail_server: MailServer) -> None:
    with Post(_settings(mail_server, smtp_user=None, smtp_security=SmtpSecurity.NONE)) as post:
        for _ in range(3):
            post.send(ENVELOPE)
        mail_server.answers["ann@example.com"] = "550 gone"
        with pytest.raises(RefusedForGood, match="550 gone"):
            post.send(ENVELOPE)
        mail_server.answers.clear()
        post.send(ENVELOPE)
    assert len(mail_server.taken) == 4


@pytest.mark.parametrize("said", ["books", "a@b\nBcc: c@d", "Books <books>", ""])
def test_a_sender_is_one_address(said: str) -> None:
    with pytest.raises(BadSettings, match="mail_from"):
        load(mail_from=said)


def test_a_mail_server_needs_a_sender() -> None:
    with pytest.raises(BadSettings, match="mail_from is needed"):
        load(smtp_host="mail.example.com")
