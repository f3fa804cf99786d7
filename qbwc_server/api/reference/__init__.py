"""The description of the API for programs and for people: open to everybody, since it tells nothing of anybody."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from inspect import cleandoc
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, current_app, render_template

from qbwc_server.api.errors import TOO_LARGE, status_of, title_of
from qbwc_server.api.once import NoKeyHere
from qbwc_server.api.reference.addresses import addresses_of
from qbwc_server.api.reference.document import KEYED, openapi_document, refusals_of
from qbwc_server.api.routes import Route
from qbwc_server.errors import QbwcError

_STYLE = Path(__file__).with_name("static") / "reference.css"
_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def reference_blueprint(prefix: str, routes: Mapping[str, Route], server: str) -> Blueprint:
    """``openapi.json``, and ``reference``, the same as a page."""
    blueprint = Blueprint("api_reference", __name__, url_prefix=prefix, template_folder="templates", static_folder=None)

    @cache
    def document() -> dict[str, Any]:
        return described(current_app, routes, server)

    @blueprint.get("/openapi.json")
    def openapi() -> Response:
        """The OpenAPI document."""
        return Response(json.dumps(document(), ensure_ascii=False), mimetype="application/json")

    @blueprint.get("/reference")
    def reference() -> Response:
        """The same for people."""
        text = render_template(
            "api/reference.html",
            api=document(),
            groups=_groups(document()),
            problems=problems_of(routes),
            content_codes=codes_in,
        )
        page = Response(text)
        page.headers["Content-Security-Policy"] = _POLICY
        return page

    @blueprint.get("/reference.css")
    def style() -> Response:
        """Its style."""
        return Response(_STYLE.read_bytes(), mimetype="text/css")

    return blueprint


def described(app: Flask, routes: Mapping[str, Route], server: str) -> dict[str, Any]:
    """The OpenAPI document of an application."""

    def summary(endpoint: str) -> str:
        return cleandoc(app.view_functions[endpoint].__doc__ or "")

    return openapi_document([*addresses_of(app.url_map, "api.")], routes, summary, server)


def _groups(api: dict[str, Any]) -> list[tuple[str, list[tuple[str, str, dict[str, Any]]]]]:
    """Path, method and operation of everything, by tag."""
    found: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for path, operations in api["paths"].items():
        for method, operation in operations.items():
            found.setdefault(operation["tags"][0], []).append((path, method, operation))
    return sorted(found.items())


def codes_in(response: Mapping[str, Any]) -> list[str]:
    """The codes of problems that a response of the document tells."""
    found: list[str] = []
    for content in response["content"].values():
        for part in content["schema"].get("allOf", ()):
            found += part.get("properties", {}).get("code", {}).get("enum", [])
    return found


def problems_of(routes: Mapping[str, Route]) -> list[dict[str, Any]]:
    """Every kind of problem, by code."""
    kinds: list[type[QbwcError]] = [kind for route in routes.values() for kind in refusals_of(route)]
    kinds += [*KEYED, NoKeyHere]
    found = {kind.code: kind for kind in kinds}
    large = {"code": TOO_LARGE, "title": "The body is too large.", "status": 413, "advice": "", "retryable": False}
    return sorted([*map(_problem, found.values()), large], key=lambda one: one["code"])


def _problem(kind: type[QbwcError]) -> dict[str, Any]:
    return {
        "code": kind.code,
        "title": title_of(kind),
        "status": status_of(kind),
        "advice": kind.advice,
        "retryable": kind.retry_helps,
    }
