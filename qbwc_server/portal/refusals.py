"""From an error to a page: what is the case, what to do, and the status for machines."""

from __future__ import annotations

import structlog
from flask import Response, g, render_template, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from qbwc_server.errors import Conflict, Invalid, NotFound, QbwcError, Unusable
from qbwc_server.observe import metrics
from qbwc_server.portal.forms import StrangeForm
from qbwc_server.portal.protection import protect
from qbwc_server.portal.translation import gettext
from qbwc_server.portal.visit import SignedOut, Visit
from qbwc_server.tenancy.access import NotAllowed

log = structlog.get_logger(__name__)
# the nearest ancestor decides
_STATUS: dict[type[QbwcError], int] = {
    StrangeForm: 400,
    SignedOut: 401,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    Invalid: 422,
    QbwcError: 422,
}


def translate(error: Exception) -> Response:
    """The page for a request that ended with ``error``; never a traceback."""
    if isinstance(error, HTTPException):
        return _refused(*_plain(error))
    if isinstance(error, OperationalError | PoolTimeout | Unusable):
        log.warning("database unavailable", endpoint=request.endpoint, exc_info=error)
        return _refused(503, gettext("The server is busy"), gettext("Try again in a minute."))
    if not isinstance(error, QbwcError):
        log.error("unexpected", endpoint=request.endpoint, exc_info=error)
        metrics.count("qbwc_errors_total", endpoint=request.endpoint or "none")
        return _refused(
            500,
            gettext("Something went wrong that should not"),
            gettext("It is in the server's log. If it stays, tell whoever runs the server, with the time."),
        )
    if isinstance(error, NotFound):
        return _refused(404, gettext("There is nothing at this address"), _elsewhere())
    status = next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)
    return _refused(status, str(error).rstrip("."), error.advice)


def _elsewhere() -> str:
    return gettext("It may have another address now, or be none for you. Ask whoever sent you the link.")


def _plain(error: HTTPException) -> tuple[int, str, str]:
    code = error.code or 500
    if code == 404:
        return code, gettext("There is nothing at this address"), _elsewhere()
    if code == 413:
        return code, gettext("That is too much for one form"), gettext("Go back, and send less.")
    return code, gettext("This cannot be understood"), gettext("Go back, and try again from the page.")


def _refused(status: int, title: str, advice: str) -> Response:
    visit: Visit | None = g.get("visit")
    page = render_template(
        "portal/refused.html", title=title, advice=advice, signed_in=visit is not None and visit.who is not None
    )
    return protect(Response(page, status))
