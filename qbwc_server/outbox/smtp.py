"""Hands e-mails to a mail server by SMTP."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from types import TracebackType
from typing import Self

from qbwc_server.outbox.delivering import NobodyThere, NotDelivered, RefusedForGood
from qbwc_server.settings import Settings, SmtpSecurity

_PATIENCE_S = 30.0
_FOR_GOOD = 500  # replies of SMTP from here on would be the same at another time


@dataclass(frozen=True, slots=True)
class Envelope:
    """An e-mail as it is handed over.

    Args:
        name: of the message, unique here and the same through all attempts.
    """

    address: str
    subject: str
    text: str
    html: str
    name: str
    at: datetime


class Post:
    """A connection to the mail server, opened for the first e-mail and kept for the next ones."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._hang_up()

    def send(self, envelope: Envelope) -> None:
        """Hand over one e-mail.

        Raises:
            RefusedForGood: the server does not take it for this address.
            NobodyThere: the server cannot be reached, or does not let us in.
            NotDelivered: another reason, that may pass.
        """
        message = self._written(envelope)
        server = self._open()
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            self._hang_up()
            ((code, said),) = refused.recipients.values()
            raise _refused(code, said) from None
        except smtplib.SMTPResponseException as refused:
            self._hang_up()
            raise NotDelivered(f"The mail server said: {refused.smtp_code} {_plain(refused.smtp_error)}") from None
        except smtplib.SMTPNotSupportedError:
            raise RefusedForGood(f"The mail server does not know addresses such as {envelope.address}.") from None
        except (OSError, smtplib.SMTPException) as broken:
            self._hang_up()
            raise NotDelivered(f"The mail server broke off ({type(broken).__name__}).") from None

    def _written(self, envelope: Envelope) -> EmailMessage:
        sender = self._settings.mail_from or ""
        message = EmailMessage()
        message["From"] = sender
        message["To"] = envelope.address
        message["Subject"] = " ".join(envelope.subject.split())  # a line break would begin another header
        message["Date"] = format_datetime(envelope.at)
        message["Message-ID"] = f"<{envelope.name}@{sender.rpartition('@')[2].rstrip('>')}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(envelope.text)
        message.add_alternative(envelope.html, subtype="html")
        return message

    def _open(self) -> smtplib.SMTP:
        if self._server is None:
            try:
                self._server = self._connected()
            except smtplib.SMTPResponseException as refused:
                said = f"{refused.smtp_code} {_plain(refused.smtp_error)}"
                raise NobodyThere(f"The mail server does not let us in: {said}") from None
            except (OSError, smtplib.SMTPException) as broken:
                named = f"{self._settings.smtp_host}:{self._settings.smtp_port}"
                raise NobodyThere(f"The mail server {named} cannot be reached ({type(broken).__name__}).") from None
        return self._server

    def _connected(self) -> smtplib.SMTP:
        said = self._settings
        host, port = said.smtp_host or "", said.smtp_port
        if said.smtp_security is SmtpSecurity.TLS:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, timeout=_PATIENCE_S, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(host, port, timeout=_PATIENCE_S)
        try:
            if said.smtp_security is SmtpSecurity.STARTTLS:
                server.starttls(context=ssl.create_default_context())
            if said.smtp_user is not None and said.smtp_password is not None:
                server.login(said.smtp_user, said.smtp_password.get_secret_value())
        except BaseException:
            server.close()
            raise
        return server

    def _hang_up(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        try:
            server.quit()
        except (OSError, smtplib.SMTPException):
            server.close()


def _refused(code: int, said: bytes) -> NotDelivered:
    words = f"The mail server does not take it for this address: {code} {_plain(said)}"
    return RefusedForGood(words) if code >= _FOR_GOOD else NotDelivered(words)


def _plain(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
