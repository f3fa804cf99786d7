"""What people do at the wrong moment: revise, exclude, void, decide, change options, edit and delete in QuickBooks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.documents import store
from qbwc_server.documents.lifecycle import NotNow, Reason, State
from qbwc_server.documents.store import Saved, SaveResult
from qbwc_server.errors import Invalid
from qbwc_server.posting.decide import decide, resume
from qbwc_server.posting.submit import restore
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.states import RequestState
from qbwc_server.simulator import Break, Faults, WireFault
from qbwc_server.simulator.faults import CrashBefore, Fine
from tests.sessions.odd_quickbooks import (
    Respond,
    answered,
    by_hand,
    known_names,
    lose_the_answer,
    numbers,
    quickbooks_says,
    quiet,
    refusing,
)
from tests.sessions.world import BY, World, invoice, payment, receipt


def say(world: World, origin: str, posted_as: str | None) -> None:
    """A person decides."""
    with world.database.transaction() as db:
        company = world.company(db)
        row = store.by_origin(db, company.id, [origin])[origin]
        decide(db, company, row, posted_as=posted_as, by=BY, now=world.clock())


def go_on(world: World, *, repost: bool) -> None:
    """A person lifts the hold."""
    with world.database.transaction() as db:
        resume(db, world.company(db), repost=repost, by=BY, now=world.clock())


def open_requests(world: World) -> list[str]:
    """What waits in the queue, in words."""
    settled = (RequestState.DONE, RequestState.FAILED, RequestState.CANCELLED)
    with world.database.reading() as db:
        rows = db.query(QueuedRequest).filter(QueuedRequest.state.not_in(settled)).all()
        return [f"{row.purpose} {row.subject} {row.state}" for row in rows]


def revise(world: World, document: Any) -> None:
    """Hand in the next revision, which is taken."""
    result = world.hand_in(document, revise=True).results[0]
    assert isinstance(result, SaveResult), result
    assert result.saved is Saved.REVISED


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
    world.withdraw("i-1")
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
    world.withdraw("i-1")
    quiet(world)
    assert (world.row("i-1").state, world.row("p-1").state) == (State.WITHDRAWN, State.FAILED)


def test_a_person_finds_the_invoice_for_which_a_payment_waits(world: World) -> None:
    known_names(world)
    world.hand_in(*pair())
    world.books.faults.add(Fine(), CrashBefore())
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
    world.update(Faults.of(WireFault(Break.REQUEST_LOST, "receiveResponseXML", 2)))
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
    world.books.faults.add(Fine(), CrashBefore())
    world.update()
    quiet(world)
    assert world.row("i-1").state is State.POSTED
    after = shown(world)
    assert after != before
    # and a change that was executed unseen is not made twice
    revise(world, invoice("i-1", number="2", **CHANGES[what]))
    world.update(Faults.of(WireFault(Break.REQUEST_LOST, "receiveResponseXML", 2)))
    writes = world.books.executed_writes
    quiet(world)
    assert world.books.executed_writes == writes
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
    world.update(Faults.of(WireFault(Break.REQUEST_LOST, "receiveResponseXML", 2)))
    refused = world.hand_in(invoice("i-1", number="1", amount="90.00"), revise=True).results[0]
    assert isinstance(refused, NotNow)
    with pytest.raises(NotNow, match="is submitted"):
        world.withdraw("i-1")
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
        assert world.company(db).hold is None
    assert numbers(world) == ["1", "2", "W-1"]


@pytest.mark.parametrize("there", [True, False])
def test_deciding_after_a_late_yes(world: World, there: bool) -> None:
    """An answer says that a sending nobody waits for was executed; the person looks."""
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    world.books.faults.add(Fine(), CrashBefore())
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


# -- the company file ------------------------------------------------------------------------------


def restored(world: World) -> None:
    """i-1 stands in the file, i-2 only in the one that was there before a backup was restored."""
    world.hand_in(invoice("i-1", number="1"))
    quiet(world)
    backup = world.books.backup()
    world.hand_in(invoice("i-2", number="2"))
    quiet(world)
    world.books.restore(backup)
    world.hand_in(invoice("i-3", number="3"))
    assert "older backup" in world.update().status_line


def test_a_restored_backup_may_be_taken_as_it_is(world: World) -> None:
    restored(world)
    go_on(world, repost=False)
    quiet(world)
    assert numbers(world) == ["1", "3"]
    assert world.row("i-2").state is State.WITHDRAWN
    assert world.row("i-3").state is State.POSTED


@pytest.mark.parametrize("code", [0, 1000, 3260])
def test_answers_that_show_nothing_are_no_reason_to_enter_everything_again(world: World, code: int) -> None:
    restored(world)
    go_on(world, repost=True)
    undo = quickbooks_says(
        world, lambda request, quickbooks: answered(quickbooks(request), "TransactionQuery", code, "Info")
    )
    for _ in range(6):
        world.update()
    undo()
    assert numbers(world).count("1") == 1
    with world.database.reading() as db:
        held = world.company(db).hold is not None
    if held:
        go_on(world, repost=True)
    quiet(world)
    assert numbers(world) == ["1", "2", "3"]


def test_to_and_fro_between_two_copies_doubles_nothing(world: World) -> None:
    world.hand_in(invoice("i-1", number="1"))
    quiet(world)
    older = world.books.backup()
    world.hand_in(invoice("i-2", number="2"))
    quiet(world)
    newer = world.books.backup()
    for copy in (older, newer):
        world.books.restore(copy)
        world.hand_in(invoice(f"next-{len(copy)}-{copy is newer}"))
        assert "older backup" in world.update().status_line
        go_on(world, repost=True)
        quiet(world)
    assert numbers(world).count("1") == 1
    assert numbers(world).count("2") == 1
    assert len(world.books.invoices) == 4


def test_nothing_is_believed_of_an_older_copy(world: World) -> None:
    """A write is in doubt, an older copy is opened by mistake, then the right file again."""
    world.hand_in(invoice("i-1", number="1"))
    quiet(world)
    older = world.books.backup()
    world.hand_in(invoice("i-2", number="2"))
    quiet(world)
    world.hand_in(invoice("i-3", number="3"))
    lose_the_answer(world)
    assert numbers(world) == ["1", "2", "3"]
    right = world.books.backup()
    world.books.restore(older)
    assert "older backup" in world.update().status_line
    world.books.restore(right)
    go_on(world, repost=False)
    quiet(world)
    assert numbers(world) == ["1", "2", "3"]
    assert {row.state for row in world.rows(["i-1", "i-2", "i-3"])} == {State.POSTED}


@pytest.mark.parametrize("code", [1000, 3260, 0])
def test_whether_it_was_deleted_cannot_be_asked(world: World, code: int) -> None:
    """Nothing may be concluded from an answer that shows nothing, in either direction."""
    world.hand_in(invoice("i-1", number="1"), invoice("i-2", number="2"))
    quiet(world)
    gone = world.books.invoices[1]
    by_hand(world, f"<TxnDelRq><TxnDelType>Invoice</TxnDelType><TxnID>{gone.txn_id}</TxnID></TxnDelRq>")
    world.hand_in(invoice("i-3", number="3"))
    undo = quickbooks_says(
        world, lambda request, quickbooks: answered(quickbooks(request), "TxnDeletedQuery", code, "Info")
    )
    report = world.update()
    undo()
    assert not report.ok
    assert "nobody deleted it" not in report.status_line
    assert len(world.books.invoices) == 1
    go_on(world, repost=False)
    quiet(world)
    assert world.row("i-2").state is State.WITHDRAWN
    assert world.row("i-3").state is State.POSTED


def test_back_to_the_file_before_the_last_is_another_file(world: World) -> None:
    world.hand_in(invoice("i-1", number="1"))
    quiet(world)
    second = world.books.other_file("Second")
    connector = world.new_connector(second)
    world.hand_in(receipt("r-1", number="R-1"))
    world.clock.advance(minutes=10)
    connector.update()
    go_on(world, repost=False)
    for _ in range(2):
        world.clock.advance(minutes=10)
        connector.update()
    go_on(world, repost=False)
    for _ in range(3):
        world.clock.advance(minutes=10)
        connector.update()
    world.hand_in(receipt("r-2", number="R-2"))
    writes = world.books.executed_writes
    report = world.update()
    assert "Kern Lighting" in report.status_line
    assert world.books.executed_writes == writes


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
    assert world.row("i-1").state is State.POSTED


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
    assert "in use" in (row.message or "")


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
    world.withdraw("r-1")
    quiet(world)
    assert {row.state for row in world.rows(["i-1", "r-1"])} == {State.HELD}
    world.books.closing_date = None
    world.submit("i-1")
    world.submit("r-1")
    quiet(world)
    assert [world.row(one).state for one in ("i-1", "r-1")] == [State.POSTED, State.WITHDRAWN]
    assert [one.total for one in world.books.invoices] == [Decimal("45.00")]


# -- what was done after the backup that was restored ----------------------------------------------------------------


def changed_after_the_backup(world: World) -> None:
    """i-1 is changed and r-1 void in the file that was lost; i-2 was never in the older one."""
    world.hand_in(invoice("i-1", number="1"), receipt("r-1", number="R-1"), invoice("i-0", number="0"))
    quiet(world)
    revise(world, invoice("i-0", number="0", amount="31.00"))
    quiet(world)
    backup = world.books.backup()
    revise(world, invoice("i-1", number="1", amount="45.00"))
    world.withdraw("r-1")
    quiet(world)
    world.hand_in(invoice("i-2", number="2"))
    quiet(world)
    world.books.restore(backup)
    world.hand_in(invoice("i-3", number="3"))
    assert "older backup" in world.update().status_line


def test_what_was_changed_after_the_backup_is_shown_and_what_was_void_is_voided_again(world: World) -> None:
    changed_after_the_backup(world)
    go_on(world, repost=True)
    quiet(world)
    assert numbers(world) == ["0", "1", "2", "3"]
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.CHANGED_MEANWHILE)
    assert "30.00" in (row.message or "")
    assert world.row("r-1").state is State.WITHDRAWN
    assert [one.is_void for one in world.books.sales_receipts] == [True]
    assert world.row("i-0").state is State.POSTED  # changed before the backup
    world.submit("i-1")
    quiet(world)
    assert {str(one.ref_number): one.total for one in world.books.invoices}["1"] == Decimal("45.00")
    assert world.row("i-1").state is State.POSTED


def test_what_was_being_changed_and_is_missing_can_be_entered_anew(world: World) -> None:
    world.hand_in(invoice("i-1", number="1"))
    quiet(world)
    backup = world.books.backup()
    world.hand_in(invoice("i-2", number="2"))
    quiet(world)
    revise(world, invoice("i-2", number="2", amount="45.00"))
    world.books.restore(backup)
    quiet(world)
    assert (world.row("i-2").state, world.row("i-2").reason) == (State.HELD, Reason.MISSING)
    say(world, "i-2", None)
    quiet(world)
    assert world.row("i-2").state is State.POSTED
    assert {str(one.ref_number): one.total for one in world.books.invoices} == {"1": Decimal(30), "2": Decimal(45)}


def only_changed_after_the_backup(world: World, what: str) -> None:
    """Nothing was added since the backup that was restored: an invoice was changed in the file, or a receipt void."""
    world.hand_in(invoice("i-1", number="1"), receipt("r-1", number="R-1"))
    quiet(world)
    backup = world.books.backup()
    world.clock.advance(seconds=7)
    if what == "a change":
        revise(world, invoice("i-1", number="1", amount="45.00"))
    else:
        world.withdraw("r-1")
    quiet(world)
    world.books.restore(backup)
    world.hand_in(invoice("i-2", number="2"))
    writes = world.books.executed_writes
    assert "older backup" in world.update().status_line
    assert world.books.executed_writes == writes


@pytest.mark.parametrize("what", ["a change", "a void"])
@pytest.mark.parametrize("repost", [True, False])
def test_a_backup_that_lacks_only_what_we_changed_is_noticed(world: World, what: str, repost: bool) -> None:
    only_changed_after_the_backup(world, what)
    go_on(world, repost=repost)
    quiet(world)
    assert numbers(world) == ["1", "2"]
    assert [one.is_void for one in world.books.sales_receipts] == [repost and what == "a void"]
    held = repost and what == "a change"
    assert world.row("i-1").state is (State.HELD if held else State.POSTED)
    assert {str(one.ref_number): one.total for one in world.books.invoices}["1"] == Decimal("30.00")
    world.hand_in(invoice("i-3", number="3"))
    quiet(world)  # and that was that: the file as it is now is the right one
    assert world.row("i-3").state is State.POSTED


def test_what_was_revised_before_it_was_posted_is_as_it_was(world: World) -> None:
    """QuickBooks takes no change of a credit memo from us: so there is none that an older copy could lack."""
    world.hand_in(receipt("c-1", number="C-1", kind="credit_memo"))
    revise(world, receipt("c-1", number="C-1", kind="credit_memo", amount="25.00"))
    quiet(world)
    restored(world)
    go_on(world, repost=True)
    quiet(world)
    assert world.row("c-1").state is State.POSTED
    assert [one.total for one in world.books.credit_memos] == [Decimal("25.00")]


@pytest.mark.parametrize("hours", [-1, 1])
def test_the_end_of_daylight_saving_is_no_backup(world: World, hours: int) -> None:
    """QuickBooks tells the times of old transactions with the offset of today."""

    def respond(request: str, quickbooks: Callable[[str], str]) -> str:
        def moved(found: re.Match[str]) -> str:
            later = datetime.fromisoformat(found[1]) + timedelta(hours=hours)
            return f"<TimeModified>{later.isoformat()}</TimeModified>"

        return re.sub("<TimeModified>(.*?)</TimeModified>", moved, quickbooks(request))

    world.hand_in(invoice("i-1", number="1"))
    quiet(world)
    quickbooks_says(world, respond)
    world.hand_in(invoice("i-2", number="2"))
    quiet(world)
    assert world.row("i-2").state is State.POSTED


def test_what_a_person_touched_is_no_backup(world: World) -> None:
    world.hand_in(invoice("i-1", number="1"))
    quiet(world)
    world.clock.advance(minutes=7)
    one = world.books.invoices[0]
    by_hand(
        world,
        f"<InvoiceModRq><InvoiceMod><TxnID>{one.txn_id}</TxnID><EditSequence>{one.edit_sequence}</EditSequence>"
        "<Memo>called him</Memo></InvoiceMod></InvoiceModRq>",
    )
    world.hand_in(invoice("i-2", number="2"))
    quiet(world)
    assert world.row("i-2").state is State.POSTED


# -- somebody has it open in QuickBooks ------------------------------------------------------------------------------


LOCKED = refusing("InvoiceAdd", 3176)


def test_what_somebody_has_open_is_tried_again_in_each_session_for_a_day(world: World) -> None:
    known_names(world)
    undo = quickbooks_says(world, LOCKED)
    world.hand_in(invoice("i-1", number="1"), receipt("r-1", number="R-1"))
    for _ in range(12):
        world.clock.advance(minutes=55)
        assert world.update().ok
        assert world.row("i-1").state is State.SUBMITTED
        assert world.row("r-1").state is State.POSTED
        assert "open in QuickBooks" in " ".join(world.report().lines())
    assert len(world.proof("i-1").requests) == 1
    undo()
    quiet(world)
    assert world.row("i-1").state is State.POSTED
    assert numbers(world).count("1") == 1


def test_a_lock_that_stays_for_more_than_a_day_is_for_a_person(world: World) -> None:
    known_names(world)
    undo = quickbooks_says(world, LOCKED)
    world.hand_in(invoice("i-1", number="1"))
    for _ in range(6):
        world.clock.advance(hours=5)
        world.update()
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.FAILED, "quickbooks_3176")
    assert "tried 6 times" in (row.advice or "")
    undo()
    world.submit("i-1")
    quiet(world)
    assert numbers(world).count("1") == 1


def test_what_waits_for_a_lock_can_be_taken_back(world: World) -> None:
    known_names(world)
    undo = quickbooks_says(world, LOCKED)
    world.hand_in(invoice("i-1", number="1"), invoice("i-2", number="2"))
    world.update()
    world.exclude("i-1")
    revise(world, invoice("i-2", number="2", amount="45.00"))
    undo()
    quiet(world)
    assert world.row("i-1").state is State.EXCLUDED
    assert [one.total for one in world.books.invoices if one.ref_number in ("1", "2")] == [Decimal("45.00")]
