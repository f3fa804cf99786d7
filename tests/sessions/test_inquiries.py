"""What others wrote is read when a source asks, with its standing, and forgotten after a day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from qbwc_server.documents.kinds import read_document
from qbwc_server.documents.lifecycle import State
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.posting import inquiries
from qbwc_server.posting.inquiries import (
    Answered,
    InquiryAnswer,
    answer_of,
    drop_inquiries,
    inquire,
    inquire_to_deposit,
)
from qbwc_server.settings import Settings
from qbwc_server.simulator.bookkeeper import Bookkeeper
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant
from tests.sessions.world import World, invoice, losing, receipt

MARCH = {"first": date(2026, 3, 1), "last": date(2026, 3, 31)}


@pytest.fixture
def world(settings: Settings, clock: TurnableClock) -> Iterator[World]:
    made = World(settings, clock)
    made.hand_in(invoice("i-1", number="1001"))
    made.update()
    yield made
    made.database.engine.dispose()


def ask(world: World, kind: str = "invoice", **about: Any) -> UUID:
    with world.database.transaction() as db:
        return inquire(db, world.company(db).id, kind, **{**MARCH, **about}, now=world.clock())


def answer(world: World, inquiry: UUID) -> InquiryAnswer:
    with world.database.reading() as db:
        return answer_of(db, world.company(db).id, inquiry)


def drop(world: World) -> str:
    return drop_inquiries(database=world.database, clock=world.clock, checkpoint=lambda: None)


def test_what_others_wrote_is_told_with_its_standing(world: World) -> None:
    (ours,) = world.books.invoices
    people = Bookkeeper(world.books)
    people.type_again(ours, ref_number="77", is_to_be_printed=True)
    people.type_again(ours, ref_number="78", txn_date=date(2026, 5, 1))
    inquiry = ask(world)
    assert answer(world, inquiry) == InquiryAnswer(Answered.NOT_YET)
    world.update()
    told = answer(world, inquiry)
    assert told.state is Answered.YES
    assert told.at is not None
    found = {one.number: one for one in told.found}
    assert found.keys() == {"1001", "77"}  # the other one is of May
    assert found["1001"].document == world.row("i-1").id
    assert found["1001"].txn_id == world.row("i-1").txn_id
    assert (found["77"].document, found["77"].unsent) == (None, True)
    assert found["77"].total == found["1001"].total == world.row("i-1").posted_total
    assert isinstance(found["77"].open_amount, Decimal)
    assert found["77"].day == world.row("i-1").date
    assert found["77"].modified_at is not None


def test_of_one_customer_with_its_jobs(world: World) -> None:
    world.hand_in(invoice("i-2", number="1002", customer="Beta"))
    world.update()
    acme = next(one for one in world.books.invoices if one.ref_number == "1001")
    inquiry = ask(world, party_id=Bookkeeper(world.books).find("Customer", "Acme").list_id, unpaid=True)
    world.update()
    (found,) = answer(world, inquiry).found
    assert (found.number, found.party) == ("1001", "Acme")
    assert found.txn_id == acme.txn_id


def test_none_is_an_answer(world: World) -> None:
    inquiry = ask(world, first=date(2020, 1, 1), last=date(2020, 1, 31))
    world.update()
    told = answer(world, inquiry)
    assert (told.state, told.found) == (Answered.YES, ())


def test_more_than_can_be_shown_is_no_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inquiries, "MOST_SHOWN", 1)
    inquiry = ask(world)
    world.update()
    told = answer(world, inquiry)
    assert told.state is Answered.FAILED
    assert "shorter period" in (told.trouble or "")


def test_an_answer_that_is_lost_is_asked_for_again(world: World) -> None:
    inquiry = ask(world)
    world.update(losing("InvoiceQueryRs"))
    assert answer(world, inquiry).state is Answered.NOT_YET
    world.update()
    assert len(answer(world, inquiry).found) == 1


def test_it_is_forgotten_after_a_day_and_nobody_else_hears_it(world: World) -> None:
    inquiry = ask(world)
    world.update()
    with world.database.transaction() as db:
        stranger = tenant(db, world.clock(), "stranger").id
        with pytest.raises(NotFound):
            answer_of(db, stranger, inquiry)
    world.clock.advance(hours=23)
    assert drop(world) == ""
    proof = world.proof("i-1").as_record()
    world.clock.advance(hours=2)
    assert drop(world) == "Inquiries dropped: 1."
    with pytest.raises(NotFound):
        answer(world, inquiry)
    assert world.proof("i-1").as_record() == proof


@pytest.mark.parametrize(
    "about",
    [
        {"kind": "house"},
        {"first": date(2026, 4, 1), "last": date(2026, 3, 1)},
        {"first": date(2024, 1, 1), "last": date(2026, 3, 1)},
        {"kind": "sales_receipt", "unpaid": True},
    ],
    ids=["no kind", "backwards", "too long", "not told apart"],
)
def test_what_quickbooks_cannot_be_asked_is_refused(world: World, about: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        ask(world, **about)


def test_what_is_kept_reads_back(world: World) -> None:
    inquiry = ask(world)
    world.update()
    (found,) = answer(world, inquiry).found
    assert inquiries.Found.from_record(replace(found, document=None).as_record(), found.document) == found


def ask_to_deposit(world: World) -> UUID:
    with world.database.transaction() as db:
        return inquire_to_deposit(db, world.company(db).id, now=world.clock())


def test_payments_that_wait_to_be_deposited_are_told_whoever_wrote_them(world: World) -> None:
    world.hand_in(receipt("r-1", number="501"), receipt("r-2", number="502", deposit_to="Checking"))
    world.update()
    (ours,) = [one for one in world.books.transactions if one.ref_number == "501"]
    theirs = Bookkeeper(world.books).type_again(ours, ref_number="90")
    inquiry = ask_to_deposit(world)
    assert answer(world, inquiry).state is Answered.NOT_YET
    world.update()
    told = answer(world, inquiry)
    found = {one.number: one for one in told.found}
    assert (told.state, set(found)) == (Answered.YES, {"501", "90"})  # the other one is in the bank
    assert (found["501"].document, found["501"].kind) == (world.row("r-1").id, "sales_receipt")
    assert (found["90"].document, found["90"].txn_id) == (None, theirs.txn_id)
    assert found["501"].open_amount == found["501"].total == world.row("r-1").posted_total
    deposit = {
        "kind": "deposit", "origin": "d-1", "date": "2026-03-05", "deposit_to": "Checking",
        "payments": [{"txn_id": theirs.txn_id}],
    }  # fmt: skip
    world.hand_in(read_document(deposit))
    world.update()
    assert world.row("d-1").state is State.POSTED
    later = ask_to_deposit(world)
    world.update()
    assert [one.number for one in answer(world, later).found] == ["501"]
    world.clock.advance(hours=25)
    assert drop(world) == "Inquiries dropped: 2."


def test_nothing_to_deposit_is_an_answer_and_too_much_is_none(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    inquiry = ask_to_deposit(world)
    world.update()
    assert answer(world, inquiry) == replace(answer(world, inquiry), state=Answered.YES, found=())
    world.hand_in(receipt("r-1", number="501"))
    world.update()
    monkeypatch.setattr(inquiries, "MOST_SHOWN", 1)
    inquiry = ask_to_deposit(world)
    world.update(losing("ReceivePaymentToDepositQueryRs"))
    assert answer(world, inquiry).state is Answered.NOT_YET
    world.update()
    told = answer(world, inquiry)
    assert told.state is Answered.FAILED
    assert "Deposit those of long ago" in (told.trouble or "")
