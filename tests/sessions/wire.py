"""The calls of a Web Connector made one by one, in whatever order a test wants; a fault or a server error fails it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from structlog.testing import capture_logs

from qbwc_server.simulator import WsgiTransport
from qbwc_server.simulator.soap_client import SoapClient
from tests.sessions.world import World


class Wire:
    """SOAP calls to the server of ``world`` as they come, from one address."""

    def __init__(self, world: World, address: str = "192.0.2.7") -> None:
        self.world = world
        self._client = SoapClient(WsgiTransport(world.app, remote_address=address))

    def authenticate(self, user: str | None = None, password: str | None = None) -> list[str]:
        """The array, as long as it is."""
        return self._client.strings(
            "authenticate",
            [
                ("strUserName", self.world.code if user is None else user),
                ("strPassword", self.world.password if password is None else password),
            ],
        )

    def login(self) -> str:
        """The ticket of a new session, a while after whatever was before."""
        self.world.clock.advance(minutes=10)
        ticket, company_file = self.authenticate()[:2]
        assert (bool(ticket), company_file) == (True, ""), (ticket, company_file)
        return ticket

    def send(
        self,
        ticket: str,
        hcp: str | None = None,
        file: str | None = None,
        *,
        major: int = 13,
        minor: int = 0,
        country: str = "US",
    ) -> str:
        """sendRequestXML; without ``hcp`` the company file introduces itself, as in the first call of a session."""
        if hcp is None:
            self.world.books.open()
            hcp = self.world.books.hcp_response(self.world.owner_id)
            self.world.books.close()
        return self._client.text(
            "sendRequestXML",
            [
                ("ticket", ticket),
                ("strHCPResponse", hcp),
                ("strCompanyFileName", self.world.books.path if file is None else file),
                ("qbXMLCountry", country),
                ("qbXMLMajorVers", major),
                ("qbXMLMinorVers", minor),
            ],
        )

    def marked(self, hcp: str) -> str:
        """The same company with the FileID of the .qwc file in its file."""
        owner, file = (f"{{{value}}}" for value in (self.world.owner_id, self.world.file_id))
        mark = (
            f"<DataExtRet><OwnerID>{owner}</OwnerID><DataExtName>FileID</DataExtName>"
            f"<DataExtType>STR255TYPE</DataExtType><DataExtValue>{file}</DataExtValue></DataExtRet>"
        )
        return hcp.replace("</CompanyRet>", f"{mark}</CompanyRet>")

    def quickbooks(self, request: str) -> str:
        """What QuickBooks does and answers."""
        self.world.books.open()
        answer = self.world.books.process(request)
        self.world.books.close()
        return answer

    def receive(self, ticket: str, response: str = "", hresult: str = "", message: str = "") -> int:
        """receiveResponseXML."""
        return self._client.number(
            "receiveResponseXML",
            [("ticket", ticket), ("response", response), ("hresult", hresult), ("message", message)],
        )

    def connection_error(self, ticket: str, hresult: str, message: str = "No.") -> str:
        """connectionError."""
        return self._client.text("connectionError", [("ticket", ticket), ("hresult", hresult), ("message", message)])

    def last_error(self, ticket: str) -> str:
        """getLastError."""
        return self._client.text("getLastError", [("ticket", ticket)])

    def close(self, ticket: str) -> str:
        """closeConnection."""
        return self._client.text("closeConnection", [("ticket", ticket)])

    def call(self, operation: str, *parameters: tuple[str, str | int]) -> str:
        """Any other operation that answers with a string."""
        return self._client.text(operation, list(parameters))

    def finish(self, ticket: str, hcp: str | None = None) -> list[int]:
        """Go on as a Web Connector would until 100 or an error; the progress that was told."""
        told: list[int] = []
        while True:
            request = self.send(ticket, hcp)
            if not request:
                return told
            told.append(self.receive(ticket, self.quickbooks(request)))
            if not 0 <= told[-1] < 100:
                return told
            hcp = ""


@contextmanager
def no_trouble() -> Iterator[list[Any]]:
    """The server's own failures are answered within the protocol; here they fail the test. Gives what is logged."""
    with capture_logs() as events:
        yield events
    trouble = [event for event in events if event["log_level"] in ("error", "critical")]
    assert not trouble, trouble
