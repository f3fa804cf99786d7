"""What a browser or a monitor finds: two plain pages, ``/healthz`` and ``/metrics``."""

from __future__ import annotations

import hmac
from ipaddress import ip_address

import structlog
from flask import Blueprint, Response, abort, render_template_string, request
from sqlalchemy.exc import SQLAlchemyError

from qbwc_server.db import Database, schema
from qbwc_server.errors import Unusable
from qbwc_server.observe import metrics
from qbwc_server.settings import Settings

log = structlog.get_logger(__name__)

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{ title }}</title></head>
<body>
<h1>{{ title }}</h1>
{% for paragraph in paragraphs %}<p>{{ paragraph }}</p>
{% endfor %}<ul>
{% for address, meaning in links %}<li><a href="{{ address }}">{{ address }}</a>: {{ meaning }}</li>
{% endfor %}</ul>
</body>
</html>
"""
_WELCOME = (
    "This server hands sales, payments, purchases, bank and journal entries to QuickBooks Desktop through the "
    "QuickBooks Web Connector.",
    "People sign in at {base_url}/portal/. The Web Connector calls at {base_url}/qbwc; programs use the API at "
    "{base_url}/api/v1.",
)
_SUPPORT = (
    "Where the Web Connector shows a message of this server, that message says what to do.",
    "When it cannot connect: check that {base_url}/healthz answers from the PC on which QuickBooks runs, and that the "
    "password in the Web Connector is the one that was shown when the company was added; a new one can be made.",
    "When something was not posted: whoever runs this server sees each document, the reason and what to do with "
    "the command: qbwc-server status",
)
_LINKS = (
    ("/", "what this is"),
    ("/portal/", "the portal: sign in and see whether all is well"),
    ("/support", "what to do when the Web Connector shows an error"),
    ("/healthz", "whether the server works"),
    ("/qbwc?wsdl", "the description of the service for programs"),
)
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via")


def pages_blueprint(database: Database, settings: Settings) -> Blueprint:
    """The pages, and what monitors ask for."""
    blueprint = Blueprint("pages", __name__)
    newest = schema.head()

    @blueprint.get("/")
    def welcome() -> str:
        return _page("QuickBooks Web Connector server", _WELCOME, settings)

    @blueprint.get("/support")
    def support() -> str:
        return _page("Help with the Web Connector", _SUPPORT, settings)

    @blueprint.get("/healthz")
    def healthz() -> tuple[Response, int]:
        """200 when the database answers and has the schema of this version; 503 otherwise, without details."""
        try:
            works = schema.current(database.engine) == newest
        except (SQLAlchemyError, Unusable) as error:
            log.warning("health check failed", exc_info=error)
            works = False
        return Response("ok\n" if works else "unavailable\n", mimetype="text/plain"), 200 if works else 503

    @blueprint.get("/metrics")
    def metrics_page() -> Response:
        """Prometheus' text, for who has the token, or where there is none, for who asks from this machine."""
        if not _may_see_metrics(settings):
            abort(403)
        text, content_type = metrics.exposition()
        return Response(text, content_type=content_type)

    return blueprint


def _page(title: str, paragraphs: tuple[str, ...], settings: Settings) -> str:
    return render_template_string(
        _PAGE,
        title=title,
        paragraphs=[paragraph.format(base_url=settings.base_url) for paragraph in paragraphs],
        links=_LINKS,
    )


def _may_see_metrics(settings: Settings) -> bool:
    if settings.metrics_token is not None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        expected = settings.metrics_token.get_secret_value().encode()
        return scheme.lower() == "bearer" and hmac.compare_digest(token.strip().encode(), expected)
    # A proxy on this machine connects from here for whoever it serves, and says so in a header.
    if any(name in request.headers for name in _FORWARDED):
        return False
    before_proxies = request.environ.get("werkzeug.proxy_fix.orig", {})
    try:
        return ip_address(str(before_proxies.get("REMOTE_ADDR") or request.remote_addr or "")).is_loopback
    except ValueError:
        return False
