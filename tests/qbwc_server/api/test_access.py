"""Who may ask for what."""

from __future__ import annotations

from itertools import product
from typing import Any

from flask import Flask

from qbwc_server.api.connections import STOPS
from qbwc_server.api.open_work import ENDS
from qbwc_server.documents.open_work import Finding, WorkKind, note_work
from qbwc_server.posting.people.actions import ACTIONS
from qbwc_server.tenancy.companies import find_company
from tests.conftest import TurnableClock
from tests.qbwc_server.api.conftest import Caller

PATHS = (
    ("GET", ""),
    ("POST", "/pause"),
    ("POST", "/resume"),
    ("POST", "/refuse-file"),
    ("GET", "/qwc"),
    ("POST", "/postpone"),
    ("POST", "/connector-password"),
    ("GET", "/options"),
    ("PATCH", "/options"),
    ("POST", "/documents"),
    ("POST", "/documents/many"),
    ("GET", "/documents"),
    ("GET", "/documents/1"),
    ("PUT", "/documents/1"),
    ("POST", "/documents/1/submit"),
    ("POST", "/documents/1/exclude"),
    ("POST", "/documents/1/restore"),
    ("POST", "/documents/1/void"),
    ("POST", "/documents/1/keep"),
    ("POST", "/documents/1/re-date"),
    ("POST", "/documents/1/decide"),
    *(("GET", f"/shop/{one}") for one in ("days", "day", "clearing", "payouts", "payout", "conflicts")),
    ("GET", "/billing/settings"),
    ("PATCH", "/billing/settings"),
    ("POST", "/billing/switches"),
    ("GET", "/billing/words"),
    ("GET", "/billing/preview"),
    ("POST", "/billing/approve"),
    ("POST", "/billing/hold"),
    ("POST", "/billing/take-back"),
    ("POST", "/billing/run"),
    ("GET", "/billing/sent"),
    ("POST", "/billing/sent"),
    ("POST", "/billing/sent/take-back"),
    ("GET", "/billing/report"),
    ("GET", "/billing/report/csv"),
    ("GET", "/billing/report/pdf"),
    ("GET", "/bulk"),
    ("POST", "/bulk"),
    ("GET", "/bulk/1"),
    ("GET", "/bulk/1/results"),
    ("POST", "/bulk/1/undo"),
    ("GET", "/lists"),
    ("GET", "/lists/search"),
    ("GET", "/lists/limits"),
    ("GET", "/lists/customer/1"),
    ("POST", "/lists/refresh"),
    ("GET", "/mappings"),
    ("POST", "/mappings"),
    ("GET", "/mappings/waiting"),
    ("GET", "/mappings/suggestions"),
    ("POST", "/mappings/unset"),
    ("POST", "/mappings/take-sure"),
    ("POST", "/mappings/undo"),
    ("GET", "/mappings/export"),
    ("POST", "/mappings/import"),
    ("GET", "/rules"),
    ("POST", "/rules"),
    ("POST", "/rules/try"),
    ("POST", "/rules/confirm"),
    ("DELETE", "/rules/1"),
    ("POST", "/rules/1/move"),
    ("GET", "/open-work"),
    ("POST", "/open-work/1/done"),
    ("POST", "/open-work/1/dismiss"),
    ("POST", "/open-work/1/use-name"),
    ("POST", "/open-work/1/add-anew"),
    ("GET", "/connection-types"),
    ("GET", "/connections"),
    ("POST", "/connections"),
    ("GET", "/connections/1"),
    ("PATCH", "/connections/1"),
    ("GET", "/connections/1/records"),
    ("POST", "/connections/1/test"),
    ("POST", "/connections/1/run"),
    ("POST", "/connections/1/pause"),
    ("POST", "/connections/1/resume"),
    ("POST", "/connections/1/disconnect"),
    ("POST", "/requests"),
    ("GET", "/requests"),
    ("POST", "/requests/try"),
    ("GET", "/requests/1"),
    ("DELETE", "/requests/1"),
    ("POST", "/requests/1/decide"),
    ("GET", "/members"),
    ("POST", "/members/invitations"),
    ("DELETE", "/members/invitations/1"),
    ("PATCH", "/members/1"),
    ("DELETE", "/members/1"),
    ("GET", "/members/1/sessions"),
    ("DELETE", "/members/1/sessions"),
    ("GET", "/retention"),
    ("POST", "/uploads"),
    ("GET", "/updates"),
    ("GET", "/updates/1"),
    ("GET", "/updates/1/sets/12345678-1234-5678-1234-567812345678"),
    ("GET", "/connections/1/runs"),
    ("POST", "/connections/1/uploads"),
    ("GET", "/connections/1/start"),
    ("POST", "/connections/1/start"),
    ("POST", "/connections/1/start/look"),
    ("POST", "/connections/1/start/accounts"),
    ("POST", "/connections/1/start/tax-item"),
    ("POST", "/connections/1/start/dry-run"),
    ("POST", "/connections/1/start/reset"),
    ("GET", "/status"),
    ("GET", "/audit"),
    ("GET", "/webhooks"),
    ("POST", "/webhooks"),
    ("GET", "/webhooks/1"),
    ("PATCH", "/webhooks/1"),
    ("DELETE", "/webhooks/1"),
    ("POST", "/webhooks/1/secret"),
    ("POST", "/webhooks/1/test"),
    ("GET", "/webhooks/1/deliveries"),
    ("POST", "/webhooks/1/deliveries/1/again"),
    ("GET", "/tokens"),
    ("POST", "/tokens"),
    ("DELETE", "/tokens/1"),
)


def test_the_table_of_paths_is_complete(app: Flask) -> None:
    asked = app.url_map.bind("localhost")
    tested = {asked.match(f"/api/v1/companies/acme{path}", method=method)[0] for method, path in PATHS}
    assert tested == {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")}
    assert {path.rpartition("/")[2] for method, path in PATHS if "/1/" in path} == {
        *ACTIONS, *ENDS, *STOPS, "decide", "use-name", "add-anew", "records", "test", "run", "disconnect",
        "results", "undo", "move", "secret", "deliveries", "again", "uploads", "sessions",
        "start", "look", "accounts", "tax-item", "dry-run", "reset",
        "runs", "12345678-1234-5678-1234-567812345678",
    }  # fmt: skip


def test_without_a_token_nothing_is_told(alice: Caller) -> None:
    wrong: tuple[dict[str, str], ...] = (
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic abc"},
        {"Authorization": "Bearer wrong"},
    )
    for (method, path), header in product(PATHS, wrong):
        answer = alice.client.open(f"/api/v1/companies/acme{path}", method=method, headers=header)
        assert answer.status_code == 401, (method, path)
        assert answer.get_json()["code"] == "unauthorized", (method, path)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer"), (method, path)


def test_another_company_does_not_exist(alice: Caller, charlie: Caller) -> None:
    for method, path in PATHS:
        charlie.code = "acme"
        there = charlie._open(method, path)
        charlie.code = "nowhere"
        nowhere = charlie._open(method, path)
        assert (there.status_code, nowhere.status_code) == (404, 404), (method, path)
        assert there.get_data(as_text=True).replace("acme", "nowhere") == nowhere.get_data(as_text=True), (method, path)


def test_a_document_of_another_company_does_not_exist(alice: Caller, charlie: Caller, invoice: dict[str, Any]) -> None:
    document_id = alice.post("/documents", json=invoice).get_json()["id"]
    for method, path in PATHS:
        if path.startswith("/documents/1"):
            answer = charlie._open(method, path.replace("/1", f"/{document_id}"))
            assert answer.status_code == 404, path
    assert charlie.get("/documents").get_json() == {"documents": [], "next": None}


def test_the_same_origin_in_two_companies_is_two_documents(
    alice: Caller, charlie: Caller, invoice: dict[str, Any]
) -> None:
    first, second = (caller.post("/documents", json=invoice) for caller in (alice, charlie))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_json()["id"] != second.get_json()["id"]


def test_the_token_is_looked_at_before_the_body(alice: Caller) -> None:
    answer = alice.client.post("/api/v1/companies/acme/documents", data=b"x" * 100_000)
    assert answer.status_code == 401


def test_an_unknown_parameter_is_refused_by_name(alice: Caller) -> None:
    for method, path in PATHS:
        answer = alice._open(method, f"{path}?revize=1")
        assert answer.status_code == 400, (method, path)
        error = answer.get_json()
        assert error["code"] == "unknown_parameter", (method, path)
        assert "revize" in error["detail"], (method, path)


def test_a_parameter_is_said_once(alice: Caller) -> None:
    answer = alice.get("/documents?limit=1&limit=2")
    assert (answer.status_code, answer.get_json()["code"]) == (400, "unknown_parameter")


def test_a_stranger_hears_nothing_of_parameters(alice: Caller) -> None:
    assert alice.client.get("/api/v1/companies/acme/documents?revize=1").status_code == 401


def test_options_answers_in_json(alice: Caller) -> None:
    for path in sorted({path for _, path in PATHS}):
        answer = alice._open("OPTIONS", path)
        assert answer.status_code == 200, path
        methods = {method for method, other in PATHS if other == path}
        assert methods <= set(answer.get_json()["methods"]), path
        assert methods <= set(answer.headers["Allow"].split(", ")), path
        assert alice.client.options(f"/api/v1/companies/acme{path}").status_code == 401, path


def test_numbers_of_another_company_mean_nothing_at_ones_own_address(
    app: Flask, alice: Caller, charlie: Caller, invoice: dict[str, Any], clock: TurnableClock
) -> None:
    for number in range(2):
        assert alice.post("/documents?review=1", json={**invoice, "origin": f"t:{number}"}).status_code == 201
        feed = {"address": "https://feed.example.com", "name": f"tea-{number}"}
        assert alice.post("/connections", json={"channel": "feed", "options": feed}).status_code == 201
        with app.extensions["database"].transaction() as db:
            found = Finding(WorkKind.ENTRY_RENAMED, f"{number}", "It is called otherwise.", "Say how.")
            note_work(db, find_company(db, "acme").id, [found], now=clock())
    looked_at = ("/documents", "/connections", "/open-work", "/audit", "/tokens")
    before = [alice.get(path).get_json() for path in looked_at]
    said: tuple[dict[str, object], ...] = (
        {},
        {"unposted": "remove"},
        {"options": {}},
        {"not_posted": True},
        {"name": "Acme"},
    )
    for method, path in PATHS:
        if "/1" in path and not path.startswith("/lists/"):
            files = path.endswith("/uploads") and method == "POST"
            for body in said:
                sent: dict[str, Any] = (
                    {"data": b"{}", "content_type": "application/octet-stream"} if files else {"json": body}
                )
                assert charlie._open(method, path, **sent).status_code in (404, 422), (method, path, body)
    assert [alice.get(path).get_json() for path in looked_at] == before
