"""``/companies/CODE/billing/sent``."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.tenancy.audit import audit_of
from tests.qbwc_server.api.conftest import Caller


@pytest.fixture
def posted(app: Flask, alice: Caller, invoice: dict[str, Any]) -> str:
    """The id of an invoice that is in QuickBooks."""
    number = alice.post("/documents", json=invoice).get_json()["id"]
    with app.extensions["database"].transaction() as db:
        row = db.get_one(DocumentRow, number)
        row.state, row.txn_id, row.posted_number = State.POSTED, "1A2B-1760000000", "77"
    return str(number)


def test_an_invoice_is_marked_as_sent_and_taken_back(app: Flask, alice: Caller, posted: str) -> None:
    """Part f, 2: marked as sent here."""
    marked = alice.post("/billing/sent", json={"invoice": posted}).get_json()
    assert (marked["txn_id"], marked["document"], marked["number"]) == ("1A2B-1760000000", int(posted), "77")
    stranger = alice.post("/billing/sent", json={"invoice": "FF-9"}).get_json()
    assert (stranger["txn_id"], stranger["document"]) == ("FF-9", None)
    assert alice.post("/billing/sent", json={"invoice": "FF-9"}).status_code == 200  # it stays so
    named = alice.post("/billing/sent", json={"invoice": "#1034"}).get_json()
    assert (named["txn_id"], named["number"]) == ("#1034", "1034")
    alice.post("/billing/sent/take-back", json={"invoice": "#1034"})
    listed = alice.get("/billing/sent?limit=1").get_json()
    assert ([one["txn_id"] for one in listed["sent"]], listed["next"]) == (["1A2B-1760000000"], "1A2B-1760000000")
    rest = alice.get(f"/billing/sent?after={listed['next']}").get_json()
    assert ([one["txn_id"] for one in rest["sent"]], rest["next"]) == (["FF-9"], None)
    left = alice.post("/billing/sent/take-back", json={"invoice": posted}).get_json()
    assert [one["txn_id"] for one in left["sent"]] == ["FF-9"]
    with app.extensions["database"].reading() as db:
        records = [one for one in audit_of(db, company_id=1) if one.action == "invoice_marked_sent"]
    assert [(one.before, one.after) for one in reversed(records)] == [
        ({"sent": False}, {"sent": True}), ({"sent": False}, {"sent": True}), ({"sent": False}, {"sent": True}),
        ({"sent": True}, {"sent": False}), ({"sent": True}, {"sent": False}),
    ]  # fmt: skip
    assert records[0].subject == "1A2B-1760000000"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"invoice": "no such"}, 422),
        ({"invoice": "-"}, 422),
        ({"invoice": "9" * 30}, 404),
        ({"invoice": "4711"}, 404),
        ({"invoice": "A-" + "1" * 40}, 422),
        ({"invoice": " "}, 422),
        ({"invoice": "#"}, 422),
        ({"invoice": "#123456789012"}, 422),
        ({}, 422),
    ],
    ids=["words", "dash", "too large", "unknown", "too long", "blank", "no number", "long number", "nothing"],
)
def test_what_is_no_invoice_is_told(alice: Caller, said: dict[str, str], status: int) -> None:
    assert alice.post("/billing/sent", json=said).status_code == status


def test_what_is_not_marked_is_not_taken_back(alice: Caller, charlie: Caller, posted: str) -> None:
    assert alice.post("/billing/sent/take-back", json={"invoice": "FF-9"}).status_code == 404
    assert charlie.post("/billing/sent", json={"invoice": posted}).status_code == 404  # of another company
