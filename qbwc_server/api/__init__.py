"""The REST face for programs, at ``/api/v1``: JSON in and out, one bearer token per company, no rules of its own."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from flask import Blueprint, Response, g, jsonify, request
from flask.globals import request_ctx

from qbwc_server.api import (
    audit,
    billing,
    billing_sent,
    bulk,
    companies,
    connections,
    connector,
    documents,
    lists,
    many,
    mappings,
    members,
    open_work,
    requests,
    rules,
    shop,
    starting,
    status,
    tokens,
    updates,
    uploads,
    webhooks,
)
from qbwc_server.api.access import Access
from qbwc_server.api.errors import UnknownParameter, translate
from qbwc_server.api.once import OnceBlueprint
from qbwc_server.api.reference import reference_blueprint
from qbwc_server.api.tables import as_table
from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.settings import Settings
from qbwc_server.shortening import shortened
from qbwc_server.tenancy.rates import Rate

__all__ = ["PREFIX", "ROUTES", "api_blueprint", "reference_blueprint"]

PREFIX = "/api/v1"
_RESOURCES = (
    audit,
    billing,
    billing_sent,
    bulk,
    companies,
    connections,
    connector,
    documents,
    lists,
    many,
    mappings,
    members,
    open_work,
    requests,
    rules,
    shop,
    starting,
    status,
    tokens,
    updates,
    uploads,
    webhooks,
)
ROUTES = {f"api.{endpoint}": route for resource in _RESOURCES for endpoint, route in resource.ROUTES.items()}
"""What is declared of each address, by endpoint: the one table of the API."""


def api_blueprint(database: Database, settings: Settings, clock: Clock) -> Blueprint:
    """All resources of the API."""
    access = Access(database, settings, clock, ROUTES)
    blueprint = OnceBlueprint("api", __name__, prefix=PREFIX, access=access, routes=ROUTES)
    blueprint.before_request(access.require)
    blueprint.before_request(_refuse_unknown_parameters)
    blueprint.before_request(_tell_methods)
    for resource in _RESOURCES:
        resource.add_routes(blueprint, access)
    blueprint.register_error_handler(Exception, translate)
    blueprint.after_request(_as_asked)
    blueprint.after_request(_tell_rate)
    return blueprint


def _as_asked(response: Response) -> Response:
    return as_table(response, ROUTES.get(request.endpoint or ""))


def _tell_rate(response: Response) -> Response:
    """How often the token may ask in this minute."""
    rate: Rate | None = g.get("rate")
    if rate is not None:
        response.headers["RateLimit-Limit"] = str(rate.most)
        response.headers["RateLimit-Remaining"] = str(rate.left)
        response.headers["RateLimit-Reset"] = str(rate.seconds_left)
    return response


def _refuse_unknown_parameters() -> None:
    """A parameter that is not understood changes the meaning of a question: revize=1 would not revise."""
    try:
        unquote_to_bytes(request.query_string).decode()
    except UnicodeDecodeError:
        raise UnknownParameter("The parameters are not UTF-8.") from None
    route = ROUTES.get(request.endpoint or "")
    known = () if route is None else tuple(route.parameters)
    for name, values in request.args.lists():
        if name not in known:
            may = f"it takes {', '.join(known)}" if known else "it takes none"
            raise UnknownParameter(f"There is no parameter {shortened(name, 40)!r} at this address; {may}.")
        if len(values) > 1:
            raise UnknownParameter(f"The parameter {name} stands there twice.")


def _tell_methods() -> Response | None:
    """OPTIONS: what may be done at this address."""
    routes = request_ctx.url_adapter
    if request.method != "OPTIONS" or routes is None:
        return None
    methods = sorted(routes.allowed_methods())
    response = jsonify(methods=methods)
    response.headers["Allow"] = ", ".join(methods)
    return response
