"""The eleven operations on spyne: from a call that was read to an answer that is written, whatever happens between."""

import re
from collections.abc import Callable, Iterable
from functools import cached_property, wraps
from http import HTTPStatus
from traceback import extract_tb
from typing import TYPE_CHECKING

import structlog

from qbwc_server.connector.soap import writing
from qbwc_server.connector.soap.body import body_of
from qbwc_server.connector.soap.contract import (
    CONTRACT,
    NAMESPACE,
    SERVICE,
    Kind,
    Length,
    Operations,
    Parameter,
    Result,
    fits_int,
)
from qbwc_server.connector.soap.limits import Limits
from qbwc_server.connector.soap.reading import Call, read_call
from qbwc_server.connector.soap.refusals import Refused
from qbwc_server.connector.soap.spyne_import import (
    Application,
    Array,
    Integer32,
    MethodContext,
    Service,
    Soap11,
    Unicode,
    WsgiApplication,
    rpc,
)
from qbwc_server.connector.text import Text

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

log = structlog.get_logger(__name__)

CONTENT_TYPE = "text/xml; charset=utf-8"

_EXCHANGE = "qbwc_server.connector.soap.exchange"  # where one lies in the WSGI environment
_TYPES: dict[Kind, object] = {Kind.STRING: Unicode, Kind.INT: Integer32, Kind.STRINGS: Array(Unicode)}
_INT = re.compile(r"[+-]?[0-9]{1,10}", re.ASCII)
_FRAMES_LOGGED = 6


class Exchange:
    """One request on its way through spyne: who asks, what is called, and who does the work."""

    def __init__(self, environ: "WSGIEnvironment", limits: Limits, provide: Callable[[], Operations]) -> None:
        self.environ = environ
        self.call: Call | None = None
        self._limits = limits
        self._provide = provide

    @cached_property
    def operations(self) -> Operations:
        """Made when first needed: a refused request costs no database."""
        return self._provide()

    @property
    def address(self) -> str:
        """The caller's network address, as the server or a trusted proxy middleware reports it."""
        return str(self.environ.get("REMOTE_ADDR", ""))

    def read(self) -> Call:
        """Read the body.

        Raises:
            Refused: it is no call of ours.
        """
        self.call = read_call(body_of(self.environ, self._limits), self._limits, self._ticket_is_known)
        return self.call

    def close(self) -> None:
        """Remove what was spooled."""
        if self.call is not None:
            self.call.close()

    def _ticket_is_known(self, ticket: str) -> bool:
        try:
            return self.operations.ticket_is_known(ticket)
        except Exception as error:  # noqa: BLE001  # whatever it is, the Web Connector gets the answer for distress, not a fault
            _log_failure("soap_ticket_check_failed", error)
            return False


_methods: dict[str, object] = {}


def served(function: Callable[..., Result]) -> Callable[..., Result]:
    """Offer ``function`` as the operation of its name, declared in the contract.

    An exception, or a result of another type than declared, is logged and answered with the operation's fallback:
    a fault would end the update session with nothing but an error number in the Web Connector's window.
    """
    operation = CONTRACT[function.__name__]

    @wraps(function)  # spyne tells methods apart by their names
    def answered(ctx: MethodContext, *values: object) -> Result:
        exchange: Exchange = ctx.transport.req_env[_EXCHANGE]
        if exchange.call is None or not exchange.call.taken:
            return operation.fallback
        try:
            result = function(exchange, *values)
        except Exception as error:  # noqa: BLE001  # the contract has an answer for everything
            _log_failure("soap_operation_failed", error, operation=operation.name)
            return operation.fallback
        if not operation.result.holds(result):
            log.error("soap_result_mistyped", operation=operation.name, type=type(result).__name__)
            return operation.fallback
        return result

    _methods[operation.name] = rpc(
        *(_TYPES[parameter.kind] for parameter in operation.parameters),
        _args=[parameter.name for parameter in operation.parameters],
        _returns=_TYPES[operation.result],
    )(answered)
    return function


@served
def serverVersion(exchange: Exchange, version: str) -> str:
    return exchange.operations.server_version(version)


@served
def clientVersion(exchange: Exchange, version: str) -> str:
    return exchange.operations.client_version(version, exchange.address)


@served
def authenticate(exchange: Exchange, user: str, password: str) -> list[str]:
    return exchange.operations.authenticate(user, password, exchange.address)


@served
def sendRequestXML(
    exchange: Exchange, ticket: str, hcp_response: Text, company_file: str, country: str, major: int, minor: int
) -> str:
    return exchange.operations.send_request_xml(ticket, hcp_response, company_file, country, major, minor)


@served
def receiveResponseXML(exchange: Exchange, ticket: str, response: Text, hresult: str, message: str) -> int:
    return exchange.operations.receive_response_xml(ticket, response, hresult, message)


@served
def connectionError(exchange: Exchange, ticket: str, hresult: str, message: str) -> str:
    return exchange.operations.connection_error(ticket, hresult, message)


@served
def getLastError(exchange: Exchange, ticket: str) -> str:
    return exchange.operations.get_last_error(ticket)


@served
def closeConnection(exchange: Exchange, ticket: str) -> str:
    return exchange.operations.close_connection(ticket)


@served
def getInteractiveURL(exchange: Exchange, ticket: str, session_id: str) -> str:
    return exchange.operations.get_interactive_url(ticket, session_id)


@served
def interactiveRejected(exchange: Exchange, ticket: str, reason: str) -> str:
    return exchange.operations.interactive_rejected(ticket, reason)


@served
def interactiveDone(exchange: Exchange, ticket: str) -> str:
    return exchange.operations.interactive_done(ticket)


_WebConnectorService = type(SERVICE, (Service,), _methods)


class StreamedInput(Soap11):
    """spyne's input protocol: the body goes through our reader, not into a tree."""

    def create_in_document(self, ctx: MethodContext, charset: str | None = None) -> None:
        """Read the body. Its own byte order mark or declaration says how it is encoded, not the HTTP header."""
        exchange: Exchange = ctx.transport.req_env[_EXCHANGE]
        ctx.in_document = exchange.read()

    def decompose_incoming_envelope(self, ctx: MethodContext, message: object = Soap11.REQUEST) -> None:
        """Name the operation. Its element counts, not the SOAPAction header."""
        ctx.method_request_string = f"{{{NAMESPACE}}}{ctx.in_document.operation.name}"

    def deserialize(self, ctx: MethodContext, message: object) -> None:
        """The parameters in the order of the contract."""
        call: Call = ctx.in_document
        ctx.in_object = [_value(parameter, call.texts.get(parameter.name)) for parameter in call.operation.parameters]


class WrittenOutput(Soap11):
    """spyne's output protocol: the answer is written as bytes at once. spyne's own way takes 0.1 ms and more a call."""

    def serialize(self, ctx: MethodContext, message: object) -> None:
        """The whole envelope."""
        if ctx.out_error is not None:
            log.error("soap_spyne_failed", error=type(ctx.out_error).__name__)
            ctx.transport.resp_code = "500 Internal Server Error"
            ctx.out_document = writing.fault("Server", _INTERNAL)
        else:
            ctx.out_document = writing.answer(ctx.in_document.operation, ctx.out_object[0])

    def create_out_string(self, ctx: MethodContext, charset: str | None = None) -> None:
        """Nothing is left to do."""
        ctx.out_string = [ctx.out_document]


def _value(parameter: Parameter, text: Text | None) -> str | int | Text:
    """What an operation gets: absent and nil are empty, a number that is none is 0."""
    text = text or Text.of("")
    if parameter.length is not Length.SMALL:
        return text
    content = text.read(text.size)
    if parameter.kind is Kind.INT:
        content = content.strip()
        return int(content) if _INT.fullmatch(content) and fits_int(int(content)) else 0
    return content


_INTERNAL = "The server could not handle the call."


class SoapApplication(WsgiApplication):
    """The WSGI application. No exception leaves it, and every answer is a small or well-formed envelope."""

    def __init__(self, provide: Callable[[], Operations], limits: Limits) -> None:
        self._provide = provide
        self._limits = limits
        super().__init__(
            Application(
                [_WebConnectorService],
                tns=NAMESPACE,
                name=SERVICE,
                in_protocol=StreamedInput(),
                out_protocol=WrittenOutput(),
            )
        )

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        exchange = Exchange(environ, self._limits, self._provide)
        environ[_EXCHANGE] = exchange
        try:
            return self.handle_rpc(environ, start_response)
        except Refused as refusal:
            log.info("soap_refused", code=refusal.code, address=exchange.address)
            body, status = writing.fault(refusal.fault, str(refusal)), refusal.status
        except Exception as error:  # noqa: BLE001  # spyne is not ours to trust; the caller gets XML nevertheless
            _log_failure("soap_failed", error)
            body, status = writing.fault("Server", _INTERNAL), HTTPStatus.INTERNAL_SERVER_ERROR
        finally:
            exchange.close()
        headers = [("Content-Type", CONTENT_TYPE), ("Content-Length", str(len(body)))]
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            headers.append(("Allow", "POST"))
        start_response(f"{status.value} {status.phrase}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _log_failure(event: str, error: Exception, **fields: str) -> None:
    """Log where ``error`` came from without its message, which may quote a password or a customer's data."""
    frames = extract_tb(error.__traceback__)[-_FRAMES_LOGGED:]
    log.error(
        event,
        error=type(error).__name__,
        cause=type(error.__cause__).__name__ if error.__cause__ is not None else None,
        frames=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        **fields,
    )
