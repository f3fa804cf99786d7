"""Errors: one shape, the right status, nothing of the inside."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from qbwc_server.api import documents, errors
from qbwc_server.documents.lifecycle import NotNow
from qbwc_server.errors import Conflict, Invalid, NotFound, QbwcError
from qbwc_server.strict_json import NotJson
from qbwc_server.tenancy.sealing import SealBroken, SealingKeyLost
from qbwc_server.tenancy.sealing_keys import SealingKeyExposed, SealingKeyUnusable
from tests.qbwc_server.api.conftest import Caller

SHAPE = {"type", "title", "status", "detail", "code", "advice", "cause", "retryable", "outcome"}


@pytest.mark.parametrize(
    ("kind", "status"),
    [(NotFound, 404), (Conflict, 409), (NotNow, 409), (Invalid, 422), (NotJson, 400), (errors.WrongType, 415)],
)
def test_the_nearest_ancestor_decides_the_status(kind: type[QbwcError], status: int) -> None:
    assert errors.status_of(kind) == status


@pytest.mark.parametrize("path", ["/api/v1/", "/api/v1/nothing", "/api/v1/companies", "/api/v1/companies/acme/nothing"])
def test_paths_that_do_not_exist_answer_in_json(alice: Caller, path: str) -> None:
    answer = alice.client.get(path)
    assert answer.status_code == 404
    assert set(answer.get_json()) == SHAPE
    assert answer.get_json()["detail"] == "There is nothing at this address."


def test_wrong_methods_answer_in_json_and_name_the_right_one(alice: Caller) -> None:
    answer = alice.client.delete("/api/v1/companies/acme/status")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert set(answer.get_json()) == SHAPE


def test_a_lost_database_is_said_to_pass(alice: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OperationalError("select hunter2", {}, Exception("server closed the connection"))

    monkeypatch.setattr(documents, "listing", gone)
    answer = alice.get("/documents")
    assert answer.status_code == 503
    assert answer.get_json()["retryable"] is True
    assert "Retry-After" in answer.headers
    assert "hunter2" not in answer.text


@pytest.mark.parametrize("kind", [SealingKeyLost, SealingKeyExposed, SealingKeyUnusable, SealBroken])
def test_trouble_with_sealed_secrets_is_told_without_the_places_of_the_server(
    alice: Caller, monkeypatch: pytest.MonkeyPatch, kind: type[QbwcError]
) -> None:
    def locked(*_: object, **__: object) -> None:
        raise kind("The file /srv/hunter2.keys is not what it should be.")

    monkeypatch.setattr(documents, "listing", locked)
    answer = alice.get("/documents")
    assert answer.status_code == 503
    assert answer.get_json()["code"] == kind.code
    assert answer.get_json()["advice"]
    assert "hunter2" not in answer.text


def test_a_mistake_of_ours_shows_nothing_of_the_inside(alice: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise ZeroDivisionError("hunter2")

    monkeypatch.setattr(documents, "listing", break_down)
    answer = alice.get("/documents")
    assert answer.status_code == 500
    assert answer.get_json()["code"] == "internal_error"
    assert "hunter2" not in answer.text


@pytest.mark.parametrize("number", ["9" * 18, "9" * 19, "9" * 60])
def test_a_number_that_no_row_can_have_is_not_found_by_any_method(alice: Caller, number: str) -> None:
    for method, path in (("GET", "documents"), ("POST", "documents"), ("PATCH", "connections"), ("DELETE", "tokens")):
        rest = "/exclude" if method == "POST" else ""
        assert alice._open(method, f"/{path}/{number}{rest}").status_code == 404, (method, path)
