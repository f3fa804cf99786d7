"""The OpenAPI document and its page: every route is in them, with its bodies, answers and problems."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from jsonschema_rs import Draft202012Validator

from qbwc_server.api import ROUTES
from qbwc_server.api.reference import codes_in
from qbwc_server.api.reference.document import refusals_of
from qbwc_server.api.routes import Body
from qbwc_server.documents.kinds import KINDS
from qbwc_server.tenancy.permissions import RULES
from tests.qbwc_server.api.conftest import Caller
from tests.qbwc_server.api.test_access import PATHS


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    """As everybody may fetch it."""
    answer = app.test_client().get("/api/v1/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    found: dict[str, Any] = answer.get_json()
    return found


def test_every_route_is_in_it_with_all_that_is_declared(app: Flask, document: dict[str, Any]) -> None:
    urls = app.url_map.bind("localhost")
    seen = set()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            example = re.sub(r"\{\w+\}", "1", path.replace("{set_id}", str(UUID(int=1))))
            endpoint, _ = urls.match(example, method=method.upper())
            seen.add(endpoint)
            route = ROUTES[endpoint]
            assert operation["summary"]
            assert operation["x-scope"] == RULES[route.needs].scope
            asked = {one["name"] for one in operation["parameters"] if one["in"] == "query"}
            assert asked == {*route.parameters}
            headers = {one["name"] for one in operation["parameters"] if one["in"] == "header"}
            assert ("Idempotency-Key" in headers) == (route.once and method != "get")
            assert ("If-Match" in headers) == route.matches
            assert {one["name"] for one in operation["parameters"] if one["in"] == "path"} == {
                *re.findall(r"\{(\w+)\}", path)
            }
            assert ("requestBody" in operation) == (route.takes is not None)
            if isinstance(route.takes, Body):
                schema = operation["requestBody"]["content"]["application/json"]["schema"]
                assert {*schema["properties"]} == {*route.takes.fields}
            told = {code for answer in operation["responses"].values() for code in codes_in(answer)}
            assert told >= {kind.code for kind in refusals_of(route)}
            assert {*operation["responses"]} >= {str(status) for status in route.statuses}
    assert seen == {*ROUTES} == {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")}


def test_every_address_that_is_tested_is_in_it(document: dict[str, Any]) -> None:
    told = {(method.upper(), path) for path, operations in document["paths"].items() for method in operations}
    patterns = {(method, re.compile(re.sub(r"\{\w+\}", r"[^/]+", path) + "$")) for method, path in told}
    for method, path in PATHS:
        assert any(one == method and pattern.match(f"/api/v1/companies/acme{path}") for one, pattern in patterns), path


def test_names_of_operations_are_one_each(document: dict[str, Any]) -> None:
    names = [one["operationId"] for operations in document["paths"].values() for one in operations.values()]
    assert len(names) == len({*names})


def test_it_is_a_valid_document_that_refers_to_what_is_there(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        Draft202012Validator({**schema, "components": document["components"]})
        assert schema, name

    def refs(value: object) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                assert value["$ref"].rpartition("/")[2] in schemas
            for one in value.values():
                refs(one)
        elif isinstance(value, list):
            for one in value:
                refs(one)

    refs(document)


def test_every_kind_of_document_has_its_schema(document: dict[str, Any], invoice: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert {*schemas["Document"]["discriminator"]["mapping"]} == {*KINDS}
    validator = Draft202012Validator({**schemas["Document"], "components": document["components"]})
    assert validator.is_valid(invoice)
    assert not validator.is_valid({**invoice, "nunber": "7"})


class _Page(HTMLParser):
    """What a page holds of identifiers, links and tags."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src"):
                self.links.append(value or "")


def test_the_page_is_ours_and_holds_everything(app: Flask, document: dict[str, Any]) -> None:
    answer = app.test_client().get("/api/v1/reference")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    page = _Page()
    page.feed(answer.text)
    assert len(page.ids) == len({*page.ids})
    assert {link[1:] for link in page.links if link.startswith("#")} <= {*page.ids}
    assert all(link.startswith(("#", "/api/v1/")) for link in page.links)
    assert "script" not in page.tags | page.attributes
    assert "style" not in page.tags | page.attributes
    names = {one["operationId"] for operations in document["paths"].values() for one in operations.values()}
    assert names <= {*page.ids}
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert app.test_client().get("/api/v1/reference.css").mimetype == "text/css"


def test_a_problem_says_where_it_is_described(alice: Caller) -> None:
    problem = alice.get("/documents/77").get_json()
    page = alice.client.get("/api/v1/reference").text
    address, _, code = problem["type"].partition("#")
    assert address == "/api/v1/reference"
    assert f'id="{code}"' in page


@pytest.mark.parametrize("path", ["/openapi.json", "/reference", "/reference.css"])
def test_it_tells_everybody_and_nobody_else(app: Flask, path: str) -> None:
    client = app.test_client()
    assert client.get(f"/api/v1{path}").status_code == 200
    assert client.post(f"/api/v1{path}").status_code == 405
