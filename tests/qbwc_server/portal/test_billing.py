"""Billing in a browser: a day is looked at, decided, billed and reported."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime

import pytest

from qbwc_server.billing_runs.plan import Standing
from qbwc_server.channels.registry import CHANNELS
from qbwc_server.documents.lifecycle import State
from qbwc_server.tenancy.permissions import Role
from tests.qbwc_server.billing_runs.distributor import DISTRIBUTOR, Distributed, told_charge
from tests.qbwc_server.portal.conftest import Browser, Town, said

AT = "/companies/acme/billing"


@pytest.fixture
def shop(town: Town, monkeypatch: pytest.MonkeyPatch) -> Distributed:
    """Acme bills Contoso and Fabrikam."""
    monkeypatch.setitem(CHANNELS, DISTRIBUTOR.code, DISTRIBUTOR)
    shop = Distributed(town.database, town.clock, "acme", added=True)
    shop.usual()
    shop.brings(told_charge("Contoso"), told_charge("Fabrikam", quantity="3"), told_charge("Nobody"))
    return shop


def seen(owner: Browser, customer: str) -> str:
    """The digest of what the page shows of a customer."""
    found = re.search(rf'value="{customer}"><input type="hidden" name="seen" value="([0-9a-f]+)"', owner.get(AT).text)
    assert found
    return found[1]


def test_before_anybody_has_said_how_the_page_says_what_to_do(owner: Browser) -> None:
    page = said(owner.get(AT))
    assert "What is still to be done" in page
    assert "Say how it bills" in page
    assert owner.get(f"{AT}/settings").status_code == 200


def test_how_it_bills_is_said_by_the_form_and_a_mistake_is_told(owner: Browser) -> None:
    at = f"{AT}/settings"
    wrong = owner.send(at, at, **{"option-mode": "pre_bill", "option-day": "32", "option-first_day": "2026-12-01"})
    assert wrong.status_code == 422
    assert "day" in said(wrong)
    right = owner.send(at, at, **{"option-mode": "pre_bill", "option-day": "1", "option-first_day": "2026-12-01"})
    assert right.status_code == 303
    assert "Dec 1, 2026" in said(owner.get(AT))


def test_the_page_shows_each_customer_and_whom_nobody_is_billed_for(shop: Distributed, owner: Browser) -> None:
    page = said(owner.get(f"{AT}?day=2026-11-01"))
    assert "Contoso Ltd" in page
    assert "120.00" in page
    assert "Fabrikam Inc" in page
    assert "Nobody" in page
    assert (
        f"{AT.replace('billing', 'mappings')}/word?kind=customer&amp;word=Nobody&amp;connection=" in owner.get(AT).text
    )


def test_who_is_held_back_is_not_billed_and_who_is_approved_then_is(shop: Distributed, owner: Browser) -> None:
    assert owner.send(f"{AT}/hold", AT, day="2026-11-01", customer="Contoso Ltd").status_code == 303
    assert owner.send(f"{AT}/run", AT, day="2026-11-01").status_code == 303
    assert [row.party for row in shop.documents()] == ["Fabrikam Inc"]
    digest = seen(owner, "Contoso Ltd")
    answer = owner.send(f"{AT}/approve", AT, day="2026-11-01", customer="Contoso Ltd", seen=digest)
    assert answer.status_code == 303
    owner.send(f"{AT}/run", AT, day="2026-11-01")
    assert sorted(str(row.party) for row in shop.documents()) == ["Contoso Ltd", "Fabrikam Inc"]


def test_what_changed_since_it_was_shown_is_not_approved(shop: Distributed, owner: Browser) -> None:
    digest = seen(owner, "Contoso Ltd")
    shop.brings(told_charge("Contoso", quantity="99"), told_charge("Fabrikam", quantity="3"))
    answer = owner.send(f"{AT}/approve", AT, day="2026-11-01", customer="Contoso Ltd", seen=digest)
    assert answer.status_code == 409
    assert "has changed since you looked" in said(answer)
    assert "has changed since you looked" in said(owner.send(f"{AT}/approve", AT, day="2026-11-01", seen=digest))
    (all_of_it,) = re.findall(r'name="seen" value="([0-9a-f]{64})"><button[^>]*>Approve all', owner.get(AT).text)
    assert owner.send(f"{AT}/approve", AT, day="2026-11-01", seen=all_of_it).status_code == 303
    assert all(one.standing is Standing.APPROVED for one in shop.plan(date(2026, 11, 1)).billings)


def test_a_day_that_is_not_due_is_refused_in_words(shop: Distributed, owner: Browser) -> None:
    shop.brings(told_charge("Contoso", first="2026-12-01", last="2026-12-31"), first="2026-12-01", last="2026-12-31")
    answer = owner.send(f"{AT}/run", AT, day="2026-12-01")
    assert answer.status_code == 409
    assert "2026-12-01 is billed from" in said(answer)
    assert shop.documents() == []


def test_what_was_billed_is_taken_back_before_it_leaves(shop: Distributed, owner: Browser) -> None:
    owner.send(f"{AT}/run", AT, day="2026-11-01")
    assert owner.send(f"{AT}/take-back", AT, day="2026-11-01", customer="Contoso Ltd").status_code == 303
    assert {row.party: row.state for row in shop.documents()} == {
        "Contoso Ltd": State.EXCLUDED,
        "Fabrikam Inc": State.SUBMITTED,
    }


def test_the_report_is_a_file_in_which_nothing_is_a_formula(shop: Distributed, owner: Browser) -> None:
    shop.brings(told_charge("=cmd()"), told_charge("Contoso"))
    owner.send(f"{AT}/run", AT, day="2026-11-01")
    answer = owner.get(f"{AT}/file?day=2026-11-01")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="acme-billing-2026-11-01.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {"'=cmd()", "Contoso"} < {row["organisation"] for row in rows}
    assert not [cell for row in rows for cell in row.values() if cell.startswith("=")]
    paper = owner.get(f"{AT}/pdf?day=2026-11-01")
    assert paper.headers["Content-Disposition"] == 'attachment; filename="acme-billing-2026-11-01.pdf"'
    assert paper.data.startswith(b"%PDF-")
    assert "Report of this day" in said(owner.get(f"{AT}?day=2026-11-01"))


@pytest.mark.parametrize("day", ["tomorrow", "2026-11-02", "0001-01-01", "9999-12-31", "2026-13-01"])
def test_a_day_that_is_none_is_told(shop: Distributed, owner: Browser, day: str) -> None:
    answer = owner.get(f"{AT}?day={day}")
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text


def test_who_may_not_see_invoices_sees_no_billing(shop: Distributed, town: Town) -> None:
    shop.clock.moment = datetime(2026, 11, 1, 16, tzinfo=UTC)
    viewer = town.person("eve@acme.example", "Eve", acme=Role.VIEWER)
    assert "Contoso Ltd" in viewer.get(AT).text
    assert viewer.client.post(f"/portal{AT}/run", data={"proof": viewer.proof("/sessions")}).status_code == 403
