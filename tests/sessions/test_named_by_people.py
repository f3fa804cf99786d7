"""A TxnID that a person names is read and compared; what differs is shown and wants to be confirmed; nothing of
somebody else's is overwritten.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from qbwc_server.documents.lifecycle import NotNow, Reason, State
from qbwc_server.errors import Invalid
from qbwc_server.posting.submitting.hand_in import hand_in
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.simulator.faults import CrashBefore
from qbwc_server.simulator.transactions import Transaction as Booked
from tests.sessions.odd_quickbooks import answered, at_the_next_write, by_hand, known_names, quickbooks_says, quiet
from tests.sessions.people import revise, say
from tests.sessions.test_every_kind import KINDS, Kinds
from tests.sessions.world import BY, World, invoice, payment

FOREIGN = UUID("0c0ffee0-0000-4000-8000-000000000001")


def in_doubt(world: World) -> None:
    """i-1 waits for a person; it was not executed."""
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    at_the_next_write(world, CrashBefore())
    world.update()
    undo = quickbooks_says(world, lambda request, quickbooks: answered(quickbooks(request), "InvoiceQuery", 3260))
    quiet(world)
    undo()
    assert (world.row("i-1").state, world.row("i-1").reason) == (State.HELD, Reason.OUTCOME_UNKNOWN)


def typed(
    world: World,
    *,
    number: str = "77",
    customer: str = "Shop",
    amount: str = "99.00",
    mark: UUID | None = None,
    tag: str = "Invoice",
) -> Booked:
    """Somebody enters this in QuickBooks."""
    guid = "" if mark is None else f"<ExternalGUID>{{{mark}}}</ExternalGUID>"
    by_hand(
        world,
        f"<{tag}AddRq><{tag}Add><CustomerRef><FullName>{customer}</FullName></CustomerRef>"
        f"<TxnDate>2026-03-02</TxnDate><RefNumber>{number}</RefNumber>{guid}"
        f"<{tag}LineAdd><ItemRef><FullName>Seat</FullName></ItemRef><Amount>{amount}</Amount></{tag}LineAdd>"
        f"</{tag}Add></{tag}AddRq>",
    )
    return world.books.transactions_of(tag)[-1]


def is_asked(world: World, *words: str) -> None:
    row = world.row("i-1")
    assert (row.state, row.reason, row.txn_id) == (State.HELD, Reason.OUTCOME_UNKNOWN, None)
    for word in words:
        assert word in (row.message or "")


def another(world: World) -> tuple[str, tuple[str, ...]]:
    one = typed(world)
    return one.txn_id, ("Number: 77 there, 1 here", "Shop there, Acme here", "99.00 there, 30.00 here")


def another_number(world: World) -> tuple[str, tuple[str, ...]]:
    return typed(world, customer="Acme", amount="30.00").txn_id, ("77 there, 1 here",)


def another_customer(world: World) -> tuple[str, tuple[str, ...]]:
    return typed(world, number="1", amount="30.00").txn_id, ("Shop there, Acme here",)


def another_total(world: World) -> tuple[str, tuple[str, ...]]:
    return typed(world, number="1", customer="Acme").txn_id, ("99.00 there, 30.00 here",)


def another_company(world: World) -> tuple[str, tuple[str, ...]]:
    one = typed(world, number="1", customer="Acme", amount="30.00", mark=FOREIGN)
    return one.txn_id, ("Mark: one that is not known here there",)


def void(world: World) -> tuple[str, tuple[str, ...]]:
    one = typed(world, number="1", customer="Acme", amount="30.00")
    by_hand(world, f"<TxnVoidRq><TxnVoidType>Invoice</TxnVoidType><TxnID>{one.txn_id}</TxnID></TxnVoidRq>")
    return one.txn_id, ("void there",)


def deleted(world: World) -> tuple[str, tuple[str, ...]]:
    one = typed(world, number="9")
    by_hand(world, f"<TxnDelRq><TxnDelType>Invoice</TxnDelType><TxnID>{one.txn_id}</TxnID></TxnDelRq>")
    return one.txn_id, ("no transaction",)


def another_kind(world: World) -> tuple[str, tuple[str, ...]]:
    return typed(world, number="1", customer="Acme", amount="30.00", tag="SalesReceipt").txn_id, ("no transaction",)


Strange = Callable[[World], tuple[str, tuple[str, ...]]]
DIFFERENT: tuple[Strange, ...] = (another, another_number, another_customer, another_total, another_company, void)
NOT_THERE: tuple[Strange, ...] = (deleted, another_kind)


@pytest.mark.parametrize("strange", [*DIFFERENT, *NOT_THERE])
def test_what_differs_is_asked_again_with_both_shown(world: World, strange: Strange) -> None:
    in_doubt(world)
    txn_id, words = strange(world)
    writes = world.books.executed_writes
    say(world, "i-1", f"  {txn_id.lower()} ")
    quiet(world)
    is_asked(world, *words)
    assert not world.report().healthy
    assert world.books.executed_writes == writes
    say(world, "i-1", None)  # it is not there, says the person after that
    quiet(world)
    assert world.row("i-1").state is State.POSTED
    assert world.row("i-1").txn_id != txn_id


@pytest.mark.parametrize("strange", DIFFERENT)
def test_what_differs_is_taken_when_it_is_confirmed(world: World, strange: Strange) -> None:
    in_doubt(world)
    txn_id, _ = strange(world)
    with pytest.raises(Invalid, match="nothing to confirm"):
        say(world, "i-1", txn_id, confirmed=True)
    say(world, "i-1", txn_id)
    quiet(world)
    with pytest.raises(Invalid, match="nothing to confirm"):
        say(world, "i-1", "FFFF-1", confirmed=True)
    say(world, "i-1", txn_id)  # the same said once more confirms nothing
    quiet(world)
    is_asked(world)
    say(world, "i-1", txn_id, confirmed=True)
    quiet(world)
    assert (world.row("i-1").state, world.row("i-1").txn_id) == (State.POSTED, txn_id)


@pytest.mark.parametrize("strange", NOT_THERE)
def test_what_is_no_such_document_cannot_be_confirmed(world: World, strange: Strange) -> None:
    in_doubt(world)
    txn_id, _ = strange(world)
    say(world, "i-1", txn_id)
    quiet(world)
    with pytest.raises(Invalid, match="nothing to confirm"):
        say(world, "i-1", txn_id, confirmed=True)


def test_what_is_alike_needs_no_second_word(world: World) -> None:
    in_doubt(world)
    one = typed(world, number="1", customer="Acme", amount="30.00")
    say(world, "i-1", one.txn_id)
    quiet(world)
    assert (world.row("i-1").state, world.row("i-1").txn_id) == (State.POSTED, one.txn_id)
    revise(world, invoice("i-1", number="1", amount="45.00"))
    quiet(world)
    assert world.row("i-1").state is State.POSTED
    assert [each.total for each in world.books.invoices if each.ref_number == "1"] == [Decimal("45.00")]


@pytest.mark.parametrize("read_first", [True, False])
def test_a_revision_does_not_overwrite_a_strangers_invoice(world: World, read_first: bool) -> None:
    in_doubt(world)
    one = typed(world)
    say(world, "i-1", one.txn_id)
    if read_first:
        quiet(world)
        say(world, "i-1", one.txn_id)
    revise(world, invoice("i-1", number="1", amount="45.00"))
    quiet(world)
    assert (one.ref_number, one.total, one.values["customer"].full_name) == ("77", Decimal("99.00"), "Shop")
    is_asked(world, "77 there, 1 here")


def test_a_revision_of_what_was_confirmed_is_made(world: World) -> None:
    in_doubt(world)
    one = typed(world)
    say(world, "i-1", one.txn_id)
    quiet(world)
    say(world, "i-1", one.txn_id, confirmed=True)
    quiet(world)
    revise(world, invoice("i-1", number="1", amount="45.00"))
    quiet(world)
    assert (world.row("i-1").state, one.ref_number, one.total) == (State.POSTED, "1", Decimal("45.00"))


def test_what_was_posted_and_is_somebody_elses_now_is_not_changed(world: World) -> None:
    """The TxnID is that of another transaction, as in another copy of the company file."""
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    quiet(world)
    one = next(each for each in world.books.invoices if each.ref_number == "1")
    shop = next(each for each in world.books.customers if each.full_name == "Shop")
    one.values.update(external_guid=None, ref_number="77", customer=shop.ref)
    one.rendered.clear()
    revise(world, invoice("i-1", number="1", amount="45.00"))
    quiet(world)
    assert (one.ref_number, one.total) == ("77", Decimal("30.00"))
    is_asked(world, "77 there, 1 here")


def test_a_payment_waits_until_the_invoice_that_a_person_named_was_read(world: World) -> None:
    in_doubt(world)
    one = typed(world, customer="Acme")
    world.hand_in(payment("p-0", amount="10.00", pays={"warm-up": "10.00"}))
    say(world, "i-1", one.txn_id)
    world.hand_in(payment("p-1", amount="30.00", pays={"i-1": "30.00"}))
    quiet(world)
    assert world.row("p-0").state is State.POSTED
    assert world.row("p-1").state is State.FAILED
    assert one.applications == []
    say(world, "i-1", one.txn_id, confirmed=True)
    world.submit("p-1")
    quiet(world)
    assert world.row("p-1").state is State.POSTED


def test_what_nobody_has_compared_yet_is_not_void(world: World) -> None:
    in_doubt(world)
    stranger = typed(world)
    say(world, "i-1", stranger.txn_id)
    with pytest.raises(NotNow, match="next update session"):
        world.void("i-1")
    quiet(world)
    assert world.row("i-1").state is State.HELD
    assert stranger.total


def test_what_was_revised_before_it_was_compared_is_compared_all_the_same(world: World) -> None:
    """What waits for a person could be void next."""
    in_doubt(world)
    stranger = typed(world)
    say(world, "i-1", stranger.txn_id)
    with world.database.transaction() as db:
        revised = invoice("i-1", number="1", memo="new")
        hand_in(db, world.company(db), [revised], by=BY, now=world.clock(), revise=True, submit_now=False)
    assert world.row("i-1").state is State.FOR_REVIEW
    quiet(world)
    row = world.row("i-1")
    assert (row.state, row.reason, row.txn_id) == (State.HELD, Reason.OUTCOME_UNKNOWN, None)
    with pytest.raises(NotNow):
        world.void("i-1")
    assert stranger.total


# -- kinds of which number, party and total say little -----------------------------------------------------------------

AMOUNT = Decimal("120.00")
STRANGERS: dict[str, tuple[str, dict[str, Any]]] = {
    "transfer": (
        "Transfer",
        {"transfer_from_account": "Savings", "transfer_to_account": "Checking", "amount": Decimal("250.00")},
    ),
    "deposit": (
        "Deposit",
        {"deposit_to_account": "Savings", "lines": [{"account": "Sales", "amount": Decimal("12.40")}]},
    ),
    "journal_entry": (
        "JournalEntry",
        {
            "ref_number": "N-journal_e",
            "lines": [
                {"journal_line_type": "Debit", "account": "Savings", "amount": AMOUNT},
                {"journal_line_type": "Credit", "account": "Checking", "amount": AMOUNT},
            ],
        },
    ),
    "inventory_adjustment": (
        "InventoryAdjustment",
        {
            "ref_number": "N-inventory",
            "account": "Cost of Goods Sold",
            "customer": "Acme",
            "lines": [{"item": "Wire", "quantity_difference": Decimal(7)}],
        },
    ),
}


@pytest.fixture
def unknown(world: World) -> Kinds:
    """One document of each kind, lost before it was executed, and nobody knows that."""
    kinds = Kinds(world)
    kinds.hand_in()
    kinds.break_off(CrashBefore())

    def refuse_to_say(request: str, quickbooks: Callable[[str], str]) -> str:
        answer = quickbooks(request)
        for kind in KINDS:
            answer = answered(answer, TRANSACTIONS[kind].query_name, 3260)
        return answer

    undo = quickbooks_says(world, refuse_to_say)
    quiet(world)
    undo()
    assert {kinds.row(kind).reason for kind in KINDS} == {Reason.OUTCOME_UNKNOWN.value}
    return kinds


def test_a_strangers_transaction_of_the_same_amount_is_not_believed(unknown: Kinds) -> None:
    named = {kind: unknown.person.enter(tag, **values) for kind, (tag, values) in STRANGERS.items()}
    for kind, txn in named.items():
        if kind in ("transfer", "deposit"):  # QuickBooks gives them no number: the amount is all that they share
            assert unknown.row(kind).total == txn.total
        say(unknown.world, unknown.documents[kind].origin, txn.txn_id)
    quiet(unknown.world)
    assert {kind: unknown.row(kind).reason for kind in named} == dict.fromkeys(named, Reason.OUTCOME_UNKNOWN.value)
    assert all("is not like this document" in str(unknown.row(kind).message) for kind in named)
    for kind, txn in named.items():
        say(unknown.world, unknown.documents[kind].origin, txn.txn_id, confirmed=True)
    quiet(unknown.world)
    assert {kind: unknown.row(kind).state for kind in named} == dict.fromkeys(named, State.POSTED)


def test_what_was_typed_from_the_same_paper_is_believed(unknown: Kinds) -> None:
    unknown.type_by_hand()
    for kind in KINDS:
        (txn,) = unknown.booked(kind)
        say(unknown.world, unknown.documents[kind].origin, txn.txn_id)
    quiet(unknown.world)
    assert unknown.states() == dict.fromkeys(KINDS, "posted")
    assert unknown.numbers() == dict.fromkeys(KINDS, 1)
