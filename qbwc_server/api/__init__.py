"""The REST face for programs, at ``/api/v1``: JSON in and out, one bearer token per company, no rules of its own."""

from __future__ import annotations

from flask import Blueprint

from qbwc_server.api import documents, open_work, status
from qbwc_server.api.access import Access
from qbwc_server.api.errors import translate
from qbwc_server.clock import Clock
from qbwc_server.db import Database

PREFIX = "/api/v1"


def api_blueprint(database: Database, clock: Clock) -> Blueprint:
    """All resources of the API."""
    blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
    access = Access(database, clock)
    blueprint.before_request(access.require)
    documents.add_routes(blueprint, access)
    open_work.add_routes(blueprint, access)
    status.add_routes(blueprint, access)
    blueprint.register_error_handler(Exception, translate)
    return blueprint
