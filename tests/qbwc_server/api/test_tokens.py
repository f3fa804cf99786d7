"""``/companies/CODE/tokens``, and what a token may do that may not do everything."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from qbwc_server.api import ROUTES
from qbwc_server.db import Database
from qbwc_server.tenancy.access import Standing
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.models import ApiToken
from qbwc_server.tenancy.permissions import RULES, Scope
from qbwc_server.tenancy.tokens import add_token, revoke_token
from tests.conftest import TurnableClock
from tests.qbwc_server.api.conftest import Caller
from tests.qbwc_server.api.test_access import PATHS


def made(caller: Caller, **said: Any) -> dict[str, Any]:
    answer = caller.post("/tokens", json={"label": "till", **said})
    assert answer.status_code == 201, answer.get_json()
    record: dict[str, Any] = answer.get_json()
    return record


def with_token(caller: Caller, **said: Any) -> Caller:
    return replace(caller, token=made(caller, **said)["token"])


def refusal(caller: Caller, method: str = "GET", path: str = "/documents") -> tuple[int, str | None]:
    answer = caller._open(method, path)
    return answer.status_code, (answer.get_json(silent=True) or {}).get("code")


def test_every_address_says_what_it_needs(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")}
    assert endpoints == {*ROUTES}
    assert {RULES[route.needs].scope for route in ROUTES.values()} == {*Scope}


@pytest.mark.parametrize("scope", Scope)
def test_a_token_does_what_its_scope_covers_and_nothing_else(
    app: Flask, alice: Caller, clock: TurnableClock, scope: Scope
) -> None:
    with app.extensions["database"].transaction() as db:
        _, token = add_token(db, find_company(db, "acme"), label="narrow", scopes=[scope], now=clock())
    narrow = replace(alice, token=token)
    urls = app.url_map.bind("localhost")
    for method, path in PATHS:
        endpoint, _ = urls.match(f"/api/v1/companies/acme{path}", method=method)
        assert refusal(narrow, "OPTIONS", path) == (200, None)
        status, code = refusal(narrow, method, path)
        assert (code == "out_of_scope") == (RULES[ROUTES[endpoint].needs].scope is not scope), (method, path, status)
        assert (status == 403) == (code == "out_of_scope")


def test_what_reads_changes_nothing(app: Flask) -> None:
    reading = {endpoint for endpoint, route in ROUTES.items() if RULES[route.needs].scope is Scope.READ}
    assert {"api.company", "api.show", "api.status"} <= reading
    for rule in app.url_map.iter_rules():
        if rule.endpoint in reading:
            assert (rule.methods or set()) - {"HEAD", "OPTIONS"} == {"GET"}, rule.endpoint


def test_made_listed_used_and_revoked(alice: Caller, clock: TurnableClock) -> None:
    record = made(alice, scopes="read write", days=30)
    till = replace(alice, token=record.pop("token"))
    assert (record["scopes"], record["state"], record["last_used_at"]) == (["read", "write"], "usable", None)
    clock.advance(hours=1)
    assert till.get("/documents").status_code == 200
    listed = alice.get("/tokens").get_json()["tokens"]
    assert [one["label"] for one in listed] == ["tests", "till"]
    assert listed[1] == {**record, "last_used_at": clock().isoformat()}
    assert "qbwc_" not in alice.get("/tokens").get_data(as_text=True)
    revoked = alice._open("DELETE", f"/tokens/{record['id']}").get_json()
    assert (revoked["state"], revoked["revoked_at"]) == ("revoked", clock().isoformat())
    assert refusal(till) == (401, "token_revoked")
    assert refusal(till, "POST", "/tokens") == (401, "token_revoked")


def test_its_days_are_over(alice: Caller, clock: TurnableClock) -> None:
    till = with_token(alice, days=1)
    clock.advance(days=1)
    assert refusal(till) == (401, "token_expired")
    assert refusal(alice) == (200, None)


def test_one_that_revoked_itself_is_out(alice: Caller) -> None:
    own = alice.get("/tokens").get_json()["tokens"][0]["id"]
    assert alice._open("DELETE", f"/tokens/{own}").status_code == 200
    assert refusal(alice) == (401, "token_revoked")


def test_none_makes_another_that_may_do_more(alice: Caller) -> None:
    manager = with_token(alice, scopes="manage")
    assert refusal_of_making(manager, "manage read") == (403, "out_of_scope")
    assert made(manager)["scopes"] == ["manage"]
    assert refusal_of_making(alice, "everything") == (422, "invalid")
    assert refusal_of_making(alice, "") == (422, "invalid")


def refusal_of_making(caller: Caller, scopes: str) -> tuple[int, str]:
    answer = caller.post("/tokens", json={"label": "more", "scopes": scopes})
    return answer.status_code, answer.get_json()["code"]


def test_tokens_of_another_company_do_not_exist(alice: Caller, charlie: Caller) -> None:
    theirs = made(charlie)["id"]
    assert alice._open("DELETE", f"/tokens/{theirs}").status_code == 404
    assert [one["label"] for one in alice.get("/tokens").get_json()["tokens"]] == ["tests"]
    assert charlie.get("/tokens").status_code == 200


@pytest.mark.parametrize("body", [{}, {"label": ""}, {"label": "x" * 101}, {"label": 1}, {"label": "a", "days": 0}])
def test_what_cannot_be_made_is_refused(alice: Caller, body: dict[str, Any]) -> None:
    answer = alice.post("/tokens", json=body)
    assert answer.status_code == 422
    assert answer.get_json()["detail"]


def test_a_token_with_an_end_makes_none_that_outlives_it(alice: Caller, clock: TurnableClock) -> None:
    short = with_token(alice, days=30)
    clock.advance(days=1)
    for days in (30, 3_650):
        answer = short.post("/tokens", json={"label": "longer", "days": days})
        assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid")
    child = with_token(short, days=None)
    grandchild = with_token(child, days=29)
    for caller in (short, child, grandchild):
        assert refusal(caller) == (200, None)
    clock.advance(days=29)
    for caller in (short, child, grandchild):
        assert refusal(caller) == (401, "token_expired")
    assert refusal(alice) == (200, None)


def test_what_waited_for_its_turn_while_the_token_was_revoked_writes_nothing(
    app: Flask, alice: Caller, invoice: dict[str, Any], clock: TurnableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.extensions["database"].transaction() as db:
        row, token = add_token(db, find_company(db, "acme"), label="till", scopes=[*Scope], now=clock())
        record = {"id": row.id}
    till = replace(alice, token=token)
    looked_at = Standing.require
    bodies = {
        "/documents": invoice,
        "/documents/1": {"document": {}, "revision": 1},
        "/documents/1/decide": {"not_posted": True},
        "/refuse-file": {"name": "Acme"},
        "/tokens": {"label": "another"},
        "/webhooks": {"url": "https://hooks.example.com/"},
        "/postpone": {"minutes": 5},
        "/bulk": {"action": "submit"},
        "/requests": {"request": {"CustomerQueryRq": {}}},
        "/requests/try": {"qbxml": "<CustomerQueryRq/>"},
        "/requests/1/decide": {"decision": "done"},
        "/members/invitations": {"email": "ben@kern.example", "role": "viewer"},
        "/members/1": {"role": "viewer"},
        "/mappings": {"kind": "item", "word": "X", "never": True},
        "/mappings/unset": {"kind": "item", "word": "X"},
        "/connections": {"channel": "feed", "options": {"address": "https://feed.example/", "key": "secret"}},
        "/connections/1/disconnect": {"unposted": "keep"},
        "/connections/1/start/tax-item": {"name": "No Tax", "vendor": "Board"},
        "/connections/1/start/reset": {"confirm": "x"},
        "/rules": {"text": "card", "account": "Travel"},
        "/rules/try": {"description": "card", "amount": "1.00"},
        "/billing/switches": {"connection_id": 1, "offer": "M365"},
        "/billing/approve": {"day": "2026-03-31"},
        "/billing/run": {"day": "2026-03-31"},
        "/billing/hold": {"day": "2026-03-31", "customer": "Acme"},
        "/billing/take-back": {"day": "2026-03-31", "customer": "Acme"},
        "/billing/sent": {"invoice": "1A2B-1760000000"},
        "/billing/sent/take-back": {"invoice": "1A2B-1760000000"},
        "/rules/confirm": {"description": "card", "account": "Travel"},
        "/rules/1/move": {"place": 1},
    }

    def then_revoked(*arguments: Any) -> None:
        looked_at(*arguments)
        with app.extensions["database"].transaction() as db:
            revoke_token(db, find_company(db, "acme").id, record["id"], clock(), by=SERVER)

    for method, path in PATHS:
        if method == "GET":
            continue
        with app.extensions["database"].transaction() as db:
            db.get_one(ApiToken, record["id"]).revoked_at = None
        monkeypatch.setattr(Standing, "require", then_revoked)
        csv = {"data": b"kind,word\n", "content_type": "text/csv"}
        file = {"data": b"{", "content_type": "application/octet-stream"}
        files = {"/mappings/import": csv, "/uploads": file, "/connections/1/uploads": file}
        files["/documents/many"] = {"data": b"{}\n", "content_type": "application/x-ndjson"}
        sent = files.get(path, {"json": bodies.get(path, {})})
        answer = till._open(method, path, **sent)
        monkeypatch.undo()
        assert (answer.status_code, answer.get_json()["code"]) == (401, "token_revoked"), (method, path)
    assert alice.get("/documents").get_json()["documents"] == []
    assert [token["label"] for token in alice.get("/tokens").get_json()["tokens"]] == ["tests", "till"]


def test_what_a_revoked_token_made_opens_nothing(alice: Caller) -> None:
    parent = made(alice)
    child = made(replace(alice, token=parent["token"]))
    grandchild = made(replace(alice, token=child["token"]))
    assert (child["made_by"], grandchild["made_by"]) == (parent["id"], child["id"])
    revoked = alice._open("DELETE", f"/tokens/{parent['id']}").get_json()
    assert revoked["revoked_too"] == [child["id"], grandchild["id"]]
    for one in (parent, child, grandchild):
        assert refusal(replace(alice, token=one["token"])) == (401, "token_revoked")
    assert refusal(alice) == (200, None)


def test_that_a_token_is_used_is_not_waited_for(app: Flask, alice: Caller) -> None:
    database: Database = app.extensions["database"]
    with database.transaction() as db:  # the note would wait for this one, half a minute on SQLite
        row = db.scalars(select(ApiToken).with_for_update()).one()
        assert alice.get("/documents").status_code == 200
    assert (row.last_used_at, alice.get("/documents").status_code) == (None, 200)
    with database.reading() as db:
        assert db.get_one(ApiToken, row.id).last_used_at is not None
