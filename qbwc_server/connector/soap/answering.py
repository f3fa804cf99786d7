"""The eleven operations: from a call that was read to an answer that is written, whatever happens between."""

import re
from collections.abc import Callable, Iterable
from functools import cached_property
from http import HTTPStatus
from traceback import extract_tb
from typing import TYPE_CHECKING

import structlog

from qbwc_server.connector.soap import writing
from qbwc_server.connector.soap.body import body_of
from qbwc_server.connector.soap.contract import (
    CONTRACT,
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
from qbwc_server.connector.text import Text

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

log = structlog.get_logger(__name__)

CONTENT_TYPE = "text/xml; charset=utf-8"

_INT = re.compile(r"[+-]?[0-9]{1,10}", re.ASCII)
_FRAMES_LOGGED = 6


class Exchange:
    """One request: who asks, what is called, and who does the work."""

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


_SERVED: dict[str, Callable[..., Result]] = {}  # by the name of the operation


def served(function: Callable[..., Result]) -> Callable[..., Result]:
    """Offer ``function`` as the operation of its name, declared in the contract."""
    _SERVED[CONTRACT[function.__name__].name] = function
    return function


@served
def serverVersion(exchange: Exchange, version: str) -> str:
    return exchange.operations.server_version(version)


@served
def clientVersion(exchange: Exchange, version: str) -> str:
    return exchange.operations.client_version(version)


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


def _result(exchange: Exchange, call: Call) -> Result:
    """What the operation answers to ``call``.

    An exception, or a result of another type than declared, is logged and answered with the operation's fallback:
    a fault would end the update session with nothing but an error number in the Web Connector's window.
    """
    operation = call.operation
    if not call.taken:
        return operation.fallback
    values = [_value(parameter, call.texts.get(parameter.name)) for parameter in operation.parameters]
    try:
        result = _SERVED[operation.name](exchange, *values)
    except Exception as error:  # noqa: BLE001  # the contract has an answer for everything
        _log_failure("soap_operation_failed", error, operation=operation.name)
        return operation.fallback
    if not operation.result.holds(result):
        log.error("soap_result_mistyped", operation=operation.name, type=type(result).__name__)
        return operation.fallback
    return result


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


class SoapApplication:
    """The WSGI application. No exception leaves it, and every answer is a small or well-formed envelope."""

    def __init__(self, provide: Callable[[], Operations], limits: Limits) -> None:
        self._provide = provide
        self._limits = limits

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        exchange = Exchange(environ, self._limits, self._provide)
        status = HTTPStatus.OK
        try:
            call = exchange.read()
            body = writing.answer(call.operation, _result(exchange, call))
        except Refused as refusal:
            log.info("soap_refused", code=refusal.code, address=exchange.address)
            body, status = writing.fault(refusal.fault, str(refusal)), refusal.status
        except Exception as error:  # noqa: BLE001  # a mistake of ours; the caller gets XML nevertheless
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
