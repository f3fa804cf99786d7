"""Our own database is restored, or a replica takes over that had not heard of everything: nothing is entered twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from bench.soak.stage import Rows, keep, put_back
from qbwc_server.books.holds import HoldKind, holds_of
from qbwc_server.documents.kinds import Document
from qbwc_server.documents.lifecycle import Reason, State
from qbwc_server.documents.open_work import Ended, OpenWork, WorkKind, end_work, open_work
from qbwc_server.simulator import Pc, WsgiTransport
from qbwc_server.simulator.bookkeeper import Bookkeeper
from qbwc_server.simulator.faults import CrashBefore
from tests.kinds_examples import example, furnish
from tests.sessions.odd_quickbooks import at_the_next_write, known_names, quickbooks_says, refusing
from tests.sessions.people import go_on, revise, say
from tests.sessions.world import BY, World, invoice, payment, receipt


def backup(world: World) -> Rows:
    return keep(world.database.engine)


def restore(world: World, rows: Rows) -> None:
    world.database.engine.dispose()
    put_back(world.database.engine, rows)
    world.restart()


def marks(world: World) -> Counter[str]:
    """How often the number of each transaction of ours stands in the file."""
    return Counter(str(txn.values.get("ref_number")) for txn in world.books.transactions)


def holds(world: World) -> list[HoldKind]:
    with world.database.reading() as db:
        return [hold.kind for hold in holds_of(db, world.company(db).id)]


def work(world: World) -> list[OpenWork]:
    with world.database.reading() as db:
        return open_work(db, world.company(db).id, limit=1000)


def unknown(world: World) -> list[str]:
    return [item.key for item in work(world) if item.work is WorkKind.UNKNOWN_MARK]


def twenty() -> list[Document]:
    return [
        *(invoice(f"i-{number}", number=f"I{number}") for number in range(10)),
        *(receipt(f"r-{number}", number=f"R{number}") for number in range(5)),
        *(payment(f"p-{number}", amount="30.00", pays={f"i-{number}": "30.00"}) for number in range(5)),
    ]


@pytest.mark.parametrize("anything", [True, False], ids=["something", "nothing"])
def test_what_was_sent_since_the_backup_is_not_sent_again(world: World, anything: bool) -> None:
    """Also where the backup was made before anything at all was written."""
    if anything:
        known_names(world)
    documents = twenty()
    world.hand_in(*documents)
    rows = backup(world)
    world.update()
    before = marks(world)
    restore(world, rows)
    report = world.update()
    assert holds(world) == [HoldKind.RESTORED_DATABASE]
    assert "older than the file" in report.status_line
    assert not world.report().healthy
    for _ in range(3):
        world.update()  # as long as nobody has looked
    go_on(world, repost=False)
    for _ in range(3):
        world.update()
    assert marks(world) == before
    assert {world.row(document.origin).state for document in documents} == {State.POSTED}
    assert holds(world) == []


def test_what_is_not_known_any_more_is_listed_and_brought_again_it_waits(world: World) -> None:
    known_names(world)
    rows = backup(world)
    world.hand_in(invoice("i-1", number="I1"), invoice("i-2"), receipt("r-1", number="R1"))
    world.update()
    before = marks(world)
    restore(world, rows)
    world.hand_in(invoice("other", number="X1", amount="12.00"))
    world.update()
    assert holds(world) == [HoldKind.RESTORED_DATABASE]
    booked = {txn.values.get("ref_number"): txn.txn_id for txn in world.books.invoices}
    assert booked["I1"] in unknown(world)
    go_on(world, repost=False)
    world.hand_in(invoice("i-1", number="I1"), invoice("i-2"))
    assert [(world.row(one).state, world.row(one).reason) for one in ("i-1", "i-2")] == [
        (State.HELD, Reason.OUTCOME_UNKNOWN)
    ] * 2
    world.update()
    assert marks(world) == before + Counter(["X1"])


def test_a_person_says_which_it_is_or_that_it_is_none(world: World) -> None:
    known_names(world)
    rows = backup(world)
    world.hand_in(invoice("i-1", number="I1"), invoice("i-2", number="I2"))
    world.update()
    booked = {txn.values["ref_number"]: txn.txn_id for txn in world.books.invoices}
    restore(world, rows)
    world.hand_in(invoice("other", number="X1", amount="12.00"))
    world.update()
    go_on(world, repost=False)
    world.hand_in(invoice("i-1", number="I1"), invoice("i-2", number="I2"))
    say(world, "i-1", booked["I1"])
    say(world, "i-2", None)  # the person is wrong, and it is the person's own word
    for _ in range(3):
        world.update()
    assert (world.row("i-1").state, world.row("i-1").txn_id) == (State.POSTED, booked["I1"])
    assert world.row("i-2").state is State.POSTED
    assert unknown(world) == []
    assert marks(world)["I1"] == 1


def test_marks_of_other_programs_are_none_of_ours(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="I1"))
    world.update()
    guid = UUID("6f1f2a30-4d5b-4c39-9a53-2f0a8f4b7c11")  # version 4
    for txn in world.books.invoices:
        txn.values["external_guid"] = guid
        txn.rendered.clear()
    world.hand_in(invoice("i-2", number="I2"))
    world.update()
    assert holds(world) == []
    assert world.row("i-2").state is State.POSTED


def test_a_change_since_the_backup_is_noticed_when_it_is_changed_again(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="I1"))
    world.update()
    rows = backup(world)
    revise(world, invoice("i-1", number="I1", memo="second"))
    world.update()
    restore(world, rows)
    revise(world, invoice("i-1", number="I1", memo="third"))
    world.update()
    (found,) = [item for item in work(world) if item.work is WorkKind.EDITED_IN_QUICKBOOKS]
    assert "second" in found.message
    (txn,) = [txn for txn in world.books.invoices if txn.values["ref_number"] == "I1"]
    assert txn.values["memo"] == "third"


def test_restored_to_before_anything_was_sent(world: World) -> None:
    known_names(world)
    rows = backup(world)
    documents = twenty()
    world.hand_in(*documents)
    world.update()
    before = marks(world)
    restore(world, rows)
    world.hand_in(*documents)  # the sources bring it all again before anybody has called
    for _ in range(2):
        world.update()
    assert holds(world) == [HoldKind.RESTORED_DATABASE]
    assert marks(world) == before
    go_on(world, repost=False)
    for _ in range(3):
        world.update()
    assert marks(world) == before
    for document in documents:
        row = world.row(document.origin)
        assert (row.state, row.reason) == (State.HELD, Reason.OUTCOME_UNKNOWN), document.origin


def untold(code: int) -> Callable[[str, Callable[[str], str]], str]:
    """A QuickBooks that is asked what was changed since a moment, and says this instead, or nothing."""

    def respond(request: str, quickbooks: Callable[[str], str]) -> str:
        answer = quickbooks(request)
        for found in re.findall(
            r'<(\w+)QueryRq requestID="([^"]*)"[^>]*>(?:(?!QueryRq).)*<ModifiedDateRangeFilter>', request
        ):
            said = f'<{found[0]}QueryRs requestID="{found[1]}" statusCode="{code}" statusSeverity="Info" />'
            answer = re.sub(
                rf'<{found[0]}QueryRs requestID="{found[1]}"(?:[^>]*/>|.*?</{found[0]}QueryRs>)',
                said,
                answer,
                flags=re.DOTALL,
            )
        return answer

    return respond


@pytest.mark.parametrize("code", [0, 1000, 3120, 3260])
@pytest.mark.parametrize("begun", [True, False], ids=["in the middle", "before anything"])
def test_restored_and_quickbooks_does_not_tell_its_marks(world: World, code: int, begun: bool) -> None:
    known_names(world)
    if begun:
        world.hand_in(invoice("i-old", number="old"))
        world.update()
    rows = backup(world)
    documents = twenty()
    world.hand_in(*documents[:12])
    world.update()
    before = marks(world)
    restore(world, rows)
    undo = quickbooks_says(world, untold(code))
    world.hand_in(*documents)
    for _ in range(14):
        world.clock.advance(minutes=10)
        world.update()
    assert {number: count for number, count in marks(world).items() if count > before.get(number, 1)} == {}
    settled = (State.POSTED, State.HELD)
    assert {world.row(one.origin).state for one in documents[:12]} == {State.HELD}  # each may be the one that is there
    assert {world.row(one.origin).state for one in documents} <= {*settled, State.SUBMITTED}
    undo()
    world.clock.advance(days=2)
    for _ in range(3):
        world.update()
    assert {number: count for number, count in marks(world).items() if count > before.get(number, 1)} == {}


def once(world: World, number: str) -> bool:
    return marks(world)[number] == 1


def go_on_and_quiet(world: World) -> None:
    world.update()
    assert holds(world) == [HoldKind.RESTORED_DATABASE]
    go_on(world, repost=False)
    for _ in range(3):
        world.update()


@pytest.mark.parametrize("changed", [{"memo": "new"}, {"number": "I2"}, {"customer": "Shop", "number": "I2"}])
def test_what_was_queued_then_and_revised_since_waits(world: World, changed: dict[str, str]) -> None:
    """The request that entered it is not known, and the one that is known never left."""
    known_names(world)
    world.hand_in(invoice("i-1", number="I1"))
    rows = backup(world)
    revise(world, invoice("i-1", **{"number": "I1", **changed}))
    world.update()
    before = marks(world)
    restore(world, rows)
    go_on_and_quiet(world)
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.OUTCOME_UNKNOWN)
    assert marks(world) == before
    say(world, "i-1", unknown(world)[0])
    assert world.row("i-1").txn_id == world.books.invoices[-1].txn_id


@pytest.mark.parametrize("changed", [{"memo": "second"}, {"amount": "99.00"}, {"number": "I2"}])
@pytest.mark.parametrize("kind", ["invoice", "receipt"])
def test_what_was_revised_since_and_is_named_by_a_person_is_not_taken_for_what_it_says_now(
    world: World, kind: str, changed: dict[str, str]
) -> None:
    """Our mark says which document it is, not that it holds what the document says by now."""
    known_names(world)
    make = {"invoice": invoice, "receipt": receipt}[kind]
    world.hand_in(make("i-1", number="I1"))
    rows = backup(world)
    world.update()
    restore(world, rows)
    revise(world, make("i-1", **{"number": "I1", **changed}))
    go_on_and_quiet(world)
    before, standing = marks(world).total(), world.books.transactions[-1]
    say(world, "i-1", standing.txn_id)
    world.update()
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.CHANGED_MEANWHILE)
    assert not world.report().healthy
    world.submit("i-1")
    world.update()
    assert world.row("i-1").state is State.POSTED
    assert marks(world).total() == before
    value = next(iter(changed.values()))
    shown = {standing.values.get("memo"), standing.values.get("ref_number"), str(standing.total)}
    assert any(value in str(one) for one in shown)


def test_what_a_person_edited_and_then_named_is_told(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="I1"))
    rows = backup(world)
    world.update()
    restore(world, rows)
    revise(world, invoice("i-1", number="I1", memo="second"))
    revise(world, invoice("i-1", number="I1"))
    go_on_and_quiet(world)
    standing = world.books.transactions[-1]
    world.clock.advance(seconds=10)
    Bookkeeper(world.books).change(standing, po_number="by Ann")
    say(world, "i-1", standing.txn_id)
    world.update()
    assert world.row("i-1").state is State.POSTED
    assert [item.work for item in work(world)].count(WorkKind.EDITED_IN_QUICKBOOKS) == 1
    assert standing.values["po_number"] == "by Ann"


def test_what_was_refused_and_submitted_again_since_waits(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="I1"))
    rows = backup(world)
    undo = quickbooks_says(world, refusing("InvoiceAdd", 3210))
    world.update()
    undo()
    world.submit("i-1")
    world.update()
    restore(world, rows)
    go_on_and_quiet(world)
    assert once(world, "I1")
    assert world.row("i-1").state is State.HELD


def test_what_was_on_its_way_then_and_revised_since_waits(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="I1"))
    kept: list[Rows] = []

    def respond(request: str, quickbooks: Callable[[str], str]) -> str:
        if "<InvoiceAddRq" in request and not kept:
            kept.append(backup(world))
        return quickbooks(request)

    undo = quickbooks_says(world, respond)
    at_the_next_write(world, CrashBefore())
    world.update()
    undo()
    stop = quickbooks_says(world, refusing("InvoiceAdd", 3210))
    world.update()
    stop()
    revise(world, invoice("i-1", number="I2"))
    world.update()
    assert once(world, "I2")
    restore(world, kept[0])
    go_on_and_quiet(world)
    assert marks(world)["I1"] + marks(world)["I2"] == 1


def test_a_kind_that_was_forgotten_is_asked_for_when_it_comes_in_the_middle_of_a_session(world: World) -> None:
    known_names(world)
    furnish(world.books)
    world.update()
    rows = backup(world)
    order = example("purchase_order")
    world.hand_in(order)
    world.update()
    before = len(world.books.transactions_of("PurchaseOrder"))
    restore(world, rows)
    world.hand_in(invoice("i-1", number="I1"))
    brought: list[str] = []

    def respond(request: str, quickbooks: Callable[[str], str]) -> str:
        if not brought:
            brought.append(request)
            world.hand_in(order)
        return quickbooks(request)

    undo = quickbooks_says(world, respond)
    world.update()
    undo()
    assert holds(world) == [HoldKind.RESTORED_DATABASE]
    go_on(world, repost=False)
    for _ in range(3):
        world.update()
    assert len(world.books.transactions_of("PurchaseOrder")) == before


@pytest.mark.parametrize("ahead", [timedelta(minutes=30), timedelta(days=1), timedelta(days=-1)])
def test_the_clocks_of_two_pcs(world: World, ahead: timedelta) -> None:
    """What the one wrote after the backup has an earlier time than what the other wrote before."""
    known_names(world)
    first, second = Pc(world.books, clock_offset=ahead), Pc(world.books)
    connector = world.new_connector(first, WsgiTransport(world.app))
    world.hand_in(*(invoice(f"a-{number}", number=f"A{number}") for number in range(12)))
    world.clock.advance(minutes=10)
    connector.update()
    world.hand_in(invoice("b-1", number="B1"))
    rows = backup(world)
    world.clock.advance(minutes=10)
    world.new_connector(second, WsgiTransport(world.app)).update()
    assert once(world, "B1")
    restore(world, rows)
    for _ in range(3):
        world.clock.advance(minutes=10)
        world.new_connector(second, WsgiTransport(world.app)).update()
    assert once(world, "B1")
    assert world.row("b-1").state is State.POSTED


def test_a_list_that_was_tidied_up_lets_nothing_in(world: World) -> None:
    """Somebody has called it done; nobody has said which document it is."""
    known_names(world)
    rows = backup(world)
    world.hand_in(invoice("i-1", number="I1"))
    world.update()
    restore(world, rows)
    world.hand_in(invoice("other", number="X1", amount="12.00"))
    world.update()
    with world.database.transaction() as db:
        company = world.company(db)
        for item in open_work(db, company.id):
            end_work(db, company.id, item.id, Ended.DONE, by=BY, now=world.clock())
    go_on(world, repost=False)
    world.hand_in(invoice("i-1", number="I1"))
    world.update()
    assert world.row("i-1").state is State.HELD
    say(world, "i-1", None)
    world.update()
    assert world.row("i-1").state is State.POSTED  # the person has said that it is none of them


def test_without_a_number_it_is_known_by_what_is_before_tax_too(world: World) -> None:
    known_names(world)
    world.books.use_sales_tax("Sales Tax", Decimal("8.25"))
    world.options(sales_tax_item="Sales Tax")
    rows = backup(world)
    world.hand_in(invoice("i-1"))
    world.update()
    before = len(world.books.invoices)
    restore(world, rows)
    world.hand_in(invoice("other", number="X1", amount="12.00"))
    world.update()
    go_on(world, repost=False)
    world.hand_in(invoice("i-1"))
    for _ in range(3):
        world.update()
    assert world.row("i-1").state is State.HELD
    assert len(world.books.invoices) == before + 1
