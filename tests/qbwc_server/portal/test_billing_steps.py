"""The flow of a partner, step by step: S4-13 to S4-29."""

from __future__ import annotations

import re

import pytest

from qbwc_server.books.mirror.models import MirrorList
from qbwc_server.channels.registry import CHANNELS
from qbwc_server.list_kinds import ListKind
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.tenancy.permissions import Role
from tests.qbwc_server.billing_runs.distributor import DISTRIBUTOR, Distributed, told_charge
from tests.qbwc_server.portal.conftest import Browser, Town, said

AT = "/companies/acme/billing"


def next_step(owner: Browser) -> str | None:
    """Where the button of the next step leads."""
    found = re.search(
        r'<li aria-current="step">.*?<a class="button primary" href="/portal/companies/acme/([^"]*)"',
        (owner.get(AT).text.replace("\n", " ")),
    )
    return None if found is None else found[1].replace("&amp;", "&")


def read(town: Town) -> None:
    """The Web Connector has called, and the lists were read."""
    town.update("acme")
    with town.database.transaction() as db:
        company = town.found("acme").id
        for kind in (ListKind.CUSTOMER, ListKind.ITEM):
            row = MirrorList(company_id=company, kind=kind, number=1, shown=1, restarts=0, read_at=town.clock())
            db.merge(row)


def test_each_step_leads_to_the_next(town: Town, owner: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CHANNELS, DISTRIBUTOR.code, DISTRIBUTOR)
    assert next_step(owner) == "billing/settings"
    form = {"option-mode": "pre_bill", "option-day": "1", "option-first_day": "2026-11-01"}
    saved = owner.send(f"{AT}/settings", f"{AT}/settings", **form)
    assert saved.headers["Location"] == f"/portal{AT}"  # save and continue
    assert next_step(owner) == "set-up"
    shop = Distributed(town.database, town.clock, "acme", added=True)
    shop.sells()
    shop.knows("Contoso Ltd")
    read(town)
    assert next_step(owner) == "connections"
    shop.brings(told_charge())
    assert next_step(owner) == "billing/words?kind=item"
    shop.maps("M365", "Licence", WordKind.ITEM)
    assert next_step(owner) == "billing/words?kind=customer"
    shop.maps("Contoso", "Contoso Ltd")
    page = said(owner.get(AT))
    assert "What is still to be done" not in page
    assert "Contoso Ltd" in page


def test_what_was_billed_needs_no_steps(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CHANNELS, DISTRIBUTOR.code, DISTRIBUTOR)
    shop = Distributed(town.database, town.clock, "acme", added=True)
    shop.usual()
    shop.brings(told_charge(), told_charge("Nobody"))
    owner = town.person("olga@acme.example", "Olga", acme=Role.OWNER)
    assert "What is still to be done" in owner.get(AT).text
    owner.send(f"{AT}/run", AT, day="2026-11-01")
    assert "What is still to be done" not in owner.get(AT).text
