"""``/companies/CODE/requests``: what is checked before anything is queued, and how a question is looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from jsonschema_rs import Draft202012Validator
from sqlalchemy import func, select

from qbwc_server.api import requests
from qbwc_server.asked.asking import expire_asked
from qbwc_server.asked.messages import LONGEST, questions
from qbwc_server.asked.messages import requests as sendable
from qbwc_server.db import Database
from qbwc_server.jobs.schedule import JOBS
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.tokens import add_token
from qbxml import MESSAGES
from tests.conftest import TurnableClock
from tests.qbwc_server.api.conftest import Caller, document_of

CUSTOMERS: dict[str, Any] = {"CustomerQueryRq": {"max_returned": 10, "active_status": "All"}}


def queued(app: Flask) -> int:
    database: Database = app.extensions["database"]
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(QueuedRequest)) or 0


def asked(caller: Caller, **said: Any) -> dict[str, Any]:
    answer = caller.post("/requests", json={"request": CUSTOMERS, **said})
    assert answer.status_code == 202, answer.get_json()
    record: dict[str, Any] = answer.get_json()
    return record


def test_a_question_in_json_is_queued_and_looked_at(app: Flask, alice: Caller) -> None:
    record = asked(alice)
    assert (record["message"], record["state"], record["outcome"]) == ("CustomerQueryRq", "waiting", "not_sent")
    assert record["qbxml"] == (
        "<CustomerQueryRq><MaxReturned>10</MaxReturned><ActiveStatus>All</ActiveStatus></CustomerQueryRq>"
    )
    whole = alice.get(f"/requests/{record['id']}").get_json()
    assert whole == {**record, "page": 1, "next": None, "answer": []}
    assert alice.get("/requests").get_json() == {"requests": [record], "next": None}
    assert queued(app) == 1


def test_the_same_question_as_qbxml(alice: Caller) -> None:
    in_json = asked(alice)
    as_qbxml = alice.post("/requests", json={"qbxml": in_json["qbxml"]}).get_json()
    assert as_qbxml["qbxml"] == in_json["qbxml"]


def test_a_trial_shows_what_would_leave_and_queues_nothing(app: Flask, alice: Caller) -> None:
    answer = alice.post("/requests/try", json={"request": CUSTOMERS}).get_json()
    assert answer["qbxml"].startswith('<CustomerQueryRq requestID="0" iterator="Start"><MaxReturned>10<')
    assert answer["in_pages"] is True
    assert queued(app) == 0


@pytest.mark.parametrize(
    ("request_", "field", "code"),
    [
        ({"CustomerQueryRq": {"max_returned": "ten"}}, "request.CustomerQueryRq.max_returned", "lexical"),
        ({"CustomerQueryRq": {"max_retruned": 1}}, "request.CustomerQueryRq.max_retruned", "unknown_field"),
        ({"CustomerQueryRq": {"owner_ids": "0"}}, "request.CustomerQueryRq.owner_ids", "type"),
        (
            {"InvoiceQueryRq": {"txn_date_range_filter": {"from_txn_date": "tomorrow"}}},
            "request.InvoiceQueryRq.txn_date_range_filter.from_txn_date",
            "lexical",
        ),
        ({"CustomerQueryRq": {"iterator": "Start"}}, "request.CustomerQueryRq.iterator", "unknown_field"),
        ({"CustomerQueryRq": {"request_id": "7"}}, "request.CustomerQueryRq.request_id", "unknown_field"),
        ({"NoSuchRq": {}}, "request.NoSuchRq", "unknown_element"),
        ({"CustomerRet": {}}, "request.CustomerRet", "unknown_element"),
        ({}, "request", "bad_value"),
        ({"CustomerQueryRq": []}, "request", "bad_value"),
        ({"CustomerQueryRq": {}, "VendorQueryRq": {}}, "request", "bad_value"),
    ],
)
def test_mistakes_are_told_with_their_path_before_anything_is_sent(
    app: Flask, alice: Caller, request_: dict[str, Any], field: str, code: str
) -> None:
    for path in ("/requests", "/requests/try"):
        answer = alice.post(path, json={"request": request_})
        assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid_body")
        assert [(one["field"], one["code"]) for one in answer.get_json()["fields"]] == [(field, code)]
    assert queued(app) == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<CustomerQueryRq>",
        "no xml",
        "<CustomerQueryRq/><CustomerQueryRq/>",
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><CustomerQueryRq><OwnerID>&e;</OwnerID></CustomerQueryRq>',
        '<!DOCTYPE x [<!ENTITY a "a"><!ENTITY b "&a;&a;">]><CustomerQueryRq><OwnerID>&b;</OwnerID></CustomerQueryRq>',
        '<CustomerQueryRq requestID="1"/>',
        '<CustomerQueryRq iterator="Start"><MaxReturned>1</MaxReturned></CustomerQueryRq>',
        "<CustomerQueryRq><Nonsense/></CustomerQueryRq>",
        "<QBXML><QBXMLMsgsRq onError='stopOnError'><CustomerQueryRq/></QBXMLMsgsRq></QBXML>",
        "<" * 1000,
        "<a>" * 5_000,
        f"<CustomerQueryRq><FullName>{'x' * LONGEST}</FullName></CustomerQueryRq>",
    ],
)
def test_qbxml_that_is_none_is_refused(app: Flask, alice: Caller, text: str) -> None:
    answer = alice.post("/requests", json={"qbxml": text})
    assert answer.status_code == 422, answer.get_json()
    assert "root:" not in answer.text
    assert queued(app) == 0


WRITES: tuple[dict[str, Any], ...] = (
    {"request": {"InvoiceAddRq": {"invoice_add": {"customer": {"full_name": "Acme"}}}}},
    {"qbxml": "<TxnDelRq><TxnDelType>Invoice</TxnDelType><TxnID>1-1</TxnID></TxnDelRq>"},
)


def test_nothing_that_would_write_is_queued_without_permission(app: Flask, reader: Caller) -> None:
    for said in WRITES:
        answer = reader.post("/requests", json=said)
        assert (answer.status_code, answer.get_json()["code"]) == (403, "out_of_scope")
        assert reader.post("/requests/try", json=said).get_json()["changes_books"] is True
    assert queued(app) == 0


def test_every_request_is_known_and_no_empty_one_that_needs_values(app: Flask, alice: Caller) -> None:
    """Each of those that the Web Connector carries is checked by its declaration; others are told apart."""
    carried = {name for name in MESSAGES if name.endswith("Rq") and "Subscription" not in name}
    assert {*sendable()} == carried
    for name in sorted(name for name in MESSAGES if name.endswith("Rq") and name not in questions()):
        answer = alice.post("/requests/try", json={"request": {name: {}}})
        rules = {one["code"] for one in answer.get_json().get("fields", ())}
        assert answer.status_code == 200 or (answer.status_code == 422 and rules), name
        assert ("unknown_element" in rules) == (name not in carried), name
    assert queued(app) == 0


@pytest.fixture
def reader(app: Flask, alice: Caller, clock: TurnableClock) -> Caller:
    """A program of acme to which nobody gave the permission to change the books."""
    with app.extensions["database"].transaction() as db:
        _, token = add_token(db, find_company(db, "acme"), label="reads", now=clock())
    return replace(alice, token=token)


def test_a_change_is_queued_with_a_mark_that_the_caller_cannot_say(app: Flask, alice: Caller) -> None:
    record = alice.post("/requests", json=WRITES[0]).get_json()
    assert (record["state"], record["outcome"], record["changes_books"]) == ("waiting", "not_sent", True)
    assert "ExternalGUID" not in record["qbxml"]
    with app.extensions["database"].reading() as db:
        (row,) = db.scalars(select(QueuedRequest)).all()
    assert (row.writes, row.purpose) == (True, "asked_change")
    assert f'requestID="{row.id}"' in (row.xml or "")
    assert f"<ExternalGUID>{{{row.id}}}</ExternalGUID>" in (row.xml or "")
    said = {"invoice_add": {"customer": {"full_name": "Acme"}, "external_guid": f"{{{row.id}}}"}}
    refused = alice.post("/requests", json={"request": {"InvoiceAddRq": said}}).get_json()
    assert [one["field"] for one in refused["fields"]] == ["request.InvoiceAddRq.invoice_add.external_guid"]
    text = f"<InvoiceAddRq><InvoiceAdd><CustomerRef><FullName>A</FullName></CustomerRef><ExternalGUID>{{{row.id}}}"
    refused = alice.post("/requests", json={"qbxml": f"{text}</ExternalGUID></InvoiceAdd></InvoiceAddRq>"})
    assert (refused.status_code, queued(app)) == (422, 1)


def test_a_change_is_tried_with_what_it_would_mean(alice: Caller) -> None:
    adds, deletes = (alice.post("/requests/try", json=said).get_json() for said in WRITES)
    assert (adds["changes_books"], adds["bears_mark"], adds["in_pages"]) == (True, True, False)
    assert (deletes["changes_books"], deletes["bears_mark"]) == (True, False)


def test_the_permission_is_given_by_the_operator_to_one_token_and_goes_no_further(
    app: Flask, alice: Caller, reader: Caller
) -> None:
    child = alice.post("/tokens", json={"label": "child"}).get_json()
    assert "books" not in child["scopes"]
    for caller in (alice, reader):
        answer = caller.post("/tokens", json={"label": "child", "scopes": "ask books"})
        assert (answer.status_code, answer.get_json()["code"]) in ((403, "for_the_operator"), (403, "out_of_scope"))
    assert alice.post("/requests", json=WRITES[0], headers={"Idempotency-Key": "one"}).status_code == 202
    assert alice.post("/requests", json=WRITES[0], headers={"Idempotency-Key": "one"}).status_code == 202
    assert queued(app) == 1


def test_one_follows_another_and_goes_with_it(app: Flask, alice: Caller, charlie: Caller) -> None:
    first = alice.post("/requests", json=WRITES[0]).get_json()
    second = alice.post("/requests", json={**WRITES[1], "after": first["id"]}).get_json()
    third = alice.post("/requests", json={"request": CUSTOMERS, "after": second["id"]}).get_json()
    assert (second["after"], third["after"]) == (first["id"], second["id"])
    assert charlie.post("/requests", json={"request": CUSTOMERS, "after": first["id"]}).status_code == 404
    alice._open("DELETE", f"/requests/{first['id']}")
    gone = alice.get("/requests").get_json()["requests"]
    assert [one["state"] for one in gone] == ["cancelled"] * 3
    assert str(second["id"]) in gone[2]["detail"]
    refused = alice.post("/requests", json={"request": CUSTOMERS, "after": first["id"]})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "request_not_done")


def test_only_what_is_unknown_is_decided(alice: Caller, reader: Caller) -> None:
    one = f"/requests/{alice.post('/requests', json=WRITES[0]).get_json()['id']}/decide"
    assert reader.post(one, json={"decision": "done"}).status_code == 403
    assert alice.post(one, json={"decision": "done"}).get_json()["code"] == "request_not_unknown"
    assert alice.post(one, json={"decision": "perhaps"}).status_code == 422
    assert alice.post("/requests/99/decide", json={"decision": "done"}).status_code == 404


def test_either_json_or_qbxml_is_said(alice: Caller) -> None:
    neither: dict[str, Any] = {}
    for said in (neither, {"request": CUSTOMERS, "qbxml": "<CustomerQueryRq/>"}):
        assert alice.post("/requests", json=said).get_json()["fields"][0]["code"] == "say_one"


def test_a_question_that_has_not_left_is_taken_back(app: Flask, alice: Caller) -> None:
    one = f"/requests/{asked(alice)['id']}"
    gone = alice._open("DELETE", one).get_json()
    assert (gone["state"], gone["outcome"]) == ("cancelled", "not_sent")
    assert alice._open("DELETE", one).get_json()["code"] == "request_not_waiting"
    assert [record["state"] for record in alice.get("/requests?state=cancelled").get_json()["requests"]] == [
        "cancelled"
    ]


def test_what_nobody_wants_to_know_any_more_expires(app: Flask, alice: Caller, clock: TurnableClock) -> None:
    short, long = asked(alice, expires_in_s=60), asked(alice, expires_in_s=3600)
    database: Database = app.extensions["database"]
    with database.reading() as db:
        company_id = find_company(db, "acme").id
    clock.advance(seconds=60)
    assert expire_asked(database=database, clock=clock, subject_id=company_id).endswith(": 1.")
    assert expire_asked(database=database, clock=clock, subject_id=company_id) == ""
    states = {record["id"]: record["state"] for record in alice.get("/requests").get_json()["requests"]}
    assert states == {short["id"]: "expired", long["id"]: "waiting"}
    assert {"expire_asked", "drop_asked"} <= {job.name for job in JOBS}


@pytest.mark.parametrize("seconds", [0, -1, 10**9])
def test_a_time_that_is_none_is_refused(alice: Caller, seconds: int) -> None:
    assert alice.post("/requests", json={"request": CUSTOMERS, "expires_in_s": seconds}).status_code == 422


def test_so_many_wait_and_no_more(alice: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qbwc_server.asked.asking.MOST_WAITING", 2)
    one = asked(alice)
    asked(alice)
    refused = alice.post("/requests", json={"request": CUSTOMERS})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "too_many_requests_waiting")
    alice._open("DELETE", f"/requests/{one['id']}")
    asked(alice)


def test_a_question_of_another_company_does_not_exist(alice: Caller, charlie: Caller) -> None:
    one = f"/requests/{asked(alice)['id']}"
    assert charlie.get(one).status_code == 404
    assert charlie._open("DELETE", one).status_code == 404
    assert charlie.get("/requests").get_json()["requests"] == []


def test_waiting_is_bounded(alice: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    seconds = iter(range(1000))
    monkeypatch.setattr(requests, "sleep", slept.append)
    monkeypatch.setattr(requests, "monotonic", lambda: next(seconds))
    one = f"/requests/{asked(alice)['id']}"
    assert alice.get(f"{one}?wait=3").get_json()["state"] == "waiting"
    assert 0 < len(slept) <= 3
    assert alice.get(f"{one}?wait=26").status_code == 422
    slept.clear()
    held = [requests._waiters.acquire(blocking=False) for _ in range(requests.MOST_WAITERS)]
    try:
        assert all(held)
        assert alice.get(f"{one}?wait=25").status_code == 200  # at once: so many wait already
        assert slept == []
    finally:
        for _ in held:
            requests._waiters.release()


def test_every_question_has_its_schema(app: Flask, alice: Caller) -> None:
    document = document_of(app)
    body = document["paths"]["/api/v1/companies/{code}/requests"]["post"]["requestBody"]["content"]
    schema = {**body["application/json"]["schema"], "components": document["components"]}
    assert {*schema["properties"]["request"]["properties"]} == {*sendable()}
    validator = Draft202012Validator(schema)
    assert validator.is_valid({"request": CUSTOMERS})
    assert not validator.is_valid({"request": {"CustomerQueryRq": {"max_retruned": 1}}})
    assert not validator.is_valid({"request": {"CustomerQueryRq": {"active_status": "Some"}}})
    assert validator.is_valid(WRITES[0])
    assert not validator.is_valid({"request": {"InvoiceAddRq": {}}})


def test_an_expiry_is_told(alice: Caller, clock: TurnableClock) -> None:
    record = asked(alice, expires_in_s=90, when="soon")
    assert record["expires_at"] == (clock() + timedelta(seconds=90)).isoformat()
    assert record["when"] == "soon"
