"""What random schedules of faults have found, each as small as it could be made."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from qbwc_server.documents.lifecycle import Reason, State
from qbwc_server.simulator import Break, Faults, WireFault
from tests.sessions.test_faults import run_until_quiet
from tests.sessions.world import World, invoice, losing, payment


def test_a_look_up_whose_answer_breaks_off_is_made_again(sqlite_world: World) -> None:
    world = sqlite_world
    world.hand_in(invoice("i-0", number="1"))
    world.update()
    world.hand_in(invoice("i-1", number="2"))
    world.update(losing("InvoiceAddRs"))
    assert len(world.books.invoices) == 2
    whole = world.books.process
    cut: list[str] = []

    def breaks_off_once(request: str) -> str:
        answer = whole(request)
        if "<InvoiceQueryRq" in request and not cut:
            cut.append(answer)
            return answer[: answer.index("</InvoiceRet>")]
        return answer

    world.books.process = breaks_off_once  # type: ignore[method-assign]
    run_until_quiet(world)
    assert cut
    assert world.row("i-1").state is State.POSTED
    assert len(world.books.invoices) == 2


def test_only_what_was_asked_for_can_be_missing(sqlite_world: World) -> None:
    world = sqlite_world
    for number in range(1, 5):
        world.hand_in(invoice(f"i-{number}", number=str(number)))
        world.update()
    world.hand_in(invoice("i-5", number="5"))
    # the question whether the newest three are still there is sent, and its answer comes a session later
    world.update_killed(Faults.of(WireFault(Break.KILLED_AFTER, "sendRequestXML", 1)))
    world.hand_in(invoice("i-4", number="4", amount="60.00"), revise=True)  # now another one belongs to the newest
    run_until_quiet(world)
    assert world.report().hold is None
    assert world.row("i-4").posted_total == 60


def test_a_payment_of_an_invoice_that_is_being_changed_meanwhile(sqlite_world: World) -> None:
    world = sqlite_world
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    world.hand_in(invoice("i-2", number="2"), payment("p-1", amount="60.00", pays={"i-1": "30.00", "i-2": "30.00"}))
    world.hand_in(invoice("i-1", number="1", amount="45.00"), revise=True)
    run_until_quiet(world)
    assert {row.state for row in world.rows(["i-1", "i-2", "p-1"])} == {State.POSTED}
    assert world.books.balance_of("Acme") == 15


def test_a_payment_whose_invoice_is_no_longer_on_its_way_fails_alone(sqlite_world: World) -> None:
    world = sqlite_world
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    world.hand_in(invoice("i-2", number="2"), payment("p-1", amount="60.00", pays={"i-1": "30.00", "i-2": "30.00"}))
    world.void("i-1")
    world.hand_in(invoice("i-3", number="3"))
    run_until_quiet(world)
    assert world.row("i-1").state is State.WITHDRAWN
    assert {row.state for row in world.rows(["i-2", "i-3"])} == {State.POSTED}
    row = world.row("p-1")
    assert (row.state, row.reason) == (State.FAILED, "named_not_posted")
    assert row.advice
    assert world.report().waiting == 0


def test_a_payment_whose_invoice_comes_to_another_total_in_quickbooks(sqlite_world: World) -> None:
    world = sqlite_world
    world.books.use_sales_tax()
    world.hand_in(
        invoice("i-1", number="1", total="99.00", sales_tax_item="Sales Tax"),
        payment("p-1", amount="30.00", pays={"i-1": "30.00"}),
    )
    run_until_quiet(world)
    assert any("by its source" in line for line in world.report().lines()), "the total was to be told"
    assert {row.state for row in world.rows(["i-1", "p-1"])} == {State.POSTED}


def test_a_pc_that_sleeps_with_a_set_and_executes_it_hours_later_is_not_hidden(sqlite_world: World) -> None:
    """No server can prevent this: a second PC has posted it by then. What it can do is say so."""
    world = sqlite_world
    world.hand_in(invoice("i-0", number="1"))
    world.update()
    world.hand_in(invoice("i-1", number="2"))
    execute = world.books.process
    second = world.new_connector(world.books)
    slept: list[str] = []

    def asleep(request: str) -> str:
        if "<InvoiceAddRq" in request and not slept:
            slept.append(request)
            for _ in range(3):
                world.clock.advance(hours=1)
                second.update()
            world.books.open()
        return execute(request)

    world.books.process = asleep  # type: ignore[method-assign]
    world.update()
    assert slept
    assert len(world.books.invoices) == 3
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.TWICE)
    assert all(str(one.txn_id) in (row.message or "") for one in world.books.invoices if one.ref_number == "2")


def test_no_statement_grows_with_what_waits_for_a_customer(sqlite_world: World) -> None:
    """PostgreSQL takes 65,535 values in one statement; beyond, every answer would fail, for ever."""
    world = sqlite_world
    many = 1_500
    world.options(create_customers=False)
    world.books.books.create("Customer", "There")
    for customer in ("There", "Missing"):
        world.hand_in(*(invoice(f"{customer}-{number}", customer=customer) for number in range(many)))
    counts: list[int] = []

    def look(_: Any, __: Any, ___: str, values: Any, ____: Any, executemany: bool) -> None:
        if not executemany:
            counts.append(len(values))

    event.listen(world.database.engine, "before_cursor_execute", look)
    world.update_killed(losing("ItemServiceAddRs", Break.KILLED_AFTER))
    assert world.report().documents == {State.SUBMITTED.value: many, State.FAILED.value: many}
    assert world.report().waiting == many
    assert max(counts) <= 1_010
