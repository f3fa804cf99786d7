"""Whatever breaks, each document stands in the books exactly once; and what cannot be known waits for a person."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from qbwc_server.documents import store
from qbwc_server.documents.kinds import Document
from qbwc_server.documents.lifecycle import NotNow, Reason, State
from qbwc_server.posting.people.decide import decide
from qbwc_server.posting.people.resume import resume
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.simulator import Break, ConnectorKilled, Faults, WireFault, WsgiTransport
from qbwc_server.simulator.faults import (
    CrashAfter,
    CrashBefore,
    CrashDuring,
    Fault,
    Fine,
    InternalError,
    Locked,
    RefuseToOpen,
    TruncatedAnswer,
)
from tests.sessions.odd_quickbooks import at_the_next_write
from tests.sessions.world import BY, World, invoice, losing, payment, receipt

WIRE = [
    (kind, operation, nth)
    for operation in ("sendRequestXML", "receiveResponseXML")
    for kind in Break
    for nth in (1, 2, 3, 4)
    if operation == "receiveResponseXML" or not kind.value.startswith("response_")
]


def mixed() -> list[Document]:
    """Documents that need customers, items, and one another."""
    return [
        invoice("i-1", number="1001", customer="Acme"),
        invoice("i-2", number="1002", customer="Müller & Söhne"),
        invoice("i-3", customer="Acme:Job 7", amount="12.34"),  # QuickBooks draws the number
        receipt("r-1", number="R-1"),
        payment("p-1", amount="30.00", pays={"i-1": "30.00"}),
    ]


def run_until_quiet(world: World, rounds: int = 12) -> None:
    """Update sessions without faults until nothing waits."""
    for _ in range(rounds):
        if world.update().status_line == "No data exchange required":
            return
    raise AssertionError(f"never quiet: {world.report().lines()}")


def assert_once_each(world: World) -> None:
    """All of ``mixed`` stands in the books once, with the right money, and says so."""
    for origin in ("i-1", "i-2", "i-3", "r-1", "p-1"):
        row = world.row(origin)
        assert row.state is State.POSTED, (origin, row.state, row.reason, row.message)
    assert {"1001", "1002"} <= {str(one.ref_number) for one in world.books.invoices}
    assert len(world.books.invoices) == 3
    assert len(world.books.sales_receipts) == 1
    assert len(world.books.payments) == 1
    assert sorted(one.total for one in world.books.invoices) == [Decimal("12.34"), Decimal(30), Decimal(30)]
    assert world.books.balance_of("Acme") == Decimal(0)
    ids = {one.txn_id for one in world.books.transactions}
    assert {row.txn_id for row in world.rows(["i-1", "i-2", "i-3", "r-1", "p-1"])} == ids


@pytest.mark.parametrize(("kind", "operation", "nth"), WIRE, ids=str)
def test_a_broken_wire_loses_nothing_and_doubles_nothing(
    sqlite_world: World, kind: Break, operation: str, nth: int
) -> None:
    break_the_wire(sqlite_world, kind, operation, nth)


@pytest.mark.parametrize("kind", [Break.REQUEST_LOST, Break.ANSWER_LOST, Break.HELD_BACK, Break.RESPONSE_CUT])
def test_a_broken_wire_on_either_database(world: World, kind: Break) -> None:
    break_the_wire(world, kind, "receiveResponseXML", 3)


def break_the_wire(world: World, kind: Break, operation: str, nth: int) -> None:
    """One fault, then sessions until nothing waits, then whatever was held back."""
    world.hand_in(*mixed())
    world.clock.advance(minutes=10)
    with suppress(ConnectorKilled):
        world.connector.update(Faults.of(WireFault(kind, operation, nth)))
    run_until_quiet(world)
    world.connector.late()
    run_until_quiet(world)
    assert_once_each(world)


@pytest.mark.parametrize("before", range(6))
@pytest.mark.parametrize(
    "fault",
    [
        CrashBefore(),
        CrashDuring(after=1),
        CrashDuring(after=2),
        CrashAfter(),
        TruncatedAnswer(),
        TruncatedAnswer(share=0.9),
        Locked(),
        Locked(code=3180, requests=None),
        InternalError(executed=True),
        InternalError(executed=False),
    ],
    ids=str,
)
def test_a_broken_quickbooks_loses_nothing_and_doubles_nothing(sqlite_world: World, fault: Fault, before: int) -> None:
    world = sqlite_world
    world.hand_in(*mixed())
    world.books.faults.add(*[Fine()] * before, fault)
    world.update()
    run_until_quiet(world)
    assert_once_each(world)


def test_the_server_restarts_between_any_two_calls(world: World) -> None:
    class Restarting:
        def call(self, operation: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str], bytes]:
            world.restart()
            return WsgiTransport(world.app).call(operation, body, headers)

    world.hand_in(*mixed())
    connector = world.new_connector(world.books, Restarting())
    for _ in range(3):
        world.clock.advance(minutes=10)
        connector.update()
    assert_once_each(world)


def test_a_lost_answer_is_recognised_by_its_guid_not_by_its_number(world: World) -> None:
    # somebody else uses the same number for another customer: that is not ours
    world.hand_in(invoice("other", number="1001", customer="Somebody else"))
    world.update()
    world.hand_in(invoice("ours", number="1001", customer="Acme"))
    world.update(losing("InvoiceAddRs"))
    run_until_quiet(world)
    assert len(world.books.invoices) == 2
    proofs = world.proof("ours").requests
    assert "look" in {one.purpose for one in proofs}


def test_one_typed_by_hand_that_looks_the_same_waits_for_a_person(world: World) -> None:
    world.hand_in(invoice("i-0", number="7"))
    world.update()  # customer and item are there now
    world.hand_in(invoice("i-1", number="1001"))
    at_the_next_write(world, CrashBefore())
    world.update()
    # meanwhile the bookkeeper typed it from paper
    world.books.open()
    world.books.process(
        '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError">'
        "<InvoiceAddRq><InvoiceAdd>"
        "<CustomerRef><FullName>Acme</FullName></CustomerRef><TxnDate>2026-03-02</TxnDate><RefNumber>1001</RefNumber>"
        "<InvoiceLineAdd><ItemRef><FullName>Seat</FullName></ItemRef><Quantity>3</Quantity><Amount>30.00</Amount>"
        "</InvoiceLineAdd></InvoiceAdd></InvoiceAddRq></QBXMLMsgsRq></QBXML>"
    )
    world.books.close()
    run_until_quiet(world)
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.OUTCOME_UNKNOWN)
    typed = next(one for one in world.books.invoices if one.ref_number == "1001")
    held = [event for event in world.proof("i-1").history if event["to"] == "held"]
    assert held[-1]["detail"]["candidates"][0]["txn_id"] == typed.txn_id
    with pytest.raises(NotNow):
        world.submit("i-1")
    with world.database.transaction() as db:
        company = world.company(db)
        decide(db, company, store.find(db, company.id, row.id), posted_as=typed.txn_id, by=BY, now=world.clock())
    run_until_quiet(world)
    assert world.row("i-1").state is State.POSTED
    assert len(world.books.invoices) == 2


def test_a_person_says_it_is_not_there_and_it_is_sent_again(world: World) -> None:
    world.hand_in(invoice("i-1", number="1001"))
    world.update(losing("InvoiceAddRs"))
    posted = world.books.invoices[0]
    world.books.open()
    world.books.process(
        '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError"><TxnDelRq>'
        f"<TxnDelType>Invoice</TxnDelType><TxnID>{posted.txn_id}</TxnID></TxnDelRq></QBXMLMsgsRq></QBXML>"
    )
    world.books.close()
    run_until_quiet(world)
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.OUTCOME_UNKNOWN)
    assert "deleted" in (row.message or "")
    with world.database.transaction() as db:
        company = world.company(db)
        decide(db, company, store.find(db, company.id, row.id), posted_as=None, by=BY, now=world.clock())
    run_until_quiet(world)
    assert world.row("i-1").state is State.POSTED
    assert len(world.books.invoices) == 1


def test_a_set_that_quickbooks_cannot_read_is_halved_until_the_bad_one_stands_alone(world: World) -> None:
    documents = [invoice(f"o-{n}", number=str(n)) for n in range(9)]
    world.hand_in(*documents)
    with world.database.transaction() as db:
        bad = db.query(QueuedRequest).filter_by(subject=str(world.row("o-4").id), purpose="post").one()
        assert bad.xml
        bad.xml = bad.xml.replace("<InvoiceAdd>", "<InvoiceAdd><NoSuchElement/>")
    run_until_quiet(world)
    assert world.row("o-4").state is State.FAILED
    assert {row.state for row in world.rows([f"o-{n}" for n in range(9) if n != 4])} == {State.POSTED}
    assert len(world.books.invoices) == 8


def test_half_executed_before_it_could_not_be_read_is_still_once_each(world: World) -> None:
    world.books.switches = replace(world.books.switches, unparsable_executes_prefix=True)
    test_a_set_that_quickbooks_cannot_read_is_halved_until_the_bad_one_stands_alone(world)


def test_a_stale_edit_sequence_is_read_again(world: World) -> None:
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    world.hand_in(invoice("i-1", number="1", amount="60.00"), revise=True)
    before = world.books.process
    changed: list[int] = []

    def somebody_is_quicker(request: str) -> str:
        if "InvoiceModRq" in request and not changed:
            changed.append(1)
            txn = world.books.invoices[0]
            world.clock.advance(seconds=5)
            before(
                '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError"><InvoiceModRq>'
                f"<InvoiceMod><TxnID>{txn.txn_id}</TxnID><EditSequence>{txn.edit_sequence}</EditSequence>"
                "<PONumber>A</PONumber></InvoiceMod></InvoiceModRq></QBXMLMsgsRq></QBXML>"
            )
        return before(request)

    world.books.process = somebody_is_quicker  # type: ignore[method-assign]
    run_until_quiet(world)
    assert changed
    assert world.books.invoices[0].total == Decimal("60.00")
    assert world.row("i-1").state is State.POSTED


def test_a_change_whose_answer_was_lost_is_not_made_twice(world: World) -> None:
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    world.hand_in(invoice("i-1", number="1", amount="60.00", memo="new"), revise=True)
    assert not world.update(losing("InvoiceModRs")).ok
    assert world.books.invoices[0].total == Decimal("60.00")
    writes = world.books.executed_writes
    run_until_quiet(world)
    assert world.books.executed_writes == writes
    assert world.row("i-1").state is State.POSTED


def test_a_void_whose_answer_was_lost_is_recognised(world: World) -> None:
    world.hand_in(receipt("r-1", number="R1"))
    world.update()
    world.void("r-1")
    world.update(losing("TxnVoidRs"))
    writes = world.books.executed_writes
    run_until_quiet(world)
    assert world.books.executed_writes == writes
    assert world.row("r-1").state is State.WITHDRAWN


def test_the_closing_date_holds_a_document_until_a_person_redates_it(world: World) -> None:
    world.books.closing_date = date(2026, 3, 15)
    world.hand_in(invoice("i-1", number="1"))
    run_until_quiet(world)
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.CLOSING_DATE)
    assert world.books.invoices == []
    world.hand_in(invoice("i-1", number="1", date="2026-03-16"), revise=True)
    run_until_quiet(world)
    assert world.row("i-1").state is State.POSTED


def test_another_company_file_is_taken_when_a_person_says_so(world: World) -> None:
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    world.hand_in(invoice("i-2", number="2"))
    moved = world.books.other_file("Kern Lighting Ltd")
    connector = world.new_connector(moved)
    world.clock.advance(minutes=10)
    assert not connector.update().ok
    with world.database.transaction() as db:
        resume(db, world.company(db), repost=False, by=BY, now=world.clock())
    for _ in range(2):
        world.clock.advance(minutes=10)
        report = connector.update()
    # the other file lacks what we posted, and nobody deleted it there: that is a reason of its own to stop
    assert "older backup" in report.status_line
    with world.database.transaction() as db:
        resume(db, world.company(db), repost=True, by=BY, now=world.clock())
    for _ in range(4):
        world.clock.advance(minutes=10)
        connector.update()
    # this one had left for a file that knew its customer: names are looked for anew in a file that is taken
    assert world.row("i-2").state is State.POSTED
    assert sorted(str(one.ref_number) for one in moved.invoices) == ["1", "2"]


def test_a_customer_that_was_renamed_in_quickbooks_is_looked_for_again(world: World) -> None:
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    customer = world.books.customers[0]
    world.books.open()
    world.books.process(
        '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError"><CustomerModRq>'
        f"<CustomerMod><ListID>{customer.list_id}</ListID><EditSequence>{customer.edit_sequence}</EditSequence>"
        "<Name>Acme Inc</Name></CustomerMod></CustomerModRq></QBXMLMsgsRq></QBXML>"
    )
    world.books.close()
    world.hand_in(invoice("i-2", number="2"))
    run_until_quiet(world)
    assert world.row("i-2").state is State.FAILED
    world.submit("i-2")
    run_until_quiet(world)
    assert world.row("i-2").state is State.FAILED  # which customer is meant is a question
    assert "Acme Inc" in str(world.row("i-2").message)
    assert [one.full_name for one in world.books.customers] == ["Acme Inc"]


def test_nothing_is_written_to_another_company_file(world: World) -> None:
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    world.hand_in(invoice("i-2", number="2"))
    other = world.books.other_file("Somebody else's books")
    world.clock.advance(minutes=10)
    report = world.new_connector(other).update()
    assert not report.ok
    assert "Somebody else's books" in report.status_line
    assert other.executed_writes == 0
    assert "Somebody else's books" in " ".join(world.report().lines())
    run_until_quiet(world)  # the right file is open again: it goes on by itself
    assert world.row("i-2").state is State.POSTED


def test_a_restored_backup_is_noticed_before_anything_is_written(world: World) -> None:
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    backup = world.books.backup()
    world.hand_in(invoice("i-2", number="2"), invoice("i-3", number="3"))
    world.update()
    world.books.restore(backup)
    world.hand_in(invoice("i-4", number="4"))
    writes = world.books.executed_writes
    report = world.update()
    assert not report.ok
    assert "older backup" in report.status_line
    assert world.books.executed_writes == writes
    assert any("What to do: restore" in line for line in world.report().lines())
    with world.database.transaction() as db:
        assert resume(db, world.company(db), repost=True, by=BY, now=world.clock()) == 3
    run_until_quiet(world)
    assert sorted(str(one.ref_number) for one in world.books.invoices) == ["1", "2", "3", "4"]
    assert {row.state for row in world.rows(["i-1", "i-2", "i-3", "i-4"])} == {State.POSTED}


def test_what_a_person_deleted_in_quickbooks_is_no_backup(world: World) -> None:
    world.hand_in(invoice("i-1", number="1"), invoice("i-2", number="2"))
    world.update()
    gone = next(one for one in world.books.invoices if one.ref_number == "2")
    world.books.open()
    world.books.process(
        '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError"><TxnDelRq>'
        f"<TxnDelType>Invoice</TxnDelType><TxnID>{gone.txn_id}</TxnID></TxnDelRq></QBXMLMsgsRq></QBXML>"
    )
    world.books.close()
    world.hand_in(invoice("i-3", number="3"))
    assert world.update().ok
    assert world.row("i-2").state is State.WITHDRAWN
    assert world.row("i-3").state is State.POSTED


def test_two_connectors_on_one_company(world: World) -> None:
    world.hand_in(*mixed())
    second = world.new_connector(world.books)
    seen = []
    before = world.books.process

    def meanwhile(request: str) -> str:
        seen.append(second.update().status_line)
        return before(request)

    world.books.process = meanwhile  # type: ignore[method-assign]
    world.update()
    assert set(seen) == {"Application Busy"}
    world.books.process = before  # type: ignore[method-assign]
    run_until_quiet(world)
    assert_once_each(world)


def test_quickbooks_that_does_not_open_is_asked_again_then_left_with_advice(world: World) -> None:
    world.hand_in(invoice("i-1", number="1"))
    world.books.faults.add(RefuseToOpen(), RefuseToOpen(), RefuseToOpen(), RefuseToOpen())
    report = world.update()
    assert not report.ok
    lines = " ".join(world.report().lines())
    assert "0x80040414" in lines
    assert "What to do" in lines
    run_until_quiet(world)
    assert world.row("i-1").state is State.POSTED


@pytest.mark.parametrize("offset", [timedelta(days=400), timedelta(days=-400)])
def test_the_clock_of_the_pc_may_be_wrong(world: World, offset: timedelta) -> None:
    world.books.clock_offset = offset
    world.hand_in(*mixed())
    for nth in (2, 3, 4):
        world.update(Faults.of(WireFault(Break.REQUEST_LOST, "receiveResponseXML", nth)))
    run_until_quiet(world)
    assert_once_each(world)
