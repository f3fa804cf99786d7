"""A real mail server on this machine, which keeps what it is handed and refuses what it is told to."""

from __future__ import annotations

import ssl
from asyncio import Server
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class _Listening(Controller):
    """Takes any free port, and knows which one it was."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = int(self.server.sockets[0].getsockname()[1])
        super()._trigger_server()  # type: ignore[no-untyped-call]


class MailServer:
    """Answers at ``127.0.0.1``; ``answers`` holds what it says of an address, or of everything."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, password: str | None = None) -> None:
        self.taken: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answers: dict[str, str] = {}
        self._password = password
        self._controller = _Listening(
            self,
            hostname="127.0.0.1",
            port=0,
            tls_context=tls,
            require_starttls=tls is not None,
            authenticator=self._authenticate if password else None,
            auth_required=password is not None,
        )

    def start(self) -> None:
        """Begin to listen, at any free port."""
        self._controller.start()

    def stop(self) -> None:
        """Nobody is there any more."""
        self._controller.stop()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._controller.port

    @property
    def subjects(self) -> list[tuple[str, str]]:
        """To whom, and about what, in the order in which they came."""
        return [(message["To"], message["Subject"]) for message in self.taken]

    async def handle_RCPT(  # aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """What it says to an address."""
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep a message."""
        if "DATA" in self.answers:
            return self.answers["DATA"]
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        self.recipients += envelope.rcpt_tos
        return "250 taken"

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, said: object
    ) -> AuthResult:
        assert isinstance(said, LoginPassword)
        right = said.password.decode() == self._password
        return AuthResult(success=right, handled=False)  # the words are those of aiosmtpd
