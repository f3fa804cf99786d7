"""What a person should see first: names that become one in QuickBooks, one sale under two origins; and what is told at
once instead of session by session.
"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from qbwc_server.documents.kinds import Document, read_document
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.open_work import Ended, OpenWork, WorkKind, end_work, open_work
from qbwc_server.posting.people.other_names import use_name
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.simulator.bookkeeper import Bookkeeper
from tests.sessions.odd_quickbooks import quiet
from tests.sessions.world import BY, World, invoice, payment, receipt


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Łukasz", "Lukasz"),
        ("Lukasz", "Łukasz"),
        ("Лукас", "Lukas"),
        ("李伟", "黎伟"),
        ("Kern Lighting", "KERN lighting"),
        ("Łukasz:Hall", "Lukasz:Office"),
    ],
)
def test_two_customers_that_become_one_are_a_question_once(world: World, first: str, second: str) -> None:
    handed = world.hand_in(invoice("a", number="1", customer=first))
    assert [row.origin for row in handed.submitted.submitted] == ["a"]
    world.hand_in(invoice("b", number="2", customer=second))
    asked = world.row("b")
    assert (asked.state, asked.reason) == (State.FOR_REVIEW, "names_fall_together")
    assert asked.message
    assert f'"{second.split(":", maxsplit=1)[0]}"' in asked.message
    assert f'"{first.split(":", maxsplit=1)[0]}"' in asked.message
    world.hand_in(invoice("c", number="3", customer=second))  # unanswered, it is asked again
    assert world.row("c").state is State.FOR_REVIEW
    world.submit("b")
    world.hand_in(invoice("d", number="4", customer=second), invoice("e", number="5", customer=first))
    assert {world.row(origin).state for origin in "bde"} == {State.SUBMITTED}


def open_names(world: World) -> list[OpenWork]:
    with world.database.reading() as db:
        return open_work(db, world.company(db).id, work=WorkKind.NAMES_FELL_TOGETHER)


def test_names_that_fell_together_are_open_work_until_somebody_answers(world: World) -> None:
    world.hand_in(invoice("a", number="1", customer="Łukasz"))
    world.hand_in(invoice("b", number="2", customer="Lukasz"), invoice("c", number="3", customer="Lukasz"))
    (found,) = open_names(world)  # one pair, however many documents
    assert '"Lukasz" is the same as "Łukasz"' in found.message
    assert found.message in world.report().lines()
    world.hand_in(invoice("d", number="4", customer="Łukasz"))
    assert len(open_names(world)) == 1  # nobody has answered for the other word
    world.submit("b")
    assert open_names(world) == []


def test_a_pair_that_a_person_has_dismissed_is_not_listed_again(world: World) -> None:
    world.hand_in(invoice("a", number="1", customer="Łukasz"), invoice("b", number="2", customer="Lukasz"))
    (found,) = open_names(world)
    with world.database.transaction() as db:
        end_work(db, world.company(db).id, found.id, Ended.DISMISSED, by=BY, now=world.clock())
    world.hand_in(invoice("c", number="3", customer="Lukasz"))
    assert world.row("c").state is State.FOR_REVIEW
    assert open_names(world) == []
    world.hand_in(invoice("d", number="4", customer="LUKASZ"))
    assert len(open_names(world)) == 1


def test_two_of_one_batch_are_a_question_too(world: World) -> None:
    handed = world.hand_in(invoice("a", customer="Анна"), invoice("b", customer="Anna"), invoice("c", customer="Анна"))
    assert [row.origin for row in handed.submitted.submitted] == ["a", "c"]
    assert [problem.code for (problem,) in handed.asked.values()] == ["names_fall_together"]


def test_two_items_that_become_one_are_a_question(world: World) -> None:
    world.hand_in(receipt("a", lines=[{"item": "Thé", "amount": "1.00"}]))
    world.hand_in(receipt("b", lines=[{"item": "THÉ", "amount": "1.00"}]))
    assert world.row("b").reason == "names_fall_together"


def test_accents_written_in_two_ways_are_one_word(world: World) -> None:
    world.hand_in(invoice("a", customer="Zo\u00eb"))
    world.hand_in(invoice("b", customer="Zoe\u0308"))
    assert world.row("b").state is State.SUBMITTED


def test_a_customer_of_the_books_is_not_taken_for_another_word_unseen(world: World) -> None:
    """QuickBooks has a Lukasz of its own; the shop's Łukasz would be him."""
    world.books.books.create("Customer", "Lukasz")
    world.hand_in(invoice("a", number="1", customer="Łukasz"))
    assert world.update().ok
    row = world.row("a")
    assert (row.state, row.reason) == (State.FAILED, "names_fall_together")
    assert not world.books.invoices
    assert len(open_names(world)) == 1
    world.submit("a")
    assert open_names(world) == []
    world.hand_in(invoice("b", number="2", customer="Łukasz"))
    assert world.update().ok
    assert {one.state for one in world.rows(["a", "b"])} == {State.POSTED}


def test_a_customer_that_was_added_under_a_word_is_no_question_later(world: World) -> None:
    world.hand_in(invoice("a", number="1", customer="Łukasz"))
    assert world.update().ok
    world.hand_in(invoice("b", number="2", customer="Łukasz"))
    assert world.update().ok
    assert {one.state for one in world.rows(["a", "b"])} == {State.POSTED}


@pytest.mark.parametrize("kind", [invoice, receipt])
def test_one_sale_under_two_origins_is_a_question(world: World, kind: type) -> None:
    world.hand_in(invoice("file:1", number="1", customer="Shop", amount="19.90"))
    world.hand_in(kind("api:1", number="1", customer="shop", amount="19.90"))
    row = world.row("api:1")
    assert (row.state, row.reason) == (State.FOR_REVIEW, "same_number")
    assert row.message
    assert "file:1" in row.message
    world.submit("api:1")
    assert world.row("api:1").state is State.SUBMITTED


def test_another_number_party_day_total_or_kind_is_another_document(world: World) -> None:
    world.hand_in(invoice("a", number="1"))
    world.hand_in(
        invoice("b", number="2"),
        invoice("c", number="1", customer="Other"),
        invoice("d", number="1", date="2026-03-03"),
        invoice("e", number="1", amount="31.00"),
        payment("f", amount="30.00", pays={"a": "30.00"}),
        invoice("g"),
        invoice("h"),
    )
    assert {row.state for row in world.rows(list("abcdefgh"))} == {State.SUBMITTED}


@pytest.mark.parametrize(("first", "second"), [("inv-1", "INV-1"), ("INV-1", "inv-1"), ("Inv-1", "INV-1")])
def test_a_number_in_capitals_is_the_same(world: World, first: str, second: str) -> None:
    world.hand_in(invoice("a", number=first))
    world.hand_in(invoice("b", number=second))
    assert world.row("b").reason == "same_number"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("007", "7"),
        ("7", "007"),
        ("aB-1", "Ab-1"),
        ("AB 1", "AB1"),
        ("#12", "12"),
        ("INV-0012", "inv 12"),
        ("---", "---"),
    ],
)
def test_a_number_spelt_in_another_way_is_the_same(world: World, first: str, second: str) -> None:
    world.hand_in(invoice("a", number=first))
    world.hand_in(invoice("b", number=second))
    assert world.row("b").reason == "same_number"
    assert first in str(world.row("b").message)


@pytest.mark.parametrize(("first", "second"), [("1-12", "11-2"), ("A1", "A10"), ("100", "1"), ("7-A", "A-7")])
def test_numbers_that_differ_stay_two(world: World, first: str, second: str) -> None:
    world.hand_in(invoice("a", number=first))
    world.hand_in(invoice("b", number=second))
    assert world.row("b").state is State.SUBMITTED


_ACCOUNTS = {"check": {"bank_account": "Checking"}, "credit_card_charge": {"card_account": "Company Credit Card"}}


def purchase(kind: str, origin: str) -> Document:
    lines = [{"account": "Rent Expense", "amount": "30.00"}]
    record = {"kind": kind, "origin": origin, "number": "B-1", "date": "2026-03-02", "vendor": "Paper Mill"}
    return read_document({**record, "expenses": lines, **_ACCOUNTS.get(kind, {})})


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("bill", "bill"),
        ("bill", "credit_card_charge"),
        ("credit_card_charge", "bill"),
        ("check", "item_receipt"),
        ("item_receipt", "check"),
    ],
)
def test_one_purchase_under_two_origins_is_a_question(world: World, first: str, second: str) -> None:
    Bookkeeper(world.books).add("Vendor", "Paper Mill")
    world.hand_in(purchase(first, "file:1"))
    world.hand_in(purchase(second, "api:1"))
    assert (world.row("api:1").state, world.row("api:1").reason) == (State.FOR_REVIEW, "same_number")
    world.submit("api:1")
    assert world.row("api:1").state is State.SUBMITTED


def test_what_is_bought_and_what_comes_back_are_two(world: World) -> None:
    Bookkeeper(world.books).add("Vendor", "Paper Mill")
    world.hand_in(purchase("bill", "a"))
    world.hand_in(purchase("vendor_credit", "b"))
    assert world.row("b").state is State.SUBMITTED


def test_what_is_posted_and_revised_into_another_is_a_question_once(world: World) -> None:
    world.hand_in(invoice("a", number="1"), invoice("b", number="2"))
    world.update()
    world.hand_in(invoice("b", number="1"), revise=True)
    assert (world.row("b").state, world.row("b").reason) == (State.FOR_REVIEW, "same_number")
    world.submit("b")
    world.update()
    assert (world.row("b").state, world.row("b").posted_number) == (State.POSTED, "1")
    world.hand_in(invoice("b", number="1", memo="said already"), revise=True)
    assert world.row("b").state is State.SUBMITTED


def test_one_sale_under_the_new_name_of_its_customer_is_a_question(world: World) -> None:
    """Renamed in QuickBooks, and a person said that the new name is meant: the other source says it already."""
    world.hand_in(invoice("a", number="1", customer="Acme"))
    world.update()
    Bookkeeper(world.books).rename("Customer", "Acme", "Acme Limited")
    world.hand_in(invoice("c", number="3", customer="Acme"))
    quiet(world)
    with world.database.transaction() as db:
        asked = [one for one in open_work(db, world.company(db).id) if one.work is WorkKind.ENTRY_RENAMED]
        use_name(db, world.company(db), asked[0].id, None, by=BY, now=world.clock())
    quiet(world)
    world.hand_in(invoice("b", number="1", customer="Acme Limited"))
    assert world.row("b").reason == "same_number"


@pytest.mark.parametrize("changed", [{"amount": "30.01"}, {"date": "2026-03-03"}, {"memo": "second"}])
def test_a_revision_is_no_answer(world: World, changed: dict[str, str]) -> None:
    world.hand_in(invoice("a", number="1"))
    world.hand_in(invoice("b", number="1"))
    for memo in ("once", "twice"):
        world.hand_in(invoice("b", number="1", **{"memo": memo, **changed}), revise=True)
        assert (world.row("b").state, world.row("b").reason) == (State.FOR_REVIEW, "same_number")
    assert str(world.row("b").message).count("It was revised since.") == 1
    world.submit("b")
    world.hand_in(invoice("b", number="1", amount="30.02"), revise=True)
    assert world.row("b").state is State.SUBMITTED


@pytest.mark.parametrize("ends", ["another number", "the other is out"])
def test_the_question_ends_with_its_reason(world: World, ends: str) -> None:
    world.hand_in(invoice("a", number="1"))
    world.hand_in(invoice("b", number="1"))
    if ends == "another number":
        world.hand_in(invoice("b", number="2"), revise=True)
    else:
        world.exclude("a")
        world.hand_in(invoice("b", number="1", amount="30.01"), revise=True)
    assert world.row("b").state is State.SUBMITTED


def test_one_that_is_revised_into_another_is_a_question(world: World) -> None:
    world.hand_in(invoice("a", number="1"), invoice("b", number="2"))
    world.hand_in(invoice("a", number="2"), revise=True)
    assert (world.row("a").reason, world.row("b").state) == ("same_number", State.SUBMITTED)


def test_what_was_excluded_is_no_double(world: World) -> None:
    world.hand_in(invoice("a", number="1"))
    world.exclude("a")
    world.hand_in(invoice("b", number="1"))
    assert world.row("b").state is State.SUBMITTED


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"customer": "C" * 50}, "customer"),
        ({"customer": f"Parent:{'C' * 42}"}, "customer"),
        ({"customer": "ß" * 41 + "語" * 30}, "customer"),
        ({"lines": [{"item": "I" * 32, "amount": "1.00"}]}, "lines[0].item"),
    ],
)
def test_what_quickbooks_has_no_room_for_is_told_before_the_session(
    world: World, change: dict[str, object], field: str
) -> None:
    world.hand_in(invoice("a", **change))  # type: ignore[arg-type]
    row = world.row("a")
    assert row.state is State.FOR_REVIEW
    assert row.problems is not None
    (problem,) = row.problems["problems"]
    assert (problem["code"], problem["field"]) == ("too_long", field)
    assert problem["advice"].startswith("Shorten it")


def test_everything_wrong_with_a_document_is_told_at_once(world: World) -> None:
    world.hand_in(
        invoice(
            "a", number="123456789012", customer="C" * 50, lines=[{"item": "I" * 32, "amount": "1.00"}], total="2.00"
        )
    )
    problems = (world.row("a").problems or {})["problems"]
    assert [one["code"] for one in problems] == ["number_too_long", "does_not_foot", "too_long", "too_long"]


def test_all_names_that_are_missing_are_told_at_once(world: World) -> None:
    world.options(create_items=None, item_income_account=None, create_customers=False)
    lines = [{"item": name, "amount": "1.00"} for name in ("Seat", "Desk", "Lamp")]
    world.hand_in(invoice("a", customer="Nobody", lines=lines))
    assert world.update().ok
    message = world.row("a").message or ""
    assert all(name in message for name in ("Nobody", "Seat", "Desk", "Lamp"))


def test_no_customer_is_added_for_a_document_that_cannot_be_entered(world: World) -> None:
    world.options(create_items=None, item_income_account=None)
    world.hand_in(invoice("a", customer="New"), invoice("b", customer="New:Job"))
    assert world.update().ok
    assert {row.state for row in world.rows(["a", "b"])} == {State.FAILED}
    assert [one.name for one in world.books.customers] == []


def test_the_customer_is_added_when_one_of_two_documents_can_be_entered(world: World) -> None:
    world.hand_in(receipt("r"))
    assert world.update().ok  # QuickBooks has the item Lamp now
    world.options(create_items=None, item_income_account=None)
    world.hand_in(
        invoice("a", customer="New"), invoice("b", customer="New", lines=[{"item": "Lamp", "amount": "1.00"}])
    )
    assert world.update().ok
    assert (world.row("a").state, world.row("b").state) == (State.FAILED, State.POSTED)


def test_no_entry_is_asked_for_a_document_that_cannot_be_written(world: World) -> None:
    world.hand_in(invoice("a", customer="New", lines=[{"item": "Seat", "amount": "1.00", "tax_code": "Taxed"}]))
    assert world.row("a").state is State.FOR_REVIEW
    with world.database.reading() as db:
        assert db.scalars(select(QueuedRequest)).all() == []


def test_no_customer_is_added_for_what_was_excluded_meanwhile(world: World) -> None:
    world.hand_in(invoice("a", customer="New"))
    world.exclude("a")
    assert world.update().ok
    assert [one.name for one in world.books.customers] == []
