"""Documents handed in, listed, read and moved by programs."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from qbwc_server.db import Database
from qbwc_server.documents.lifecycle import Reason, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.states import RequestState
from tests.conftest import TurnableClock
from tests.qbwc_server.api.conftest import Caller


def test_a_new_document_is_kept_and_submitted(alice: Caller, invoice: dict[str, Any], clock: TurnableClock) -> None:
    answer = alice.post("/documents", json=invoice)
    assert answer.status_code == 201
    record = answer.get_json()
    assert record["state"] == "submitted"
    assert record["origin"] == "shop:1001"
    assert (record["party"], record["party_kind"]) == ("Müller & Söhne", "customer")
    assert record["total"] == "21.00"
    assert record["created_at"] == clock().isoformat()


def test_the_same_document_again_gives_the_first_answer(alice: Caller, invoice: dict[str, Any]) -> None:
    first = alice.post("/documents", json=invoice)
    rearranged = json.dumps(dict(reversed(invoice.items())), indent=4)  # spelling does not matter, content does
    again = alice.post("/documents", data=rearranged, content_type="application/json")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.get_json() == first.get_json()


def test_the_same_origin_with_another_body_is_a_conflict(alice: Caller, invoice: dict[str, Any]) -> None:
    first = alice.post("/documents", json=invoice).get_json()
    answer = alice.post("/documents", json={**invoice, "memo": "changed"})
    assert answer.status_code == 409
    assert answer.get_json()["code"] == "origin_conflict"
    assert alice.get(f"/documents/{first['id']}").get_json()["document"].get("memo") is None


def test_a_revision_must_be_asked_for(alice: Caller, invoice: dict[str, Any]) -> None:
    first = alice.post("/documents", json=invoice).get_json()
    answer = alice.post("/documents?revise=1", json={**invoice, "memo": "changed"})
    assert answer.status_code == 200
    record = answer.get_json()
    assert (record["id"], record["revision"], record["state"]) == (first["id"], 2, "submitted")


def test_for_review_nothing_is_submitted(alice: Caller, invoice: dict[str, Any]) -> None:
    record = alice.post("/documents?review=1", json=invoice).get_json()
    assert record["state"] == "for_review"
    retried = alice.post(f"/documents/{record['id']}/submit")
    assert (retried.status_code, retried.get_json()["state"]) == (200, "submitted")


def test_a_document_with_problems_is_kept_and_says_what_is_missing(alice: Caller, invoice: dict[str, Any]) -> None:
    invoice["total"] = "99.00"
    answer = alice.post("/documents", json=invoice)
    record = answer.get_json()
    assert (answer.status_code, record["state"], record["reason"]) == (201, "for_review", "does_not_foot")
    refused = alice.post(f"/documents/{record['id']}/submit")
    assert refused.status_code == 409
    error = refused.get_json()
    assert error["code"] == "document_not_ready"
    assert [field["field"] for field in error["fields"]] == ["total"]


def test_mistakes_are_listed_with_the_path_of_the_field(alice: Caller, invoice: dict[str, Any]) -> None:
    invoice["lines"][0]["amount"] = "12.345"
    invoice["customr"] = "typo"
    del invoice["date"]
    answer = alice.post("/documents", json=invoice)
    assert answer.status_code == 422
    error = answer.get_json()
    assert error["code"] == "invalid_document"
    assert {field["field"] for field in error["fields"]} == {"lines[0].amount", "customr", "date"}
    assert all(field["message"] for field in error["fields"])
    assert alice.get("/documents").get_json()["documents"] == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"{",
        b"nonsense",
        b"\xff\xfe\x00",
        b'{"kind": "invoice"} {"kind": "invoice"}',
    ],
    ids=["empty", "blank", "open", "words", "binary", "two"],
)
def test_what_is_no_json_is_refused(alice: Caller, body: bytes) -> None:
    answer = alice.post("/documents", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.get_json()["code"] == "not_json"


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("levels", [900, 50_000])
@pytest.mark.parametrize("closed", [True, False])
def test_a_body_nested_too_deeply_is_refused_as_such(alice: Caller, opening: str, levels: int, closed: bool) -> None:
    body = opening * levels + "1" + ("]" if opening == "[" else "}") * (levels if closed else 0)
    answer = alice.post("/documents", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.get_json()["code"] == "nested_too_deeply"


def test_mistakes_of_form_and_of_content_come_in_one_answer(alice: Caller, invoice: dict[str, Any]) -> None:
    invoice |= {"memo": "a\0b", "date": "x", "due": 1}
    invoice["lines"][0]["rate"] = "1,5"
    fields = alice.post("/documents", json=invoice).get_json()["fields"]
    assert sorted(field["field"] for field in fields) == ["date", "due", "lines[0].rate", "memo"]


@pytest.mark.parametrize(
    "body",
    ["[]", "1", "null", '"text"', "{}", '{"kind":"bill"}', '{"kind":1}', '{"kind":"invoice","date":NaN}']
    + [f'{{"kind":"payment","amount":{number}}}' for number in ("1e999999", "9" * 10_000, "Infinity", "-0.0")],
)
def test_json_that_is_no_document_is_invalid(alice: Caller, body: str) -> None:
    answer = alice.post("/documents", data=body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer.get_json()["code"] in ("not_json", "invalid_document")


@pytest.mark.parametrize("text", ["a\x00b", "a\x07b", "a\ud800b"], ids=["null", "bell", "half a character"])
def test_characters_that_no_file_can_keep_are_refused(alice: Caller, invoice: dict[str, Any], text: str) -> None:
    invoice["memo"] = text
    answer = alice.post("/documents", data=json.dumps(invoice), content_type="application/json")
    assert answer.status_code == 422
    assert [field["field"] for field in answer.get_json()["fields"]] == ["memo"]


def test_amounts_are_read_as_they_are_written(alice: Caller, invoice: dict[str, Any]) -> None:
    text = json.dumps(invoice).replace('"10.50"', "0.1").replace('"2"', "3")
    record = alice.post("/documents", data=text, content_type="application/json").get_json()
    assert record["total"] == "0.30"


def test_only_json_is_taken(alice: Caller, invoice: dict[str, Any]) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = alice.post("/documents", data=json.dumps(invoice), content_type=content_type)
        assert answer.status_code == 415
        assert answer.get_json()["code"] == "wrong_content_type"


def test_too_large_a_body_is_refused(alice: Caller) -> None:
    answer = alice.post("/documents", data=b" " * (1 << 20) + b"{}", content_type="application/json")
    assert answer.status_code == 413
    assert answer.get_json()["code"] == "request_entity_too_large"


def test_documents_are_listed_in_pages_in_the_order_they_came(alice: Caller, invoice: dict[str, Any]) -> None:
    origins = [f"shop:{number}" for number in range(7)]
    for origin in origins:
        alice.post("/documents", json={**invoice, "origin": origin})
    found: list[str] = []
    after = 0
    while after is not None:
        page = alice.get(f"/documents?limit=3&after={after}").get_json()
        found += [document["origin"] for document in page["documents"]]
        after = page["next"]
    assert found == origins


def test_documents_are_listed_by_state_and_kind(alice: Caller, invoice: dict[str, Any]) -> None:
    receipt = {**invoice, "kind": "sales_receipt", "origin": "shop:2"}
    alice.post("/documents", json=invoice)
    alice.post("/documents?review=1", json=receipt)

    def origins(query: str) -> list[str]:
        return [document["origin"] for document in alice.get(f"/documents?{query}").get_json()["documents"]]

    assert origins("state=submitted") == ["shop:1001"]
    assert origins("state=for_review,submitted") == ["shop:1001", "shop:2"]
    assert origins("kind=sales_receipt") == ["shop:2"]
    assert origins("state=posted") == []


def test_a_document_is_found_by_its_origin_and_by_its_number(alice: Caller, invoice: dict[str, Any]) -> None:
    for number in ("1001", "1002"):
        alice.post("/documents", json={**invoice, "origin": f"shop:{number}", "number": number})
    alice.post("/documents", json={**invoice, "origin": "till:1002", "number": "1002"})

    def origins(**query: str) -> list[str]:
        found = alice.get("/documents", query_string=query).get_json()["documents"]
        return [document["origin"] for document in found]

    assert origins(origin="shop:1002") == ["shop:1002"]
    assert origins(number="1002") == ["shop:1002", "till:1002"]
    assert origins(number="1002", origin="shop:1002", kind="invoice") == ["shop:1002"]
    assert origins(number="1003") == origins(origin="x" * 10_000) == origins(number="9" * 10_000) == []


@pytest.mark.parametrize(
    "query",
    [
        "state=lost",
        "kind=nonsense",
        "limit=501",
        "limit=-1",
        "limit=x",
        "after=1.5",
        f"after={2**63}",
        "after=%C2%B2",
        "origin=",
        "number=%00",
    ],
)
def test_parameters_that_cannot_be_are_named(alice: Caller, query: str) -> None:
    answer = alice.get(f"/documents?{query}")
    assert answer.status_code == 422
    assert query.partition("=")[0] in answer.get_json()["detail"]


def test_one_document_shows_itself_its_history_and_its_proof(alice: Caller, invoice: dict[str, Any]) -> None:
    document_id = alice.post("/documents", json=invoice).get_json()["id"]
    record = alice.get(f"/documents/{document_id}").get_json()
    assert record["document"]["lines"][0]["item"] == "Widget"
    assert [event["event"] for event in record["history"]] == ["created", "submitted"]
    assert {event["by"] for event in record["history"]} == {"API, tests"}
    assert record["proof"]


@pytest.mark.parametrize("document_id", ["0", "999999", str(2**63 - 1), str(2**63), "9" * 40, "-1", "x", "%00"])
def test_a_document_that_is_not_there(alice: Caller, document_id: str) -> None:
    answer = alice.get(f"/documents/{document_id}")
    assert answer.status_code == 404
    assert answer.get_json()["code"] == "not_found"


def test_exclude_and_restore(alice: Caller, invoice: dict[str, Any]) -> None:
    document_id = alice.post("/documents", json=invoice).get_json()["id"]
    assert alice.post(f"/documents/{document_id}/exclude").get_json()["state"] == "excluded"
    again = alice.post(f"/documents/{document_id}/exclude")
    assert (again.status_code, again.get_json()["code"]) == (409, "document_state")
    assert alice.post(f"/documents/{document_id}/restore").get_json()["state"] == "for_review"


def test_what_is_not_in_quickbooks_cannot_be_withdrawn(alice: Caller, invoice: dict[str, Any]) -> None:
    document_id = alice.post("/documents", json=invoice).get_json()["id"]
    answer = alice.post(f"/documents/{document_id}/void")
    assert answer.status_code == 409
    assert "exclude" in answer.get_json()["detail"]


def test_actions_nobody_offers(alice: Caller, invoice: dict[str, Any]) -> None:
    document_id = alice.post("/documents", json=invoice).get_json()["id"]
    assert alice.post(f"/documents/{document_id}/destroy").status_code == 404
    wrong = alice.get(f"/documents/{document_id}/exclude")
    assert wrong.status_code == 405
    assert wrong.get_json()["code"] == "method_not_allowed"


def test_the_same_document_from_many_threads_exists_once(app: Flask, alice: Caller, invoice: dict[str, Any]) -> None:
    answers: list[tuple[int, int]] = []

    def hand_in() -> None:
        caller = Caller(app.test_client(), alice.code, alice.token)
        answer = caller.post("/documents", json=invoice)
        answers.append((answer.status_code, answer.get_json().get("id")))

    threads = [threading.Thread(target=hand_in) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(status for status, _ in answers) == [200] * 5 + [201]
    assert len({document_id for _, document_id in answers}) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
FIELDS = ("kind", "origin", "number", "date", "customer", "lines", "memo", "total", "class", "applies_to", "terms")


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(changes=st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=4))
def test_no_document_however_odd_breaks_the_server(
    alice: Caller, invoice: dict[str, Any], changes: dict[str, Any]
) -> None:
    answer = alice.post("/documents", data=json.dumps({**invoice, **changes}), content_type="application/json")
    assert answer.status_code in (200, 201, 400, 409, 422), answer.text
    assert answer.mimetype in ("application/json", "application/problem+json")


def _held(app: Flask, alice: Caller, invoice: dict[str, Any]) -> int:
    """A document of whose fate the evidence says nothing."""
    document_id: int = alice.post("/documents", json=invoice).get_json()["id"]
    database: Database = app.extensions["database"]
    with database.transaction() as db:
        row = db.get_one(DocumentRow, document_id)
        row.state, row.reason = State.HELD, Reason.OUTCOME_UNKNOWN
        db.execute(update(QueuedRequest).values(state=RequestState.DISPUTED))
    return document_id


@pytest.mark.parametrize(
    ("said", "state", "txn_id"),
    [({"posted_as": "1a2b-1760000000"}, "posted", "1A2B-1760000000"), ({"not_posted": True}, "submitted", None)],
)
def test_a_person_decides(
    app: Flask, alice: Caller, invoice: dict[str, Any], said: dict[str, Any], state: str, txn_id: str | None
) -> None:
    document_id = _held(app, alice, invoice)
    answer = alice.post(f"/documents/{document_id}/decide", json=said)
    assert (answer.status_code, answer.get_json()["state"], answer.get_json()["txn_id"]) == (200, state, txn_id)


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({}, 422, "invalid_body"),
        ({"posted_as": "1A2B-1", "not_posted": True}, 422, "invalid_body"),
        ({"posted_as": None, "not_posted": False}, 422, "invalid_body"),
        ({"posted_as": 5, "not_postd": True, "x": 1}, 422, "invalid_body"),
        ({"posted_as": "an id"}, 422, "invalid"),
        ({"posted_as": "1A2B-1", "confirmed": True}, 422, "invalid"),
        ({"not_posted": True, "confirmed": True}, 422, "invalid"),
        ({"posted_as": "1A2B-1", "confirmed": "yes"}, 422, "invalid_body"),
        ([], 422, "invalid_body"),
    ],
)
def test_a_decision_that_says_nothing_clear(
    app: Flask, alice: Caller, invoice: dict[str, Any], said: object, status: int, code: str
) -> None:
    document_id = _held(app, alice, invoice)
    answer = alice.post(f"/documents/{document_id}/decide", json=said)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert alice.get(f"/documents/{document_id}").get_json()["state"] == "held"


def test_every_mistake_of_a_small_body_is_told(app: Flask, alice: Caller, invoice: dict[str, Any]) -> None:
    document_id = _held(app, alice, invoice)
    answer = alice.post(f"/documents/{document_id}/decide", json={"posted_as": 5, "not_postd": True, "y" * 9999: 1})
    fields = answer.get_json()["fields"]
    assert {"posted_as", "not_postd"} < {field["field"] for field in fields}
    assert len(fields) == 3
    assert len(answer.text) < 2000


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(changes=st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=4))
def test_mistakes_are_told_in_plain_words(alice: Caller, invoice: dict[str, Any], changes: dict[str, Any]) -> None:
    answer = alice.post("/documents", data=json.dumps({**invoice, **changes}), content_type="application/json")
    said = [field["message"] for field in answer.get_json().get("fields", [])]
    assert not [message for message in said if "nput should" in message or "``" in message or "validator" in message]


@pytest.mark.parametrize("action", ["submit", "exclude", "restore", "void", "keep", "re-date"])
def test_a_body_that_means_nothing_is_refused(alice: Caller, invoice: dict[str, Any], action: str) -> None:
    document = alice.post("/documents", json=invoice).get_json()["id"]
    path = f"/documents/{document}/{action}"
    assert alice.post(path, json={"reason": "x"}).status_code == 422
    assert alice.post(path, data=b"}{", content_type="application/json").status_code == 400
    assert alice.get(f"/documents/{document}").get_json()["state"] == "submitted"


@pytest.mark.parametrize(
    "headers",
    [{"Content-Encoding": "gzip"}, {"Content-Encoding": "br"}, {"Content-Type": "application/json; charset=utf-16"}],
)
def test_a_body_in_another_form_is_refused_as_such(
    alice: Caller, invoice: dict[str, Any], headers: dict[str, str]
) -> None:
    said = {"Content-Type": "application/json", **headers}
    answer = alice.post("/documents", data=json.dumps(invoice), headers=said)
    assert (answer.status_code, answer.get_json()["code"]) == (415, "wrong_content_encoding")
    assert alice.get("/documents").get_json()["documents"] == []


@pytest.mark.parametrize("query", ["number=%FF", "origin=%ED%A0%80", "%C3=1"])
def test_parameters_that_are_no_text_find_nothing_silently(alice: Caller, query: str) -> None:
    answer = alice.get(f"/documents?{query}")
    assert (answer.status_code, answer.get_json()["code"]) == (400, "unknown_parameter")


def test_a_document_is_edited_by_its_revision(alice: Caller, charlie: Caller, invoice: dict[str, Any]) -> None:
    made = alice.post("/documents?review=1", json=invoice).get_json()
    path, said = f"/documents/{made['id']}", {"document": {**invoice, "memo": "seen"}, "revision": made["revision"]}
    assert charlie._open("PUT", path, json=said).status_code == 404
    edited = alice._open("PUT", path, json=said)
    assert (edited.status_code, edited.get_json()["state"]) == (200, "for_review")
    assert alice.get(path).get_json()["document"]["memo"] == "seen"
    again = alice._open("PUT", path, json={**said, "document": {**invoice, "memo": "other"}})
    assert (again.status_code, alice.get(path).get_json()["document"]["memo"]) == (409, "seen")
    now = edited.get_json()["revision"]
    for wrong in ({**invoice, "kind": "estimate"}, {**invoice, "origin": "x"}, {**invoice, "date": "never"}, {"a": 1}):
        refused = alice._open("PUT", path, json={"document": wrong, "revision": now})
        assert (refused.status_code, refused.get_json()["code"]) == (422, "document_invalid")
    assert alice._open("PUT", path, json={"document": invoice}).status_code == 422
