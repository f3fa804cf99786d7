"""A mail server, and settings that name it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qbwc_server.settings import Settings, SmtpSecurity, load
from tests.qbwc_server.outbox.mail_server import MailServer


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """Listening, without password and TLS."""
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def with_mail(database_url: str, mail_server: MailServer) -> Settings:
    """The settings of a server that sends e-mails there."""
    return load(
        database_url=database_url,
        smtp_host="127.0.0.1",
        smtp_port=mail_server.port,
        smtp_security=SmtpSecurity.NONE,
        mail_from="Books <books@example.com>",
    )
