"""Lists as CSV, at the same addresses."""

from __future__ import annotations

import csv
import io
from typing import Any

from flask import Flask

from qbwc_server.api import ROUTES
from qbwc_server.api.answers.answer import Answer
from qbwc_server.api.answers.documents import DocumentsAnswer
from qbwc_server.api.tables import table_of
from tests.qbwc_server.api.conftest import Caller, document_of

AS_CSV = {"Accept": "text/csv"}


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_list_is_had_as_csv_page_by_page(alice: Caller, invoice: dict[str, Any]) -> None:
    for number in range(3):
        alice.post("/documents?review=1", json={**invoice, "origin": f"shop:{number}"})
    first = alice.get("/documents?limit=2&kind=invoice", headers=AS_CSV)
    assert first.mimetype == "text/csv"
    assert [row["origin"] for row in rows(first.text)] == ["shop:0", "shop:1"]
    link = first.headers["Link"]
    assert link.endswith('; rel="next"')
    rest = alice.get(f"/documents{link.partition('<')[2].partition('>')[0]}", headers=AS_CSV)
    assert [row["origin"] for row in rows(rest.text)] == ["shop:2"]
    assert "Link" not in rest.headers
    assert rows(alice.get("/documents?state=held", headers=AS_CSV).text) == []


def test_nothing_in_it_is_a_formula(alice: Caller, invoice: dict[str, Any]) -> None:
    hostile = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x","y")']
    for number, text in enumerate(hostile):
        alice.post("/webhooks", json={"url": f"https://hooks.example.com/{number}"})
        alice.post("/documents?review=1", json={**invoice, "origin": f"{text}{number}", "customer": {"name": "=Acme"}})
    found = rows(alice.get("/documents", headers=AS_CSV).text)
    assert found
    cells = [cell for row in found for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_whoever_asks_for_nothing_has_json_and_a_refusal_stays_one(alice: Caller) -> None:
    for accept in ("*/*", "application/json", "text/html", "application/json, text/csv;q=0.5"):
        answer = alice.get("/documents", headers={"Accept": accept})
        assert (answer.mimetype, answer.headers["Vary"]) == ("application/json", "Accept")
    assert alice.get("/documents?state=none", headers=AS_CSV).mimetype == "application/problem+json"
    assert alice.get("/status", headers=AS_CSV).mimetype == "application/json"


def test_every_list_is_one_and_the_document_says_so(app: Flask) -> None:
    lists = {endpoint for endpoint, route in ROUTES.items() if table_of(route.answer) is not None}
    assert {"api.index", "api.list_audit", "api.list_tokens", "api.webhooks", "api.updates", "api.mappings"} <= lists
    told = document_of(app)["paths"]["/api/v1/companies/{code}/documents"]["get"]["responses"]["200"]["content"]
    assert {*told} == {"application/json", "text/csv"}
    assert table_of(DocumentsAnswer) is not None
    assert table_of(Answer) is None
    assert table_of(None) is None
