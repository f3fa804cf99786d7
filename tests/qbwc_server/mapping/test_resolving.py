"""What a word stands for, whatever became of the entry in QuickBooks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from qbwc_server.books.mirror.models import Gone, MirrorEntry
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.mapping.resolving import Resolved, Unmapped, resolve
from qbwc_server.mapping.said import Said, word_key
from tests.qbwc_server.books.mirror.lists_kept import NOW, told
from tests.qbwc_server.mapping.worded import Worded


def outcome(shop: Worded, word: str = "SKU-1", *, kind: WordKind = WordKind.ITEM) -> Resolved | Unmapped:
    said = Said(kind, word)
    with shop.database.reading() as db:
        return resolve(db, shop.id, 7, [said])[said.key]


def code(shop: Worded) -> str:
    found = outcome(shop)
    assert isinstance(found, Unmapped)
    return found.problem.code


def delete(shop: Worded, list_id: str) -> None:
    with shop.database.transaction() as db:
        row = db.scalars(select(MirrorEntry).where(MirrorEntry.list_id == list_id)).one()
        row.gone, row.gone_at = Gone.DELETED, NOW + timedelta(days=1)


def test_an_entry_that_was_renamed_is_followed(shop: Worded) -> None:
    shop.maps("SKU-1", "Widget")
    shop.show_items(told("80000001-1", "Better widget", entry_type="Service"))
    found = outcome(shop)
    assert isinstance(found, Resolved)
    assert (found.name, found.list_id) == ("Better widget", "80000001-1")


def test_what_was_merged_goes_nowhere_before_a_person_has_said_where(shop: Worded) -> None:
    """QuickBooks tells of a deletion alone; that another entry was changed in that moment proves nothing."""
    shop.maps("SKU-1", "Widget")
    merged = NOW + timedelta(days=1)
    shop.show_items(told("80000003-1", "Widget (new)", entry_type="Service", time_modified=merged))
    delete(shop, "80000001-1")
    found = outcome(shop)
    assert isinstance(found, Unmapped)
    assert found.problem.code == "mapping_lost"
    assert "It may be Widget (new) now." in found.problem.message


def test_of_several_that_it_may_have_been_merged_into_a_person_chooses(shop: Worded) -> None:
    shop.maps("SKU-1", "Widget")
    merged = NOW + timedelta(days=1)
    for number in (3, 4):
        name = f"Widget {number}"
        shop.show_items(told(f"8000000{number}-1", name, entry_type="Service", time_modified=merged))
    delete(shop, "80000001-1")
    found = outcome(shop)
    assert isinstance(found, Unmapped)
    assert found.problem.code == "mapping_lost"
    assert "Widget 3 or Widget 4" in found.problem.message


def test_an_entry_that_was_deleted_or_is_inactive_or_of_another_type_is_a_problem(shop: Worded) -> None:
    shop.maps("SKU-1", "Widget")
    shop.show_items(told("80000001-1", "Widget", entry_type="Service", active=False))
    assert code(shop) == "mapping_lost"
    shop.show_items(told("80000001-1", "Widget", entry_type="Subtotal"), reading=3)
    assert code(shop) == "mapping_does_not_fit"
    shop.show_items(told("80000001-1", "Widget", entry_type="Service"), reading=4)
    assert isinstance(outcome(shop), Resolved)
    delete(shop, "80000001-1")
    assert code(shop) == "mapping_lost"


def test_a_document_waits_where_the_entry_is_lost_and_says_so(shop: Worded) -> None:
    shop.maps("SKU-1", "Widget")
    shop.show_items(told("80000001-1", "Widget", entry_type="Service", active=False))
    shop.brings("o1", "SKU-1")
    assert (shop.state("o1"), shop.codes("o1")) == ("for_review", ["mapping_lost"])
    assert "inactive" in (shop.document("o1").message or "")


def test_one_word_of_two_kinds_is_two_words(shop: Worded) -> None:
    shop.maps("SKU-1", "Widget")
    assert isinstance(outcome(shop, kind=WordKind.CUSTOMER), Unmapped)
    assert isinstance(outcome(shop, "sku-1"), Unmapped)


@pytest.mark.parametrize(("one", "other"), [("Café", "Cafe\u0301"), (" a  b ", "a b"), ("a\tb", "a b")])
def test_blanks_and_the_form_of_accents_make_no_other_word(one: str, other: str) -> None:
    assert word_key(one) == word_key(other)


def test_very_long_words_that_begin_alike_are_two(shop: Worded) -> None:
    one, other = "x" * 400, "x" * 401
    assert word_key(one) != word_key(other)
    assert len(word_key(one)) == 300
    shop.maps(one, "Widget")
    assert isinstance(outcome(shop, one), Resolved)
    assert isinstance(outcome(shop, other), Unmapped)


def test_as_many_words_as_a_day_has_are_asked_for_at_once(shop: Worded) -> None:
    shop.maps("SKU-1", "Widget")
    words = [Said(WordKind.ITEM, f"SKU-{number}") for number in range(1200)]
    with shop.database.reading() as db:
        found = resolve(db, shop.id, 0, words)
    assert len(found) == 1200
    assert [key[1] for key, one in found.items() if isinstance(one, Resolved)] == ["SKU-1"]
