"""A file sent to the REST face: what came of it, the same file again, and every way to be refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from qbwc_server.channels.connections.finding import connections_of, runs_of
from qbwc_server.channels.files.receiving import MOST_BYTES
from qbwc_server.db import Database
from qbwc_server.tenancy.companies import find_company
from tests.qbwc_server.api.conftest import Caller
from tests.qbwc_server.channels.charges.conftest import file_of, row

BYTES = "application/octet-stream"


def lines(*values: dict[str, Any] | str) -> bytes:
    return "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in values).encode()


def send(caller: Caller, data: bytes, asked: str = "", content_type: str = BYTES, **more: Any) -> Any:
    return caller._open("POST", f"/uploads{asked}", data=data, content_type=content_type, **more)


def test_what_came_of_a_file_is_told(app: Flask, alice: Caller, invoice: dict[str, Any]) -> None:
    answer = send(alice, lines(invoice, "{"), "?name=march.jsonl")
    told = answer.get_json()
    assert (answer.status_code, told["file"], told["format"]) == (200, "march.jsonl", "jsonl")
    assert (told["documents"], told["added"], told["submitted"], told["problems"]) == (2, 1, 1, 1)
    assert [(one["line"], one["outcome"]) for one in told["findings"]] == [(2, "problem")]
    assert (told["needs_a_person"], told["came_before"]) == (True, None)
    again = send(alice, lines(invoice, "{"), "?name=april.jsonl").get_json()
    assert (again["added"], again["same"], again["connection"]) == (0, 1, told["connection"])
    assert again["came_before"]
    shown = alice.get(f"/connections/{told['connection']}").get_json()
    assert [(run["id"], run["file"], run["by"]) for run in shown["runs"]] == [
        (again["run"], "april.jsonl", "API, tests"), (told["run"], "march.jsonl", "API, tests")
    ]  # fmt: skip
    aside = alice.get(f"/connections/{told['connection']}/records?state=set_aside").get_json()["records"]
    assert [one["message"] for one in aside] == [f"april.jsonl, line 2: {told['findings'][0]['message']}"]


def test_choices_stand_behind_the_question_mark(alice: Caller, invoice: dict[str, Any]) -> None:
    assert send(alice, lines(invoice), "?review=1").get_json()["for_review"] == 1
    changed = lines({**invoice, "memo": "changed"})
    assert send(alice, changed).get_json()["problems"] == 1
    assert send(alice, changed, "?revise=1").get_json()["revised"] == 1
    head = b"kind,origin,date,customer,item,amount\ninvoice,%b,02/03/2026,Ann,Tea,5.00\n"
    asked = '?format=csv&options={"dates":"day_first"}'
    assert send(alice, head % b"x", asked).get_json()["added"] == 1
    made = alice.post("/connections", json={"channel": "files", "options": {"name": "till"}}).get_json()
    assert send(alice, head % b"y", f"{asked}&connection={made['id']}").get_json()["connection"] == made["id"]


@pytest.mark.parametrize(
    ("data", "asked", "kind", "refused"),
    [
        (b"", "", BYTES, (422, "unknown_format")),
        (b"Dear Ann,\n", "", BYTES, (422, "unknown_format")),
        (b"%PDF-1.7\n", "", BYTES, (422, "unknown_format")),
        (b"{}", "?format=excel", BYTES, (422, "unknown_format")),
        (b"{}", '?options={"colour":"blue"}', BYTES, (422, "wrong_options")),
        (b"{}", "?options=blue", BYTES, (422, "invalid")),
        (b"{}", "?options=[]", BYTES, (422, "invalid")),
        (b"{}", "?connection=7", BYTES, (404, "not_found")),
        (b"{}", "?connection=x", BYTES, (422, "invalid")),
        (b"{}", "", "application/json", (415, "wrong_content_type")),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words(
    alice: Caller, data: bytes, asked: str, kind: str, refused: tuple[int, str]
) -> None:
    answer = send(alice, data, asked, kind)
    assert (answer.status_code, answer.get_json()["code"]) == refused
    assert answer.get_json()["advice"] or answer.get_json()["detail"]
    assert alice.get("/documents").get_json()["documents"] == []


def test_a_file_that_is_too_long_is_refused_before_it_is_read(app: Flask, alice: Caller) -> None:
    answer = send(alice, b"x" * (MOST_BYTES + 1))
    assert answer.status_code == 413
    assert alice.get("/connections").get_json()["connections"] == []
    packed = send(alice, b"x", headers={"Content-Encoding": "gzip"})
    assert packed.status_code == 415
    long = send(alice, lines("{").ljust(MOST_BYTES, b"\n"), "?format=jsonl")  # longer than any other body may be
    assert (long.status_code, long.get_json()["problems"]) == (200, 1)


def test_who_may_not_bring_documents_brings_no_file(app: Flask, alice: Caller, invoice: dict[str, Any]) -> None:
    made = alice.post("/tokens", json={"label": "reader", "scopes": "read"}).get_json()
    answer = send(replace(alice, token=made["token"]), lines(invoice))
    assert (answer.status_code, answer.get_json()["code"]) == (403, "out_of_scope")
    database: Database = app.extensions["database"]
    with database.reading() as db:
        assert connections_of(db, find_company(db, "acme").id) == []


def test_a_paused_connection_takes_no_file(app: Flask, alice: Caller, invoice: dict[str, Any]) -> None:
    number = send(alice, lines(invoice)).get_json()["connection"]
    assert alice.post(f"/connections/{number}/pause").status_code == 200
    answer = send(alice, lines(invoice))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "connection_not_running")
    assert alice.post(f"/connections/{number}/resume").status_code == 200
    assert alice.post(f"/connections/{number}/run", json={}).status_code == 409
    database: Database = app.extensions["database"]
    with database.reading() as db:
        (row,) = connections_of(db, find_company(db, "acme").id)
        assert len(runs_of(db, row)) == 1


@pytest.fixture
def charges(alice: Caller) -> str:
    """Where charges are sent."""
    made = alice.post("/connections", json={"channel": "charges", "options": {"name": "pax8"}})
    return f"/connections/{made.get_json()['id']}/uploads"


def send_charges(caller: Caller, path: str, data: str, content_type: str = BYTES) -> Any:
    return caller._open("POST", path, data=data.encode(), content_type=content_type)


def test_charges_are_kept_once(alice: Caller, charges: str) -> None:
    data = file_of(row("Contoso"), row("Fabrikam"), row("Northwind", "many"))
    told = send_charges(alice, f"{charges}?name=november.csv", data).get_json()
    assert (told["new"], told["known"], told["set_aside"]) == (3, 0, 1)
    assert "Line 4" in told["problems"][0]["message"]
    again = send_charges(alice, f'{charges}?options={{"whole":true}}', data).get_json()
    assert (again["new"], again["changed"], again["known"]) == (0, 0, 3)
    shown = alice.get(charges.removesuffix("/uploads")).get_json()
    assert [(run["file"], run["outcome"]) for run in shown["runs"]] == [("upload", "done"), ("november.csv", "done")]


@pytest.mark.parametrize(
    ("data", "asked", "kind", "refused"),
    [
        ("", "", BYTES, (422, "file_refused")),
        ("{}", "", BYTES, (422, "file_refused")),
        ("{", '?options={"half":1}', BYTES, (422, "wrong_options")),
        ("a,b", "", BYTES, (422, "not_a_table_of_charges")),
        ("{", "", "application/json", (415, "wrong_content_type")),
    ],
)
def test_what_is_no_charges_is_refused_in_words(
    alice: Caller, charges: str, data: str, asked: str, kind: str, refused: tuple[int, str]
) -> None:
    answer = send_charges(alice, f"{charges}{asked}", data, kind)
    assert (answer.status_code, answer.get_json()["code"]) == refused


def test_a_connection_that_takes_no_charges_says_so(alice: Caller) -> None:
    made = alice.post("/connections", json={"channel": "files", "options": {"name": "till"}}).get_json()
    answer = send_charges(alice, f"/connections/{made['id']}/uploads", file_of(row("Contoso")))
    assert (answer.status_code, answer.get_json()["code"]) == (422, "no_charges")
    assert send_charges(alice, "/connections/77/uploads", "{").status_code == 404
