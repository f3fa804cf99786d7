"""The OpenAPI 3.1 document of the API, made of its routes, their classes and their errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from qbwc_server.api.answers.answer import Problem
from qbwc_server.api.errors import (
    PROBLEM,
    TOO_LARGE,
    BadBody,
    Busy,
    Changed,
    Encoded,
    OurMistake,
    UnknownParameter,
    WrongType,
    status_of,
)
from qbwc_server.api.once import HEADER, READING, NoKeyHere
from qbwc_server.api.reference.addresses import Address
from qbwc_server.api.routes import CSV, JSON, Body, Route
from qbwc_server.api.tables import table_of
from qbwc_server.asked.messages import OURS
from qbwc_server.documents.kinds import KINDS, Document
from qbwc_server.errors import Invalid, NotFound, QbwcError
from qbwc_server.strict_json import NestedTooDeeply, NotJson
from qbwc_server.tenancy.access import OutOfScope, TokenExpired, TokenRevoked, Unauthorized
from qbwc_server.tenancy.kept_answers import LONGEST_KEY, BadKey, KeyReused
from qbwc_server.tenancy.permissions import RULES
from qbwc_server.tenancy.rates import TooManyRequests
from qbwc_server.tenancy.sealing import SealBroken, SealingKeyLost
from qbwc_server.tenancy.sealing_keys import SealingKeyExposed, SealingKeyUnusable
from qbxml import Schemas

ANYWHERE: tuple[type[QbwcError], ...] = (
    *(UnknownParameter, Unauthorized, TokenRevoked, TokenExpired, OutOfScope, NotFound, TooManyRequests),
    *(OurMistake, Busy, SealingKeyLost, SealBroken, SealingKeyExposed, SealingKeyUnusable),
)
"""What every address may answer with."""
KEYED: tuple[type[QbwcError], ...] = (BadKey, KeyReused)
WITH_BODY: tuple[type[QbwcError], ...] = (NotJson, NestedTooDeeply, WrongType, Encoded, BadBody)
_REF = "#/components/schemas/"
_TYPES = {str: "string", bool: "boolean", int: "integer", dict: "object"}
_TITLE = "QuickBooks Web Connector server"
_DESCRIPTION = """\
Documents go in, QuickBooks Desktop has them exactly once, and each has its proof. A token speaks for one company;
every other company is not found.

Amounts are text, moments ISO 8601 in UTC. A refusal is a problem as RFC 9457 has it: `code` is stable, `retryable` says
whether the same request may succeed later, `outcome` what became of it."""


def openapi_document(
    addresses: list[Address], routes: Mapping[str, Route], summary: Callable[[str], str], server: str
) -> dict[str, Any]:
    """The whole document.

    Args:
        routes: by endpoint.
        summary: of an endpoint, in sentences.
        server: its public address.
    """
    qbxml = Schemas(lambda name: _REF + name, prefix="qbxml.", left_out=OURS)
    paths: dict[str, dict[str, Any]] = {}
    for address in addresses:
        route = routes[address.endpoint]
        paths.setdefault(address.path, {})[address.method.lower()] = _operation(
            address, route, summary(address.endpoint), qbxml
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "QuickBooks Web Connector server",
            "version": version("qbwc-server"),
            "description": _DESCRIPTION,
        },
        "servers": [{"url": server}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": _schemas(routes) | qbxml.made,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API token of the company; make one with: qbwc-server company token CODE",
                }
            },
        },
    }


def refusals_of(route: Route) -> tuple[type[QbwcError], ...]:
    """Every kind of error that an address may answer with, each once."""
    body = () if route.takes is None else WITH_BODY
    asked = (Invalid,) if route.parameters else ()
    matching = (Changed,) if route.matches else ()
    return tuple(dict.fromkeys((*ANYWHERE, *body, *asked, *matching, *route.refuses)))


def codes_of(route: Route, method: str) -> dict[int, list[str]]:
    """The codes of problems by status."""
    found: dict[int, list[str]] = {}
    key = () if method in READING else KEYED if route.once else (NoKeyHere,)
    for kind in (*refusals_of(route), *key):
        codes = found.setdefault(status_of(kind), [])
        if kind.code not in codes:
            codes.append(kind.code)
    if route.takes is not None:
        found[413] = [TOO_LARGE]
    return dict(sorted(found.items()))


def _operation(address: Address, route: Route, words: str, qbxml: Schemas) -> dict[str, Any]:
    endpoint = address.endpoint.removeprefix("api.")
    head, _, rest = words.partition("\n")
    rule = RULES[route.needs]
    said = f"Needs the scope `{rule.scope}`." if rule.scope else ""
    operation: dict[str, Any] = {
        "operationId": "_".join((endpoint, *address.chosen)).replace("-", "_"),
        "summary": f"{' '.join(address.chosen)}: {head}" if address.chosen else head,
        "description": "\n\n".join(filter(None, (rest.strip(), said))),
        "tags": [_tag(address.path)],
        "parameters": [*_parameters(address, route)],
        "responses": _responses(route, address.method),
        "x-permission": route.needs.value,
        "x-scope": None if rule.scope is None else rule.scope.value,
    }
    if route.takes is not None:
        operation["requestBody"] = _body(route.takes, qbxml)
    return operation


def _tag(path: str) -> str:
    parts = path.split("/companies/{code}", 1)[-1].strip("/").split("/")
    return parts[0] or "company"


def _parameters(address: Address, route: Route) -> Iterator[dict[str, Any]]:
    for name, schema in address.parts.items():
        yield {"name": name, "in": "path", "required": True, "schema": schema}
    for name, parameter in route.parameters.items():
        yield {"name": name, "in": "query", "description": parameter.words, "schema": dict(parameter.schema)}
    if route.once and address.method not in READING:
        words = "The same request under the same key is done once, and answered as the first time, for seven days."
        schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"}
        yield {"name": HEADER, "in": "header", "description": words, "schema": schema}
    if route.matches:
        words = "The ETag with which the document was read: if it is another one by now, nothing is done."
        yield {"name": "If-Match", "in": "header", "description": words, "schema": {"type": "string"}}


def _responses(route: Route, method: str) -> dict[str, Any]:
    schema = {"type": "string"} if route.answer is None else {"$ref": _REF + route.answer.__name__}
    done = {"description": "Done.", "content": {route.gives: {"schema": schema}}}
    if method == "GET" and table_of(route.answer) is not None:
        done["content"] = {route.gives: {"schema": schema}, CSV: {"schema": {"type": "string"}}}
    responses: dict[str, Any] = {str(status): {**done, "description": _phrase(status)} for status in route.statuses}
    for status, codes in codes_of(route, method).items():
        narrowed = {"allOf": [{"$ref": _REF + "Problem"}, {"properties": {"code": {"enum": codes}}}]}
        responses[str(status)] = {
            "description": f"{_phrase(status)}: {', '.join(codes)}.",
            "content": {PROBLEM: {"schema": narrowed}},
        }
    return responses


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase


def _body(takes: Body | type | str, qbxml: Schemas) -> dict[str, Any]:
    if isinstance(takes, str):
        return {"required": True, "content": {takes: {"schema": {"type": "string"}}}}
    if isinstance(takes, Body):
        return {"required": bool(takes.needed), "content": {JSON: {"schema": body_schema(takes, qbxml)}}}
    name = "Document" if takes is Document else takes.__name__ + "Said"
    return {"required": True, "content": {JSON: {"schema": {"$ref": _REF + name}}}}


def body_schema(body: Body, qbxml: Schemas) -> dict[str, Any]:
    """A body as JSON schema; null is the same as left out."""
    properties: dict[str, dict[str, Any]] = {
        name: {
            "type": [_TYPES[kind], "null"] if name not in body.needed else _TYPES[kind],
            **({"description": body.words[name]} if name in body.words else {}),
        }
        for name, kind in body.fields.items()
    }
    for name, schema in body.schemas.items():
        properties[name] |= schema(qbxml)
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        **({"required": [*body.needed]} if body.needed else {}),
    }


def _schemas(routes: Mapping[str, Route]) -> dict[str, Any]:
    """Every class that a route names, and what those hold."""
    answers: list[type[BaseModel]] = [*{route.answer: None for route in routes.values() if route.answer}, Problem]
    _, shown = models_json_schema([(one, "validation") for one in answers], ref_template=_REF + "{model}")
    _, taken = models_json_schema([(one, "validation") for one in KINDS.values()], ref_template=_REF + "{model}")
    schemas: dict[str, Any] = {**taken["$defs"], **shown["$defs"]}
    schemas["Document"] = {
        "oneOf": [{"$ref": _REF + one.__name__} for one in KINDS.values()],
        "discriminator": {
            "propertyName": "kind", "mapping": {kind: _REF + one.__name__ for kind, one in KINDS.items()},
        },
    }  # fmt: skip
    for route in routes.values():
        takes = route.takes
        if isinstance(takes, type) and takes is not Document and issubclass(takes, BaseModel):
            schemas[takes.__name__ + "Said"] = _nothing_needed(schemas[takes.__name__])
    return dict(sorted(schemas.items()))


def _nothing_needed(schema: dict[str, Any]) -> dict[str, Any]:
    """A part of it may be said, and null takes one back to its default."""
    properties = {
        name: {"anyOf": [one, {"type": "null"}]} if "anyOf" not in one else one
        for name, one in schema["properties"].items()
    }
    return {"type": "object", "properties": properties, "additionalProperties": False}
