"""Idempotency-Key: once, whatever is lost on the way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from qbwc_server.api import ROUTES, documents
from qbwc_server.db import Database
from qbwc_server.documents.models import DocumentEvent, DocumentRow
from qbwc_server.jobs.schedule import JOBS
from qbwc_server.tenancy.kept_answers import KEPT, KeptAnswer, digest_of, purge_kept_answers
from tests.conftest import TurnableClock
from tests.qbwc_server.api.conftest import Caller

KEY = {"Idempotency-Key": "till-7/0001"}


def count(app: Flask, table: Any) -> int:
    database: Database = app.extensions["database"]
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def test_the_same_request_is_done_once_and_answered_as_the_first_time(
    app: Flask, alice: Caller, invoice: dict[str, Any]
) -> None:
    first = alice.post("/documents", json=invoice, headers=KEY)
    events = count(app, DocumentEvent)
    again = alice.post("/documents", json=invoice, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json()
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    assert count(app, DocumentEvent) == events


def test_what_was_answered_is_told_although_it_stands_otherwise_by_now(alice: Caller, invoice: dict[str, Any]) -> None:
    one = f"/documents/{alice.post('/documents', json=invoice).get_json()['id']}"
    excluded = alice.post(f"{one}/exclude", headers=KEY).get_json()
    alice.post(f"{one}/restore")
    assert alice.post(f"{one}/exclude", headers=KEY).get_json() == excluded
    assert alice.get(one).get_json()["state"] == "for_review"


def test_another_request_under_the_same_key_is_refused(app: Flask, alice: Caller, invoice: dict[str, Any]) -> None:
    alice.post("/documents", json=invoice, headers=KEY)
    for path, body in (("/documents", {**invoice, "memo": "x"}), ("/documents?review=1", invoice), ("/pause", None)):
        answer = alice.post(path, json=body, headers=KEY) if body else alice.post(path, headers=KEY)
        assert (answer.status_code, answer.get_json()["code"]) == (422, "idempotency_key_reused"), path
    assert count(app, DocumentRow) == 1
    assert alice.get("").get_json()["hold"] is None


def test_a_key_belongs_to_its_token(alice: Caller, charlie: Caller, invoice: dict[str, Any]) -> None:
    other = replace(alice, token=alice.post("/tokens", json={"label": "till"}).get_json()["token"])
    first = alice.post("/documents", json=invoice, headers=KEY)
    assert other.post("/documents", json=invoice, headers=KEY).status_code == 200
    answer = charlie.post("/documents", json=invoice, headers=KEY)
    assert answer.status_code == 201
    assert answer.get_json()["id"] != first.get_json()["id"]


def test_a_refusal_that_did_nothing_takes_no_key(app: Flask, alice: Caller, invoice: dict[str, Any]) -> None:
    wrong = alice.post("/documents", json={**invoice, "lines": 7}, headers=KEY)
    assert wrong.status_code == 422
    assert count(app, KeptAnswer) == 0
    assert alice.post("/documents", json=invoice, headers=KEY).status_code == 201


def test_a_refusal_after_something_was_kept_is_told_again(app: Flask, alice: Caller, invoice: dict[str, Any]) -> None:
    made = alice.post("/documents", json={**invoice, "total": "99.00"})
    one = f"/documents/{made.get_json()['id']}/submit"
    first = alice.post(one, headers=KEY)
    again = alice.post(one, headers=KEY)
    assert (first.status_code, again.status_code) == (409, 409)
    assert again.get_json() == first.get_json()
    assert again.mimetype == "application/problem+json"


def test_what_breaks_down_leaves_neither_document_nor_key(
    app: Flask, alice: Caller, invoice: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(documents, "tagged", break_down)
        answer = alice.post("/documents", json=invoice, headers=KEY)
        assert (answer.status_code, answer.get_json()["outcome"]) == (500, "unknown")
    assert (count(app, DocumentRow), count(app, KeptAnswer)) == (0, 0)
    assert alice.post("/documents", json=invoice, headers=KEY).status_code == 201


def test_two_at_the_same_moment_are_one(app: Flask, alice: Caller, invoice: dict[str, Any]) -> None:
    def send(_: int) -> tuple[int, dict[str, Any]]:
        answer = replace(alice, client=app.test_client()).post("/documents", json=invoice, headers=KEY)
        return answer.status_code, answer.get_json()

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(send, range(4)))
    assert answers == [answers[0]] * 4
    assert answers[0][0] == 201
    assert count(app, DocumentRow) == 1


@pytest.mark.parametrize("key", ["", "x" * 121, "två"])
def test_a_key_that_is_none_is_refused(app: Flask, alice: Caller, invoice: dict[str, Any], key: str) -> None:
    answer = alice.post("/documents", json=invoice, headers={"Idempotency-Key": key.encode().decode("latin-1")})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "idempotency_key_invalid")
    assert count(app, DocumentRow) == 0


def test_what_shows_a_secret_takes_no_key(alice: Caller) -> None:
    for path in (
        *("/tokens", "/connector-password", "/connections/1/test", "/connections/1/disconnect"),
        *("/webhooks", "/webhooks/1/secret", "/uploads"),
    ):
        answer = alice.post(path, headers=KEY)
        assert (answer.status_code, answer.get_json()["code"]) == (422, "idempotency_key_not_here")
    assert {name for name, route in ROUTES.items() if not route.once} == {
        "api.make_token", "api.new_password", "api.test_connection", "api.disconnect_one", "api.billing_run",
        "api.add_one_webhook", "api.rotate_webhook_secret", "api.upload", "api.upload_charges",
        "api.start_look", "api.start_dry_run", "api.invite_member",
    }  # fmt: skip


def test_answers_are_kept_for_seven_days(
    app: Flask, alice: Caller, invoice: dict[str, Any], clock: TurnableClock
) -> None:
    database: Database = app.extensions["database"]
    alice.post("/documents", json=invoice, headers=KEY)
    clock.advance(days=6)
    assert purge_kept_answers(database=database, clock=clock) == ""
    clock.advance(days=1, seconds=1)
    assert timedelta(days=7) == KEPT
    assert purge_kept_answers(database=database, clock=clock) == "Kept answers dropped: 1."
    assert alice.post("/documents", json=invoice, headers=KEY).status_code == 200  # the origin still knows it
    assert "purge_kept_answers" in {job.name for job in JOBS}


def test_where_one_part_ends_counts() -> None:
    assert digest_of("ab", "c") != digest_of("a", "bc")
    assert digest_of("ab", b"c") == digest_of(b"ab", "c")
