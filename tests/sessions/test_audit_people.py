"""What people do at the wrong moment: revise, exclude, void, decide, change options, edit and delete in QuickBooks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.books.holds import holds_of
from qbwc_server.documents import store
from qbwc_server.documents.lifecycle import NotNow, Reason, State
from qbwc_server.errors import Invalid
from qbwc_server.posting.people.exclude import restore
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.states import RequestState
from qbwc_server.simulator.faults import CrashBefore
from tests.sessions.odd_quickbooks import (
    Respond,
    answered,
    at_the_next_write,
    by_hand,
    known_names,
    lose_the_answer,
    numbers,
    quickbooks_says,
    quiet,
    refusing,
)
from tests.sessions.people import revise, say
from tests.sessions.world import BY, World, invoice, losing, payment, receipt


def open_requests(world: World) -> list[str]:
    """What waits in the queue, in words."""
    settled = (RequestState.DONE, RequestState.FAILED, RequestState.CANCELLED)
    with world.database.reading() as db:
        rows = db.query(QueuedRequest).filter(QueuedRequest.state.not_in(settled)).all()
        return [f"{row.purpose} {row.subject} {row.state}" for row in rows]


# -- a payment waits for an invoice to which something happens -------------------------------------


def pair() -> list[Any]:
    return [invoice("i-1", number="1"), payment("p-1", amount="30.00", pays={"i-1": "30.00"})]


def test_the_invoice_stands_twice(world: World) -> None:
    known_names(world)
    world.hand_in(*pair())

    def doubled(request: str, quickbooks: Callable[[str], str]) -> str:
        answer = quickbooks(request)
        if "InvoiceAddRq" in request:
            quickbooks(request)
            return ""
        return answer

    undo = quickbooks_says(world, doubled)
    world.update()
    undo()
    quiet(world)
    assert world.row("i-1").reason == Reason.TWICE
    assert world.row("p-1").state is State.FAILED
    say(world, "i-1", world.books.invoices[1].txn_id)
    world.submit("p-1")
    quiet(world)
    assert [world.row(one).state for one in ("i-1", "p-1")] == [State.POSTED, State.POSTED]


def test_the_invoice_is_excluded_while_its_payment_waits(world: World) -> None:
    world.options(create_items=None, item_income_account=None)
    world.hand_in(*pair())
    world.exclude("i-1")
    row = world.row("p-1")
    assert row.state is State.FAILED
    assert "i-1" in (row.message or "")
    quiet(world)
    assert open_requests(world) == []
    world.options(create_items=True, item_income_account="Sales")
    with world.database.transaction() as db:
        company = world.company(db)
        restore(db, company, store.by_origin(db, company.id, ["i-1"])["i-1"], by=BY, now=world.clock())
    world.submit("i-1")
    world.submit("p-1")
    quiet(world)
    assert world.row("p-1").state is State.POSTED


def test_the_invoice_fails_then_is_corrected(world: World) -> None:
    known_names(world)
    world.hand_in(*pair())
    world.options(create_items=None, item_income_account=None)
    revise(world, invoice("i-1", number="1", lines=[{"item": "Unknown", "quantity": 1, "amount": "30.00"}]))
    quiet(world)
    assert world.row("i-1").state is State.FAILED
    assert world.row("p-1").state is State.SUBMITTED
    lines = " ".join(world.report().lines())
    assert "1 document waits for another document that needs you" in lines
    assert "waits for the next update session" not in lines
    revise(world, invoice("i-1", number="1"))
    quiet(world)
    assert [world.row(one).state for one in ("i-1", "p-1")] == [State.POSTED, State.POSTED]


def test_the_invoice_is_being_voided_when_its_payment_comes(world: World) -> None:
    world.hand_in(pair()[0])
    quiet(world)
    world.void("i-1")
    world.hand_in(pair()[1])
    quiet(world)
    assert world.row("i-1").state is State.WITHDRAWN
    assert world.row("p-1").state in (State.FAILED, State.FOR_REVIEW)
    assert open_requests(world) == []


def test_the_invoice_is_voided_after_a_change_that_its_payment_waits_for_was_refused(world: World) -> None:
    world.hand_in(pair()[0])
    quiet(world)
    revise(world, invoice("i-1", number="1", amount="45.00"))
    world.hand_in(pair()[1])
    undo = quickbooks_says(world, refusing("InvoiceMod", 3205))
    quiet(world)
    undo()
    assert (world.row("i-1").state, world.row("p-1").state) == (State.FAILED, State.SUBMITTED)
    world.void("i-1")
    quiet(world)
    assert (world.row("i-1").state, world.row("p-1").state) == (State.WITHDRAWN, State.FAILED)


def test_a_person_finds_the_invoice_for_which_a_payment_waits(world: World) -> None:
    known_names(world)
    world.hand_in(*pair())
    at_the_next_write(world, CrashBefore())
    world.update()
    undo = quickbooks_says(world, refusing("InvoiceAdd", 3205))
    quiet(world)
    undo()
    request = next(one for one in world.proof("i-1").requests if one.message == "InvoiceAdd")
    posted = by_hand_like_ours(world, request.request or "")
    world.hand_in(invoice("i-2", number="2"))
    undo = quickbooks_says(world, executed_late(request.request_id, posted))
    world.update()
    undo()
    assert world.row("i-1").reason == Reason.OUTCOME_UNKNOWN
    say(world, "i-1", posted)
    quiet(world)
    assert [world.row(one).state for one in ("i-1", "p-1")] == [State.POSTED, State.POSTED]
    assert numbers(world) == ["1", "2", "W-1"]


def test_the_change_of_the_invoice_cannot_be_written_but_the_invoice_stands(world: World) -> None:
    world.hand_in(pair()[0])
    quiet(world)
    revise(world, invoice("i-1", number="1", memo="Ω"))
    world.hand_in(pair()[1])
    world.options(characters="refuse")
    quiet(world)
    assert world.row("i-1").state is State.FAILED
    assert world.row("p-1").state is State.POSTED


def test_the_option_changes_while_a_payment_waits(world: World) -> None:
    customer = "Łukasz"
    world.hand_in(
        invoice("i-1", number="1", customer=customer),
        payment("p-1", amount="30.00", pays={"i-1": "30.00"}, customer=customer),
    )
    world.options(characters="refuse")
    quiet(world)
    assert world.row("i-1").state is State.POSTED
    assert world.row("p-1").state is State.FAILED
    world.options(characters=None)
    world.submit("p-1")
    quiet(world)
    assert world.row("p-1").state is State.POSTED


def test_a_payment_for_an_invoice_that_is_to_be_corrected_but_stands_in_the_books(world: World) -> None:
    world.hand_in(pair()[0])
    quiet(world)
    revise(world, invoice("i-1", number="1", subtotal="99.00"))
    assert world.row("i-1").state is State.FOR_REVIEW
    world.hand_in(pair()[1])
    quiet(world)
    assert world.row("p-1").state is State.POSTED


# -- options and names change between sending and looking ------------------------------------------


def test_transliterated_names_and_numbers_are_looked_for_as_they_were_sent(world: World) -> None:
    world.hand_in(invoice("warm-up", number="W-1", customer="Łukasz"))
    quiet(world)
    world.hand_in(invoice("i-1", number="№ 12", customer="Łukasz"), invoice("i-2", number="№ 13", customer="Łukasz"))
    lose_the_answer(world)
    world.options(characters="refuse")
    quiet(world)
    assert [world.row(one).state for one in ("i-1", "i-2")] == [State.POSTED, State.POSTED]
    assert len(world.books.invoices) == 3


def test_a_deleted_one_is_recognised_by_its_transliterated_number(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="№ 12"))
    lose_the_answer(world)
    posted = next(one for one in world.books.invoices if one.ref_number != "W-1")
    by_hand(world, f"<TxnDelRq><TxnDelType>Invoice</TxnDelType><TxnID>{posted.txn_id}</TxnID></TxnDelRq>")
    quiet(world)
    assert (world.row("i-1").state, world.row("i-1").reason) == (State.HELD, Reason.OUTCOME_UNKNOWN)


def test_a_refusal_after_the_option_changed(world: World) -> None:
    world.hand_in(invoice("warm-up", number="W-1", customer="Łukasz"))
    quiet(world)
    world.hand_in(invoice("i-1", number="1", customer="Łukasz"))
    world.options(characters="refuse")
    undo = quickbooks_says(world, refusing("InvoiceAdd", 3140))
    world.update()
    undo()
    assert world.row("i-1").state is State.FAILED


def test_a_change_is_looked_for_after_the_option_changed(world: World) -> None:
    world.hand_in(invoice("i-1", number="1", customer="Łukasz"))
    quiet(world)
    revise(world, invoice("i-1", number="1", customer="Łukasz", memo="new"))
    world.update(losing("InvoiceModRs"))
    world.options(characters="refuse")
    quiet(world)
    assert (world.row("i-1").state, world.row("i-1").reason) == (State.HELD, Reason.OUTCOME_UNKNOWN)


@pytest.mark.parametrize(
    "edit",
    [
        "<RefNumber>777</RefNumber>",
        "<TxnDate>2026-03-05</TxnDate>",
        "<TxnDate>2026-03-05</TxnDate><RefNumber>777</RefNumber>",
    ],
)
@pytest.mark.parametrize("number", ["1001", None])
def test_somebody_edits_it_before_it_is_looked_for(world: World, number: str | None, edit: str) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number=number))
    lose_the_answer(world)
    posted = next(one for one in world.books.invoices if one.ref_number != "W-1")
    by_hand(
        world,
        f"<InvoiceModRq><InvoiceMod><TxnID>{posted.txn_id}</TxnID><EditSequence>{posted.edit_sequence}</EditSequence>"
        f"{edit}</InvoiceMod></InvoiceModRq>",
    )
    quiet(world)
    assert len(world.books.invoices) == 2
    assert world.row("i-1").txn_id == posted.txn_id


# -- changes ---------------------------------------------------------------------------------------

CHANGES: dict[str, dict[str, Any]] = {
    "ship date": {"ship_date": "2026-03-09"},
    "other": {"other": "Purple"},
    "printed": {"to_be_printed": False},
    "address": {"customer": {"name": "Acme", "billing_address": {"lines": ["1 Main St"], "city": "Here"}}},
    "service date": {
        "lines": [
            {"item": "Seat", "description": "Seats", "quantity": 3, "amount": "30.00", "service_date": "2026-02-01"}
        ]
    },
}


def shown(world: World) -> str:
    """The invoice as QuickBooks tells it, without its stamps."""
    answer = by_hand(
        world,
        f"<InvoiceQueryRq><TxnID>{world.row('i-1').txn_id}</TxnID><IncludeLineItems>true</IncludeLineItems>"
        "</InvoiceQueryRq>",
    )
    return re.sub("<(EditSequence|TimeModified)>.*?</.*?>", "", answer)


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_that_was_lost_unexecuted_is_made_however_small(sqlite_world: World, what: str) -> None:
    world = sqlite_world
    world.hand_in(invoice("i-1", number="1"))
    quiet(world)
    before = shown(world)
    revise(world, invoice("i-1", number="1", **CHANGES[what]))
    at_the_next_write(world, CrashBefore())
    world.update()
    quiet(world)
    assert world.row("i-1").state is State.POSTED
    after = shown(world)
    assert after != before
    # and a change that was executed unseen is not made twice
    revise(world, invoice("i-1", number="2", **CHANGES[what]))
    writes = world.books.executed_writes
    world.update(losing("InvoiceModRs"))
    assert world.books.executed_writes == writes + 1
    quiet(world)
    assert world.books.executed_writes == writes + 1
    assert world.row("i-1").state is State.POSTED


def test_stale_again_and_again_then_submitted_once_more(world: World) -> None:
    """A person looks after three times; what was before does not count against the next try."""
    world.hand_in(invoice("i-1", number="1"))
    quiet(world)
    revise(world, invoice("i-1", number="1", amount="60.00"))
    undo = quickbooks_says(world, refusing("InvoiceMod", 3200))
    quiet(world)
    undo()
    assert (world.row("i-1").state, world.row("i-1").reason) == (State.HELD, Reason.CHANGED_MEANWHILE)
    world.clock.advance(minutes=1)
    world.submit("i-1")
    refuse_once = [True]

    def once(request: str, quickbooks: Callable[[str], str]) -> str:
        if "InvoiceModRq" in request and refuse_once:
            refuse_once.clear()
            return refusing("InvoiceMod", 3200)(request, quickbooks)
        return quickbooks(request)

    quickbooks_says(world, once)
    quiet(world)
    assert world.row("i-1").state is State.POSTED
    assert [one.total for one in world.books.invoices] == [Decimal("60.00")]


def test_a_document_is_revised_while_its_change_is_on_its_way(world: World) -> None:
    world.hand_in(invoice("i-1", number="1"))
    quiet(world)
    revise(world, invoice("i-1", number="1", amount="60.00"))
    world.update(losing("InvoiceModRs"))
    refused = world.hand_in(invoice("i-1", number="1", amount="90.00"), revise=True).results[0]
    assert isinstance(refused, NotNow)
    with pytest.raises(NotNow, match="is submitted"):
        world.void("i-1")
    quiet(world)
    revise(world, invoice("i-1", number="1", amount="90.00"))
    quiet(world)
    assert [one.total for one in world.books.invoices] == [Decimal("90.00")]


def test_what_somebody_deleted_in_quickbooks_can_be_excluded(world: World) -> None:
    known_names(world)
    world.hand_in(*(invoice(f"o-{n}", number=f"N-{n}") for n in range(6)))
    quiet(world)
    gone = next(one for one in world.books.invoices if one.ref_number == "N-0")
    by_hand(world, f"<TxnDelRq><TxnDelType>Invoice</TxnDelType><TxnID>{gone.txn_id}</TxnID></TxnDelRq>")
    revise(world, invoice("o-0", number="N-0", amount="33.00"))
    quiet(world)
    row = world.row("o-0")
    assert (row.state, row.reason) == (State.HELD, Reason.MISSING)
    assert "xclude" in (row.advice or "")
    world.exclude("o-0")
    assert world.row("o-0").state is State.EXCLUDED


# -- decisions -------------------------------------------------------------------------------------


def in_doubt(world: World) -> None:
    """i-1 waits for a person, who is to say whether it is there."""
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    lose_the_answer(world)
    undo = quickbooks_says(world, lambda request, quickbooks: answered(quickbooks(request), "InvoiceQuery", 3260))
    quiet(world)
    undo()
    assert world.row("i-1").reason == Reason.OUTCOME_UNKNOWN


@pytest.mark.parametrize("posted_as", ["", "  ", "x", "ABC", "1A2B 99", "'; DROP", "1A2B-" + "9" * 40])
def test_what_is_no_txn_id_is_not_taken_for_one(world: World, posted_as: str) -> None:
    in_doubt(world)
    with pytest.raises(Invalid):
        say(world, "i-1", posted_as)


def test_one_transaction_cannot_be_two_documents(world: World) -> None:
    in_doubt(world)
    with pytest.raises(Invalid, match="warm-up"):
        say(world, "i-1", world.row("warm-up").txn_id)


def test_a_mistyped_txn_id_blocks_nobody_and_doubles_nothing(world: World) -> None:
    in_doubt(world)
    say(world, "i-1", "  ABCD-1700000000 ")
    world.hand_in(invoice("i-2", number="2"))
    quiet(world)
    assert world.row("i-2").state is State.POSTED
    with world.database.reading() as db:
        assert holds_of(db, world.company(db).id) == []
    assert numbers(world) == ["1", "2", "W-1"]


@pytest.mark.parametrize("there", [True, False])
def test_deciding_after_a_late_yes(world: World, there: bool) -> None:
    """An answer says that a sending nobody waits for was executed; the person looks."""
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    at_the_next_write(world, CrashBefore())
    world.update()
    undo = quickbooks_says(world, refusing("InvoiceAdd", 3205))
    quiet(world)
    undo()
    request = next(one for one in world.proof("i-1").requests if one.message == "InvoiceAdd")
    world.hand_in(invoice("i-2", number="2"))
    posted = by_hand_like_ours(world, request.request or "") if there else "FFFF-1"
    undo = quickbooks_says(world, executed_late(request.request_id, posted))
    world.update()
    undo()
    assert (world.row("i-1").state, world.row("i-1").reason) == (State.HELD, Reason.OUTCOME_UNKNOWN)
    say(world, "i-1", posted if there else None)
    quiet(world)
    assert world.row("i-1").state is State.POSTED
    assert numbers(world) == ["1", "2", "W-1"]


def executed_late(request_id: str, txn_id: str) -> Respond:
    """A QuickBooks in whose next answer stands that it had executed this request."""
    late = (
        f'<InvoiceAddRs requestID="{request_id}" statusCode="0" statusSeverity="Info"><InvoiceRet>'
        f"<TxnID>{txn_id}</TxnID></InvoiceRet></InvoiceAddRs></QBXMLMsgsRs>"
    )
    return lambda sent, quickbooks: quickbooks(sent).replace("</QBXMLMsgsRs>", late)


def by_hand_like_ours(world: World, request: str) -> str:
    answer = by_hand(world, request)
    found = re.search("<TxnID>(.*?)</TxnID>", answer)
    assert found
    return found[1]


# -- lists -----------------------------------------------------------------------------------------


def test_a_parent_that_was_renamed_is_looked_for_again(world: World) -> None:
    known_names(world)
    acme = next(one for one in world.books.customers if one.full_name == "Acme")
    by_hand(
        world,
        f"<CustomerModRq><CustomerMod><ListID>{acme.list_id}</ListID><EditSequence>{acme.edit_sequence}</EditSequence>"
        "<Name>Acme Inc</Name></CustomerMod></CustomerModRq>",
    )
    world.hand_in(invoice("i-1", number="1", customer="Acme:Job"))
    quiet(world)
    assert world.row("i-1").state is State.FAILED
    world.submit("i-1")
    quiet(world)
    assert world.row("i-1").state is State.FAILED  # which customer is meant is a question
    assert "Acme Inc" in str(world.row("i-1").message)
    assert "Acme" not in [one.full_name for one in world.books.customers]


def test_somebody_adds_the_customer_in_the_same_moment(world: World) -> None:
    def quicker(request: str, quickbooks: Callable[[str], str]) -> str:
        if "CustomerAddRq" in request:
            quickbooks(
                '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError"><CustomerAddRq>'
                "<CustomerAdd><Name>Acme</Name></CustomerAdd></CustomerAddRq></QBXMLMsgsRq></QBXML>"
            )
        return quickbooks(request)

    quickbooks_says(world, quicker)
    world.hand_in(invoice("i-1", number="1"))
    quiet(world)
    assert world.row("i-1").state is State.POSTED


def test_a_name_that_a_vendor_has_is_refused_once_and_for_all(world: World) -> None:
    by_hand(world, "<VendorAddRq><VendorAdd><Name>Acme</Name></VendorAdd></VendorAddRq>")
    world.hand_in(invoice("i-1", number="1"))
    quiet(world)
    row = world.row("i-1")
    assert row.state is State.FAILED
    assert "an entry of another list" in (row.message or "")


def test_an_entry_of_two_companies_is_each_ones_own(world: World) -> None:
    other = World(world.settings, world.clock, code="other", app=world.app)
    world.hand_in(invoice("i-1", number="1"))
    other.hand_in(invoice("i-1", number="1"))
    quiet(world)
    assert other.row("i-1").state is State.SUBMITTED
    quiet(other)
    assert [world.row("i-1").state, other.row("i-1").state] == [State.POSTED, State.POSTED]
    assert len(other.books.customers) == 1


def test_one_excluded_document_does_not_take_its_parent_from_a_job(world: World) -> None:
    world.hand_in(invoice("i-1", number="1", customer="Acme"), invoice("i-2", number="2", customer="Acme:Job"))
    world.exclude("i-1")
    quiet(world)
    assert world.row("i-2").state is State.POSTED
    assert numbers(world) == ["2"]


def test_a_closing_date_that_was_set_afterwards_holds_the_change_and_the_void(world: World) -> None:
    world.hand_in(invoice("i-1", number="1"), receipt("r-1", number="R-1"))
    quiet(world)
    world.books.closing_date = date(2026, 3, 15)
    revise(world, invoice("i-1", number="1", amount="45.00"))
    world.void("r-1")
    quiet(world)
    assert {row.state for row in world.rows(["i-1", "r-1"])} == {State.HELD}
    world.books.closing_date = None
    world.submit("i-1")
    world.submit("r-1")
    quiet(world)
    assert [world.row(one).state for one in ("i-1", "r-1")] == [State.POSTED, State.WITHDRAWN]
    assert [one.total for one in world.books.invoices] == [Decimal("45.00")]
