"""From an error to an HTTP answer: the one table of status codes, and problem details as RFC 9457 has them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from inspect import cleandoc

import structlog
from flask import Response, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from qbwc_server.errors import Conflict, Invalid, NotFound, QbwcError, Unusable
from qbwc_server.observe import metrics
from qbwc_server.strict_json import NestedTooDeeply, NotJson
from qbwc_server.tenancy.access import NotAllowed, Unauthorized
from qbwc_server.tenancy.kept_answers import KeyReused
from qbwc_server.tenancy.rates import TooManyRequests
from qbwc_server.tenancy.sealing_keys import SealingTrouble
from qbwc_server.tenancy.tokens import ForTheOperator

log = structlog.get_logger(__name__)

FieldMistake = dict[str, str]  # field, code, message, advice


class WrongType(QbwcError):
    """The body is not declared as JSON."""

    code = "wrong_content_type"
    advice = "Send one JSON object in UTF-8 with the header Content-Type: application/json."


class UnknownParameter(QbwcError):
    """The address has a parameter that means nothing here."""

    code = "unknown_parameter"
    advice = "Correct its name or leave it out; docs/operations.md lists what each address takes."


class Encoded(QbwcError):
    """The body is declared as packed, or in another encoding than UTF-8."""

    code = "wrong_content_encoding"
    advice = "Send it as it is, in UTF-8."


class BadBody(Invalid):
    """The body cannot be used; its fields list what is wrong with it."""

    code = "invalid_body"

    def __init__(self, fields: Sequence[FieldMistake]) -> None:
        super().__init__()
        self.fields = list(fields)


class BadDocument(BadBody):
    """The document cannot be read; its fields list what is wrong with it."""

    code = "invalid_document"


class NotReady(Conflict):
    """The document still has problems; the fields list them."""

    code = "document_not_ready"
    advice = "Correct what is listed and send the document again with revise=1."

    def __init__(self, fields: Sequence[FieldMistake]) -> None:
        super().__init__()
        self.fields = list(fields)


class Changed(QbwcError):
    """The document is not as it was when it was read."""

    code = "document_changed"
    advice = "Read it again, and decide by what stands there now."


class Busy(QbwcError):
    """The database cannot be reached at the moment."""

    code = "unavailable"
    advice = "Try again in a minute."
    retry_helps = True


class OurMistake(QbwcError):
    """Something went wrong that should not; it is in the server's log."""

    code = "internal_error"
    advice = "Try again; if it stays, tell whoever runs the server, with the time."
    retry_helps = True


class Outcome(StrEnum):
    """What became of what was asked for."""

    NOT_SENT = "not_sent"  # nothing was done, and nothing went to QuickBooks
    DONE = "done"
    UNKNOWN = "unknown"  # it may have been done: look before it is asked for again
    REFUSED = "refused"  # by QuickBooks


PROBLEM = "application/problem+json"
TOO_LARGE = "request_entity_too_large"
DONE, CREATED, ACCEPTED = 200, 201, 202
# the nearest ancestor decides
STATUS: dict[type[QbwcError], int] = {
    NotJson: 400,
    NestedTooDeeply: 400,
    UnknownParameter: 400,
    Unauthorized: 401,
    NotAllowed: 403,
    ForTheOperator: 403,
    NotFound: 404,
    Conflict: 409,
    Changed: 412,
    WrongType: 415,
    Encoded: 415,
    Invalid: 422,
    KeyReused: 422,
    TooManyRequests: 429,
    OurMistake: 500,
    Busy: 503,
    SealingTrouble: 503,
    QbwcError: 422,
}


def status_of(kind: type[QbwcError]) -> int:
    """The HTTP status that tells a program what kind of trouble it is."""
    return next(STATUS[one] for one in kind.__mro__ if one in STATUS)


def translate(error: Exception) -> Response:
    """The answer to a request that ended with ``error``: always JSON, never a traceback."""
    if isinstance(error, HTTPException):
        return _plain_http(error)
    if isinstance(error, OperationalError | PoolTimeout) or _is_of_the_database(error):
        log.warning("database unavailable", endpoint=request.endpoint, exc_info=error)
        error = Busy()
    elif isinstance(error, SealingTrouble):
        log.warning("secrets unavailable", endpoint=request.endpoint, exc_info=error)
        error = type(error)()  # its message names files of the server
    elif not isinstance(error, QbwcError):
        log.error("unexpected", endpoint=request.endpoint, exc_info=error)
        metrics.count("qbwc_errors_total", endpoint=request.endpoint or "none")
        error = OurMistake()
    response = _response(status_of(type(error)), problem_record(error))
    if isinstance(error, Unauthorized):
        response.headers["WWW-Authenticate"] = 'Bearer realm="qbwc-server"'
    if isinstance(error, TooManyRequests) and error.rate is not None:
        response.headers["Retry-After"] = str(error.rate.seconds_left)
    if isinstance(error, Busy):
        response.headers["Retry-After"] = "60"
    return response


def problem_record(error: QbwcError) -> dict[str, object]:
    """The problem details of an error; ``fields`` where several things are wrong."""
    status = status_of(type(error))
    record: dict[str, object] = {
        "type": kind_address(error.code),
        "title": title_of(type(error)),
        "status": status,
        "detail": str(error),
        "code": error.code,
        "advice": error.advice,
        "cause": error.detail,
        "retryable": error.retry_helps,
        "outcome": _outcome_of(status).value,
    }
    if isinstance(error, BadBody | NotReady):
        record["fields"] = error.fields
    return record


def kind_address(code: str) -> str:
    """Where a kind of problem is described: a reference relative to the server."""
    return f"/api/v1/reference#{code}"


def title_of(kind: type[QbwcError]) -> str:
    """The sentence of a kind of problem, the same each time."""
    return " ".join(cleandoc(kind.__doc__ or "").split())


def _outcome_of(status: int) -> Outcome:
    """What broke while something was written may have been written."""
    return Outcome.UNKNOWN if status >= 500 and request.method not in _READING else Outcome.NOT_SENT


_READING = ("GET", "HEAD", "OPTIONS")


def _response(status: int, record: dict[str, object]) -> Response:
    return Response(json.dumps(record, ensure_ascii=False), status, mimetype=PROBLEM)


_PLAIN = {  # by status: what Flask itself refuses, in our words
    404: ("There is nothing at this address.", "docs/operations.md lists the addresses."),
    405: ("This address does not take this method.", "OPTIONS at the same address tells which it takes."),
    413: ("The body is too large.", "Send one document at a time."),
}


def _is_of_the_database(error: Exception) -> bool:
    """What else is unusable has a sentence of its own, which helps whoever runs the server."""
    return isinstance(error, Unusable) and not isinstance(error, SealingTrouble)


def _plain_http(error: HTTPException) -> Response:
    """What Flask itself refuses: no such path, wrong method, too large a body."""
    code = (error.name or "error").lower().replace(" ", "_")
    message, advice = _PLAIN.get(error.code or 500, ("The request cannot be understood.", ""))
    status = error.code or 500
    response = _response(
        status,
        {
            "type": kind_address(code),
            "title": message,
            "status": status,
            "detail": message,
            "code": code,
            "advice": advice,
            "cause": "",
            "retryable": False,
            "outcome": Outcome.NOT_SENT.value,
        },
    )
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response
