"""Two companies with a token each, and a client that speaks for one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from qbwc_server.db import Database
from qbwc_server.tenancy.companies import add_company
from qbwc_server.tenancy.tokens import add_token
from tests.conftest import TurnableClock


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
        return self.client.open(f"/api/v1/companies/{self.code}{path}", method=method, headers=headers, **arguments)


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
        _, token = add_token(db, company, label="tests", now=clock())
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
