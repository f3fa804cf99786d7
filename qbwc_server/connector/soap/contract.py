"""What goes over the wire, once: the eleven operations with their parameters, results and answers in distress.

Service, reader and WSDL all derive from ``CONTRACT``. Source: Intuit's QBWebConnectorSvc.wsdl for the first eight;
Web Connector Programmer's Guide, chapter 10, and Intuit's sample services for the three interactive ones.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from qbwc_server.connector.text import Text

NAMESPACE = "http://developer.intuit.com/"
SERVICE = "QBWebConnectorSvc"

Result = str | int | list[str]


class Kind(StrEnum):
    """The three types of the contract, under the names they have in the WSDL."""

    STRING = "s:string"
    INT = "s:int"
    STRINGS = "tns:ArrayOfString"

    def holds(self, value: object) -> bool:
        """Whether ``value`` can be written as this type."""
        if self is Kind.STRING:
            return isinstance(value, str)
        if self is Kind.INT:
            return isinstance(value, int) and not isinstance(value, bool) and fits_int(value)
        return isinstance(value, list) and all(isinstance(item, str) for item in value)


def fits_int(value: int) -> bool:
    """Whether ``value`` fits xs:int, 32 bits with sign."""
    return -(2**31) <= value < 2**31


class Length(StrEnum):
    """How long a parameter may be; the bytes to each are in ``Limits``."""

    SMALL = "small"
    HCP_RESPONSE = "hcp_response"
    RESPONSE = "response"


@dataclass(frozen=True)
class Parameter:
    """One parameter, in Intuit's spelling. One that may be long arrives as a ``Text``."""

    name: str
    kind: Kind = Kind.STRING
    length: Length = Length.SMALL
    quotes_quickbooks: bool = False  # what QuickBooks or Windows said, whatever characters it holds


@dataclass(frozen=True)
class Operation:
    """One operation: its parameters in order, what it answers, and what it answers when we cannot do our work."""

    name: str
    parameters: tuple[Parameter, ...]
    fallback: Result
    result: Kind = Kind.STRING

    @property
    def quotes_quickbooks(self) -> bool:
        """Whether a parameter does."""
        return any(parameter.quotes_quickbooks for parameter in self.parameters)

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name, or None: unknown ones are ignored."""
        return next((parameter for parameter in self.parameters if parameter.name == name), None)


class Operations(Protocol):
    """The eleven operations on plain values, and one question. What SOAP calls absent or nil arrives empty or 0."""

    def server_version(self, version: str) -> str: ...
    def client_version(self, version: str, address: str) -> str: ...
    def authenticate(self, user: str, password: str, address: str) -> list[str]: ...
    def send_request_xml(
        self, ticket: str, hcp_response: Text, company_file: str, country: str, major: int, minor: int
    ) -> str: ...
    def receive_response_xml(self, ticket: str, response: Text, hresult: str, message: str) -> int: ...
    def connection_error(self, ticket: str, hresult: str, message: str) -> str: ...
    def get_last_error(self, ticket: str) -> str: ...
    def close_connection(self, ticket: str) -> str: ...
    def get_interactive_url(self, ticket: str, session_id: str) -> str: ...
    def interactive_rejected(self, ticket: str, reason: str) -> str: ...
    def interactive_done(self, ticket: str) -> str: ...

    def ticket_is_known(self, ticket: str) -> bool:
        """Whether this caller may send a long parameter. Asked once, while the parameter is still arriving."""
        ...


_TICKET = Parameter("ticket")
_WC_TICKET = Parameter("wcTicket")
_VERSION = Parameter("strVersion")
_HRESULT = Parameter("hresult")
_MESSAGE = Parameter("message", quotes_quickbooks=True)

CONTRACT: dict[str, Operation] = {
    operation.name: operation
    for operation in (
        Operation("serverVersion", (_VERSION,), fallback=""),
        Operation("clientVersion", (_VERSION,), fallback=""),
        Operation(
            "authenticate",
            (Parameter("strUserName"), Parameter("strPassword")),
            result=Kind.STRINGS,
            fallback=["", "busy"],  # come back later: neither a refused password nor "nothing to do"
        ),
        Operation(
            "sendRequestXML",
            (
                _TICKET,
                Parameter("strHCPResponse", length=Length.HCP_RESPONSE, quotes_quickbooks=True),
                Parameter("strCompanyFileName"),
                Parameter("qbXMLCountry"),
                Parameter("qbXMLMajorVers", Kind.INT),
                Parameter("qbXMLMinorVers", Kind.INT),
            ),
            fallback="",  # the Web Connector asks getLastError next
        ),
        Operation(
            "receiveResponseXML",
            (_TICKET, Parameter("response", length=Length.RESPONSE, quotes_quickbooks=True), _HRESULT, _MESSAGE),
            result=Kind.INT,
            fallback=-1,  # the Web Connector stops and asks getLastError; the set stays in doubt and is looked up
        ),
        Operation("connectionError", (_TICKET, _HRESULT, _MESSAGE), fallback="done"),
        Operation(
            "getLastError",
            (_TICKET,),
            fallback="The server could not look up what went wrong. Its log has the details; try again later.",
        ),
        Operation(
            "closeConnection",
            (_TICKET,),
            fallback="The session has ended. The server could not sum it up; its log has the details.",
        ),
        Operation("getInteractiveURL", (_WC_TICKET, Parameter("sessionID")), fallback=""),
        Operation("interactiveRejected", (_WC_TICKET, Parameter("reason")), fallback=""),
        Operation("interactiveDone", (_WC_TICKET,), fallback=""),
    )
}
