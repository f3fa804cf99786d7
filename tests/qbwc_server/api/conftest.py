"""Two companies with a token each, and a client that speaks for one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema_rs import Draft202012Validator
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from qbwc_server.api import ROUTES
from qbwc_server.api.reference import described
from qbwc_server.api.reference.addresses import addresses_of
from qbwc_server.db import Database
from qbwc_server.tenancy.companies import add_company
from qbwc_server.tenancy.permissions import Scope
from qbwc_server.tenancy.tokens import add_token
from tests.conftest import TurnableClock

_DOCUMENTS: dict[str, dict[str, Any]] = {}  # one is enough: it is made of tables
_VALIDATORS: dict[tuple[str, str], Draft202012Validator] = {}


def document_of(app: Flask) -> dict[str, Any]:
    """The OpenAPI document."""
    if "one" not in _DOCUMENTS:
        _DOCUMENTS["one"] = described(app, ROUTES, "http://localhost:8080")
    return _DOCUMENTS["one"]


def hold_against_the_document(app: Flask, answer: TestResponse) -> None:
    """An answer has a status, a type, a code and a shape that the OpenAPI document tells of its address."""
    asked = answer.request
    if asked.method == "OPTIONS":
        return
    try:
        endpoint, _ = app.url_map.bind("localhost").match(asked.path, method=asked.method)
    except HTTPException:
        return
    address = next(one for one in addresses_of(app.url_map, "api.") if one.endpoint == endpoint)
    document = document_of(app)
    response = document["paths"][address.path][address.method.lower()]["responses"].get(str(answer.status_code))
    assert response is not None, f"{endpoint} answers {answer.status_code}: {answer.text[:500]}"
    assert answer.mimetype in response["content"], (endpoint, answer.mimetype)
    if answer.is_json:
        if (endpoint, answer.status) not in _VALIDATORS:
            schema = {**response["content"][answer.mimetype]["schema"], "components": document["components"]}
            _VALIDATORS[endpoint, answer.status] = Draft202012Validator(schema)
        mistakes = [
            f"{list(one.instance_path)}: {one.message}"
            for one in _VALIDATORS[endpoint, answer.status].iter_errors(answer.get_json())
        ]
        assert mistakes == [], f"{asked.method} {asked.path}: {mistakes}"


@dataclass
class Caller:
    """A program with a token of one company."""

    client: FlaskClient
    code: str
    token: str

    def get(self, path: str, **arguments: Any) -> TestResponse:
        """GET below the company's address."""
        return self._open("GET", path, **arguments)

    def post(self, path: str, **arguments: Any) -> TestResponse:
        """POST below the company's address."""
        return self._open("POST", path, **arguments)

    def _open(self, method: str, path: str, **arguments: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **arguments.pop("headers", {})}
        answer = self.client.open(f"/api/v1/companies/{self.code}{path}", method=method, headers=headers, **arguments)
        hold_against_the_document(self.client.application, answer)
        return answer


@pytest.fixture
def alice(app: Flask, clock: TurnableClock) -> Caller:
    """Speaks for the company acme."""
    return _caller(app, clock, "acme")


@pytest.fixture
def charlie(app: Flask, clock: TurnableClock) -> Caller:
    """Speaks for another company and is a stranger to acme."""
    return _caller(app, clock, "other")


def _caller(app: Flask, clock: TurnableClock, code: str) -> Caller:
    database: Database = app.extensions["database"]
    with database.transaction() as db:
        company = add_company(db, code=code, name=code.title(), time_zone="America/New_York", now=clock())
        _, token = add_token(db, company, label="tests", scopes=tuple(Scope), now=clock())
    return Caller(app.test_client(), code, token)


@pytest.fixture
def invoice() -> dict[str, Any]:
    """An invoice without a mistake."""
    return {
        "kind": "invoice",
        "origin": "shop:1001",
        "number": "1001",
        "date": "2026-03-02",
        "customer": {"name": "Müller & Söhne"},
        "lines": [{"item": "Widget", "quantity": "2", "rate": "10.50"}],
    }
