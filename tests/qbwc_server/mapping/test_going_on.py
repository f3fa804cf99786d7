"""What waits for a word, goes on with its entry, and goes back."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from qbwc_server.db import Database
from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.problems import Problem
from qbwc_server.documents.store import change_body
from qbwc_server.mapping.deciding import NEVER, Choice
from qbwc_server.mapping.models import Decision
from qbwc_server.mapping.waiting import waiting_words
from qbwc_server.posting.people.exclude import exclude, restore
from qbwc_server.posting.submitting.submit import submit
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.tenancy.companies import find_company
from tests.conftest import TurnableClock
from tests.qbwc_server.mapping.worded import ANN, Worded


def items_of(row: DocumentRow) -> list[str]:
    return [line["item"] for line in json.loads(row.body)["lines"]]


def waits(shop: Worded) -> dict[str, int]:
    with shop.database.reading() as db:
        return {one.said.word: one.documents for one in waiting_words(db, shop.id)}


def requests(shop: Worded) -> int:
    with shop.database.reading() as db:
        return len(db.scalars(select(QueuedRequest.id).where(QueuedRequest.company_id == shop.id)).all())


def test_a_document_with_an_unmapped_word_waits_and_says_for_what(shop: Worded) -> None:
    report = shop.brings("o1", "SKU-1", "SKU-1", "SKU-2")
    shop.brings("o2", "SKU-1")
    assert shop.state("o1") == "for_review"
    assert shop.codes("o1") == ["unmapped", "unmapped"]
    assert "'SKU-1'" in (shop.document("o1").message or "")
    assert report.counts.for_review == 1
    assert waits(shop) == {"SKU-1": 2, "SKU-2": 1}
    assert requests(shop) == 0


def test_no_person_can_submit_it_before_its_words_are_mapped(shop: Worded) -> None:
    shop.brings("o1", "SKU-1")
    with shop.database.transaction() as db:
        row = db.scalars(select(DocumentRow)).one()
        done = submit(db, find_company(db, "shop"), [row], by=ANN, now=shop.clock())
        assert done.not_ready == [row]
    assert (shop.state("o1"), shop.codes("o1"), requests(shop)) == ("for_review", ["unmapped"], 0)


def test_what_waited_goes_on_by_itself_with_its_last_mapping(shop: Worded) -> None:
    shop.brings("o1", "SKU-1", "SKU-2")
    shop.brings("o2", "SKU-2")
    first = shop.maps("SKU-1", "Widget")
    assert (first.went.submitted, first.went.waiting) == (0, 1)
    assert shop.codes("o1") == ["unmapped"]
    second = shop.maps("SKU-2", "gadget")
    assert (second.went.submitted, second.went.waiting) == (2, 0)
    assert (shop.state("o1"), shop.state("o2")) == ("submitted", "submitted")
    assert items_of(shop.document("o1")) == ["Widget", "Gadget"]
    words = shop.document("o1").words
    assert words is not None
    assert [(one["word"], one["name"], one["why"]) for one in words["words"]] == [
        ("SKU-1", "Widget", f"mapping {first.row.id}"),
        ("SKU-2", "Gadget", f"mapping {second.row.id}"),
    ]


def test_what_comes_later_is_mapped_at_once(shop: Worded) -> None:
    shop.maps("SKU-1", "Widget")
    shop.brings("o1", " SKU-1 ")
    assert (shop.state("o1"), items_of(shop.document("o1"))) == ("submitted", ["Widget"])


def test_the_same_told_again_changes_nothing(shop: Worded) -> None:
    shop.brings("o1", "SKU-1")
    shop.maps("SKU-1", "Widget")
    revision = shop.document("o1").revision
    report = shop.brings("o1", "SKU-1", revise=True)
    assert (report.counts.same, report.counts.revised) == (1, 0)
    assert shop.document("o1").revision == revision


def test_a_word_that_is_the_name_itself_waits_all_the_same_and_goes_on(shop: Worded) -> None:
    shop.brings("o1", "Widget")
    assert shop.codes("o1") == ["unmapped"]
    shop.maps("Widget", "Widget")
    assert (shop.state("o1"), shop.codes("o1")) == ("submitted", [])
    taken_back = shop.unmaps("Widget")
    assert (taken_back.went.waiting, shop.state("o1"), shop.codes("o1")) == (1, "for_review", ["unmapped"])


@pytest.mark.parametrize("submits", [True, False])
def test_what_a_person_should_see_is_still_for_review(shop: Worded, submits: bool) -> None:
    reviews = (Problem("odd", "", "It is odd.", "Look."),) if submits else ()
    shop.brings("o1", "SKU-1", submit=submits, reviews=reviews)
    went = shop.maps("SKU-1", "Widget").went
    assert (went.submitted, went.waiting, shop.state("o1"), shop.codes("o1")) == (0, 1, "for_review", [])
    assert shop.document("o1").reason == ("odd" if submits else None)
    assert items_of(shop.document("o1")) == ["Widget"]


def test_another_entry_reaches_what_has_not_left(shop: Worded) -> None:
    shop.brings("o1", "SKU-1")
    shop.maps("SKU-1", "Widget")
    shop.maps("SKU-1", "Gadget")
    assert (shop.state("o1"), items_of(shop.document("o1"))) == ("submitted", ["Gadget"])
    shop.unmaps("SKU-1")
    assert (shop.state("o1"), items_of(shop.document("o1"))) == ("for_review", ["SKU-1"])
    assert waits(shop) == {"SKU-1": 1}


def test_never_taken_is_excluded_and_comes_back_with_an_entry(shop: Worded) -> None:
    shop.brings("o1", "SKU-1")
    assert shop.maps("SKU-1", NEVER).went.left_out == 1
    report = shop.brings("o2", "SKU-1")
    assert (shop.state("o1"), shop.state("o2")) == ("excluded", "excluded")
    assert shop.document("o2").reason == "never_taken"
    assert report.counts.skipped == 1
    assert waits(shop) == {}
    assert shop.maps("SKU-1", "Widget").went.submitted == 2
    assert (shop.state("o1"), shop.state("o2")) == ("submitted", "submitted")


def test_what_a_person_excluded_stays_excluded(shop: Worded) -> None:
    shop.brings("o1", "SKU-1")
    with shop.database.transaction() as db:
        row = db.scalars(select(DocumentRow)).one()
        exclude(db, find_company(db, "shop"), row, by=ANN, now=shop.clock())
        row.tell(None)
    shop.maps("SKU-1", "Widget")
    assert shop.state("o1") == "excluded"
    with shop.database.transaction() as db:
        restore(db, find_company(db, "shop"), db.scalars(select(DocumentRow)).one(), by=ANN, now=shop.clock())
    shop.maps("SKU-1", "Gadget")
    assert shop.state("o1") == "submitted"


def test_it_is_added_under_the_name_that_was_said(shop: Worded) -> None:
    shop.brings("o1", "SKU-1")
    shop.maps("SKU-1", Choice(Decision.CREATE, name="New thing"))
    assert (shop.state("o1"), items_of(shop.document("o1"))) == ("submitted", ["New thing"])


def test_a_document_edited_by_hand_gets_its_entries_and_is_not_submitted(shop: Worded) -> None:
    shop.brings("o1", "SKU-1")
    with shop.database.transaction() as db:
        row = db.scalars(select(DocumentRow)).one()
        document = load_document(row.body).model_copy(update={"memo": "by hand"})
        change_body(db, row, document, by=ANN, now=shop.clock())
    shop.maps("SKU-1", "Widget")
    row = shop.document("o1")
    assert (row.state.value, items_of(row), json.loads(row.body)["memo"]) == ("for_review", ["Widget"], "by hand")
    assert shop.codes("o1") == []


def test_only_the_connection_that_says_it_is_meant(shop: Worded) -> None:
    for connection_id in (1, 2):
        shop.brings(f"o{connection_id}", "SKU-1", connection_id=connection_id)
    shop.maps("SKU-1", "Widget", connection_id=1)
    assert (shop.state("o1"), shop.state("o2")) == ("submitted", "for_review")
    shop.maps("SKU-1", "Gadget")
    assert [items_of(shop.document(f"o{one}")) for one in (1, 2)] == [["Widget"], ["Gadget"]]


def test_another_company_knows_nothing_of_it(shop: Worded, database: Database, clock: TurnableClock) -> None:
    other = Worded(database, clock, "other")
    shop.maps("SKU-1", "Widget")
    other.brings("o1", "SKU-1")
    shop.brings("o1", "SKU-1")
    assert (shop.state("o1"), other.state("o1")) == ("submitted", "for_review")
    assert (waits(shop), waits(other)) == ({}, {"SKU-1": 1})
    shop.maps("SKU-1", "Gadget")
    assert other.state("o1") == "for_review"


@pytest.mark.parametrize("word", ['a "quoted" \\ one', "100%_sure", "Ünïcode – ✓", "x" * 300])
def test_any_word_is_found_again(shop: Worded, word: str) -> None:
    shop.brings("o1", word)
    assert waits(shop) == {word: 1}
    shop.maps(word, "Widget")
    assert shop.state("o1") == "submitted"
