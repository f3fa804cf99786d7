"""Many documents in one call: a line for each, one bad member costs only itself, and what broke off is completed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from qbwc_server.api import many
from qbwc_server.documents.models import DocumentRow
from qbwc_server.posting.submitting.hand_in import hand_in
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.tokens import revoke_token, tokens_of
from tests.conftest import TurnableClock
from tests.qbwc_server.api.conftest import Caller

TYPE = "application/x-ndjson"
KEY = {"Idempotency-Key": "nightly-1"}


def invoices(count: int, start: int = 1) -> list[dict[str, Any]]:
    return [
        {
            "kind": "invoice", "origin": f"shop:{number}", "number": str(number), "date": "2026-03-02",
            "customer": {"name": "Acme"}, "lines": [{"item": "Widget", "quantity": "2", "rate": "10.50"}],
        }
        for number in range(start, start + count)
    ]  # fmt: skip


def send(caller: Caller, members: Sequence[object], query: str = "", **more: Any) -> list[dict[str, Any]]:
    lines = [one if isinstance(one, str) else json.dumps(one) for one in members]
    body = "\n".join(lines).encode()
    answer = caller.post(f"/documents/many{query}", data=body, content_type=TYPE, **more)
    assert (answer.status_code, answer.mimetype) == (200, TYPE), answer.text
    assert answer.text.endswith("\n") or not members
    return [json.loads(line) for line in answer.text.split("\n")[:-1]]


def kept(app: Flask) -> int:
    with app.extensions["database"].reading() as db:
        return db.scalar(select(func.count()).select_from(DocumentRow)) or 0


def test_a_thousand_in_one_call_each_with_its_line(app: Flask, alice: Caller) -> None:
    told = send(alice, invoices(1000))
    assert [(one["line"], one["origin"], one["result"]) for one in told] == [
        (number, f"shop:{number}", "added") for number in range(1, 1001)
    ]
    assert {one["document"]["state"] for one in told} == {"submitted"}
    assert kept(app) == 1000
    one = alice.get(f"/documents/{told[500]['document']['id']}").get_json()
    assert {name: one[name] for name in told[500]["document"]} == told[500]["document"]


def test_one_bad_member_costs_only_itself(app: Flask, alice: Caller) -> None:
    good = invoices(6)
    other = {**good[0], "lines": [{"item": "Widget", "quantity": "3", "rate": "10.50"}]}
    members = [
        good[0], "{no json", good[1], "", '{"kind": "invoice"}', good[2], "[1]", "null", good[3], other,
        {**good[4], "origin": "bad\ud800"}, {**good[4], "date": "yesterday"}, good[5], good[5],
    ]  # fmt: skip
    told = send(alice, members)
    assert [(one["line"], one["result"]) for one in told] == [
        (1, "added"), (2, "refused"), (3, "added"), (5, "refused"), (6, "added"), (7, "refused"), (8, "refused"),
        (9, "added"), (10, "refused"), (11, "refused"), (12, "refused"), (13, "added"), (14, "same"),
    ]  # fmt: skip
    problems = {one["line"]: one["problem"] for one in told if one["result"] == "refused"}
    assert problems[10]["code"] == "origin_conflict"
    assert problems[12]["fields"][0]["field"] == "date"
    assert {problem["outcome"] for problem in problems.values()} == {"not_sent"}
    assert kept(app) == 5


def test_more_than_are_taken_are_refused_before_anything_is_done(app: Flask, alice: Caller) -> None:
    body = "\n".join(map(json.dumps, invoices(1001))).encode()
    answer = alice.post("/documents/many", data=body, content_type=TYPE)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "too_many_documents")
    assert kept(app) == 0


def test_what_is_no_stream_of_documents_is_refused(app: Flask, alice: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    assert alice.post("/documents/many", json=invoices(1)).status_code == 415
    packed = alice.post("/documents/many", data=b"x", content_type=TYPE, headers={"Content-Encoding": "gzip"})
    assert packed.status_code == 415
    monkeypatch.setattr(many, "MOST_BYTES", 1000)
    assert alice.post("/documents/many", data=b"x" * 1001, content_type=TYPE).status_code == 413
    assert send(alice, []) == []
    assert kept(app) == 0


def test_review_and_revise_mean_what_they_mean_for_one(app: Flask, alice: Caller) -> None:
    (first,) = send(alice, invoices(1), "?review=1")
    assert first["document"]["state"] == "for_review"
    changed = {**invoices(1)[0], "memo": "again"}
    (refused,) = send(alice, [changed])
    assert refused["result"] == "refused"
    (revised,) = send(alice, [changed], "?revise=1")
    assert (revised["result"], revised["document"]["revision"]) == ("revised", 2)


def test_under_the_same_key_the_same_is_told_again_and_nothing_is_done(app: Flask, alice: Caller) -> None:
    members = [*invoices(150), "{no json"]
    first = send(alice, members, headers=KEY)
    assert {one["result"] for one in first} == {"added", "refused"}
    assert send(alice, members, headers=KEY) == first  # added, not same
    assert send(alice, members)[0]["result"] == "same"
    other = alice.post("/documents/many", data=json.dumps(invoices(1)[0]), content_type=TYPE, headers=KEY)
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency_key_reused")
    assert kept(app) == 150


def test_what_broke_off_is_completed_under_the_same_key(
    app: Flask, alice: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes away behind the first batch."""
    batches = 0

    def breaking(*arguments: Any, **named: Any) -> Any:
        nonlocal batches
        batches += 1
        if batches == 2:
            raise OperationalError("INSERT", {}, Exception("gone"))
        return hand_in(*arguments, **named)

    monkeypatch.setattr(many, "hand_in", breaking)
    members = invoices(250)
    told = send(alice, members, headers=KEY)
    assert [one["result"] for one in told] == ["added"] * 100 + ["refused"] * 100
    assert told[100]["problem"]["retryable"] is True
    assert kept(app) == 100
    again = send(alice, members, headers=KEY)
    assert [one["result"] for one in again] == ["added"] * 250
    assert again[:100] == told[:100]
    assert kept(app) == 250
    assert send(alice, members, headers=KEY) == again


def test_a_mistake_of_ours_in_one_document_costs_only_that(
    app: Flask, alice: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumbling(db: Any, company: Any, documents: Any, **named: Any) -> Any:
        handed = hand_in(db, company, documents, **named)
        if any(document.origin == "shop:7" for document in documents):
            raise ZeroDivisionError
        return handed

    monkeypatch.setattr(many, "hand_in", stumbling)
    told = send(alice, invoices(20), headers=KEY)
    assert [one["line"] for one in told if one["result"] == "refused"] == [7]
    assert told[6]["problem"]["code"] == "internal_error"
    assert kept(app) == 19
    monkeypatch.undo()
    again = send(alice, invoices(20), headers=KEY)  # it is mended: what was left undone is done, the rest is told again
    assert [one["line"] for one in again] == list(range(1, 21))
    assert again == [*told[:6], again[6], *told[7:]]
    assert (again[6]["result"], kept(app)) == ("added", 20)
    assert send(alice, invoices(20), headers=KEY) == again


def test_a_token_that_is_revoked_in_the_middle_brings_nothing_more(
    app: Flask, alice: Caller, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = many._done

    def then_revoked(*arguments: Any) -> list[str]:
        told = done(*arguments)
        with app.extensions["database"].transaction() as db:
            company = find_company(db, "acme")
            revoke_token(db, company.id, tokens_of(db, company.id)[0].id, clock(), by=SERVER)
        return told

    monkeypatch.setattr(many, "_done", then_revoked)
    told = send(alice, invoices(250))
    assert [one["result"] for one in told] == ["added"] * 100 + ["refused"] * 100
    assert told[-1]["problem"]["code"] == "token_revoked"
    assert kept(app) == 100


def test_a_key_of_another_token_is_another_key(app: Flask, alice: Caller, charlie: Caller) -> None:
    assert [one["result"] for one in send(alice, invoices(2), headers=KEY)] == ["added"] * 2
    assert [one["result"] for one in send(charlie, invoices(3), headers=KEY)] == ["added"] * 3
    assert kept(app) == 5
