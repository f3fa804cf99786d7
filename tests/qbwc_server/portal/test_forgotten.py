"""A forgotten password is replaced by a link in an e-mail; nothing that is shown or done tells who has an account."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.engine import Engine

from qbwc_server.outbox.mail import OutgoingMail
from qbwc_server.outbox.password_letters import answer_resets
from qbwc_server.settings import Settings, SmtpSecurity, load
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.audit import Audited, audit_of
from qbwc_server.tenancy.password_resets import MOST_OF_A_NETWORK, MOST_OF_ONE, PasswordReset, purge_resets
from qbwc_server.tenancy.permissions import Role
from qbwc_server.tenancy.users import disable, find_user, set_password
from tests.qbwc_server.portal.conftest import PASSWORD, Browser, Town, said

PAGE, EMAIL, NEW = "/forgotten", "owner@acme.example", "several other words here"


@pytest.fixture
def settings(database_url: str, tmp_path: object) -> Settings:
    """Of a server that sends e-mails."""
    return load(
        database_url=database_url,
        base_url="https://books.example.com",
        smtp_host="127.0.0.1",
        smtp_security=SmtpSecurity.NONE,
        mail_from="books@example.com",
    )


def ask(town: Town, email: str = EMAIL, address: str = "203.0.113.7") -> str:
    browser = town.stranger()
    browser.client.environ_base["REMOTE_ADDR"] = address
    answer = browser.send(PAGE, PAGE, email=email)
    assert answer.status_code in (200, 422, 429)
    return re.sub('value="[0-9a-f]{64}"', "", answer.text)


def letters(town: Town, settings: Settings) -> list[OutgoingMail]:
    answer_resets(database=town.database, settings=settings, clock=town.clock, checkpoint=lambda: None)
    with town.database.reading() as db:
        return list(db.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))


def link(town: Town, settings: Settings) -> str:
    """The newest, below the portal's address."""
    found = re.search(r"https://books\.example\.com/portal(/reset/[\w-]{43})\n", letters(town, settings)[-1].text)
    assert found
    return found[1]


def choose(town: Town, path: str, password: str = NEW, again: str | None = None) -> int:
    return town.stranger().send(path, path, password=password, again=password if again is None else again).status_code


def test_the_whole_way(town: Town, owner: Browser, settings: Settings) -> None:
    phone = town.stranger()
    phone.sign_in(EMAIL)
    assert "is on its way" in ask(town)
    path = link(town, settings)
    assert EMAIL in town.stranger().get(path).text
    assert choose(town, path) == 303
    for browser in (owner, phone):  # signed out everywhere
        assert browser.get("/").status_code == 303
    assert town.stranger().sign_in(EMAIL, PASSWORD).status_code == 422
    assert town.stranger().sign_in(EMAIL, NEW).status_code == 303
    assert town.stranger().get(path).status_code == 404  # it works once
    told = letters(town, settings)
    assert [one.subject for one in told] == ["A new password", "Your password was changed"]
    assert {one.address for one in told} == {EMAIL}
    with town.database.reading() as db:
        noted = {row.action: row for row in audit_of(db)}
    assert noted[Audited.RESET_MAILED].subject == EMAIL
    assert noted[Audited.USER_PASSWORD].subject == EMAIL
    assert NEW not in str([(row.before, row.after) for row in noted.values()])


def test_nobody_learns_who_has_an_account(town: Town, owner: Browser, settings: Settings) -> None:
    """Neither by what is said, nor by what is done meanwhile: the statements are the same."""
    town.person("gone@acme.example", acme=Role.VIEWER)
    done: dict[str, list[str]] = {}
    asked = {}
    with town.database.transaction() as db:
        disable(db, find_user(db, "gone@acme.example"), by=SERVER, now=town.clock())
    ask(town, "first@acme.example", "203.0.113.1")  # makes the key
    for email in (EMAIL, "nobody@acme.example", "gone@acme.example"):

        def note(*said: object, email: str = email) -> None:
            done.setdefault(email, []).append(str(said[2]))

        event.listen(Engine, "before_cursor_execute", note)
        asked[email] = ask(town, email, "203.0.113.9")
        event.remove(Engine, "before_cursor_execute", note)
    assert len(set(asked.values())) == 1
    assert done[EMAIL] == done["nobody@acme.example"] == done["gone@acme.example"]
    assert not any("users" in statement for statement in done[EMAIL])
    assert [one.address for one in letters(town, settings)] == [EMAIL]


def test_a_link_ends_after_an_hour_when_there_is_another_and_when_the_password_is_another(
    town: Town, owner: Browser, settings: Settings
) -> None:
    ask(town)
    first = link(town, settings)
    ask(town)
    second = link(town, settings)
    assert first != second
    assert (choose_page(town, first), choose_page(town, second)) == (404, 200)
    town.clock.advance(minutes=60)
    assert choose_page(town, second) == 404
    ask(town)
    third = link(town, settings)
    with town.database.transaction() as db:
        set_password(db, find_user(db, EMAIL), "yet another few words", by=SERVER, now=town.clock())
    assert choose_page(town, third) == 404
    ask(town, address="203.0.113.8")
    town.clock.advance(minutes=16)
    ask(town)
    fourth = link(town, settings)
    with town.database.transaction() as db:
        disable(db, find_user(db, EMAIL), by=SERVER, now=town.clock())
    assert choose_page(town, fourth) == 404
    assert town.stranger().get("/reset/" + "x" * 43).status_code == 404


def choose_page(town: Town, path: str) -> int:
    return town.stranger().get(path).status_code


def test_a_password_that_cannot_be_leaves_the_link_as_it_was(town: Town, owner: Browser, settings: Settings) -> None:
    ask(town)
    path = link(town, settings)
    assert choose(town, path, "short") == 422
    assert choose(town, path, NEW, "something else here") == 422
    assert choose(town, path, NEW, "") == 422
    assert choose(town, path) == 303


def test_who_asks_again_and_again_fills_no_mailbox_and_shuts_nobody_out(
    town: Town, owner: Browser, settings: Settings
) -> None:
    same = {ask(town, address=f"203.0.113.{number}") for number in range(MOST_OF_ONE + 4)}
    assert len(same) == 1
    assert len(letters(town, settings)) == MOST_OF_ONE
    assert town.stranger().sign_in(EMAIL).status_code == 303
    for number in range(MOST_OF_A_NETWORK):
        ask(town, f"somebody{number}@acme.example", "198.51.100.1")
    assert "Wait a quarter of an hour" in ask(town, "another@acme.example", "198.51.100.1")
    assert "is on its way" in ask(town, "another@acme.example", "198.51.100.2")
    town.clock.advance(minutes=16)
    assert "is on its way" in ask(town, "another@acme.example", "198.51.100.1")
    assert "is on its way" in ask(town)
    assert len(letters(town, settings)) == MOST_OF_ONE + 1


def test_no_address_is_said_so(town: Town) -> None:
    assert "is no e-mail address" in ask(town, "nobody")


def test_what_was_asked_for_long_before_a_mail_server_was_there_is_not_sent(
    town: Town, owner: Browser, settings: Settings
) -> None:
    ask(town)
    town.clock.advance(hours=2)
    assert letters(town, settings) == []


def test_what_was_asked_for_is_forgotten_after_a_week(town: Town, owner: Browser, settings: Settings) -> None:
    ask(town)
    ask(town, "nobody@acme.example")
    letters(town, settings)
    town.clock.advance(days=8)
    assert purge_resets(database=town.database, clock=town.clock) == "Requests for new passwords dropped: 2."
    with town.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(PasswordReset)) == 0


def test_the_link_in_the_letter_does_not_follow_what_a_caller_says_of_the_host(
    town: Town, owner: Browser, settings: Settings
) -> None:
    browser = town.stranger()
    proof = browser.proof(PAGE)
    headers = {"X-Forwarded-Host": "evil.example"}
    browser.client.post(f"/portal{PAGE}", data={"proof": proof, "email": EMAIL}, headers=headers)
    assert "evil.example" not in letters(town, settings)[0].text


def test_a_second_factor_is_not_passed_by_it(town: Town, owner: Browser, settings: Settings) -> None:
    """The link sets a password and begins no session."""
    ask(town)
    path = link(town, settings)
    browser = town.stranger()
    answer = browser.send(path, path, password=NEW, again=NEW)
    assert answer.headers["Location"] == "/portal/sign-in"
    assert browser.get("/").status_code == 303


class TestWithoutMail:
    @pytest.fixture
    def settings(self, database_url: str) -> Settings:
        return load(database_url=database_url)

    def test_the_page_says_who_can_help(self, town: Town, owner: Browser) -> None:
        browser = town.stranger()
        shown = said(browser.get(PAGE))
        assert "This server sends no e-mails." in shown
        assert "An owner of your company" in shown
        assert 'name="email"' not in browser.get(PAGE).text
        assert "Forgotten your password?" in said(browser.get("/sign-in"))
