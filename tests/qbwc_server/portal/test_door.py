"""Signing in and out as people do it, and as those do it who should not."""

from __future__ import annotations

from http.cookies import SimpleCookie

import pytest
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from qbwc_server.app import create_app
from qbwc_server.settings import load
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.browser_sessions import IDLE, LONGEST, BrowserSession, purge_browser_sessions
from qbwc_server.tenancy.permissions import Role
from qbwc_server.tenancy.sign_in_links import make_sign_in_link
from qbwc_server.tenancy.users import disable, enable, find_user, set_password
from tests.conftest import TurnableClock
from tests.qbwc_server.portal.conftest import PASSWORD, Browser, Town, said


def cookie(answer: TestResponse, name: str = "portal") -> str:
    """The attributes of a cookie that is set, in one line."""
    found = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{name}=")]
    return found[-1] if found else ""


def test_who_signs_in_comes_to_the_page_that_was_wanted(town: Town, owner: Browser) -> None:
    browser = town.stranger()
    sent = browser.get("/companies/acme")
    assert sent.headers["Location"] == "/portal/sign-in?next=/portal/companies/acme"
    assert 'name="next" value="/portal/companies/acme"' in browser.client.get(sent.headers["Location"]).text
    answer = browser.sign_in(owner.email, next="/portal/companies/acme")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/portal/companies/acme")
    assert browser.get("/companies/acme").status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/portal//evil.example",
        "/portal/\\evil.example", "/portal/../../evil", "javascript:alert(1)", "/portal/\r\nSet-Cookie: a=b",
        "/portal\t//evil.example", "https:/portal/", "/portal@evil.example", "/portal.evil.example", "", "/api/v1/x",
    ],
)  # fmt: skip
def test_nobody_is_sent_elsewhere_after_signing_in(town: Town, owner: Browser, wanted: str) -> None:
    browser = town.stranger()
    answer = browser.sign_in(owner.email, next=wanted)
    assert answer.headers["Location"] == "/portal/"
    assert "evil" not in town.stranger().get("/sign-in", query_string={"next": wanted}).text


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(town: Town, owner: Browser) -> None:
    browser = town.stranger()
    empty = browser.sign_in("ann", "")
    assert empty.status_code == 422
    assert "Enter your e-mail address" in said(empty)
    assert "Enter your password" in said(empty)
    assert "<title>Error:" in empty.text
    wrong = browser.sign_in(owner.email, "wrong")
    assert wrong.status_code == 422
    assert f'value="{owner.email}"' in wrong.text
    assert "wrong" not in wrong.text.split("</h1>")[1]
    nobody = browser.sign_in("nobody@acme.example", "wrong")
    assert said(nobody).replace("nobody@acme.example", owner.email) == said(wrong)


def test_cookies_are_for_this_site_only_and_no_script_reads_them(town: Town, owner: Browser) -> None:
    set_to = cookie(town.stranger().sign_in(owner.email))
    assert "HttpOnly" in set_to
    assert "SameSite=Lax" in set_to
    assert "Path=/" in set_to
    assert "Domain" not in set_to


def test_behind_tls_cookies_are_bound_to_the_host_and_forms_go_through(
    town: Town, owner: Browser, database_url: str, clock: TurnableClock
) -> None:
    app = create_app(load(database_url=database_url, base_url="https://books.example.com"), clock=clock)
    client = app.test_client()
    https = {"base_url": "https://books.example.com"}
    page = client.get("/portal/sign-in", **https)
    proof = page.text.split('name="proof" value="')[1][:64]
    form = {"proof": proof, "email": owner.email, "password": PASSWORD}
    answer = client.post(
        "/portal/sign-in",
        data=form,
        headers={"Origin": "https://books.example.com", "Sec-Fetch-Site": "same-origin"},
        **https,
    )
    assert answer.status_code == 303
    for name in ("__Host-portal", "__Host-portal-door"):
        morsel = SimpleCookie(cookie(answer, name))[name]
        assert morsel["secure"]
        assert morsel["httponly"]
        assert morsel["path"] == "/"
        assert not morsel["domain"]
    app.extensions["database"].engine.dispose()


def test_a_key_from_before_signing_in_opens_nothing_after_it(town: Town, owner: Browser) -> None:
    fixed = "given-by-somebody-else"
    browser = town.stranger()
    browser.client.set_cookie("portal", fixed)
    answer = browser.sign_in(owner.email)
    assert fixed not in cookie(answer)
    thief = town.stranger()
    thief.client.set_cookie("portal", fixed)
    assert thief.get("/").status_code == 303


def test_signing_in_again_ends_the_session_that_the_browser_had(town: Town, owner: Browser) -> None:
    before = owner.client.get_cookie("portal")
    assert before is not None
    owner.sign_in(owner.email)
    thief = town.stranger()
    thief.client.set_cookie("portal", before.value)
    assert thief.get("/").status_code == 303
    assert owner.get("/").status_code == 200


def test_the_key_is_kept_nowhere(town: Town, owner: Browser) -> None:
    key = owner.client.get_cookie("portal")
    assert key is not None
    with town.database.reading() as db:
        rows = db.execute(text("SELECT * FROM browser_sessions")).all()
    assert rows
    assert key.value not in str(rows)


def test_signing_out_ends_it_on_the_server_too(town: Town, owner: Browser) -> None:
    key = owner.client.get_cookie("portal")
    assert key is not None
    assert owner.send("/sign-out", "/").headers["Location"] == "/portal/sign-in"
    assert owner.client.get_cookie("portal") is None
    thief = town.stranger()
    thief.client.set_cookie("portal", key.value)
    assert thief.get("/").status_code == 303


def test_a_session_ends_when_it_is_not_used_and_in_any_case_one_day(town: Town, owner: Browser) -> None:
    town.clock.advance(seconds=IDLE.total_seconds() - 1)
    assert owner.get("/").status_code == 200
    town.clock.advance(seconds=IDLE.total_seconds() - 1)
    assert owner.get("/").status_code == 200  # using it has lengthened it
    town.clock.advance(seconds=IDLE.total_seconds())
    assert owner.get("/").status_code == 303

    owner.sign_in(owner.email)
    for _ in range(int(LONGEST / IDLE * 2) - 1):
        town.clock.advance(seconds=IDLE.total_seconds() / 2)
        assert owner.get("/").status_code == 200
    town.clock.advance(seconds=IDLE.total_seconds() / 2)
    assert owner.get("/").status_code == 303


def test_a_page_that_looks_again_by_itself_keeps_no_session_alive(town: Town, owner: Browser) -> None:
    """A window that was left open over the weekend is no person."""
    for _ in range(3):
        town.clock.advance(seconds=IDLE.total_seconds() / 3)
        answer = owner.get("/companies/acme", headers={"X-Part": "live"})
    assert answer.status_code == 303


def test_who_is_disabled_or_gets_another_password_is_out_at_once(town: Town, owner: Browser) -> None:
    with town.database.transaction() as db:
        set_password(db, find_user(db, owner.email), "another horse battery", by=SERVER, now=town.clock())
    assert owner.get("/").status_code == 303
    assert owner.sign_in(owner.email, "another horse battery").status_code == 303
    assert owner.get("/").status_code == 200
    with town.database.transaction() as db:
        disable(db, find_user(db, owner.email), by=SERVER, now=town.clock())
    assert owner.get("/").status_code == 303
    assert owner.sign_in(owner.email, "another horse battery").status_code == 422


def test_a_session_from_before_somebody_was_disabled_does_not_come_back(town: Town, owner: Browser) -> None:
    """Whoever has its key keeps it, whatever the browser is told to forget."""
    key = owner.client.get_cookie("portal")
    assert key is not None
    with town.database.transaction() as db:
        disable(db, find_user(db, owner.email), by=SERVER, now=town.clock())
        enable(db, find_user(db, owner.email), by=SERVER, now=town.clock())
    thief = town.stranger()
    thief.client.set_cookie("portal", key.value)
    assert thief.get("/companies/acme").status_code == 303
    assert owner.sign_in(owner.email).status_code == 303
    assert owner.get("/companies/acme").status_code == 200


def test_sessions_are_listed_and_ended_one_by_one_or_all_others(town: Town, owner: Browser) -> None:
    others = [town.stranger() for _ in range(3)]
    for number, other in enumerate(others):
        other.client.environ_base["HTTP_USER_AGENT"] = f"Phone {number} <b>"
        other.sign_in(owner.email)
    listed = said(owner.get("/sessions"))
    assert [f"Phone {number} <b>" in listed for number in range(3)] == [True] * 3
    with town.database.reading() as db:
        last = db.scalars(select(BrowserSession.id).order_by(BrowserSession.id.desc())).first()
    owner.send(f"/sessions/{last}/end", "/sessions")
    assert [other.get("/").status_code for other in others] == [200, 200, 303]
    owner.send("/sessions/end-others", "/sessions")
    assert [other.get("/").status_code for other in others] == [303, 303, 303]
    assert owner.get("/").status_code == 200


def test_nobody_ends_the_session_of_another(town: Town, owner: Browser) -> None:
    eve = town.person("eve@acme.example", acme=Role.VIEWER)
    with town.database.reading() as db:
        first = db.scalars(select(BrowserSession.id).order_by(BrowserSession.id)).first()
    assert eve.send(f"/sessions/{first}/end", "/sessions").status_code == 404
    assert owner.get("/").status_code == 200


def test_guessing_is_stopped_for_one_login_and_for_one_network(town: Town, owner: Browser) -> None:
    town.person("ben@acme.example", acme=Role.VIEWER)
    guesser = town.stranger()
    guesser.client.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    for _ in range(10):
        assert guesser.sign_in(owner.email, "wrong").status_code == 422
    for email in (owner.email, "ben@acme.example", "nobody@acme.example"):
        assert guesser.sign_in(email).status_code == 429, email
    assert town.stranger().sign_in(owner.email).status_code == 303  # from where there was no guess
    town.clock.advance(seconds=901)
    assert guesser.sign_in(owner.email).status_code == 303


def test_guesses_from_many_networks_stop_strangers_and_not_who_was_there_before(
    town: Town, owner: Browser, database_url: str
) -> None:
    app = create_app(load(database_url=database_url, login_failures=1), clock=town.clock)
    guesser, at_home = Browser(app.test_client()), Browser(app.test_client())
    for number in range(10):
        guesser.client.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
        assert guesser.sign_in(owner.email, "wrong").status_code == 422
    guesser.client.environ_base["REMOTE_ADDR"] = "192.0.2.1"
    assert guesser.sign_in(owner.email).status_code == 429
    assert at_home.sign_in(owner.email).status_code == 303
    app.extensions["database"].engine.dispose()


def test_what_has_ended_long_ago_is_dropped(town: Town, owner: Browser) -> None:
    town.clock.advance(days=89)
    assert purge_browser_sessions(database=town.database, clock=town.clock) == ""
    town.clock.advance(days=2)
    assert purge_browser_sessions(database=town.database, clock=town.clock) == "Sessions of browsers dropped: 1."


def test_a_link_signs_in_once_when_its_button_is_pressed(town: Town, owner: Browser) -> None:
    with town.database.transaction() as db:
        secret = make_sign_in_link(db, find_user(db, owner.email), by=SERVER, now=town.clock())
    at = f"/sign-in/link/{secret}"
    browser = town.stranger()
    for _ in range(2):  # what looks at links uses none up
        assert owner.email in browser.get(at).text
    assert browser.get("/").status_code == 303
    assert browser.client.post(f"/portal{at}").status_code == 400  # no form of ours
    answer = browser.send(at, at)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/portal/")
    assert "HttpOnly" in cookie(answer)
    assert browser.get("/companies/acme").status_code == 200
    other = town.stranger()
    assert other.get(at).status_code == 404
    assert other.send(at, "/sign-in").status_code == 404
    assert other.get("/").status_code == 303
