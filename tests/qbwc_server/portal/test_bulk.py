"""Many documents at once in a browser, without script: ticked or all of a list, told one by one, and taken back."""

from __future__ import annotations

import re

from qbwc_server.bulk.doing import do_bulk
from qbwc_server.documents.store import listing
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.members import change_role
from qbwc_server.tenancy.permissions import Role
from qbwc_server.tenancy.users import find_user
from tests.qbwc_server.portal.conftest import Browser, Town, said

LIST = "/companies/acme/documents"
ALL = "/companies/acme/bulk"


def asks(browser: Browser, action: str, *documents: int, **fields: str) -> str:
    """Where the browser goes then, or the status of the refusal."""
    sent = {"proof": browser.proof(LIST), "tab": "for-review", "action": action, **fields}
    data = {**sent, "document": [str(one) for one in documents]}
    answer = browser.client.post(f"/portal{ALL}", data=data)
    return answer.headers["Location"].removeprefix("/portal") if answer.status_code == 303 else str(answer.status_code)


def works_off(town: Town, page: str) -> None:
    do_bulk(town.database, int(page.rpartition("/")[2]), clock=town.clock)


def states(town: Town) -> dict[str, str]:
    with town.database.reading() as db:
        return {row.origin: row.state.value for row in listing(db, find_company(db, "acme").id, limit=1000)}


def test_what_is_ticked_is_submitted_told_and_taken_back(town: Town, owner: Browser) -> None:
    one, other = (town.document("acme", origin=name, number=name) for name in ("a", "b"))
    shown = owner.get(LIST).text
    assert shown.count('form="bulk"') == 2
    assert re.findall(r'name="action" value="(\w+)"', shown) == ["submit", "exclude"]
    page = asks(owner, "submit", one)
    assert page == f"{ALL}/1"
    assert "0 of 1: 0 done, 0 not" in said(owner.get(page))
    works_off(town, page)
    told = said(owner.get(page))
    assert "1 of 1: 1 done, 0 not" in told
    assert "Take back what has not left" in told
    assert states(town) == {"a": "submitted", "b": "for_review"}
    back = owner.send(f"{page}/undo", page).headers["Location"].removeprefix("/portal")
    works_off(town, back)
    assert "Taken back: Submit" in said(owner.get(back))
    assert states(town) == {"a": "for_review", "b": "for_review"}
    assert owner.send(f"{page}/undo", LIST).status_code == 409
    assert other not in (0, one)


def test_all_of_a_list_are_more_than_stand_on_its_page(town: Town, owner: Browser) -> None:
    for number in range(30):
        town.document("acme", origin=f"o{number}", number=str(number))
    shown = owner.get(LIST).text
    assert "All 30 of this list" in shown
    assert "All 30 of this list" not in owner.get(f"{LIST}?q=1").text  # what is searched for is ticked
    page = asks(owner, "exclude", all="yes", kind="invoice")
    works_off(town, page)
    assert set(states(town).values()) == {"excluded"}
    assert re.findall(r'name="action" value="(\w+)"', owner.get(f"{LIST}?tab=excluded").text) == ["restore"]


def test_what_is_refused_says_why(town: Town, owner: Browser) -> None:
    lacks = town.document("acme", origin="a", number="a", total="1.00")
    page = asks(owner, "submit", lacks)
    works_off(town, page)
    told = said(owner.get(page))
    assert "1 of 1: 0 done, 1 not" in told
    assert "Not done" in told


def test_nothing_is_done_where_nothing_is_ticked(town: Town, owner: Browser) -> None:
    number = town.document("acme")
    assert asks(owner, "submit") == "422"
    assert asks(owner, "void", number) == "422"
    assert asks(owner, "submit", number, tab="nowhere") == "422"
    assert asks(owner, "submit", 999) == "422"
    assert owner.get(f"{ALL}/77").status_code == 404


def test_nobody_does_or_sees_what_his_membership_leaves_out(town: Town, owner: Browser) -> None:
    number = town.document("acme", origin="a", number="a")
    colleague = town.person("colleague@acme.example", acme=Role.BOOKKEEPER)
    viewer = town.person("viewer@acme.example", acme=Role.VIEWER)
    assert 'form="bulk"' not in viewer.get(LIST).text
    page = asks(owner, "submit", number)
    assert colleague.get(page).status_code == 200
    for limits, seen in (({"invoice": ["view"]}, 200), ({"invoice": []}, 404)):
        with town.database.transaction() as db:
            user, company = find_user(db, "colleague@acme.example"), find_company(db, "acme")
            change_role(db, user, company, Role.BOOKKEEPER, limits=limits, by=SERVER, now=town.clock())
        assert asks(colleague, "submit", number) == "422"
        assert asks(colleague, "exclude", all="yes") == "422"
        assert colleague.get(page).status_code == seen
        assert colleague.send(f"{page}/undo", LIST).status_code == (403 if seen == 200 else 404)
