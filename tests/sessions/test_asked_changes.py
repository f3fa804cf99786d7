"""Changes of the books that programs ask for, in whole sessions: done once, whatever is lost on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from bench.soak.stage import keep, put_back
from qbwc_server.asked.asking import drop_asked
from qbwc_server.books.holds import HoldKind, holds_of
from qbwc_server.documents.open_work import WorkKind, open_work
from qbwc_server.settings import Settings
from qbwc_server.simulator import Bookkeeper, Break
from qbwc_server.simulator.faults import CrashAfter, CrashBefore
from qbwc_server.tenancy.permissions import Scope
from qbwc_server.tenancy.tokens import add_token
from tests.conftest import TurnableClock
from tests.qbwc_server.api.conftest import Caller
from tests.sessions.odd_quickbooks import at_the_next_write, emptied, known_names, quickbooks_says, quiet
from tests.sessions.world import World, invoice, losing

BILL_TO = {"full_name": "Acme"}
LINE = {"InvoiceLineAdd": {"item": {"full_name": "Seat"}, "quantity": "1", "amount": "41.00"}}
ACCOUNT = {"AccountAddRq": {"account_add": {"name": "Postage", "account_type": "Expense"}}}


def invoice_add(number: str | None = None) -> dict[str, Any]:
    said = {"customer": BILL_TO, "lines": [LINE], **({} if number is None else {"ref_number": number})}
    return {"InvoiceAddRq": {"invoice_add": said}}


@dataclass
class Program:
    """A program that may change the books."""

    caller: Caller

    def ask(self, request: dict[str, Any], **more: Any) -> int:
        answer = self.caller.post("/requests", json={"request": request, **more})
        assert answer.status_code == 202, answer.get_json()
        number: int = answer.get_json()["id"]
        return number

    def look(self, number: int) -> dict[str, Any]:
        record: dict[str, Any] = self.caller.get(f"/requests/{number}").get_json()
        return record

    def decide(self, number: int, decision: str) -> dict[str, Any]:
        answer = self.caller.post(f"/requests/{number}/decide", json={"decision": decision})
        record: dict[str, Any] = answer.get_json()
        return record


def program_of(world: World) -> Program:
    with world.database.transaction() as db:
        scopes = [Scope.ASK, Scope.BOOKS]
        _, token = add_token(db, world.company(db), label="program", scopes=scopes, now=world.clock())
    return Program(Caller(world.app.test_client(), world.code, token))


@pytest.fixture
def world(sqlite_world: World) -> World:
    return sqlite_world


@pytest.fixture
def each_world(settings: Settings, clock: TurnableClock) -> Iterator[World]:
    """The same on both databases, for what writes most."""
    made = World(settings, clock)
    known_names(made)
    yield made
    made.database.engine.dispose()


@pytest.fixture
def program(world: World) -> Program:
    known_names(world)
    return program_of(world)


def entered(world: World) -> list[str]:
    return [one.txn_id for one in world.books.invoices if str(one.total) == "41.00"]


def accounts(world: World) -> list[str]:
    return [one.full_name for one in world.books.books.lists.of("Account") if one.full_name.startswith("Postage")]


def unknown(world: World) -> list[str]:
    with world.database.reading() as db:
        return [item.key for item in open_work(db, world.company(db).id) if item.work is WorkKind.REQUEST_UNKNOWN]


def test_a_change_is_done_and_told_and_the_next_one_follows_it(world: World, program: Program) -> None:
    one = program.ask(invoice_add("R-1"))
    after = program.ask({"InvoiceQueryRq": {"ref_numbers": ["R-1"]}}, after=one, when="soon")
    world.update()
    record = program.look(one)
    assert (record["state"], record["outcome"], record["status_code"]) == ("done", "done", 0)
    assert [(shown["type"], shown["txn_id"]) for shown in record["answer"]] == [("InvoiceRet", entered(world)[0])]
    assert [shown["ref_number"] for shown in program.look(after)["answer"]] == ["R-1"]


@pytest.mark.parametrize("fault", [CrashAfter(), CrashBefore()], ids=["executed", "not executed"])
def test_a_change_with_a_mark_is_looked_for_and_there_once(each_world: World, fault: Any) -> None:
    program = program_of(each_world)
    asked = [program.ask(invoice_add(number)) for number in ("R-1", None)]
    at_the_next_write(each_world, fault)
    quiet(each_world)
    records = [program.look(one) for one in asked]
    assert [(record["state"], record["outcome"]) for record in records] == [("done", "done")] * 2
    assert [shown["txn_id"] for record in records for shown in record["answer"]] == entered(each_world)
    assert len(entered(each_world)) == 2


@pytest.mark.parametrize("kind", [Break.REQUEST_LOST, Break.RESPONSE_GARBAGE])
def test_the_same_of_an_entry_of_a_list(world: World, program: Program, kind: Break) -> None:
    one = program.ask({"CustomerAddRq": {"customer_add": {"name": "Nordlys"}}})
    world.update(losing("CustomerAddRs", kind))
    quiet(world)
    record = program.look(one)
    assert (record["state"], [shown["name"] for shown in record["answer"]]) == ("done", ["Nordlys"])


def test_what_bears_no_mark_is_unknown_and_not_sent_again_before_somebody_says_so(each_world: World) -> None:
    world, program = each_world, program_of(each_world)
    one = program.ask(ACCOUNT)
    after = program.ask({"AccountQueryRq": {"full_names": ["Postage"]}}, after=one)
    at_the_next_write(world, CrashBefore())
    quiet(world)
    record = program.look(one)
    assert (record["state"], record["outcome"]) == ("unknown", "unknown")
    assert (accounts(world), unknown(world)) == ([], [str(one)])
    assert program.look(after)["state"] == "waiting"
    assert program.decide(one, "again")["state"] == "waiting"
    quiet(world)
    assert (program.look(one)["state"], accounts(world), unknown(world)) == ("done", ["Postage"], [])
    assert len(program.look(after)["answer"]) == 1


@pytest.mark.parametrize(
    ("decision", "state", "behind"), [("done", "done", "done"), ("over", "cancelled", "cancelled")]
)
def test_somebody_says_what_became_of_it(
    world: World, program: Program, decision: str, state: str, behind: str
) -> None:
    one = program.ask(ACCOUNT)
    after = program.ask({"AccountQueryRq": {"full_names": ["Postage"]}}, after=one)
    at_the_next_write(world, CrashAfter())
    quiet(world)
    assert program.decide(one, decision)["state"] == state
    quiet(world)
    assert (program.look(after)["state"], accounts(world), unknown(world)) == (behind, ["Postage"], [])
    assert program.decide(one, "again")["code"] == "request_not_unknown"


@pytest.mark.parametrize("number", ["R-1", None])
def test_one_typed_beside_it_is_a_question(world: World, program: Program, number: str | None) -> None:
    one = program.ask(invoice_add(number))
    at_the_next_write(world, CrashBefore())
    world.update()
    person = Bookkeeper(world.books)
    txn = next(one for one in world.books.invoices if one.ref_number == "W-1")
    typed = person.type_again(txn, **({} if number is None else {"ref_number": number}))
    quiet(world)
    record = program.look(one)
    assert (record["state"], entered(world)) == ("unknown", [])
    assert [shown["txn_id"] for shown in record["answer"]] == [typed.txn_id]
    assert program.decide(one, "done")["state"] == "done"
    quiet(world)
    assert entered(world) == []


def test_what_was_entered_and_deleted_since_is_not_entered_again(world: World, program: Program) -> None:
    one = program.ask(invoice_add("R-1"))
    at_the_next_write(world, CrashAfter())
    world.update()
    (txn,) = [txn for txn in world.books.invoices if txn.ref_number == "R-1"]
    Bookkeeper(world.books).delete(txn)
    quiet(world)
    record = program.look(one)
    assert (record["state"], [shown["type"] for shown in record["answer"]]) == ("unknown", ["TxnDeletedRet"])
    assert entered(world) == []


def test_a_look_up_that_is_never_answered_well_leaves_it_unknown(world: World, program: Program) -> None:
    one = program.ask(invoice_add("R-1"))
    at_the_next_write(world, CrashAfter())
    world.update()

    undo = quickbooks_says(world, lambda request, quickbooks: emptied(quickbooks(request), "InvoiceQuery"))
    world.update()
    world.update()
    assert (program.look(one)["state"], unknown(world)) == ("unknown", [str(one)])
    undo()
    world.hand_in(invoice("i-8", number="8"))
    quiet(world)
    assert (program.look(one)["state"], unknown(world), len(entered(world))) == ("done", [], 1)


def test_what_is_refused_says_why_and_what_follows_it_is_not_sent(world: World, program: Program) -> None:
    refused = {"InvoiceAddRq": {"invoice_add": {"customer": {"full_name": "Nobody"}, "lines": [LINE]}}}
    one = program.ask(refused)
    after = program.ask(ACCOUNT, after=one)
    quiet(world)
    record = program.look(one)
    assert (record["state"], record["outcome"]) == ("refused", "refused")
    assert "Nobody" in record["detail"]
    assert (program.look(after)["state"], accounts(world)) == ("cancelled", [])


def test_our_own_database_is_restored_and_it_is_not_entered_twice(each_world: World) -> None:
    world, program = each_world, program_of(each_world)
    one = program.ask(invoice_add("R-1"))
    rows = keep(world.database.engine)
    world.update()
    assert len(entered(world)) == 1
    world.database.engine.dispose()
    put_back(world.database.engine, rows)
    world.restart()
    program.caller.client = world.app.test_client()
    for _ in range(3):
        world.update()
    assert len(entered(world)) == 1
    assert program.look(one)["state"] == "done"
    with world.database.reading() as db:
        assert [hold.kind for hold in holds_of(db, world.company(db).id)] == [HoldKind.RESTORED_DATABASE]


def test_a_mark_is_known_for_ours_when_the_answer_is_long_forgotten(world: World, program: Program) -> None:
    one = program.ask(invoice_add("R-1"))
    world.update()
    world.clock.advance(days=20)
    drop_asked(database=world.database, clock=world.clock, checkpoint=lambda: None)
    assert program.caller.get(f"/requests/{one}").status_code == 404
    (txn,) = [txn for txn in world.books.invoices if txn.ref_number == "R-1"]
    Bookkeeper(world.books).change(txn, memo="seen")
    world.hand_in(invoice("i-9", number="9"))
    quiet(world)
    with world.database.reading() as db:
        assert holds_of(db, world.company(db).id) == []
        assert [item.work for item in open_work(db, world.company(db).id)] == []
