"""Offers and organisations in a browser: S4-23 to S4-28 of the requirements for billing."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from qbwc_server.billing_runs.settings import Makes
from qbwc_server.billing_runs.switches import switches_of
from qbwc_server.channels.registry import CHANNELS
from qbwc_server.jobs.runs import JobRun
from qbwc_server.tenancy.permissions import Role
from tests.qbwc_server.billing_runs.distributor import DISTRIBUTOR, Distributed, told_charge
from tests.qbwc_server.portal.conftest import Browser, Town, said

AT = "/companies/acme/billing/words"
OFFERS, ORGANISATIONS = f"{AT}?kind=item", f"{AT}?kind=customer"
SWITCH = AT.replace("words", "switch")


@pytest.fixture
def shop(town: Town, monkeypatch: pytest.MonkeyPatch) -> Distributed:
    """Acme bills Contoso; Nobody stands for nothing yet."""
    monkeypatch.setitem(CHANNELS, DISTRIBUTOR.code, DISTRIBUTOR)
    town.clock.moment = town.clock.moment.replace(year=2026, month=11, day=1)
    shop = Distributed(town.database, town.clock, "acme", added=True)
    shop.usual()
    shop.knows("Nobody Inc")
    shop.brings(told_charge("Contoso"), told_charge("Contoso", sku="SEAT"), told_charge("Nobody"))
    return shop


def switched(shop: Distributed, organisation: str, offer: str) -> bool:
    with shop.database.reading() as db:
        return switches_of(db, [shop.connection_id])[shop.connection_id].synchronises(organisation, offer)


def test_an_offer_is_mapped_and_switched(shop: Distributed, owner: Browser) -> None:  # S4-23, S4-24
    page = said(owner.get(OFFERS))
    assert page.index("SEAT licence") < page.index("M365 licence")  # what stands for nothing is first
    assert "Licence" in page
    mapped = owner.send(
        "/companies/acme/mappings/word", OFFERS, kind="item", word="SEAT", connection=str(shop.connection_id),
        list_id="8000Licence-1", back="billing",
    )  # fmt: skip
    assert mapped.headers["Location"] == f"/portal{OFFERS}"
    off = owner.send(SWITCH, OFFERS, connection=str(shop.connection_id), offer="SEAT", synchronise="off", kind="item")
    assert off.headers["Location"] == f"/portal{OFFERS}"
    assert not switched(shop, "name:Contoso", "SEAT")
    assert switched(shop, "name:Contoso", "M365")


def test_an_organisation_is_mapped_and_updates_what_is_there(shop: Distributed, owner: Browser) -> None:  # S4-25, S4-26
    page = owner.get(ORGANISATIONS)
    assert "Use Nobody Inc" in said(page)
    fields = {"connection": str(shop.connection_id), "organisation": "name:Contoso", "kind": "customer"}
    assert owner.send(SWITCH, ORGANISATIONS, makes="update", **fields).status_code == 303
    with shop.database.reading() as db:
        assert switches_of(db, [shop.connection_id])[shop.connection_id].makes == {"name:Contoso": Makes.UPDATE}
    assert "Existing ones are changed" in owner.get(ORGANISATIONS).text
    assert owner.send(SWITCH, ORGANISATIONS, makes="burn", **fields).status_code == 409


def test_an_offer_of_one_organisation_is_switched(shop: Distributed, owner: Browser) -> None:  # S4-27
    number = str(shop.connection_id)
    at = f"/companies/acme/billing/organisation?connection={number}&organisation=name:Contoso"
    assert at.replace(":", "%3A").replace("&", "&amp;") in owner.get(ORGANISATIONS).text.replace("name:", "name%3A")
    fields = {"connection": number, "organisation": "name:Contoso", "offer": "SEAT", "back": "organisation"}
    assert owner.send(SWITCH, at, synchronise="off", **fields).status_code == 303
    page = said(owner.get(at))
    assert ("said here" in page, "M365 licence" in page) == (True, True)
    assert not switched(shop, "name:Contoso", "SEAT")
    assert switched(shop, "name:Nobody", "SEAT")
    assert owner.get(at.replace("Contoso", "Other")).status_code == 404


def test_save_and_synchronise_asks_for_all_and_shows_the_preview(shop: Distributed, owner: Browser) -> None:  # S4-28
    asked = owner.send(AT.replace("words", "synchronise"), OFFERS)
    assert asked.headers["Location"] == "/portal/companies/acme/billing?asked=yes"
    assert "The distributor is asked now" in owner.get("/companies/acme/billing?asked=yes").text
    with shop.database.reading() as db:
        assert [run.subject_id for run in db.scalars(select(JobRun))] == [shop.connection_id]


def test_a_viewer_sees_and_switches_nothing(shop: Distributed, town: Town) -> None:
    viewer = town.person("eve@acme.example", "Eve", acme=Role.VIEWER)
    page = viewer.get(ORGANISATIONS)
    assert "Contoso Ltd" in page.text
    assert "Switch off" not in page.text
    assert "Save and synchronise" not in page.text


def test_without_a_distributor_or_settings_the_page_says_what_to_do(owner: Browser, town: Town) -> None:
    assert "Nobody has said yet how this company bills" in said(owner.get(OFFERS))
    at = "/companies/acme/billing/settings"
    first = date(2026, 12, 1).isoformat()
    owner.send(at, at, **{"option-mode": "pre_bill", "option-day": "1", "option-first_day": first})
    assert "No distributor is connected" in said(owner.get(OFFERS))
