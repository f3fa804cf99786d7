"""The company itself, its options and its holds, as programs see and move them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from qbwc_server.books.holds import HoldKind, put_on_hold
from qbwc_server.connector.logins import add_login
from qbwc_server.db import Database
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.companies import find_company
from tests.conftest import TurnableClock
from tests.qbwc_server.api.conftest import Caller


def hold(app: Flask, clock: TurnableClock, kind: HoldKind, seen: dict[str, Any] | None = None) -> None:
    database: Database = app.extensions["database"]
    with database.transaction() as db:
        put_on_hold(db, find_company(db, "acme").id, kind, "Look.", by=SERVER, now=clock(), seen=seen)


def test_a_company_is_shown_without_a_secret(alice: Caller, clock: TurnableClock) -> None:
    record = alice.get("").get_json()
    assert (record["code"], record["hold"], record["quickbooks"]) == ("acme", None, None)
    assert record["created_at"] == clock().isoformat()
    assert record["options"]["create_customers"] is True
    assert "password" not in str(record)


def test_pause_and_resume(alice: Caller) -> None:
    assert alice.post("/pause").get_json()["hold"] == "paused"
    again = alice.post("/pause")
    assert (again.status_code, again.get_json()["code"]) == (409, "conflict")
    resumed = alice.post("/resume").get_json()
    assert (resumed["was"], resumed["hold"], resumed["looked_for"]) == ("paused", None, 0)
    assert alice.post("/resume").status_code == 409


def test_where_several_holds_stand_one_is_named(app: Flask, alice: Caller, clock: TurnableClock) -> None:
    hold(app, clock, HoldKind.RESTORED_BACKUP)
    alice.post("/pause")
    unnamed = alice.post("/resume")
    assert unnamed.status_code == 409
    assert "restored_backup" in unnamed.get_json()["detail"]
    assert alice.post("/resume", json={"hold": "paused"}).get_json()["hold"] == "restored_backup"
    assert alice.post("/resume", json={"hold": "tired"}).status_code == 422
    assert alice.post("/resume", json={"repost": True}).get_json()["was"] == "restored_backup"


def test_another_file_is_accepted_by_the_name_of_its_company(app: Flask, alice: Caller, clock: TurnableClock) -> None:
    seen: dict[str, Any] = {
        "file_id": None,
        "company_name": "Kern",
        "legal_name": None,
        "file_path": "",
        "product": None,
        "country": "US",
        "qbxml_version": "13.0",
        "machine": None,
        "closing_date": None,
        "preferences": {},
    }
    hold(app, clock, HoldKind.OTHER_FILE, seen)
    refused = alice.post("/resume")
    assert (refused.status_code, refused.get_json()["code"]) == (422, "say_accept_file")
    assert alice.post("/resume", json={"accept_file": "Acme"}).status_code == 422
    assert alice.get("").get_json()["hold"] == "other_file"
    assert alice.post("/resume", json={"accept_file": "kern"}).get_json()["was"] == "other_file"


def test_a_file_is_refused_by_the_name_of_its_company(app: Flask, alice: Caller, clock: TurnableClock) -> None:
    database: Database = app.extensions["database"]
    with database.transaction() as db:
        add_login(db, find_company(db, "acme"))
    assert alice.post("/refuse-file", json={"name": "Kern"}).status_code == 409  # none is known
    seen = {"file_id": None, "company_name": "Kern", "file_path": "C:\\Kern.QBW", "preferences": {}} | dict.fromkeys(
        ("legal_name", "product", "machine", "closing_date")
    )
    hold(app, clock, HoldKind.OTHER_FILE, {**seen, "country": "US", "qbxml_version": "13.0"})
    alice.post("/resume", json={"accept_file": "Kern"})
    for body in ({}, {"name": "Lamb"}, {"name": 1}, {"title": "Kern"}):
        assert alice.post("/refuse-file", json=body).status_code == 422
    assert alice.get("").get_json()["hold"] is None
    refused = alice.post("/refuse-file", json={"name": "KERN"}).get_json()
    assert (refused["refused_file"], refused["new_qwc"], refused["hold"]) == ("Kern", False, "other_file")
    assert alice.get("").get_json()["quickbooks"] is None


def test_options_are_changed_and_taken_back(alice: Caller) -> None:
    answer = alice._open("PATCH", "/options", json={"create_customers": False, "deposit_to": "Bank"})
    assert answer.status_code == 200
    assert answer.get_json()["options"]["deposit_to"] == "Bank"
    taken_back = alice._open("PATCH", "/options", json={"create_customers": None}).get_json()["options"]
    assert (taken_back["create_customers"], taken_back["deposit_to"]) == (True, "Bank")
    assert alice.get("/options").get_json()["options"] == taken_back


def test_every_mistake_in_options_is_told_in_plain_words(alice: Caller) -> None:
    answer = alice._open(
        "PATCH",
        "/options",
        json={"create_customers": "perhaps", "creat_items": True, "deposit_to": 5, "characters": "x"},
    )
    assert answer.status_code == 422
    message = answer.get_json()["detail"]
    for said in (
        "create_customers: It must be true or false.",
        "creat_items: There is nothing of that name.",
        "deposit_to: It must be a text.",
        "characters: It must be ",
    ):
        assert said in message
    assert "nput should" not in message


@pytest.mark.parametrize("body", [b"[]", b"5", b"{", b"\xff", b'{"a":1,"a":2}', b"[" * 900 + b"]" * 900])
def test_what_is_no_object_changes_nothing(alice: Caller, body: bytes) -> None:
    answer = alice._open("PATCH", "/options", data=body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer.get_json()["code"] in ("not_json", "nested_too_deeply", "invalid_body")


@pytest.mark.parametrize(
    ("option", "name"),
    [
        ("ar_account", "a\x00b"),
        ("deposit_to", "a\x01b"),
        ("ar_account", "a\nb"),
        ("ar_account", "a\x9bb"),
        ("ar_account", "  "),
        ("ar_account", "Bank::Till"),
        ("ar_account", "Bank:" + "b" * 32),
        ("item_income_account", "a" * 160),
        ("sales_tax_item", "a" * 32),
    ],
)
def test_a_name_that_quickbooks_cannot_have_is_no_option(alice: Caller, option: str, name: str) -> None:
    answer = alice._open("PATCH", "/options", json={option: name})
    assert answer.status_code == 422
    assert f"{option}: " in answer.get_json()["detail"]
    assert alice.get("/options").get_json()["options"][option] is None


def test_names_in_options_are_kept_without_blanks_around_them(alice: Caller) -> None:
    answer = alice._open("PATCH", "/options", json={"deposit_to": " Bank:Till "})
    assert answer.get_json()["options"]["deposit_to"] == "Bank:Till"
