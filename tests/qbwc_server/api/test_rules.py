"""Rules over REST: added, tried, moved, removed; what was confirmed is proposed, unless it is not to be remembered."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from qbwc_server.list_kinds import ListKind
from qbwc_server.tenancy.companies import find_company
from tests.conftest import TurnableClock
from tests.qbwc_server.api.conftest import Caller
from tests.qbwc_server.books.mirror.lists_kept import keep, told


@pytest.fixture(autouse=True)
def _accounts(app: Flask, alice: Caller, clock: TurnableClock) -> None:
    with app.extensions["database"].transaction() as db:
        company = find_company(db, "acme")
        for name in ("Sales", "Fees", "Travel"):
            entry = told(f"{name}-1", name, entry_type="Expense")
            keep(db, company.id, entry, kind=ListKind.ACCOUNT, now=clock())


def tried(alice: Caller, description: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = alice.post(
        "/rules/try", json={"description": description, "amount": "100.00", **more}
    ).get_json()
    return found


def test_a_rule_from_its_beginning_to_its_end(alice: Caller, charlie: Caller) -> None:
    made = alice.post("/rules", json={"text": "settlement", "account": "sales", "splits": {"Fees": "2.5%"}})
    first = made.get_json()
    assert (made.status_code, first["account"], first["match"]) == (201, "Sales", "partial")
    assert first["splits"] == [{"account": "Fees", "amount": None, "percent": "2.5"}]
    second = alice.post("/rules", json={"text": "card", "account": "Travel", "least": "10"}).get_json()
    booked = tried(alice, "Card settlement 4711")
    assert booked["why"] == f"rule {first['id']}"
    assert [(one["account"], one["amount"]) for one in booked["lines"]] == [("Sales", "97.50"), ("Fees", "2.50")]
    assert alice.post(f"/rules/{second['id']}/move", json={"place": 1}).get_json() == {"id": second["id"], "place": 1}
    assert tried(alice, "Card settlement 4711")["why"] == f"rule {second['id']}"
    assert [one["id"] for one in alice.get("/rules").get_json()["rules"]] == [second["id"], first["id"]]
    assert charlie.get("/rules").get_json() == {"rules": []}
    assert charlie._open("DELETE", f"/rules/{second['id']}").status_code == 404
    assert alice._open("DELETE", f"/rules/{second['id']}").get_json() == {"id": second["id"]}
    assert tried(alice, "Card settlement 4711")["why"] == f"rule {first['id']}"


def test_what_was_confirmed_is_proposed_where_it_is_to_be_remembered(alice: Caller) -> None:
    once = {"description": "Taxi 17 March", "account": "travel", "remember": False}
    assert alice.post("/rules/confirm", json=once).get_json() == {"remembered": False}
    assert tried(alice, "Taxi 18 March") == {"why": None, "lines": []}
    assert alice.post("/rules/confirm", json={**once, "remember": True}).get_json() == {"remembered": True}
    booked = tried(alice, "Taxi 18 March")
    assert (booked["why"][:6], booked["lines"][0]["account"]) == ("learnt", "Travel")
    assert tried(alice, "Taxi 18 March", learnt=False)["why"] is None
    assert tried(alice, "Taxi 18 March", direction="income")["why"] is None


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/rules", {"text": "card"}),
        ("/rules", {"text": "card", "account": "Nothing"}),
        ("/rules", {"text": "card", "account": "Travel", "least": "much"}),
        ("/rules", {"text": "card", "account": "Travel", "splits": {"Fees": "x%"}}),
        ("/rules", {"text": "card", "account": "Travel", "splits": {"Fees": 5}}),
        ("/rules", {"text": "card", "account": "Travel", "direction": "up"}),
        ("/rules/try", {"description": "card"}),
        ("/rules/try", {"description": "card", "amount": "-1"}),
        ("/rules/try", {"description": "card", "amount": "NaN"}),
        ("/rules/confirm", {"description": "card", "account": "Nothing"}),
        ("/rules/confirm", {"account": "Travel"}),
    ],
)
def test_what_cannot_be_is_refused(alice: Caller, path: str, body: dict[str, Any]) -> None:
    assert alice.post(path, json=body).status_code == 422
