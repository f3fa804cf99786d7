"""The second factor in a browser: switched on, asked for at the sign-in, and switched off by a code only."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from qbwc_server.app import create_app
from qbwc_server.settings import Settings, load
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.second_factor import code_at, step_of
from qbwc_server.tenancy.sign_in_links import make_sign_in_link
from qbwc_server.tenancy.users import find_user
from tests.conftest import TurnableClock
from tests.qbwc_server.portal.conftest import Browser, Town, said

PAGE = "/security"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return load(database_url=database_url, secrets_file=tmp_path / "keys")


@pytest.fixture
def app(settings: Settings, clock: TurnableClock) -> Iterator[Flask]:
    app = create_app(settings, clock=clock)
    app.testing = True
    yield app
    app.extensions["database"].engine.dispose()


class App:
    """On a phone."""

    def __init__(self, town: Town, browser: Browser) -> None:
        assert browser.send(f"{PAGE}/begin", PAGE).status_code == 303
        text = browser.get(PAGE).text
        found = re.search(r">([A-Z2-7]{32})<", text)
        assert found
        assert '<path class="qrline"' in text or "<path" in text
        assert " style=" not in text
        self.secret, self.clock = base64.b32decode(found[1]), town.clock

    def code(self) -> str:
        return code_at(self.secret, step_of(self.clock()))


def switched_on(town: Town, browser: Browser) -> tuple[App, list[str]]:
    phone = App(town, browser)
    answer = browser.send(f"{PAGE}/confirm", PAGE, code=phone.code())
    return phone, re.findall(r"<li>([a-z2-9]{5}-[a-z2-9]{5})</li>", answer.text)


def test_a_code_is_asked_for_from_then_on(town: Town, owner: Browser) -> None:
    elsewhere = town.stranger()
    elsewhere.sign_in(owner.email)
    phone, codes = switched_on(town, owner)
    assert len(codes) == 10
    assert elsewhere.get("/").status_code == 303  # other sessions end
    assert codes[0] not in owner.get(PAGE).text
    browser = town.stranger()
    first = browser.sign_in(owner.email, next="/portal/companies/acme")
    assert first.headers["Location"].startswith("/portal/sign-in/code?next=")
    assert browser.get("/").status_code == 303  # it opens nothing yet
    browser.sign_in(owner.email)
    at = "/sign-in/code"
    assert browser.send(at, at, code="000000").status_code == 422
    town.clock.advance(minutes=1)
    in_ = browser.send(at, f"{at}?next=/portal/companies/acme", code=phone.code(), next="/portal/companies/acme")
    assert (in_.status_code, in_.headers["Location"]) == (303, "/portal/companies/acme")
    assert browser.get("/companies/acme").status_code == 200
    assert browser.get(at).status_code == 303  # nothing waits any more


def test_a_link_takes_the_place_of_the_password_alone(town: Town, owner: Browser) -> None:
    switched_on(town, owner)
    with town.database.transaction() as db:
        secret = make_sign_in_link(db, find_user(db, owner.email), by=SERVER, now=town.clock())
    browser, at = town.stranger(), f"/sign-in/link/{secret}"
    assert browser.send(at, at).headers["Location"].startswith("/portal/sign-in/code")
    assert browser.get("/").status_code == 303


def test_the_key_of_a_session_that_waits_is_another_one_than_that_which_opens(town: Town, owner: Browser) -> None:
    _, codes = switched_on(town, owner)
    browser = town.stranger()
    browser.sign_in(owner.email)
    cookie = browser.client.get_cookie("portal")
    assert cookie
    waiting = cookie.value
    assert browser.send("/sign-in/code", "/sign-in/code", code=codes[0]).status_code == 303
    after = browser.client.get_cookie("portal")
    assert after
    assert after.value != waiting
    thief = town.stranger()
    thief.client.set_cookie("portal", waiting)
    assert thief.get("/").status_code == 303
    assert thief.get("/sign-in/code").status_code == 303


def test_a_phone_has_to_be_found_within_ten_minutes_and_guesses_end(town: Town, owner: Browser) -> None:
    phone, _ = switched_on(town, owner)
    browser = town.stranger()
    browser.sign_in(owner.email)
    at = "/sign-in/code"
    for _ in range(10):
        assert browser.send(at, at, code="000000").status_code == 422
    assert browser.send(at, at, code=phone.code()).status_code == 429
    town.clock.advance(minutes=10)
    assert browser.get(at).headers["Location"] == "/portal/sign-in"


def test_it_takes_a_code_to_switch_it_off(town: Town, owner: Browser) -> None:
    _, codes = switched_on(town, owner)
    assert owner.send(f"{PAGE}/begin", PAGE).status_code == 422
    assert owner.send(f"{PAGE}/end", PAGE, code="nothing").status_code == 422
    assert "It is on" in said(owner.get(PAGE))
    assert owner.send(f"{PAGE}/end", PAGE, code=codes[3]).status_code == 303
    assert "It is off" in said(owner.get(PAGE))
    assert town.stranger().sign_in(owner.email).headers["Location"] == "/portal/"
    assert owner.send(f"{PAGE}/confirm", PAGE, code="123456").status_code == 422
