"""The status of a company as a bookkeeper sees it, and what is pressed there."""

from __future__ import annotations

from contextlib import AbstractContextManager

import pytest
from sqlalchemy.orm import Session

from qbwc_server.books.holds import HoldKind, holds_of, put_on_hold
from qbwc_server.documents.open_work import Finding, WorkKind, note_work, open_work
from qbwc_server.portal.visit import Visit
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.browser_sessions import end_other_sessions
from qbwc_server.tenancy.members import change_role
from qbwc_server.tenancy.permissions import Role
from qbwc_server.tenancy.users import find_user
from tests.qbwc_server.portal.conftest import SET_ID, Browser, Town, said

MARKUP = "<script>alert(1)</script>\"'<img src=x onerror=alert(2)>"


def test_a_new_company_is_told_what_comes_first(owner: Browser) -> None:
    page = said(owner.get("/companies/acme"))
    assert "The Web Connector has not called yet" in page
    assert "press Update Selected" in page
    assert "Nothing needs you" in page


def test_documents_of_one_reason_are_one_entry_with_the_first_three(town: Town, owner: Browser) -> None:
    for number in range(8):
        town.document("acme", origin=f"o{number}", number=f"10{number}")
    page = said(owner.get("/companies/acme"))
    assert "8 things need you" in page
    assert page.count("What to do") == 1
    assert "8 documents 100 Müller & Söhne , 101 Müller & Söhne , 102 Müller & Söhne and 5 more" in page


def test_posting_is_paused_and_resumed_by_who_may(town: Town, owner: Browser) -> None:
    assert owner.send("/companies/acme/pause", "/companies/acme").status_code == 303
    page = owner.get("/companies/acme")
    assert "Nothing leaves before somebody resumes" in said(page)
    assert "Olga Owner" in said(page)
    with town.database.reading() as db:
        (hold,) = holds_of(db, town.found("acme").id)
        assert (hold.kind, str(hold.by)) == (HoldKind.PAUSED, "Olga Owner")
    again = owner.send("/companies/acme/pause", "/companies/acme")
    assert again.status_code == 409
    assert "paused already" in said(again)
    assert owner.send("/companies/acme/resume", "/companies/acme", hold="paused").status_code == 303
    with town.database.reading() as db:
        assert holds_of(db, town.found("acme").id) == []
    assert "Pause posting" in said(owner.get("/companies/acme"))


def test_who_was_signed_out_while_the_request_waited_changes_nothing(
    town: Town, owner: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    proof, begin = owner.proof("/companies/acme"), Visit.writing

    def later(visit: Visit) -> AbstractContextManager[Session]:
        """The gate was passed; then the owner ended all sessions elsewhere."""
        with town.database.transaction() as db:
            end_other_sessions(db, visit.person.user_id, None, visit.now)
        return begin(visit)

    monkeypatch.setattr(Visit, "writing", later)
    answer = owner.client.post("/portal/companies/acme/pause", data={"proof": proof})
    assert (answer.status_code, "signed out" in said(answer)) == (401, True)
    with town.database.reading() as db:
        assert holds_of(db, town.found("acme").id) == []


def test_what_one_may_not_do_is_absent(town: Town) -> None:
    viewer = town.person("viewer@acme.example", acme=Role.VIEWER)
    assert "Pause posting" not in said(viewer.get("/companies/acme"))
    with town.database.transaction() as db:
        put_on_hold(db, town.found("acme").id, HoldKind.RESTORED_BACKUP, "Older.", by=SERVER, now=town.clock())
    page = said(viewer.get("/companies/acme"))
    assert "Older." in page
    assert "Resume" not in page


def test_another_company_file_is_taken_by_the_name_that_was_seen_only(town: Town, owner: Browser) -> None:
    with town.database.transaction() as db:
        put_on_hold(
            db, town.found("acme").id, HoldKind.OTHER_FILE, "Other Inc. is open.", by=SERVER, now=town.clock(),
            seen={"company_name": "Other Inc."},
        )  # fmt: skip
    for typed in ("", "Acme"):
        answer = owner.send("/companies/acme/resume", "/companies/acme", hold="other_file", accept_file=typed)
        assert answer.status_code == 409
    with town.database.reading() as db:
        assert holds_of(db, town.found("acme").id)
    assert owner.send("/companies/acme/resume", "/companies/acme", hold="nonsense").status_code == 409


def test_open_work_is_done_or_dismissed_once(town: Town, owner: Browser) -> None:
    with town.database.transaction() as db:
        findings = [Finding(WorkKind.TOTAL_DIFFERS, key, f"{key} differs.", "Look.") for key in ("one", "two")]
        first, second = note_work(db, town.found("acme").id, findings, now=town.clock())
    assert "2 things need you" in said(owner.get("/companies/acme"))
    assert owner.send(f"/companies/acme/open-work/{first.id}/done", "/companies/acme").status_code == 303
    assert owner.send(f"/companies/acme/open-work/{second.id}/dismiss", "/companies/acme").status_code == 303
    with town.database.reading() as db:
        assert open_work(db, town.found("acme").id) == []
    assert owner.send(f"/companies/acme/open-work/{first.id}/done", "/companies/acme").status_code == 409


def test_open_work_of_another_company_is_not_touched(town: Town, owner: Browser) -> None:
    town.company("other")
    with town.database.transaction() as db:
        (item,) = note_work(
            db, town.found("other").id, [Finding(WorkKind.TOTAL_DIFFERS, "a", "Differs.", "Look.")], now=town.clock()
        )
    assert owner.send(f"/companies/acme/open-work/{item.id}/done", "/companies/acme").status_code == 409
    with town.database.reading() as db:
        assert len(open_work(db, town.found("other").id)) == 1


def test_markup_in_any_text_of_the_page_stays_text(town: Town) -> None:
    town.company("evil", MARKUP)
    owner = town.person("owner@evil.example", MARKUP, evil=Role.OWNER)
    owner.client.environ_base["HTTP_USER_AGENT"] = MARKUP
    owner.sign_in(owner.email)
    town.document("evil", number="<b>1", customer={"name": MARKUP})
    with town.database.transaction() as db:
        company = town.found("evil")
        put_on_hold(db, company.id, HoldKind.RESTORED_BACKUP, MARKUP, by=SERVER, now=town.clock())
        note_work(db, company.id, [Finding(WorkKind.TOTAL_DIFFERS, "a", MARKUP, MARKUP)], now=town.clock())
    for path in ("/", "/companies/evil", "/sessions"):
        page = owner.get(path)
        assert page.status_code == 200
        assert "<script>" not in page.text, path
        assert "<img" not in page.text, path
        assert MARKUP in said(page).replace("  ", " "), path


def test_a_page_asks_the_database_the_same_number_of_times_however_much_there_is(town: Town, owner: Browser) -> None:
    from sqlalchemy import event

    said_to_it: list[str] = []
    event.listen(town.database.engine, "before_cursor_execute", lambda *arguments: said_to_it.append(arguments[2]))
    for number in range(3):
        town.document("acme", origin=f"a{number}")
    said_to_it.clear()
    owner.get("/companies/acme")
    few = len(said_to_it)
    for number in range(30):
        town.document("acme", origin=f"b{number}")
    said_to_it.clear()
    owner.get("/companies/acme")
    assert len(said_to_it) == few


def test_a_stuck_session_is_released_and_its_texts_are_shown(town: Town, owner: Browser) -> None:
    town.update("acme")
    page = "/companies/acme"
    assert "Release the open one" in said(owner.get(page))
    shown = said(owner.get(f"{page}/updates/1"))
    assert "1 request, 0x80040400" in shown
    assert "2.3.0.215" in shown
    texts = owner.get(f"{page}/updates/1/{SET_ID}").text
    assert "&lt;QBXML&gt;sent&lt;/QBXML&gt;" in texts
    assert "&lt;QBXML&gt;answered&lt;/QBXML&gt;" in texts
    assert owner.send(f"{page}/release", page).status_code == 303
    assert "Release the open one" not in said(owner.get(page))
    assert owner.send(f"{page}/release", page).status_code == 409
    town.company("other")
    stranger = town.person("eve@other.example", other=Role.OWNER)
    assert stranger.get(f"/companies/other/updates/1/{SET_ID}").status_code == 404


def test_whoever_may_not_see_every_kind_sees_no_texts(town: Town) -> None:
    town.update("acme")
    limited = town.person("ben@acme.example", acme=Role.VIEWER)
    with town.database.transaction() as db:
        ben = find_user(db, "ben@acme.example")
        change_role(
            db, ben, town.found("acme"), Role.VIEWER, limits={"invoice": ["view"], "*": []}, by=SERVER, now=town.clock()
        )
    assert "Show request and answer" not in said(limited.get("/companies/acme/updates/1"))
    assert limited.get(f"/companies/acme/updates/1/{SET_ID}").status_code == 404
    assert "Last 14 days" not in said(limited.get("/companies/acme"))


def test_the_last_fortnight_is_a_picture_with_its_numbers(town: Town, owner: Browser) -> None:
    text = owner.get("/companies/acme").text
    assert text.count('<rect class="posted"') == 14
    assert "style=" not in text
