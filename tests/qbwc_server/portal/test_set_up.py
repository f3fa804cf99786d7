"""Setting up a company in a browser: added, file, password, link, and what turns green by itself."""

from __future__ import annotations

import re

import pytest

from qbwc_server.connector.operations import WebConnectorOperations
from qbwc_server.posting.options import options_of
from qbwc_server.settings import load
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.members import add_member
from qbwc_server.tenancy.partners import find_partner
from qbwc_server.tenancy.permissions import Role
from qbwc_server.tenancy.users import find_user
from tests.qbwc_server.portal.conftest import Browser, Town, said

SET_UP = "/companies/acme/set-up"
PASSWORD_SHAPE = re.compile(r">((?:[a-z2-9]{4}-){4}[a-z2-9]{4})<")
NORDLYS = {"name": "Nordlys AS", "code": "nordlys", "time_zone": "Europe/Oslo", "partner": "acme"}


@pytest.fixture
def partner(town: Town, owner: Browser) -> Browser:
    """Olga looks after all companies of the partner of acme."""
    with town.database.transaction() as db:
        user = find_user(db, owner.email)
        add_member(db, user, find_partner(db, "acme"), Role.OWNER, by=SERVER, now=town.clock())
    return owner


def connector(town: Town) -> WebConnectorOperations:
    return WebConnectorOperations(town.database, load(database_url="sqlite:///unused.db"), town.clock)


def test_a_company_is_added_and_its_connector_signs_in_with_what_the_pages_give(town: Town, partner: Browser) -> None:
    answer = partner.send("/add-company", "/add-company", **NORDLYS)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/portal/companies/nordlys/set-up")
    page = "/companies/nordlys/set-up"
    assert "The Web Connector has not called yet" in said(partner.get(page))
    file = partner.get(f"{page}/qwc?every=15")
    assert file.headers["Content-Disposition"] == 'attachment; filename="nordlys.qwc"'
    assert "<UserName>nordlys</UserName>" in file.text
    assert "<RunEveryNMinutes>15</RunEveryNMinutes>" in file.text
    made = partner.send(f"{page}/password", page, keep="now")
    found = PASSWORD_SHAPE.search(made.text)
    assert found
    assert not PASSWORD_SHAPE.search(partner.get(page).text)
    operations = connector(town)
    operations.client_version("2.3.0.215", "192.0.2.1")
    assert operations.authenticate("nordlys", found[1], "192.0.2.1")[0]
    assert "Web Connector 2.3.0.215 has called" in said(partner.get(page))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"name": ""}, "needs a name"),
        ({"code": "Nord Lys"}, "lower-case"),
        ({"code": "acme"}, "already a company acme"),
        ({"time_zone": "Oslo"}, "no time zone"),
        ({"partner": "nobody"}, "no partner"),
    ],
    ids=["name", "code", "taken", "zone", "partner"],
)
def test_what_was_typed_stays_where_a_company_cannot_be_added(
    town: Town, partner: Browser, typed: dict[str, str], says: str
) -> None:
    answer = partner.send("/add-company", "/add-company", **{**NORDLYS, **typed})
    assert answer.status_code == 422
    assert says in said(answer)
    kept = {**NORDLYS, **typed}
    assert f'value="{kept["time_zone"]}"' in answer.text
    assert f'value="{kept["name"]}"' in answer.text


def test_whoever_looks_after_one_company_adds_none(town: Town, owner: Browser) -> None:
    assert "An owner of a partner can add companies" in said(owner.get("/add-company"))
    assert "Add a company" not in said(owner.get("/"))
    assert owner.send("/add-company", "/", **NORDLYS).status_code == 422
    with pytest.raises(Exception, match="no company 'nordlys'"):
        town.found("nordlys")


def test_the_password_before_works_as_long_as_was_said(town: Town, owner: Browser) -> None:
    first = PASSWORD_SHAPE.search(owner.send(f"{SET_UP}/password", SET_UP, keep="now").text)
    assert first
    assert "works until" not in said(owner.get(SET_UP))
    owner.send(f"{SET_UP}/password", SET_UP, keep="hour")
    assert "works until" in said(owner.get(SET_UP))
    operations = connector(town)
    ticket = operations.authenticate("acme", first[1], "192.0.2.1")[0]
    assert ticket
    operations.close_connection(ticket)
    town.clock.advance(hours=1)
    assert operations.authenticate("acme", first[1], "192.0.2.1")[1] == "nvu"


def test_the_person_at_the_pc_connects_by_a_link_and_sees_nothing_else(town: Town, owner: Browser) -> None:
    town.document("acme", number="SECRET-7")
    answer = owner.send(f"{SET_UP}/links", SET_UP, lives="day")
    found = re.search(r"http://localhost:8000(/portal/connect/[\w-]{43})<", answer.text)
    assert found
    path = found[1].removeprefix("/portal")
    person = town.stranger()
    page = person.get(path)
    assert page.status_code == 200
    assert "Acme Inc." in page.text
    assert "SECRET-7" not in page.text
    assert "/companies/" not in page.text
    assert "<UserName>acme</UserName>" in person.get(f"{path}/qwc").text
    password = PASSWORD_SHAPE.search(person.send(f"{path}/password", path).text)
    assert password
    assert connector(town).authenticate("acme", password[1], "192.0.2.1")[0]
    assert "The Web Connector has called" in said(person.get(path))
    for _ in range(4):
        assert person.send(f"{path}/password", path).status_code == 200
    assert person.send(f"{path}/password", path).status_code == 409
    assert owner.send(f"{SET_UP}/links/1/end", SET_UP).status_code == 303
    assert person.get(path).status_code == 404
    assert person.get(f"{path}/qwc").status_code == 404


def test_no_link_without_a_time(town: Town, owner: Browser) -> None:
    assert owner.send(f"{SET_UP}/links", SET_UP, lives="for ever").status_code == 409
    assert owner.send(f"{SET_UP}/links/7/end", SET_UP).status_code == 409


def test_after_three_minutes_without_a_call_the_usual_causes_are_open(town: Town, owner: Browser) -> None:
    closed = '<details class="fold" id="nothing-happens">'
    assert closed in owner.get(SET_UP).text
    town.clock.advance(minutes=4)
    assert closed.replace(">", " open>") in owner.get(SET_UP).text


def test_polls_do_not_keep_a_session_alive(town: Town, owner: Browser) -> None:
    for _ in range(9):
        town.clock.advance(hours=1)
        answer = owner.get(SET_UP, headers={"X-Part": "live"})
    assert answer.status_code == 303


def test_name_and_zone_are_changed(town: Town, owner: Browser) -> None:
    page = "/companies/acme/settings"
    assert owner.send(page, page, name="Acme 日本", time_zone="Asia/Tokyo").status_code == 303
    assert (town.found("acme").name, town.found("acme").time_zone) == ("Acme 日本", "Asia/Tokyo")
    wrong = owner.send(page, page, name="Acme", time_zone="Mars/Base")
    assert wrong.status_code == 422
    assert 'value="Mars/Base"' in wrong.text
    assert town.found("acme").name == "Acme 日本"


def test_what_may_be_done_in_the_company_file_is_changed(town: Town, owner: Browser) -> None:
    page, to = "/companies/acme/settings", "/companies/acme/settings/options"
    wrong = owner.send(to, page, **{"option-create_items": "yes"})
    assert wrong.status_code == 422
    assert "item_income_account is needed" in said(wrong)
    said_so = {"option-create_items": "yes", "option-item_income_account": "Sales", "option-characters": "refuse"}
    assert owner.send(to, page, **said_so).status_code == 303
    with town.database.reading() as db:
        options = options_of(db, town.found("acme").id)
    assert (options.create_items, options.create_customers, options.item_income_account) == (True, False, "Sales")
    assert options.characters == "refuse"
