"""What was posted is looked at again in the background, and what people did to it in QuickBooks is shown."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from qbwc_server.books.holds import HoldKind, put_on_hold
from qbwc_server.documents.kinds import read_document
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.open_work import Ended, OpenWork, WorkKind, end_work, open_work
from qbwc_server.posting.people.resume import resume
from qbwc_server.posting.same_file.looking_again import EACH_WITHIN, ask_again
from qbwc_server.simulator.bookkeeper import Bookkeeper
from qbwc_server.simulator.transactions import Transaction
from qbwc_server.tenancy.actor import QUICKBOOKS
from tests.sessions.odd_quickbooks import by_hand, known_names, quickbooks_says, quiet, refusing
from tests.sessions.people import revise
from tests.sessions.world import BY, World, invoice

MANY = 60  # more than one question holds, and more than the newest that each session asks for


@pytest.fixture
def posted(world: World) -> World:
    """Sixty invoices in the books, some days old."""
    known_names(world)
    world.hand_in(*(invoice(f"i-{number}", number=str(number)) for number in range(MANY)))
    while any(row.state is not State.POSTED for row in world.rows([f"i-{number}" for number in range(MANY)])):
        world.update()
    world.clock.advance(days=3)
    return world


def ask(world: World) -> int:
    with world.database.transaction() as db:
        return ask_again(db, world.company(db), now=world.clock())


def look(world: World) -> None:
    ask(world)
    for _ in range(3):
        world.update()


def booked(world: World, number: int) -> Transaction:
    (txn,) = [txn for txn in world.books.invoices if txn.values["ref_number"] == str(number)]
    return txn


def work(world: World) -> list[OpenWork]:
    with world.database.reading() as db:
        return open_work(db, world.company(db).id)


def test_what_is_as_it_was_left_needs_nobody(posted: World) -> None:
    look(posted)
    assert work(posted) == []
    assert all(row.seen_at is not None for row in posted.rows([f"i-{number}" for number in range(MANY)]))
    assert ask(posted) == 0  # all were seen


def test_deleted_in_quickbooks_is_shown(posted: World) -> None:
    Bookkeeper(posted.books).delete(booked(posted, 3))
    look(posted)
    assert posted.row("i-3").state is State.WITHDRAWN
    (found,) = work(posted)
    assert (found.work, found.document_id) == (WorkKind.GONE_FROM_QUICKBOOKS, posted.row("i-3").id)
    assert "Invoice 3 for Acme" in found.message
    assert "was deleted in QuickBooks" in found.message


def test_voided_in_quickbooks_is_shown(posted: World) -> None:
    Bookkeeper(posted.books).void(booked(posted, 4))
    look(posted)
    assert posted.row("i-4").state is State.WITHDRAWN
    (found,) = work(posted)
    assert found.work is WorkKind.GONE_FROM_QUICKBOOKS
    assert "was voided in QuickBooks" in found.message


def test_edited_in_quickbooks_is_shown_once(posted: World) -> None:
    Bookkeeper(posted.books).change_line(booked(posted, 5), 0, amount=Decimal("31.00"))
    look(posted)
    (found,) = work(posted)
    assert (found.work, found.document_id) == (WorkKind.EDITED_IN_QUICKBOOKS, posted.row("i-5").id)
    assert "31.00" in found.message
    assert posted.row("i-5").state is State.POSTED
    look(posted)
    assert [item.id for item in work(posted)] == [found.id]


def test_edited_on_a_pc_whose_clock_is_behind_is_shown(posted: World) -> None:
    posted.books.clock_offset = timedelta(days=-20)
    Bookkeeper(posted.books).change_line(booked(posted, 5), 0, amount=Decimal("31.00"))
    posted.books.clock_offset = timedelta(0)
    look(posted)
    assert [item.work for item in work(posted)] == [WorkKind.EDITED_IN_QUICKBOOKS]


def test_edited_before_the_file_was_taken_as_it_is_is_shown(posted: World) -> None:
    """Whoever resumes looks at the file as a whole; what differs in one document is told all the same."""
    with posted.database.transaction() as db:
        company = posted.company(db)
        put_on_hold(db, company.id, HoldKind.RESTORED_BACKUP, "Older.", by=QUICKBOOKS, now=posted.clock())
    Bookkeeper(posted.books).change_line(booked(posted, 5), 0, amount=Decimal("31.00"))
    with posted.database.transaction() as db:
        resume(db, posted.company(db), repost=False, by=BY, now=posted.clock())
    for _ in range(3):
        posted.update()
    (found,) = work(posted)
    assert (found.work, found.document_id) == (WorkKind.EDITED_IN_QUICKBOOKS, posted.row("i-5").id)


def test_typed_by_hand_beside_ours_is_shown_until_somebody_has_seen_it(posted: World) -> None:
    twin = Bookkeeper(posted.books).type_again(booked(posted, 5))
    look(posted)
    (found,) = work(posted)
    assert (found.work, found.document_id) == (WorkKind.TYPED_BESIDE, posted.row("i-5").id)
    assert "Invoice 5 for Acme" in found.message
    assert found.detail is not None
    assert found.detail["beside"]["txn_id"] == twin.txn_id
    with posted.database.transaction() as db:
        end_work(db, posted.company(db).id, found.id, Ended.DISMISSED, by=BY, now=posted.clock())
    posted.clock.advance(days=EACH_WITHIN.days)
    look(posted)
    assert work(posted) == []


def test_what_comes_to_nothing_is_typed_beside_ours_as_well(posted: World) -> None:
    posted.hand_in(invoice("free", number="F-1", amount="0.00"))
    posted.update()
    posted.clock.advance(days=2)
    (ours,) = [txn for txn in posted.books.invoices if txn.values["ref_number"] == "F-1"]
    Bookkeeper(posted.books).type_again(ours)
    look(posted)
    assert [(item.work, item.document_id) for item in work(posted)] == [(WorkKind.TYPED_BESIDE, posted.row("free").id)]


def test_a_number_is_the_same_in_capitals(posted: World) -> None:
    posted.hand_in(invoice("small", number="inv-a"))
    posted.update()
    posted.clock.advance(days=2)
    (ours,) = [txn for txn in posted.books.invoices if txn.values["ref_number"] == "inv-a"]
    Bookkeeper(posted.books).type_again(ours, ref_number="INV-A")
    look(posted)
    assert [(item.work, item.document_id) for item in work(posted)] == [(WorkKind.TYPED_BESIDE, posted.row("small").id)]


def test_the_number_of_somebody_else_is_none_of_ours(posted: World) -> None:
    ann = Bookkeeper(posted.books)
    ann.add("Customer", "Zoë")
    ann.type_again(booked(posted, 5), customer="Zoë")
    look(posted)
    assert work(posted) == []


def test_saved_again_without_an_edit_is_no_edit(posted: World) -> None:
    Bookkeeper(posted.books).save_unchanged(booked(posted, 6))
    look(posted)
    assert work(posted) == []


def test_each_is_seen_within_its_time(posted: World) -> None:
    look(posted)
    posted.clock.advance(days=EACH_WITHIN.days)
    assert ask(posted) >= MANY


def test_questions_of_an_earlier_day_are_not_asked_twice(posted: World) -> None:
    assert ask(posted) > 0
    posted.clock.advance(days=1)
    assert ask(posted) == 0


def test_documents_go_before_it(posted: World) -> None:
    ask(posted)
    posted.hand_in(invoice("urgent", number="999"))
    posted.update()
    assert posted.row("urgent").state is State.POSTED
    assert timedelta(0) <= posted.clock() - (posted.row("urgent").posted_at or posted.clock())


def test_typed_beside_ours_under_the_new_name_of_its_customer(posted: World) -> None:
    ann = Bookkeeper(posted.books)
    ann.rename("Customer", "Acme", "Acme Ltd")
    ann.type_again(booked(posted, 5))
    look(posted)
    assert [(item.work, item.document_id) for item in work(posted)] == [(WorkKind.TYPED_BESIDE, posted.row("i-5").id)]


def test_a_void_one_into_which_somebody_writes_is_shown(posted: World) -> None:
    posted.void("i-5")
    posted.update()
    posted.clock.advance(hours=1)
    Bookkeeper(posted.books).change_line(booked(posted, 5), 0, amount=Decimal("31.00"))
    posted.clock.advance(days=EACH_WITHIN.days)
    look(posted)
    (found,) = [item for item in work(posted) if item.document_id == posted.row("i-5").id]
    assert found.work is WorkKind.EDITED_IN_QUICKBOOKS
    assert "is void here, and comes to 31.00" in found.message


@pytest.mark.parametrize("deed", ["delete", "void", "edit"])
def test_what_waits_for_a_person_is_looked_at_too(posted: World, deed: str) -> None:
    undo = quickbooks_says(posted, refusing("InvoiceMod", 3210))
    revise(posted, invoice("i-5", number="5", memo="new"))
    posted.update()
    undo()
    assert posted.row("i-5").state is State.FAILED
    ann, ours = Bookkeeper(posted.books), booked(posted, 5)
    if deed == "edit":
        ann.change_line(ours, 0, amount=Decimal("31.00"))
    else:
        getattr(ann, deed)(ours)
    posted.clock.advance(days=EACH_WITHIN.days)
    look(posted)
    (found,) = [item for item in work(posted) if item.document_id == posted.row("i-5").id]
    assert found.work is (WorkKind.EDITED_IN_QUICKBOOKS if deed == "edit" else WorkKind.GONE_FROM_QUICKBOOKS)
    assert posted.row("i-5").state is State.FAILED


@pytest.mark.parametrize("amount", ["30.00", "31.00"])
def test_a_bill_is_typed_as_paid_by_card(posted: World, amount: str) -> None:
    Bookkeeper(posted.books).add("Vendor", "Paper Mill")
    lines = [{"account": "Rent Expense", "amount": "30.00"}]
    bill = {"kind": "bill", "origin": "b-1", "number": "B-1", "date": "2026-03-02", "vendor": "Paper Mill"}
    posted.hand_in(read_document({**bill, "expenses": lines}))
    quiet(posted)
    posted.clock.advance(days=2)
    by_hand(
        posted,
        "<CreditCardChargeAddRq><CreditCardChargeAdd><AccountRef><FullName>Company Credit Card</FullName></AccountRef>"
        "<PayeeEntityRef><FullName>Paper Mill</FullName></PayeeEntityRef><RefNumber>B-1</RefNumber>"
        "<ExpenseLineAdd><AccountRef><FullName>Rent Expense</FullName></AccountRef>"
        f"<Amount>{amount}</Amount></ExpenseLineAdd></CreditCardChargeAdd></CreditCardChargeAddRq>",
    )
    look(posted)
    found = [(one.work, one.document_id) for one in work(posted)]
    assert found == ([(WorkKind.TYPED_BESIDE, posted.row("b-1").id)] if amount == "30.00" else [])


def test_typed_beside_what_waits_for_a_person(posted: World) -> None:
    posted.options(edits_in_quickbooks="hold")
    Bookkeeper(posted.books).change_line(booked(posted, 7), 0, desc="Chairs")
    revise(posted, invoice("i-7", number="7", memo="second"))
    quiet(posted)
    assert posted.row("i-7").state is State.HELD
    Bookkeeper(posted.books).type_again(booked(posted, 7))
    look(posted)
    found = [one.document_id for one in work(posted) if one.work is WorkKind.TYPED_BESIDE]
    assert found == [posted.row("i-7").id]


def test_typed_as_another_kind_of_sale(posted: World) -> None:
    ann = Bookkeeper(posted.books)
    ann.enter("SalesReceipt", customer="Acme", ref_number="6", lines=[{"item": "Seat", "amount": Decimal("7.00")}])
    ann.enter("SalesReceipt", customer="Acme", ref_number="5", lines=[{"item": "Seat", "amount": Decimal("30.00")}])
    look(posted)
    (found,) = work(posted)
    assert (found.work, found.document_id) == (WorkKind.TYPED_BESIDE, posted.row("i-5").id)
    assert "a sales receipt of that number, 30.00" in found.message
