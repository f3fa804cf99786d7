"""Mappings in a browser: words that wait, suggestions, what is sure at once and back, search, files."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from qbwc_server.channels.connections.setting_up import Choices, add_connection
from qbwc_server.channels.feed.channel import FEED
from qbwc_server.documents.models import DocumentRow
from qbwc_server.settings import load
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.members import change_role
from qbwc_server.tenancy.permissions import Role
from qbwc_server.tenancy.users import find_user
from tests.qbwc_server.mapping.worded import Worded
from tests.qbwc_server.portal.conftest import Browser, Town, said

ALL = "/companies/acme/mappings"
WIDGET = {"kind": "item", "word": "widget"}


@pytest.fixture
def shop(town: Town) -> Worded:
    """The company acme, whose source says words."""
    return Worded(town.database, town.clock, "acme", added=True)


def test_a_word_is_shown_with_its_suggestion_taken_and_taken_back(owner: Browser, shop: Worded) -> None:
    shop.brings("o1", "widget")
    shown = said(owner.get(ALL))
    assert "1 document waits" in shown
    assert "Use Widget · same name" in shown
    answer = owner.send(f"{ALL}/word", ALL, **WIDGET, list_id="80000001-1")
    assert answer.headers["Location"] == f"/portal{ALL}?went=1"
    assert "1 document that waited goes on." in said(owner.get(f"{ALL}?went=1"))
    assert shop.state("o1") == "submitted"
    assert owner.send(f"{ALL}/take-back", ALL, **WIDGET).status_code == 303
    assert shop.state("o1") == "for_review"


def test_what_is_sure_is_shown_first_then_taken_and_undone_in_one_step(owner: Browser, shop: Worded) -> None:
    shop.brings("o1", "widget")
    shop.brings("o2", "something")
    page = f"{ALL}/sure"
    shown = said(owner.get(page))
    assert "Take 1 mapping" in shown
    assert "something" not in shown
    taken = owner.send(page, page).headers["Location"].removeprefix("/portal")
    assert "went=1&batch=" in taken
    assert "Take all of it back" in said(owner.get(taken))
    batch = taken.partition("batch=")[2]
    assert owner.send(f"{ALL}/undo", ALL, batch=batch).status_code == 303
    assert shop.state("o1") == "for_review"
    assert owner.send(f"{ALL}/undo", ALL, batch="nothing").status_code == 409


def test_an_entry_is_searched_for_and_what_does_not_fit_cannot_be_chosen(owner: Browser, shop: Worded) -> None:
    shop.brings("o1", "SKU-1")
    shown = said(owner.get(f"{ALL}/word?kind=item&word=SKU-1&q=gadg"))
    assert "Gadget Inventory Use it" in shown
    assert "Have it added" in shown
    nothing = owner.get(f"{ALL}/word?kind=item&word=SKU-1&q=zzzz")
    assert "No entry is like “zzzz”" in said(nothing)
    missing = owner.send(f"{ALL}/word", ALL, kind="item", word="SKU-1", list_id="80000009-1")
    assert missing.status_code == 409
    assert "has no item" in said(missing)
    assert owner.send(f"{ALL}/word", ALL, kind="item", word="SKU-1", never="yes").status_code == 303
    assert "never taken" in said(owner.get(ALL))


@pytest.mark.parametrize("fields", [{}, {"kind": "thing", "word": "a"}, {"kind": "item"}], ids=["", "kind", "word"])
def test_nothing_is_said_of_no_word(owner: Browser, shop: Worded, fields: dict[str, str]) -> None:
    assert owner.send(f"{ALL}/word", ALL, **fields, never="yes").status_code == 422


def test_a_file_goes_out_and_in_after_its_preview(owner: Browser, shop: Worded) -> None:
    shop.brings("o1", "SKU-1")
    text = owner.get(f"{ALL}/file").text.replace("item,SKU-1,,,,", "item,SKU-1,,,,Gadget")
    page = f"{ALL}/import"

    def read(text: bytes) -> str:
        data = {"proof": owner.proof(page), "file": (io.BytesIO(text), "m.csv")}
        return said(owner.client.post(f"/portal{page}", data=data))

    looked = read(b"\xef\xbb\xbf" + text.encode())
    assert "1 row changes something" in looked
    assert shop.state("o1") == "for_review"
    assert owner.send(page, page, text=text, apply="yes").headers["Location"] == f"/portal{ALL}?went=1"
    assert shop.state("o1") == "submitted"
    assert "1 row cannot be used" in read(text.replace("Gadget", "Nothing of it").encode())
    assert "not UTF-8" in read("kind,wörd".encode("latin-1"))
    assert "no column" in read(b"a,b\n1,2\n")


def test_a_file_of_some_size_is_taken_and_one_that_is_too_large_is_not(owner: Browser, shop: Worded) -> None:
    page = f"{ALL}/import"
    rows = "kind,word,decision\n" + "item,x,\n" * 15_000
    assert owner.send(page, page, text=rows).status_code == 200
    assert owner.send(page, page, text="x" * 1_100_000).status_code == 413


def test_words_of_others_are_texts(owner: Browser, shop: Worded) -> None:
    shop.brings("o1", '<script>alert("1")</script>')
    assert "<script>alert" not in owner.get(ALL).text
    assert "<script>alert" not in owner.get(f"{ALL}/word?kind=item&word=%3Cscript%3Ealert").text


def test_a_viewer_sees_the_words_and_no_button(town: Town, shop: Worded) -> None:
    shop.brings("o1", "widget")
    viewer = town.person("viewer@acme.example", acme=Role.VIEWER)
    shown = said(viewer.get(ALL))
    assert "widget" in shown
    assert "Use Widget" not in shown


def test_words_of_documents_that_somebody_may_not_see_are_not_told(town: Town, owner: Browser, shop: Worded) -> None:
    shop.brings("o1", "widget")  # a sales receipt or invoice: the kinds below leave it out
    colleague = town.person("colleague@acme.example", acme=Role.BOOKKEEPER)
    with town.database.transaction() as db:
        (kind,) = db.scalars(select(DocumentRow.kind)).all()
        user, company = find_user(db, "colleague@acme.example"), find_company(db, "acme")
        change_role(db, user, company, Role.BOOKKEEPER, limits={kind: []}, by=SERVER, now=town.clock())
    assert "widget" in said(owner.get(ALL))
    assert "widget" not in said(colleague.get(ALL))
    assert "widget" not in said(colleague.get(f"{ALL}/sure"))
    assert "widget" not in colleague.get(f"{ALL}/file").text
    assert "went=0" in colleague.send(f"{ALL}/sure", ALL).headers["Location"]
    assert shop.state("o1") == "for_review"


def test_kinds_that_no_source_says_are_not_offered(town: Town, owner: Browser, shop: Worded) -> None:
    assert "kind=" not in owner.get(ALL).text
    shop.brings("o1", "widget")
    assert "kind=item" in owner.get(ALL).text
    assert "kind=terms" not in owner.get(ALL).text
    with town.database.transaction() as db:
        options = {"address": "https://feed.example", "name": "tea", "words": "terms"}
        add_connection(
            db, find_company(db, "acme"), FEED, options, Choices(),
            settings=load(database_url="sqlite:///unused.db"), by=SERVER, now=town.clock(),
        )  # fmt: skip
    assert "kind=terms" in owner.get(ALL).text
