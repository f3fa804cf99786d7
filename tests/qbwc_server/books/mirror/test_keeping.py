from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from qbwc_server.books.mirror.fate import Standing, became_of, by_list_id, by_name, changed_since
from qbwc_server.books.mirror.keeping import forget_lists, gone
from qbwc_server.books.mirror.models import EntryWord, Gone, MirrorEntry
from qbwc_server.books.mirror.search import search
from qbwc_server.books.models import ListEntry, Presence
from qbwc_server.db import Database
from qbwc_server.list_kinds import ListKind
from tests.qbwc_server.books.mirror.lists_kept import NOW, company, keep, names, told

LATER = NOW + timedelta(hours=1)


def test_a_page_is_kept_and_a_second_one_changes_it(database: Database) -> None:
    with database.transaction() as db:
        ours = company(db)
        keep(db, ours, told("1", "Acme", email="a@acme.example", rest={"phone": "1"}), told("2", "Bolt"))
        keep(db, ours, told("1", "Acme", active=False), told("3", "Cork"), reading=2, now=LATER)
        rows = {row.list_id: row for row in db.scalars(select(MirrorEntry))}
        assert {key: (row.full_name, row.active, row.seen_in) for key, row in rows.items()} == {
            "1": ("Acme", False, 2),
            "2": ("Bolt", True, 1),
            "3": ("Cork", True, 2),
        }
        assert names(changed_since(db, ours, LATER)) == ["Acme", "Cork"]


def test_more_than_a_page_at_once_and_one_entry_twice(database: Database) -> None:
    with database.transaction() as db:
        ours = company(db)
        keep(db, ours, *(told(str(n % 1100), f"Customer {n}") for n in range(1200)))
        assert db.scalar(select(func.count()).select_from(MirrorEntry)) == 1100
        assert names([by_list_id(db, ours, ListKind.CUSTOMER, "7")]) == ["Customer 1107"]


def test_two_companies_and_two_lists_with_the_same_ids(database: Database) -> None:
    with database.transaction() as db:
        ours, others = company(db), company(db, "other")
        keep(db, ours, told("1", "Acme"))
        keep(db, others, told("1", "Bolt"))
        keep(db, ours, told("1", "Cork"), kind=ListKind.VENDOR)
        assert names(by_name(db, ours, ListKind.CUSTOMER, "acme")) == ["Acme"]
        assert by_name(db, others, ListKind.CUSTOMER, "acme") == []
        assert names(hit.entry for hit in search(db, ours, "cork")) == ["Cork"]
        assert search(db, others, "cork") == []


def test_a_renamed_entry_is_known_by_its_former_name_with_all_below_it(database: Database) -> None:
    with database.transaction() as db:
        ours = company(db)
        keep(db, ours, told("1", "Acme_1"), told("2", "Acme_1:Kitchen", parent_id="1"), told("3", "AcmeX1:Bath"))
        keep(db, ours, told("1", "Apex"), reading=2, now=LATER)
        assert names(by_name(db, ours, ListKind.CUSTOMER, "Apex:Kitchen")) == ["Apex:Kitchen"]
        assert names(by_name(db, ours, ListKind.CUSTOMER, "acme_1:kitchen")) == ["Apex:Kitchen"]
        assert names(by_name(db, ours, ListKind.CUSTOMER, "AcmeX1:Bath")) == ["AcmeX1:Bath"]
        fate = became_of(db, ours, ListKind.CUSTOMER, ["1"])["1"]
        assert (fate.standing, fate.former_names) == (Standing.PRESENT, ("Acme_1",))
        assert names(hit.entry for hit in search(db, ours, "apex")) == ["Apex", "Apex:Kitchen"]
        assert names(hit.entry for hit in search(db, ours, "acme_1")) == ["AcmeX1:Bath"]


def test_entries_that_change_their_names_with_each_other_keep_what_stands_below(database: Database) -> None:
    """What stands below is known by the entry above it, not by a name that another one has by now."""
    below = [told("3", "Acme:Kitchen", parent_id="1"), told("4", "Bolt:Bath", parent_id="2")]
    deep = told("5", "Acme:Kitchen:Sink", parent_id="3")
    for code, pages in {
        "at-once": [[told("1", "Bolt"), told("2", "Acme")]],
        "by-pages": [[told("1", "Bolt")], [told("2", "Acme")]],
        "with-one-below": [[told("3", "Bolt:Kitchen", parent_id="1"), told("1", "Bolt"), told("2", "Acme")]],
    }.items():
        with database.transaction() as db:
            ours = company(db, code)
            keep(db, ours, told("1", "Acme"), told("2", "Bolt"), *below, deep)
            for page in pages:
                keep(db, ours, *page, reading=2, now=LATER)
            entries = db.scalars(select(MirrorEntry).where(MirrorEntry.company_id == ours)).all()
            assert {one.list_id: one.full_name for one in entries} == {
                "1": "Bolt", "2": "Acme", "3": "Bolt:Kitchen", "4": "Acme:Bath", "5": "Bolt:Kitchen:Sink",
            }  # fmt: skip


def test_levels_that_are_renamed_together_are_renamed_once(database: Database) -> None:
    with database.transaction() as db:
        ours = company(db)
        deep = told("3", "A:B:C", parent_id="2")
        keep(db, ours, told("1", "A"), told("2", "A:B", parent_id="1"), deep)
        keep(db, ours, told("1", "Z"), told("2", "Z:Y", parent_id="1"), reading=2, now=LATER)
        assert names([by_list_id(db, ours, ListKind.CUSTOMER, "3")]) == ["Z:Y:C"]


@pytest.mark.parametrize(
    "top", ["\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}zmir", "STRA\N{LATIN SMALL LETTER SHARP S}E", "100%_\\"]
)
def test_letters_that_grow_when_they_become_small_cost_none_below(database: Database, top: str) -> None:
    with database.transaction() as db:
        ours = company(db)
        keep(db, ours, told("1", top), told("2", f"{top}:Kitchen", parent_id="1"))
        keep(db, ours, told("1", "Apex"), reading=2, now=LATER)
        assert names([by_list_id(db, ours, ListKind.CUSTOMER, "2")]) == ["Apex:Kitchen"]


def test_entries_that_stand_below_each_other_end(database: Database) -> None:
    with database.transaction() as db:
        ours = company(db)
        keep(db, ours, told("1", "A", parent_id="2"), told("2", "B", parent_id="1"))
        keep(db, ours, told("1", "C", parent_id="2"), reading=2, now=LATER)
        assert names([by_list_id(db, ours, ListKind.CUSTOMER, "1")]) != [""]


def test_a_name_is_that_of_the_present_entry_before_that_of_a_former_one(database: Database) -> None:
    with database.transaction() as db:
        ours = company(db)
        keep(db, ours, told("1", "Acme"))
        keep(db, ours, told("1", "Apex"), told("2", "Acme"), reading=2)
        assert [one.list_id for one in by_name(db, ours, ListKind.CUSTOMER, "ACME")] == ["2"]


def test_what_is_gone_is_not_found_and_its_fate_is_told(database: Database) -> None:
    with database.transaction() as db:
        ours = company(db)
        at = NOW + timedelta(minutes=30)
        keep(db, ours, told("1", "Acme"), told("2", "Bolt", time_modified=at), told("3", "Cork"))
        gone(db, ours, ListKind.CUSTOMER, {"1": at}, why=Gone.DELETED, now=LATER)
        gone(db, ours, ListKind.CUSTOMER, {"3": None}, why=Gone.MISSING, now=LATER)
        fates = became_of(db, ours, ListKind.CUSTOMER, ["1", "2", "3", "4"])
        assert [fates[key].standing.value for key in "1234"] == ["deleted", "present", "missing", "unknown"]
        assert names(fates["1"].heirs) == ["Bolt"]
        assert search(db, ours, "acme") == []
        assert by_name(db, ours, ListKind.CUSTOMER, "Acme") == []
        assert db.scalar(select(func.count()).select_from(EntryWord)) == 1


def test_what_comes_again_is_found_again(database: Database) -> None:
    with database.transaction() as db:
        ours = company(db)
        keep(db, ours, told("1", "Acme"))
        gone(db, ours, ListKind.CUSTOMER, {"1": NOW}, why=Gone.DELETED, now=NOW)
        keep(db, ours, told("1", "Acme"), reading=2, now=LATER)
        assert names(hit.entry for hit in search(db, ours, "acme")) == ["Acme"]
        assert became_of(db, ours, ListKind.CUSTOMER, ["1"])["1"].standing is Standing.PRESENT


@pytest.mark.parametrize("change", ["renamed", "deleted"])
def test_what_documents_name_is_asked_for_again_when_it_is_not_what_it_was(database: Database, change: str) -> None:
    with database.transaction() as db:
        ours = company(db)
        keep(db, ours, told("1", "Acme"), told("2", "Bolt"))
        for list_id, name in (("1", "Acme"), ("2", "Bolt")):
            db.add(
                ListEntry(
                    company_id=ours,
                    kind=ListKind.CUSTOMER,
                    name_key=name.lower(),
                    full_name=name,
                    presence=Presence.PRESENT,
                    list_id=list_id,
                    changed_at=NOW,
                )
            )
        db.flush()
        if change == "renamed":
            keep(db, ours, told("1", "Apex"), told("2", "Bolt"), reading=2)
        else:
            gone(db, ours, ListKind.CUSTOMER, {"1": NOW}, why=Gone.DELETED, now=NOW)
        db.expire_all()
        known = {row.full_name: (row.presence, row.list_id) for row in db.scalars(select(ListEntry))}
        assert known == {"Acme": (Presence.UNKNOWN, "1"), "Bolt": (Presence.PRESENT, "2")}


def test_another_file_means_that_nothing_is_known(database: Database) -> None:
    with database.transaction() as db:
        ours, others = company(db), company(db, "other")
        for one in (ours, others):
            keep(db, one, told("1", "Acme"))
            keep(db, one, told("1", "Apex"), reading=2)
        forget_lists(db, ours)
        assert by_name(db, ours, ListKind.CUSTOMER, "Apex") == []
        assert names(by_name(db, others, ListKind.CUSTOMER, "Apex")) == ["Apex"]
