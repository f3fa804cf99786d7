"""Random requests made from the OpenAPI document: whatever is sent, the answer is one that the document tells of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as tries
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from qbwc_server.api import ROUTES
from qbwc_server.app import create_app
from qbwc_server.connector.logins import add_login
from qbwc_server.db import Database
from qbwc_server.settings import load
from qbwc_server.tenancy.companies import add_company
from qbwc_server.tenancy.permissions import Scope
from qbwc_server.tenancy.tokens import add_token
from tests.conftest import TurnableClock

schemathesis.serializer.alias("application/x-ndjson", "text/plain")
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = {GenerationMode.POSITIVE: 6, GenerationMode.NEGATIVE: 4}  # of each address
EXPECTED = {GenerationMode.POSITIVE: {200, 201, 404, 409, 422}, GenerationMode.NEGATIVE: {400, 404, 422}}


@pytest.fixture
def app(database_url: str, clock: TurnableClock) -> Iterator[Flask]:
    """One that counts no requests: there are more than a minute has room for."""
    app = create_app(load(database_url=database_url, api_requests_per_minute=0), clock=clock)
    yield app
    app.extensions["database"].engine.dispose()


@pytest.fixture
def token(app: Flask, clock: TurnableClock) -> str:
    """Of a company with a document, behind so many others that no random number means it."""
    database: Database = app.extensions["database"]
    with database.transaction() as db:
        company = add_company(db, code="acme", name="Acme", time_zone="America/New_York", now=clock())
        add_login(db, company)
        for _ in range(3):
            add_token(db, company, label="one that may be revoked", now=clock())
        return add_token(db, company, label="tests", scopes=tuple(Scope), now=clock())[1]


def operations(app: Flask) -> list[Any]:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    return [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
def test_every_answer_is_one_that_the_document_tells_of(app: Flask, token: str, mode: GenerationMode) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    seen: Counter[int] = Counter()
    one_after_another = tries(
        max_examples=EXAMPLES[mode],
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )

    def answered(case: Case[Any]) -> None:
        case.path_parameters["code"] = "acme"
        if isinstance(number := case.path_parameters.get("token_id"), int):
            case.path_parameters["token_id"] = number % 4  # not the one that it is asked with
        answer = case.call(headers=headers)
        seen[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    for operation in operations(app):
        try:
            one_after_another(given(case=operation.as_strategy(generation_mode=mode))(answered))()
        except Unsatisfiable:  # nothing of it can be wrong
            assert mode is GenerationMode.NEGATIVE
    assert seen.total() > 2 * len(ROUTES)
    assert {*seen} >= EXPECTED[mode], seen
