"""``/companies/CODE/audit``: what programs changed, and what was changed on the command line, in one list."""

from __future__ import annotations

import pytest
from flask import Flask

from qbwc_server.connector.logins import add_login
from qbwc_server.tenancy.companies import find_company
from tests.qbwc_server.api.conftest import Caller


def test_what_a_program_changes_is_noted_with_its_address(app: Flask, alice: Caller) -> None:
    with app.extensions["database"].transaction() as db:
        add_login(db, find_company(db, "acme"))
    alice._open("PATCH", "/options", json={"deposit_to": "Checking"}).get_json()
    alice.post("/pause")
    alice.post("/resume", json={})
    made = alice.post("/tokens", json={"label": "till", "scopes": "read"}).get_json()
    alice._open("DELETE", f"/tokens/{made['id']}")
    answer = alice.get("/audit").get_json()
    assert answer["next"] is None
    by_program = [row for row in answer["audit"] if row["by_kind"] == "token"][::-1]
    assert [row["action"] for row in by_program] == [
        "options_changed", "paused", "resumed", "token_made", "token_revoked",
    ]  # fmt: skip
    assert {(row["by"], row["by_id"], row["place"]) for row in by_program} == {("API, tests", "1", "127.0.0.1")}
    assert (by_program[0]["before"], by_program[0]["after"]) == ({"deposit_to": None}, {"deposit_to": "Checking"})
    assert by_program[3]["after"]["scopes"] == "read"
    assert made["token"] not in alice.get("/audit").get_data(as_text=True)


def test_what_is_refused_is_not_noted(alice: Caller) -> None:
    before = alice.get("/audit").get_json()
    assert alice._open("PATCH", "/options", json={"deposit_to": 7}).status_code == 422
    assert alice._open("PATCH", "/options", json={"deposit_to": None}).status_code == 200  # as it was
    assert alice.post("/resume", json={}).status_code == 409
    assert alice.get("/audit").get_json() == before


def test_pages_and_nobody_else(alice: Caller, charlie: Caller) -> None:
    for _ in range(2):
        alice.post("/pause")
        alice.post("/resume", json={})
    whole = [row["id"] for row in alice.get("/audit").get_json()["audit"]]
    assert whole == sorted(whole, reverse=True)
    seen: list[int] = []
    page = alice.get("/audit?limit=2").get_json()
    while True:
        seen += [row["id"] for row in page["audit"]]
        if page["next"] is None:
            break
        page = alice.get(f"/audit?limit=2&before={page['next']}").get_json()
    assert seen == whole
    assert {row["id"] for row in charlie.get("/audit").get_json()["audit"]}.isdisjoint(whole)


@pytest.mark.parametrize("parameter", ["before=x", "limit=-1", "limit=100000", "before=1e3"])
def test_odd_pages_are_refused(alice: Caller, parameter: str) -> None:
    assert alice.get(f"/audit?{parameter}").status_code == 422
