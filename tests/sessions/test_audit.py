"""What an auditor tries: answers that prove nothing, answers that come at the wrong time, QuickBooks at its worst."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.documents.kinds import read_document
from qbwc_server.documents.lifecycle import NotNow, Reason, State
from qbwc_server.errors import Conflict
from qbwc_server.queue.states import RequestState
from qbwc_server.simulator import Break, ConnectorKilled, Faults, WireFault
from qbwc_server.simulator.faults import CrashAfter, CrashBefore, CrashDuring, Fault
from qbwc_server.simulator.hresult_error import HResultError
from tests.sessions.odd_quickbooks import (
    answered,
    at_the_next_write,
    by_hand,
    document_with,
    emptied,
    known_names,
    lose_the_answer,
    numbers,
    quickbooks_says,
    quiet,
    refusing,
    without_ids,
)
from tests.sessions.world import World, invoice, losing, payment, receipt

# -- answers that prove nothing --------------------------------------------------------------------


def test_an_internal_error_without_end_ends_with_the_document_failed(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("bad", number="B-1"), invoice("good", number="G-1"))

    def never_executes_the_bad_one(request: str, quickbooks: Callable[[str], str]) -> str:
        if "<RefNumber>B-1</RefNumber>" not in request or "InvoiceAddRq" not in request:
            return quickbooks(request)
        if "<RefNumber>G-1</RefNumber>" in request:
            raise HResultError("0x80040402", "QuickBooks crashed.")  # until it is alone
        return refusing("InvoiceAdd", 1000)(request, quickbooks)

    quickbooks_says(world, never_executes_the_bad_one)
    quiet(world)
    assert world.row("good").state is State.POSTED
    row = world.row("bad")
    assert row.state is State.FAILED
    assert "times" in (row.message or "")
    assert "B-1" not in numbers(world)


def test_a_document_on_which_quickbooks_crashes_does_not_keep_the_others_out(world: World) -> None:
    known_names(world)
    world.hand_in(*(invoice(f"o-{n}", number=f"N-{n}") for n in range(8)))

    def crashes(request: str, quickbooks: Callable[[str], str]) -> str:
        if "InvoiceAddRq" in request and "<RefNumber>N-2</RefNumber>" in request:
            raise HResultError("0x80040402", "QuickBooks crashed.")
        return quickbooks(request)

    quickbooks_says(world, crashes)
    quiet(world, 40)
    assert {world.row(f"o-{n}").state for n in range(8) if n != 2} == {State.POSTED}
    assert world.row("o-2").state is State.FAILED
    assert numbers(world) == sorted(["W-1", *(f"N-{n}" for n in range(8) if n != 2)])


def test_a_look_up_that_is_refused_for_ever_asks_a_person(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    lose_the_answer(world)
    quickbooks_says(world, lambda request, quickbooks: answered(quickbooks(request), "InvoiceQuery", 1000))
    quiet(world)
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.OUTCOME_UNKNOWN)


@pytest.mark.parametrize("hresult", ["0x80040400", None])
def test_a_look_up_that_is_refused_once_is_asked_again(world: World, hresult: str | None) -> None:
    """One refusal says nothing of what is there."""
    known_names(world)
    world.hand_in(*(invoice(f"i-{n}", number=f"{n}") for n in range(3)))
    lose_the_answer(world)
    refused: list[str] = []

    def refuses_once(request: str, quickbooks: Callable[[str], str]) -> str:
        if "<InvoiceQueryRq " not in request or refused:
            return quickbooks(request)
        refused.append(request)
        if hresult is not None:
            raise HResultError(hresult, "QuickBooks found an error when parsing the provided XML text stream.")
        return answered(quickbooks(request), "InvoiceQuery", 1000)

    quickbooks_says(world, refuses_once)
    quiet(world)
    assert refused
    assert {world.row(f"i-{n}").state for n in range(3)} == {State.POSTED}
    assert numbers(world) == ["0", "1", "2", "W-1"]


def test_a_look_up_on_which_quickbooks_crashes_asks_a_person_and_blocks_nobody(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    lose_the_answer(world)
    world.hand_in(receipt("r-1", number="R-1"))

    def crashes(request: str, quickbooks: Callable[[str], str]) -> str:
        if "InvoiceQueryRq" in request:
            raise HResultError("0x80040402", "QuickBooks crashed.")
        return quickbooks(request)

    quickbooks_says(world, crashes)
    quiet(world, 40)
    assert (world.row("i-1").state, world.row("i-1").reason) == (State.HELD, Reason.OUTCOME_UNKNOWN)
    assert world.row("r-1").state is State.POSTED


@pytest.mark.parametrize("tag", ["InvoiceQuery", "CustomerQuery", "TransactionQuery", "HostQuery"])
def test_a_question_that_is_never_answered_is_given_up_and_blocks_nobody(sqlite_world: World, tag: str) -> None:
    world = sqlite_world
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    lose_the_answer(world)
    world.hand_in(invoice("i-2", number="2", customer="New"), receipt("r-1", number="R-1"))
    quickbooks_says(
        world,
        lambda request, quickbooks: re.sub(
            rf"<{tag}Rs [^>]*/>|<{tag}Rs .*?</{tag}Rs>", "", quickbooks(request), flags=re.DOTALL
        ),
    )
    quiet(world, 60)
    assert world.row("r-1").state is State.POSTED
    expected = {"InvoiceQuery": ("i-1", State.HELD), "CustomerQuery": ("i-2", State.FAILED)}
    origin, state = expected.get(tag, ("i-2", State.POSTED))
    assert world.row(origin).state is state
    assert "does not know" not in (world.row(origin).message or "")


@pytest.mark.parametrize(("code", "severity"), [(0, "Info"), (510, "Warn"), (2, "Info"), (999, "Warn")])
def test_a_look_up_answered_with_nothing_at_all_does_not_prove_absence(world: World, code: int, severity: str) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1"), invoice("i-2"))
    lose_the_answer(world)
    quickbooks_says(world, lambda request, quickbooks: answered(quickbooks(request), "InvoiceQuery", code, severity))
    quiet(world)
    assert len(world.books.invoices) == 3
    for origin in ("i-1", "i-2"):
        row = world.row(origin)
        assert (row.state, row.reason) == (State.HELD, Reason.OUTCOME_UNKNOWN)


def test_a_deleted_query_answered_with_nothing_at_all_does_not_prove_absence(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    at_the_next_write(world, CrashBefore())
    world.update()
    quickbooks_says(world, lambda request, quickbooks: answered(quickbooks(request), "TxnDeletedQuery", 0, "Info"))
    quiet(world)
    assert (world.row("i-1").state, world.row("i-1").reason) == (State.HELD, Reason.OUTCOME_UNKNOWN)


def test_done_without_the_entry_is_looked_up(world: World) -> None:
    quickbooks_says(
        world,
        lambda request, quickbooks: emptied(quickbooks(request), "InvoiceAdd", "SalesReceiptAdd", "CustomerAdd"),
    )
    world.hand_in(invoice("i-1", number="1"), receipt("r-1", number="R-1"))
    quiet(world)
    assert [world.row(one).state for one in ("i-1", "r-1")] == [State.POSTED, State.POSTED]
    assert len(world.books.transactions) == 2


def test_answers_in_another_order_and_with_odd_severities(world: World) -> None:
    known_names(world)

    def shuffled(request: str, quickbooks: Callable[[str], str]) -> str:
        answer = quickbooks(request)
        parts = re.findall(r"<InvoiceAddRs .*?</InvoiceAddRs>", answer, flags=re.DOTALL)
        for part in parts:
            answer = answer.replace(part, "")
        backwards = "".join(reversed(parts)).replace('statusSeverity="Info"', 'statusSeverity="Error"')
        return answer.replace("<QBXMLMsgsRs>", f"<QBXMLMsgsRs>{backwards}")

    quickbooks_says(world, shuffled)
    world.hand_in(*(invoice(f"o-{n}", number=f"N-{n}") for n in range(4)))
    quiet(world)
    for n in range(4):
        assert world.row(f"o-{n}").posted_number == f"N-{n}"


def test_a_remark_with_the_entry_is_done(world: World) -> None:
    known_names(world)
    quickbooks_says(
        world,
        lambda request, quickbooks: re.sub(
            r'(<InvoiceAddRs [^>]*)statusCode="0" statusSeverity="Info"',
            r'\1statusCode="530" statusSeverity="Warn"',
            quickbooks(request),
        ),
    )
    world.hand_in(invoice("i-1", number="1"))
    quiet(world)
    assert world.row("i-1").state is State.POSTED


@pytest.mark.parametrize("damage", [without_ids, lambda answer: "", lambda answer: "<QBXML><QBXMLMsgsRs/></QBXML>"])
def test_answers_that_never_answer_end_the_session_instead_of_turning_in_it(
    world: World, damage: Callable[[str], str]
) -> None:
    world.hand_in(invoice("i-1", number="1"))
    undo = quickbooks_says(world, lambda request, quickbooks: damage(quickbooks(request)))
    report = world.update()
    assert not report.ok
    assert report.rounds <= 5
    undo()
    quiet(world)
    assert world.row("i-1").state is State.POSTED
    assert len(world.books.invoices) == 1


def test_the_same_request_answered_twice_in_one_document(world: World) -> None:
    known_names(world)

    def repeated(request: str, quickbooks: Callable[[str], str]) -> str:
        answer = quickbooks(request)
        asked = re.findall(r'<(\w+)Rs requestID="([^"]*)"', answer)
        refusals = "".join(
            f'<{tag}Rs requestID="{key}" statusCode="3140" statusSeverity="Error" />' for tag, key in asked
        )
        return answer.replace("</QBXMLMsgsRs>", f"{refusals}</QBXMLMsgsRs>")

    quickbooks_says(world, repeated)
    world.hand_in(invoice("i-1", number="1"), invoice("i-2", number="2", customer="New one"))
    quiet(world)
    assert [world.row(one).state for one in ("i-1", "i-2")] == [State.POSTED, State.POSTED]
    assert numbers(world) == ["1", "2", "W-1"]


def test_a_look_up_answered_with_ten_thousand_transactions(sqlite_world: World) -> None:
    world = sqlite_world
    known_names(world)
    world.hand_in(invoice("i-1"))
    lose_the_answer(world)

    def flooded(request: str, quickbooks: Callable[[str], str]) -> str:
        answer = quickbooks(request)
        one = re.search(r"<InvoiceRet>.*?</InvoiceRet>", answer, flags=re.DOTALL)
        if "InvoiceQueryRq" not in request or one is None:
            return answer
        other = re.sub(r"<ExternalGUID>.*?</ExternalGUID>", "", one[0]).replace("Acme", "Somebody")
        return answer.replace(one[0], other * 10_000 + one[0], 1)

    quickbooks_says(world, flooded)
    quiet(world)
    assert world.row("i-1").state is State.POSTED
    assert len(world.books.invoices) == 2


# -- answers at the wrong time ---------------------------------------------------------------------


def test_a_repeated_answer_does_not_put_the_set_in_doubt_that_is_out_now(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    world.clock.advance(minutes=10)
    before = world.books.process
    states: list[str] = []

    def repeated(request: str) -> str:
        if "InvoiceAddRq" in request:  # the answer to the set before arrives once more, under the same ticket
            world.connector.late()
            states.extend(one.state for one in world.proof("i-1").requests)
        return before(request)

    world.books.process = repeated  # type: ignore[method-assign]
    world.connector.update(Faults.of(WireFault(Break.REPEATED_LATE, "receiveResponseXML", 1)))
    assert states == [RequestState.SENT]
    assert world.row("i-1").state is State.POSTED
    assert "look" not in {one.purpose for one in world.proof("i-1").requests}


def held_back_then_again(world: World, answer: Callable[[str], str]) -> None:
    """A first attempt whose answer (as ``answer`` makes it) is held back, not found, and sent once more."""
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    first = [True]

    def respond(request: str, quickbooks: Callable[[str], str]) -> str:
        if "InvoiceAddRq" in request and first:
            first.clear()
            key = re.search(r'<InvoiceAddRq requestID="([^"]*)"', request)
            assert key
            return answer(key[1])
        return quickbooks(request)

    quickbooks_says(world, respond)
    world.clock.advance(minutes=10)
    with suppress(ConnectorKilled):
        world.connector.update(losing("InvoiceAddRs", Break.HELD_BACK))


@pytest.mark.parametrize("code", [3140, 3175, 3200, 1000])
def test_a_late_refusal_of_the_first_attempt_says_nothing_of_the_second(world: World, code: int) -> None:
    held_back_then_again(
        world,
        lambda key: document_with(
            f'<InvoiceAddRs requestID="{key}" statusCode="{code}" statusSeverity="Error" statusMessage="no" />'
        ),
    )
    before = world.books.process

    def meanwhile(request: str) -> str:
        answer = before(request)
        if "InvoiceAddRq" in request:
            world.connector.late()  # while the second attempt is in QuickBooks' hands
            raise HResultError("0x80010108", "The connection broke.")  # and its answer is lost
        return answer

    world.books.process = meanwhile  # type: ignore[method-assign]
    world.update()
    world.books.process = before  # type: ignore[method-assign]
    quiet(world)
    assert world.row("i-1").state is State.POSTED
    assert numbers(world) == ["1", "W-1"]


def test_two_executions_are_never_hidden(world: World) -> None:
    """It must not happen; if the first attempt was executed after it had been looked for, a person is told."""
    held_back_then_again(
        world,
        lambda key: document_with(
            f'<InvoiceAddRs requestID="{key}" statusCode="0" statusSeverity="Info">'
            "<InvoiceRet><TxnID>FFFF-1</TxnID></InvoiceRet></InvoiceAddRs>"
        ),
    )
    quiet(world)
    assert world.row("i-1").state is State.POSTED
    world.connector.late()
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.TWICE)
    with pytest.raises(NotNow):
        world.submit("i-1")
    with pytest.raises(NotNow):
        world.exclude("i-1")
    assert isinstance(world.hand_in(invoice("i-1", number="9"), revise=True).results[0], Conflict)
    quiet(world)
    assert numbers(world) == ["1", "W-1"]


def test_a_second_attempt_that_is_lost_is_looked_for_although_the_first_was_answered_late(world: World) -> None:
    held_back_then_again(
        world,
        lambda key: document_with(
            f'<InvoiceAddRs requestID="{key}" statusCode="0" statusSeverity="Info">'
            "<InvoiceRet><TxnID>FFFF-1</TxnID></InvoiceRet></InvoiceAddRs>"
        ),
    )
    before = world.books.process

    def meanwhile(request: str) -> str:
        answer = before(request)
        if "InvoiceAddRq" in request:
            world.connector.late()
            raise HResultError("0x80010108", "The connection broke.")
        return answer

    world.books.process = meanwhile  # type: ignore[method-assign]
    world.update()
    world.books.process = before  # type: ignore[method-assign]
    quiet(world)
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.TWICE)


def test_a_late_yes_after_a_refusal_is_not_forgotten(world: World) -> None:
    """First attempt executed unseen, second refused: a new submission would be the double."""
    held_back_then_again(
        world,
        lambda key: document_with(
            f'<InvoiceAddRs requestID="{key}" statusCode="0" statusSeverity="Info">'
            "<InvoiceRet><TxnID>FFFF-1</TxnID></InvoiceRet></InvoiceAddRs>"
        ),
    )
    undo = quickbooks_says(world, refusing("InvoiceAdd", 3205))
    quiet(world)
    undo()
    assert world.row("i-1").state is State.FAILED
    world.connector.late()
    with pytest.raises(NotNow):
        world.submit("i-1")
    assert "FFFF-1" in str(world.proof("i-1").as_record())


def test_quickbooks_total_is_noted_and_the_payment_still_goes(world: World) -> None:
    world.hand_in(
        invoice("i-1", number="1", subtotal=Decimal("30.00"), total=Decimal("32.10"), sales_tax_item="Tax"),
        payment("p-1", amount="30.00", pays={"i-1": "30.00"}),
    )
    undo = quickbooks_says(
        world,
        lambda request, quickbooks: quickbooks(
            request.replace("<ItemSalesTaxRef><FullName>Tax</FullName></ItemSalesTaxRef>", "")
        ),
    )
    quiet(world)
    undo()
    assert [world.row(one).state for one in ("i-1", "p-1")] == [State.POSTED, State.POSTED]
    assert any("32.10" in line for line in world.report().lines())


# -- what looks alike -------------------------------------------------------------------------------------------------


def test_two_of_ours_with_the_same_number_customer_and_total(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1"), invoice("i-2", number="1"), invoice("i-3"), invoice("i-4"))
    world.submit("i-2")  # a person says that it is another sale
    at_the_next_write(world, CrashDuring(after=3))
    world.update()
    quiet(world)
    assert len(world.books.invoices) == 5
    rows = world.rows(["i-1", "i-2", "i-3", "i-4"])
    assert {row.state for row in rows} == {State.POSTED}
    assert len({row.txn_id for row in rows}) == 4


@pytest.mark.parametrize("fault", [CrashBefore(), CrashAfter()], ids=str)
@pytest.mark.parametrize("number", ["N-1", None])
@pytest.mark.parametrize("kind", ["invoice", "sales_receipt", "credit_memo", "payment"])
def test_every_kind_is_looked_for(sqlite_world: World, kind: str, number: str | None, fault: Fault) -> None:
    world = sqlite_world
    known_names(world)
    record: dict[str, Any] = {"kind": kind, "origin": "d-1", "number": number, "date": "2026-03-02", "customer": "Acme"}
    if kind == "payment":
        record |= {"amount": "5.00"}
    else:
        record |= {"lines": [{"item": "Seat", "quantity": 1, "amount": "5.00"}]}
    world.hand_in(read_document(record))
    before = len(world.books.transactions)
    at_the_next_write(world, fault)
    world.update()
    quiet(world)
    assert world.row("d-1").state is State.POSTED
    assert len(world.books.transactions) == before + 1
    assert ("look_changed" in {one.purpose for one in world.proof("d-1").requests}) is (fault == CrashBefore())


def test_one_that_somebody_voided_is_neither_missing_nor_a_backup(world: World) -> None:
    known_names(world)
    voided = world.books.invoices[0]
    by_hand(world, f"<TxnVoidRq><TxnVoidType>Invoice</TxnVoidType><TxnID>{voided.txn_id}</TxnID></TxnVoidRq>")
    world.hand_in(invoice("i-1", number="1"))
    assert world.update().ok
    assert [world.row(one).state for one in ("warm-up", "i-1")] == [State.POSTED, State.POSTED]
