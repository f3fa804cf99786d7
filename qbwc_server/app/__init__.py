"""The composition root: settings, database, SOAP face, API, pages and metrics put together as one Flask application."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from time import perf_counter
from typing import Any, cast

import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from qbwc_server import api, portal
from qbwc_server.api import many
from qbwc_server.api.errors import translate
from qbwc_server.app import notes, pages, status_page
from qbwc_server.app.admission import Admission
from qbwc_server.channels.files.receiving import MOST_BYTES
from qbwc_server.clock import Clock
from qbwc_server.connector.operations import WebConnectorOperations
from qbwc_server.connector.soap import Limits, Operations, soap_blueprint
from qbwc_server.db import Database, schema
from qbwc_server.observe import metrics
from qbwc_server.portal.uploads import MOST_FORM_BYTES
from qbwc_server.settings import MIB, Settings

log = structlog.get_logger(__name__)

SOAP_PATH = "/qbwc"
_BODY_LIMIT = MIB  # of everything but SOAP calls, which have their own limits
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_QUIET = frozenset(("pages.healthz", "pages.metrics_page"))  # asked every few seconds by machines
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


def create_app(settings: Settings, *, clock: Clock | None = None) -> Flask:
    """The application; every process makes its own, after the fork.

    Args:
        clock: by default the clock of the database.

    Raises:
        SchemaOutdated, SchemaUnknown: the database is not of this version; the error says what to run.
    """
    database = Database(settings.database)
    schema.require_current(database.engine)
    clock = clock or database.now
    app = Flask("qbwc_server", static_folder=None)
    app.url_map.converters["int"] = _Number
    app.config["MAX_CONTENT_LENGTH"] = _BODY_LIMIT
    app.config["MAX_FORM_MEMORY_SIZE"] = 0  # nobody sends forms but people in the portal, whose gate allows some
    app.extensions["database"] = database
    operations = WebConnectorOperations(database, settings, clock)
    limits = Limits(small=settings.body_limit, hcp_response=settings.hcp_limit, response=settings.response_limit)
    app.extensions["admission"] = Admission(
        database,
        operations,
        limits,
        clock,
        soap_path=SOAP_PATH,
        api_prefix=api.PREFIX,
        api_most=_BODY_LIMIT,
        api_longer={"/uploads": MOST_BYTES, "/documents/many": many.MOST_BYTES},
        portal_prefix=portal.PREFIX,
        portal_most=MOST_FORM_BYTES,
        has_session=portal.session_in(database, settings, clock),
        notes_most=_BODY_LIMIT,
    )
    app.register_blueprint(
        soap_blueprint(
            cast("Operations", _Counted(operations)),
            public_url=settings.base_url + SOAP_PATH,
            path=SOAP_PATH,
            limits=limits,
        )
    )
    app.register_blueprint(api.api_blueprint(database, settings, clock))
    app.register_blueprint(api.reference_blueprint(api.PREFIX, api.ROUTES, settings.base_url))
    app.register_blueprint(notes.notes_blueprint(database, settings, clock))
    app.register_blueprint(pages.pages_blueprint(database, settings))
    app.register_blueprint(status_page.status_blueprint(database, clock))
    portal.add_portal(app, database, settings, clock)
    app.register_error_handler(Exception, _refuse)
    app.before_request(_begin)
    app.after_request(_protect(settings))
    app.after_request(_account)
    app.teardown_request(lambda _: structlog.contextvars.clear_contextvars())
    if settings.trusted_proxies:
        # Flask's documented place for middleware
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies
        )
    return app


class _Number(IntegerConverter):
    """A number in an address; one that no row can have is no address, where werkzeug would name other methods."""

    regex = r"\d{1,18}"


class _Counted:
    """The Web Connector's operations, each call counted."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operation: Callable[..., Any] = getattr(self._operations, name)

        def counted(*values: object) -> Any:
            metrics.count("qbwc_connector_calls_total", operation=name)
            return operation(*values)

        return counted


def _begin() -> None:
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=secrets.token_hex(6))
    g.began = perf_counter()


def _protect(settings: Settings) -> Callable[[Response], Response]:
    headers = dict(_HEADERS)
    if settings.base_url.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=31536000"

    def protect(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response

    return protect


def _account(response: Response) -> Response:
    """Count and log the request: the endpoint, never the path, which anybody may fill with anything."""
    endpoint = request.endpoint or "none"
    method = request.method if request.method in _METHODS else "other"
    seconds = perf_counter() - g.began if "began" in g else 0.0
    metrics.count("qbwc_http_requests_total", endpoint=endpoint, method=method, status=str(response.status_code))
    metrics.took("qbwc_http_request_seconds", seconds, endpoint=endpoint)
    write = log.debug if endpoint in _QUIET else log.info
    write("request", endpoint=endpoint, method=method, status=response.status_code, ms=round(seconds * 1000, 1))
    return response


def _refuse(error: Exception) -> Response:
    """What no blueprint has handled: paths that do not exist, and mistakes of ours."""
    if request.path.startswith(api.PREFIX + "/"):
        return translate(error)
    if request.path.startswith(portal.PREFIX + "/"):
        return portal.translate(error)
    if not isinstance(error, HTTPException):
        log.error("unexpected", endpoint=request.endpoint, exc_info=error)
        metrics.count("qbwc_errors_total", endpoint=request.endpoint or "none")
        return Response("Something went wrong; it is in the server's log.\n", 500, mimetype="text/plain")
    response = Response(f"{error.name}\n", error.code or 500, mimetype="text/plain")
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response
