"""Mappings are looked after by the clock."""

from __future__ import annotations

import json

from qbwc_server.documents.open_work import Ended, WorkKind, end_work, open_work
from qbwc_server.mapping.by_the_clock import follow_mappings
from qbwc_server.mapping.listing import mappings_of
from qbwc_server.tenancy.audit import audit_of
from tests.qbwc_server.books.mirror.lists_kept import told
from tests.qbwc_server.mapping.worded import ANN, Worded


def follow(shop: Worded) -> str:
    return follow_mappings(database=shop.database, clock=shop.clock, subject_id=shop.id, checkpoint=lambda: None)


def lost(shop: Worded) -> list[tuple[int, str]]:
    with shop.database.reading() as db:
        return [(one.id, one.message) for one in open_work(db, shop.id, work=WorkKind.MAPPING_LOST)]


def test_nothing_to_do_is_nothing_done(shop: Worded) -> None:
    assert follow(shop) == ""


def test_a_mapping_bears_the_name_that_its_entry_has_now(shop: Worded) -> None:
    shop.maps("SKU-1", "Widget")
    shop.show_items(told("80000001-1", "Better widget", entry_type="Service"))
    assert follow(shop) == ""
    with shop.database.reading() as db:
        assert [one.row.name for one in mappings_of(db, shop.id)] == ["Better widget"]


def test_that_a_mapping_followed_its_entry_is_audited_once(shop: Worded) -> None:
    shop.maps("SKU-1", "Widget")
    shop.show_items(told("80000001-1", "Better widget", entry_type="Service"))
    follow(shop)
    follow(shop)
    with shop.database.reading() as db:
        followed, mapped = audit_of(db, company_id=shop.id)[:2]
    assert (str(followed.by), followed.subject) == ("job follow_mappings", mapped.subject)
    assert (followed.before, followed.after) == ({"name": "Widget"}, {"name": "Better widget"})
    assert str(mapped.by) == str(ANN)


def test_a_lost_entry_is_told_once_and_settled_when_it_is_back(shop: Worded) -> None:
    shop.maps("SKU-1", "Widget")
    shop.show_items(told("80000001-1", "Widget", entry_type="Service", active=False))
    assert follow(shop) == "mappings without their entry: 1"
    follow(shop)
    (found,) = lost(shop)
    assert "'Widget'" in found[1]
    shop.show_items(told("80000001-1", "Widget", entry_type="Service"), reading=3)
    follow(shop)
    assert lost(shop) == []


def test_what_a_person_has_ended_is_not_opened_again(shop: Worded) -> None:
    shop.maps("SKU-1", "Widget")
    shop.show_items(told("80000001-1", "Widget", entry_type="Service", active=False))
    follow(shop)
    with shop.database.transaction() as db:
        end_work(db, shop.id, lost(shop)[0][0], Ended.DISMISSED, by=ANN, now=shop.clock())
    follow(shop)
    assert lost(shop) == []


def test_what_waited_for_a_lost_entry_goes_on_when_it_is_back(shop: Worded) -> None:
    shop.maps("SKU-1", "Widget")
    shop.show_items(told("80000001-1", "Widget", entry_type="Service", active=False))
    shop.brings("o1", "SKU-1")
    follow(shop)
    assert shop.codes("o1") == ["mapping_lost"]
    shop.show_items(told("80000001-1", "Widget 2", entry_type="Service"), reading=3)
    assert follow(shop) == "documents that went on: 1"
    assert shop.state("o1") == "submitted"
    assert json.loads(shop.document("o1").body)["lines"][0]["item"] == "Widget 2"
