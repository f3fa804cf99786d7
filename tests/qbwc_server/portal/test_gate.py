"""Every page as owner, as viewer, as stranger and as nobody: nothing is open that does not say so."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from qbwc_server.portal.pages import PAGES, Page
from qbwc_server.portal.protection import HEADERS
from qbwc_server.portal.static_files import STATIC
from qbwc_server.portal.visit import Needs
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.members import remove_member
from qbwc_server.tenancy.permissions import RULES, Permission, Role
from qbwc_server.tenancy.users import find_user
from tests.qbwc_server.portal.conftest import SET_ID, Browser, Town, said

BY_NAME = {page.name: page for page in PAGES}
OF_A_COMPANY = [page for page in PAGES if isinstance(page.needs, Permission)]
FOR_VIEWERS = [page for page in PAGES if isinstance(page.needs, Permission) and RULES[page.needs].role is Role.VIEWER]
_PART = re.compile(r"<(?:[^<>]*:)?(\w+)>")
_NAMED = { "session_id": "1", "item_id": "1", "document_id": "1", "end": "done", "action": "submit",
    "link_id": "1", "secret": "nothing", "number": "nothing", "set_id": str(SET_ID),
    "connection_id": "1", "bulk_id": "1", "channel": "feed", "act": "pause", "user_id": "1", "token_id": "1",
    "webhook_id": "1", "delivery_id": "1", "to": "on", "step": "tax",
    "code": "acme",
}  # fmt: skip
LINKS = {
    "by_link",
    "qwc_by_link",
    "password_by_link",
    "join",
    "send_join",
    "reset",
    "send_reset",
    "sign_in_by_link",
    "send_sign_in_by_link",
}  # open to whoever has the secret
TROUBLES = {"troubles", "trouble"}
CODES = {"sign_in_code", "send_code"}  # to whoever has typed the password
NOT_YET = {"billing_file", "billing_pdf", "billing_organisation"}  # nobody has said how the company bills
OPEN = {"sign_in", "send_sign_in", "forgotten", "send_forgotten", *LINKS, *TROUBLES, *CODES}


def address(page: Page) -> str:
    """Where the page is for the company acme."""
    return _PART.sub(lambda part: _NAMED[part[1]], page.address)


def asked(browser: Browser, page: Page, path: str | None = None) -> int:
    """The status of the answer; forms carry what the first page of this browser gives."""
    path = path or address(page)
    if page.method == "GET":
        return browser.get(path).status_code
    return browser.send(path, "/").status_code


def test_the_table_has_every_route(app: Flask) -> None:
    routes = {
        (rule.endpoint.removeprefix("portal."), method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("portal.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == {(page.name, page.method) for page in PAGES} | {(STATIC, "GET")}
    assert len(BY_NAME) == len(PAGES)
    assert {page.name for page in PAGES if page.needs is Needs.NOTHING} == OPEN


def test_nobody_sees_only_what_is_open(town: Town) -> None:
    browser = town.stranger()
    for page in PAGES:
        answer = browser.client.open(f"/portal{address(page)}", method=page.method)
        if page.name in ("sign_in", "troubles", "forgotten"):
            assert answer.status_code == 200, page.name
        elif page.name == "sign_in_code":
            assert answer.headers["Location"] == "/portal/sign-in"
        elif page.name in OPEN and page.method == "POST":
            assert answer.status_code == 400, page.name  # no form of ours
        elif page.name in (*LINKS, "trouble"):
            assert answer.status_code == 404, page.name
        else:
            assert answer.status_code == 303, page.name
            assert answer.headers["Location"].startswith("/portal/sign-in"), page.name
            assert "Acme" not in answer.text, page.name


def test_an_owner_sees_all(town: Town, owner: Browser) -> None:
    assert town.document("acme") == 1
    town.connection("acme")
    town.webhook("acme")
    town.update("acme")
    town.bulk("acme")
    for page in PAGES:
        if page.name in NOT_YET:
            assert asked(owner, page) == 404
        elif page.name not in (*OPEN, "sign_out", "end_session"):
            assert asked(owner, page) in (200, 303, 409, 422), page.name  # there is nothing of that kind to be done


def test_a_bookkeeper_may_what_his_role_may(town: Town) -> None:
    colleague = town.person("colleague@acme.example", acme=Role.BOOKKEEPER)
    assert town.document("acme") == 1
    town.connection("acme")
    town.webhook("acme")
    town.update("acme")
    town.bulk("acme")
    for page in OF_A_COMPANY:
        assert isinstance(page.needs, Permission)
        status = asked(colleague, page)
        if RULES[page.needs].role is Role.OWNER:
            assert status == 403, page.name
        elif page.name in NOT_YET:
            assert status == 404
        else:
            assert status in (200, 303, 409, 422), page.name


def test_a_viewer_sees_and_changes_nothing(town: Town) -> None:
    viewer = town.person("viewer@acme.example", acme=Role.VIEWER)
    town.document("acme")
    town.connection("acme")
    town.webhook("acme")
    town.update("acme")
    town.bulk("acme")
    for page in OF_A_COMPANY:
        allowed = (403,) if page not in FOR_VIEWERS else (404,) if page.name in NOT_YET else (200,)
        assert asked(viewer, page) in allowed, page.name


def test_to_a_stranger_a_company_is_one_that_does_not_exist(town: Town) -> None:
    town.company("other")
    town.document("acme")
    stranger = town.person("ben@other.example", other=Role.OWNER)
    for page in OF_A_COMPANY:
        assert asked(stranger, page) == 404, page.name
    there, nowhere = stranger.get("/companies/acme"), stranger.get("/companies/nowhere")
    assert (there.status_code, there.text) == (nowhere.status_code, nowhere.text)
    assert "Acme" not in stranger.get("/").text


def test_no_form_goes_through_without_its_proof(town: Town, owner: Browser) -> None:
    other = town.person("eve@acme.example", acme=Role.OWNER).proof("/")
    inside, at_the_door = owner.proof("/"), owner.proof("/sign-in")
    for page in PAGES:
        if page.method != "POST":
            continue
        proof = at_the_door if page.name == "send_sign_in" else inside
        for fields in ({}, {"proof": ""}, {"proof": "0" * 64}, {"proof": other}, {"proof": proof + "é"}):
            answer = owner.client.post(f"/portal{address(page)}", data=fields)
            assert answer.status_code == 400, (page.name, fields)
        for header in (
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ):
            answer = owner.client.post(f"/portal{address(page)}", data={"proof": proof}, headers=header)
            assert answer.status_code == 400, (page.name, header)
    assert owner.get("/").status_code == 200  # nothing of it signed anybody out


def test_forms_go_through_behind_tls_with_and_without_what_browsers_say_of_themselves(
    town: Town, owner: Browser
) -> None:
    for header in (
        {},
        {"Origin": "http://localhost", "Referer": "http://localhost/portal/"},
        {"Origin": "https://localhost"},
    ):
        answer = owner.client.post("/portal/sessions/end-others", data={"proof": owner.proof("/")}, headers=header)
        assert answer.status_code == 303, header


def test_every_page_has_the_strict_headers(town: Town, owner: Browser) -> None:
    for browser in (owner, town.stranger()):
        for path in ("/", "/sign-in", "/companies/acme", "/companies/nowhere", "/nothing", "/static/0/portal.css"):
            answer = browser.get(path)
            for name, value in HEADERS.items():
                assert answer.headers.getlist(name) == [value], (path, name)
            assert answer.headers["X-Frame-Options"] == "DENY"
            assert answer.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in HEADERS["Content-Security-Policy"]
    assert HEADERS["Referrer-Policy"] != "no-referrer"


def test_nothing_stands_in_a_page_that_the_policy_would_stop(town: Town, owner: Browser) -> None:
    of_company = [address(page) for page in OF_A_COMPANY if page.method == "GET" and "<" not in page.address[17:]]
    assert "/companies/acme/documents" in of_company
    for path in ("/", "/sign-in", "/sessions", "/nothing", *of_company):
        if path.endswith(("/qwc", "/file")):
            continue
        text = owner.get(path).text
        scripts = re.findall("<script[^>]*>[^<]*", text)
        assert [re.sub("/[0-9a-f]{16}/", "/#/", one) for one in scripts] == [
            '<script src="/portal/static/#/live.js" type="module">'
        ]
        for part in ("<style", " style=", " onclick", "javascript:", '="http'):
            assert part not in text.replace('="http://www.w3.org', ""), (path, part)


def test_too_long_a_form_is_refused(owner: Browser) -> None:
    answer = owner.send("/companies/acme/pause", "/companies/acme", more="x" * 40_000)
    assert answer.status_code == 413
    assert "too much" in said(answer)


@pytest.mark.parametrize(
    "path", ["/companies/a%00b", "/companies/%ff", f"/sessions/{10**30}/end", "/companies/acme%0d%0aX:1"]
)
def test_addresses_that_mean_nothing_are_not_found(owner: Browser, path: str) -> None:
    assert owner.get(path).status_code in (404, 405)


def test_who_is_removed_meanwhile_is_refused(town: Town, owner: Browser) -> None:
    proof = owner.proof("/companies/acme")
    with town.database.transaction() as db:
        remove_member(db, find_user(db, owner.email), town.found("acme"), by=SERVER, now=town.clock())
    assert owner.client.post("/portal/companies/acme/pause", data={"proof": proof}).status_code == 404
