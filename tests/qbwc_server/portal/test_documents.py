"""Documents in a browser: found, read, acted upon, by role and kind."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, insert

from qbwc_server.connector.models import UpdateSessionRow
from qbwc_server.connector.session import SessionState
from qbwc_server.documents.lifecycle import Reason, State
from qbwc_server.documents.models import DocumentRow, Operation
from qbwc_server.documents.open_work import Finding, WorkKind, note_work
from qbwc_server.documents.store import find
from qbwc_server.portal.actions import ACTIONS
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.members import change_role
from qbwc_server.tenancy.permissions import Role
from qbwc_server.tenancy.users import find_user
from tests.qbwc_server.portal.conftest import Browser, Town, said

LIST = "/companies/acme/documents"
MARKUP = "<script>alert(1)</script>\"'<img src=x onerror=alert(2)>"
JAPANESE = "株式会社北日本照明器具製作所第二営業部東京本社総務課御中" * 5


def numbers(page: str) -> list[str]:
    """Of the documents listed, in order."""
    return re.findall(r'/documents/\d+">([^<]+)</a>', page)


def many(town: Town, count: int, **values: Any) -> None:
    """So many documents, written past all rules."""
    now = town.clock()
    with town.database.transaction() as db:
        company = find_company(db, "acme")
        row = {
            "company_id": company.id, "kind": "invoice", "date": now.date(), "party": "Kern", "body": "{}",
            "body_digest": "0" * 64, "source_digest": "0" * 64, "state": State.POSTED, "operation": Operation.ADD,
            "revision": 1, "created_at": now, "changed_at": now, **values,
        }  # fmt: skip
        rows = [{**row, "origin": f"o{number}", "number": f"N{number}"} for number in range(1, count + 1)]
        db.execute(insert(DocumentRow), rows)


def state_of(town: Town, document_id: int) -> State:
    """Where it stands."""
    with town.database.reading() as db:
        return find(db, find_company(db, "acme").id, document_id).state


def put(town: Town, document_id: int, **values: Any) -> None:
    """Bring a document where only QuickBooks would."""
    with town.database.transaction() as db:
        row = find(db, find_company(db, "acme").id, document_id)
        for name, value in values.items():
            setattr(row, name, value)


def test_tabs_count_and_keep_the_filter(town: Town, owner: Browser) -> None:
    town.document("acme", origin="a", number="100")
    town.document("acme", origin="b", number="200", submit=True)
    town.document("acme", origin="c", number="101", customer={"name": "Kern"})
    page = owner.get(LIST)
    assert numbers(page.text) == ["100", "101"]
    assert "For review 2 Waiting 1 Posted 0 Failed 0 Excluded 0" in said(page)
    found = owner.get(f"{LIST}?q=KER")
    assert numbers(found.text) == ["101"]
    assert f'href="/portal{LIST}?tab=waiting&amp;q=KER"' in found.text
    assert "No document matches “zzz”" in said(owner.get(f"{LIST}?q=zzz"))
    assert numbers(owner.get(f"{LIST}?kind=sales_receipt").text) == []
    assert numbers(owner.get(f"{LIST}?q=%25").text) == []  # a percent sign is one
    assert owner.get(f"{LIST}?tab=nonsense").status_code == 404


def test_ten_thousand_documents_are_leafed_through_in_both_directions(town: Town, owner: Browser) -> None:
    many(town, 10_000)
    asked: list[str] = []
    event.listen(town.database.engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))
    first = owner.get(f"{LIST}?tab=posted")
    few = len(asked)
    assert numbers(first.text) == [f"N{number}" for number in range(10_000, 9_975, -1)]  # the newest first
    assert "1–25 of 10,000" in said(first)
    assert 'rel="prev"' not in first.text
    link = re.search(r'rel="next" href="/portal([^"]+)"', first.text)
    assert link
    second = owner.get(link[1].replace("&amp;", "&"))
    assert numbers(second.text) == [f"N{number}" for number in range(9_975, 9_950, -1)]
    assert "26–50 of 10,000" in said(second)
    back = re.search(r'rel="prev" href="/portal([^"]+)"', second.text)
    assert back
    again = owner.get(back[1].replace("&amp;", "&"))
    assert numbers(again.text) == numbers(first.text)
    assert "1–25 of 10,000" in said(again)
    asked.clear()
    last = owner.get(f"{LIST}?tab=posted&after=26")
    assert numbers(last.text)[-1] == "N1"
    assert "9,976–10,000 of 10,000" in said(last)
    assert 'rel="next"' not in last.text
    assert len(asked) <= few + 1  # what lies before is counted


def test_for_review_has_the_oldest_first(town: Town, owner: Browser) -> None:
    many(town, 30, state=State.FOR_REVIEW)
    page = owner.get(LIST)
    assert numbers(page.text) == [f"N{number}" for number in range(1, 26)]
    link = re.search(r'rel="next" href="/portal([^"]+)"', page.text)
    assert link
    second = owner.get(link[1].replace("&amp;", "&"))
    assert numbers(second.text) == [f"N{number}" for number in range(26, 31)]
    back = re.search(r'rel="prev" href="/portal([^"]+)"', second.text)
    assert back
    assert numbers(owner.get(back[1].replace("&amp;", "&")).text) == numbers(page.text)


@pytest.mark.parametrize("cursor", ["x", "-1", "1e3", "9" * 30, "²", "%00"])
def test_a_cursor_that_is_none_does_no_harm(town: Town, owner: Browser, cursor: str) -> None:
    town.document("acme")
    for name in ("after", "before", "q", "kind", "reason"):
        assert owner.get(f"{LIST}?{name}={cursor}").status_code == 200, name


def test_a_document_shows_itself_its_history_and_what_may_be_done(town: Town, owner: Browser) -> None:
    document = town.document("acme")
    page = said(owner.get(f"{LIST}/{document}"))
    for part in (
        "Invoice 1001",
        "For review",
        "Müller & Söhne",
        "Widget",
        "10.50",
        "shop:1001",
        "Handed in",
        "API, shop",
    ):
        assert part in page, part
    assert "Submit to QuickBooks" in page
    assert "Exclude" in page
    assert "Nothing was sent yet" in page


def test_a_document_says_what_gave_its_lines_their_entries(town: Town, owner: Browser) -> None:
    document = town.document("acme")
    assert "Where the entries come from" not in said(owner.get(f"{LIST}/{document}"))  # all are its source's own
    put(town, document, notes={"given": {"lines[0].item": "rule 3"}})
    page = said(owner.get(f"{LIST}/{document}"))
    for part in ("Where the entries come from", "Lines 1: item", "A rule 3"):
        assert part in page, part


def test_ours_is_compared_with_what_quickbooks_has(town: Town, owner: Browser) -> None:
    document = town.document("acme")
    put(town, document, state=State.POSTED, txn_id="1A-2", posted_number="77", posted_total=Decimal("22.00"))
    page = owner.get(f"{LIST}/{document}")
    assert "<mark>77</mark>" in page.text
    assert "<mark>22.00</mark>" in page.text


def test_submit_exclude_and_restore(town: Town, owner: Browser) -> None:
    document = town.document("acme")
    at = f"{LIST}/{document}"
    for action, state in (
        ("exclude", State.EXCLUDED), ("restore", State.FOR_REVIEW), ("submit", State.SUBMITTED),
    ):  # fmt: skip
        answer = owner.send(f"{at}/{action}", at)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/portal{at}"), action
        assert state_of(town, document) is state
    assert "Olga Owner" in said(owner.get(at))
    assert "waits for another one" in said(owner.get(at))
    assert "InvoiceAdd" in said(owner.get(at))


def test_what_cannot_be_done_is_told_on_the_page(town: Town, owner: Browser) -> None:
    document = town.document("acme")
    at = f"{LIST}/{document}"
    answer = owner.send(f"{at}/restore", at)
    assert answer.status_code == 409
    assert "There is a problem" in answer.text
    assert "Invoice 1001" in said(answer)


def test_what_lacks_something_stays_and_says_what(town: Town, owner: Browser) -> None:
    document = town.document("acme", number="123456789012345")
    at = f"{LIST}/{document}"
    answer = owner.send(f"{at}/submit", at)
    assert answer.status_code == 409
    assert "has 15 characters" in said(answer)
    assert state_of(town, document) is State.FOR_REVIEW


def test_void_says_first_what_happens_and_can_be_taken_back(town: Town, owner: Browser) -> None:
    document = town.document("acme")
    put(town, document, state=State.POSTED, txn_id="1A-2", edit_sequence="1", posted_number="1001")
    at = f"{LIST}/{document}"
    assert f'href="/portal{at}/void"' in owner.get(at).text
    assert "It keeps its number and comes to zero" in said(owner.get(f"{at}/void"))
    assert state_of(town, document) is State.POSTED
    assert owner.send(f"{at}/void", f"{at}/void").status_code == 303
    assert state_of(town, document) is State.SUBMITTED
    assert "Keep it in QuickBooks" in said(owner.get(at))
    assert owner.send(f"{at}/keep", at).status_code == 303
    assert state_of(town, document) is State.POSTED


def test_what_nobody_can_tell_is_decided_by_a_person(town: Town, owner: Browser) -> None:
    document = town.document("acme", submit=True)
    put(town, document, state=State.HELD, reason=Reason.MISSING, message="Gone.", advice="Look.")
    at = f"{LIST}/{document}"
    assert "Is it in QuickBooks?" in said(owner.get(at))
    for fields in ({}, {"outcome": "posted"}, {"outcome": "posted", "txn_id": "nonsense"}, {"outcome": "x"}):
        answer = owner.send(f"{at}/decide", at, **fields)
        assert answer.status_code == 409, fields
        assert "There is a problem" in answer.text


def test_a_viewer_sees_a_document_and_no_button(town: Town) -> None:
    document = town.document("acme")
    viewer = town.person("viewer@acme.example", acme=Role.VIEWER)
    page = viewer.get(f"{LIST}/{document}")
    assert page.status_code == 200
    assert 'method="post"' not in page.text.replace('action="/portal/sign-out"', "", 1).split("<main")[1]
    for action in ACTIONS:
        assert viewer.send(f"{LIST}/{document}/{action}", "/").status_code == 403
    assert viewer.get(f"{LIST}/{document}/void").status_code == 403


def test_kinds_that_somebody_may_not_see_are_nowhere(town: Town) -> None:
    hidden = town.document("acme", origin="hidden", number="H1", customer={"name": "Hidden Inc."})
    shown = town.document("acme", origin="shown", number="S1", kind="estimate")
    ben = town.person("ben@acme.example", acme=Role.BOOKKEEPER)
    with town.database.transaction() as db:
        user, company = find_user(db, ben.email), find_company(db, "acme")
        change_role(
            db, user, company, Role.BOOKKEEPER, limits={"invoice": [], "estimate": ["view"]}, by=SERVER,
            now=town.clock(),
        )  # fmt: skip
    assert numbers(ben.get(LIST).text) == ["S1"]
    assert numbers(ben.get(f"{LIST}?kind=invoice&q=H1").text) == []
    for path in (LIST, "/companies/acme"):
        assert "Hidden" not in ben.get(path).text
        assert "H1" not in ben.get(path).text
    assert ben.get(f"{LIST}/{hidden}").status_code == 404
    assert ben.send(f"{LIST}/{hidden}/exclude", LIST).status_code == 404
    assert ben.get(f"{LIST}/{shown}").status_code == 200
    assert ben.send(f"{LIST}/{shown}/exclude", LIST).status_code == 403
    assert (state_of(town, hidden), state_of(town, shown)) == (State.FOR_REVIEW, State.FOR_REVIEW)


def test_kinds_that_somebody_may_not_see_are_not_counted_either(town: Town, owner: Browser) -> None:
    ben = town.person("ben@acme.example", acme=Role.VIEWER)
    with town.database.transaction() as db:
        user, company = find_user(db, ben.email), find_company(db, "acme")
        limits = {"invoice": [], "*": ["view"]}
        change_role(db, user, company, Role.VIEWER, limits=limits, by=SERVER, now=town.clock())
    paths = ("/", "/companies/acme", LIST)
    before, all_before = ([said(one.get(path)) for path in paths] for one in (ben, owner))
    for number in range(3):
        town.document("acme", origin=f"t:{number}", number=f"H{number}", submit=number == 2)
    with town.database.transaction() as db:
        found = Finding(WorkKind.GONE_FROM_QUICKBOOKS, "1", "H0 is gone.", "Look.", 1)
        note_work(db, company.id, [found], now=town.clock())
    after = [said(ben.get(path)) for path in paths]
    assert [after[0], after[2]] == [before[0], before[2]]
    assert after[1] == before[1]
    assert [said(owner.get(path)) for path in paths] != all_before
    assert "3 need you" in said(owner.get("/"))
    with town.database.transaction() as db:
        db.add(
            UpdateSessionRow(
                company_id=company.id, ticket_digest="-", state=SessionState.CLOSED, started_at=town.clock(),
                last_call_at=town.clock(), ended_at=town.clock(), closing_words="7 invoices posted.", needs_you=7,
            )
        )  # fmt: skip
    assert "7 invoices posted." in said(owner.get("/companies/acme"))
    assert "7 invoices posted." in said(owner.get("/companies/acme/updates/1"))
    assert "7 invoices posted." not in said(ben.get("/companies/acme/updates/1"))
    assert "7" not in said(ben.get("/companies/acme")).partition("Latest updates")[2].partition("What waits")[0]


def test_a_document_of_another_company_does_not_exist(town: Town, owner: Browser) -> None:
    town.company("other")
    document = town.document("other")
    assert owner.get(f"{LIST}/{document}").status_code == 404
    for action in ACTIONS:
        assert owner.send(f"{LIST}/{document}/{action}", LIST).status_code == 404
    assert owner.get(f"{LIST}/{'9' * 30}").status_code == 404


def test_markup_and_long_names_stay_text(town: Town, owner: Browser) -> None:
    texts = {
        "party": MARKUP, "message": MARKUP, "advice": MARKUP, "posted_number": "<b>x</b>",
        "notes": {"notes": [MARKUP]}, "problems": {"problems": [{"message": MARKUP, "advice": MARKUP}] * 2},
    }  # fmt: skip
    lines = [{"item": "<i>W</i>", "description": MARKUP, "quantity": "1", "rate": "1"}]
    document = town.document("acme", origin="<u>o</u>", customer={"name": MARKUP}, memo=MARKUP, lines=lines)
    put(town, document, **texts)
    for path in (LIST, f"{LIST}/{document}", f"{LIST}/{document}/void", f"{LIST}?q={MARKUP}&reason={MARKUP}"):
        page = owner.get(path)
        for tag in ("<script>", "<img", "<b>", "<i>", "<u>"):
            assert tag not in page.text, (path, tag)
    other = town.document("acme", origin="jp", customer={"name": JAPANESE[:41]})
    put(town, other, party=JAPANESE)
    assert JAPANESE in said(owner.get(LIST))
    assert JAPANESE in said(owner.get(f"{LIST}/{other}"))


def test_a_list_is_a_file_at_the_same_address_with_the_same_filters(town: Town, owner: Browser) -> None:
    many(town, 120, party="=HYPERLINK(1)")
    page = "/companies/acme/documents?tab=posted&q=N11"
    assert "as=csv" in owner.get(page).text
    file = owner.get(f"{page}&as=csv")
    assert (file.mimetype, file.headers["Content-Disposition"]) == (
        "text/csv",
        'attachment; filename="acme-documents.csv"',
    )
    rows = list(csv.DictReader(io.StringIO(file.text, newline="")))
    assert sorted(row["number"] for row in rows) == sorted(["N11", *(f"N11{number}" for number in range(10))])
    assert {row["party"] for row in rows} == {"'=HYPERLINK(1)"}
    assert len(owner.get("/companies/acme/documents?tab=posted&as=csv").text.splitlines()) == 121
