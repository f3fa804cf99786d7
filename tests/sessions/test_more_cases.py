"""More cases of what was once a hole: strangers at the door, names that are one, ways out, holds, proofs."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import func, select

from qbwc_server.books.holds import HoldKind, holds_of, pause
from qbwc_server.documents.kinds import Document, read_document
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.open_work import WorkKind
from qbwc_server.posting.people.resume import resume
from qbwc_server.simulator.bookkeeper import Bookkeeper
from qbwc_server.simulator.company_file import CompanyFile
from qbwc_server.tenancy.models import LoginFailures
from tests.sessions.odd_quickbooks import known_names, quiet
from tests.sessions.test_attacks import at_a_write
from tests.sessions.test_closing_date import DAY, close, held
from tests.sessions.test_looking_again import look
from tests.sessions.test_new_password import renew
from tests.sessions.test_taking_a_void_back import take_back
from tests.sessions.test_totals_and_edits import work
from tests.sessions.wire import Wire
from tests.sessions.world import BY, World, invoice, payment


def posted(world: World, *origins: str) -> bool:
    return all(row.state is State.POSTED for row in world.rows(origins))


# -- at the door ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first_login", [True, False])
def test_guesses_from_the_very_network_of_the_connector_keep_it_out_of_nothing(world: World, first_login: bool) -> None:
    """A shop behind one address: its till guesses, its Web Connector works."""
    if first_login:
        world.hand_in(invoice("i-1", number="1"))
        world.update()
    till, connector = Wire(world, address="203.0.113.9"), Wire(world, address="203.0.113.9")
    for number in range(40):
        assert till.authenticate(password=f"guess {number}")[0] == ""
    world.clock.advance(minutes=20)
    world.hand_in(invoice("i-2", number="2"))
    ticket = connector.login()
    assert connector.finish(ticket)[-1] == 100
    assert posted(world, "i-2")


@pytest.mark.parametrize("said", ["x" * 20_000, "東京" * 3_000, "a\x85b" * 3_000])
def test_what_strangers_say_takes_no_room(world: World, said: str) -> None:
    stranger = Wire(world, address="198.51.100.4")
    for number in range(5):
        assert stranger.authenticate(user=f"{said}{number}", password=said)[0] == ""
        assert stranger.authenticate(password=f"{said}{number}")[0] == ""
    with world.database.reading() as db:
        rows = db.scalar(select(func.count()).select_from(LoginFailures)) or 0
        longest = db.scalar(select(func.max(func.length(LoginFailures.key)))) or 0
    assert rows <= 15
    assert longest <= 32
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    assert posted(world, "i-1")


def test_a_password_that_is_changed_twice_while_a_set_is_out(world: World) -> None:
    world.hand_in(invoice("i-1", number="1"))
    wire = Wire(world)
    ticket, request = at_a_write(wire)
    answer = wire.quickbooks(request)
    renew(world)
    world.password = renew(world)
    world.connector = world.new_connector(world.books)
    assert wire.receive(ticket, answer) < 0
    quiet(world)
    assert posted(world, "i-1")
    assert len(world.books.invoices) == 1


def test_the_session_of_an_old_password_keeps_the_new_one_out_of_nothing(world: World) -> None:
    world.hand_in(invoice("i-1", number="1"))
    old = Wire(world)
    old.login()
    world.password = renew(world)
    new = Wire(world)
    ticket = new.login()
    assert new.finish(ticket)[-1] == 100
    assert posted(world, "i-1")


# -- what is one ------------------------------------------------------------------------------------------------------


def test_one_order_by_two_imports_at_once_is_entered_once(world: World) -> None:
    """In capitals, and for a customer in capitals: for QuickBooks it is the same."""
    start = Barrier(2, timeout=60)

    def bring(document: Document) -> None:
        start.wait()
        world.hand_in(document)

    both = [invoice("file", number="ab-1"), invoice("api", number="AB-1", customer="ACME")]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(bring, both))
    world.update()
    states = sorted(row.state for row in world.rows(["file", "api"]))
    assert states == [State.FOR_REVIEW, State.POSTED]
    assert len(world.books.invoices) == 1


def test_three_imports_of_the_same_files_at_once(world: World) -> None:
    files = [[invoice(f"o-{number}", number=str(number)) for number in range(5)] for _ in range(3)]
    start = Barrier(3, timeout=60)

    def bring(documents: Sequence[Document]) -> None:
        start.wait()
        world.hand_in(*documents)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(bring, files))
    world.update()
    assert posted(world, *(f"o-{number}" for number in range(5)))
    assert len(world.books.invoices) == 5


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Acme Inc", "Acme\u00a0Inc"),
        ("Acme\u00a0Inc", "Acme Inc"),
        ("Acme Inc", "Acme\u2009Inc"),
        ("Acme", "Ac\u200bme"),
        ("Acme", "\uff21cme"),
    ],
    ids=["no-break space", "and back", "thin space", "zero width", "full width"],
)
def test_names_that_look_the_same_are_a_question(world: World, first: str, second: str) -> None:
    world.hand_in(invoice("a", number="1", customer=first))
    world.update()
    world.hand_in(invoice("b", number="2", customer=second))
    world.update()
    assert posted(world, "a")
    assert (world.row("b").state, world.row("b").reason) == (State.FOR_REVIEW, "names_fall_together")
    world.submit("b")
    world.update()
    assert posted(world, "b")
    assert [one.full_name for one in world.books.customers] == [first.replace("\u00a0", " ")]


def test_names_that_differ_stay_two(world: World) -> None:
    world.hand_in(invoice("a", number="1", customer="Straße 9"), invoice("b", number="2", customer="Strasse 9"))
    world.update()
    assert posted(world, "a", "b")
    assert len(world.books.customers) == 2


def test_vendors_that_become_one_are_a_question(world: World) -> None:
    def bill(origin: str, vendor: str) -> Document:
        lines = [{"account": "Rent Expense", "amount": "30.00"}]
        return read_document(
            {"kind": "bill", "origin": origin, "date": "2026-03-02", "vendor": vendor, "expenses": lines}
        )

    Bookkeeper(world.books).add("Vendor", "Lukasz")
    world.hand_in(bill("a", "Lukasz"), bill("b", "Łukasz"))
    quiet(world)
    assert posted(world, "a")
    assert (world.row("b").state, world.row("b").reason) == (State.FOR_REVIEW, "names_fall_together")
    world.submit("b")
    quiet(world)
    assert posted(world, "b")


# -- ways out ---------------------------------------------------------------------------------------------------------


def test_a_void_that_the_closing_date_holds_is_taken_back_and_the_document_revised(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    close(world, DAY)
    world.void("i-1")
    world.update()
    assert held(world, "i-1")
    take_back(world, "i-1")
    assert posted(world, "i-1")
    close(world, None)
    world.hand_in(invoice("i-1", number="1", memo="second"), revise=True)
    for _ in range(2):
        if held(world, "i-1"):
            world.submit("i-1")
        world.update()
    assert posted(world, "i-1")
    assert [txn.values.get("memo") for txn in world.books.invoices if txn.ref_number == "1"] == ["second"]


def test_a_payment_whose_invoice_somebody_voided_is_corrected(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1"), invoice("i-2", number="2"))
    world.update()
    one = next(txn for txn in world.books.invoices if txn.ref_number == "1")
    Bookkeeper(world.books).void(one)
    world.hand_in(payment("p-1", amount="30.00", pays={"i-1": "30.00"}))
    world.update()
    assert world.row("p-1").state is State.FAILED
    assert not world.report().healthy
    world.hand_in(payment("p-1", amount="30.00", pays={"i-2": "30.00"}), revise=True)
    quiet(world)
    assert posted(world, "p-1")
    assert len(world.books.payments) == 1


# -- holds, proofs ----------------------------------------------------------------------------------------------------


def standing(world: World) -> list[HoldKind]:
    with world.database.reading() as db:
        return [hold.kind for hold in holds_of(db, world.company(db).id)]


def test_who_paused_and_finds_another_file_open_writes_to_neither(world: World) -> None:
    known_names(world)
    with world.database.transaction() as db:
        pause(db, world.company(db).id, by=BY, now=world.clock())
    world.hand_in(invoice("i-1", number="1"))
    other = CompanyFile("Somebody else", path="C:\\QuickBooks\\other.qbw", now=world.clock)
    stranger = world.new_connector(other)
    world.clock.advance(minutes=10)
    stranger.update()
    assert other.executed_writes == 0
    assert HoldKind.PAUSED in standing(world)
    world.update()  # the right one is open again
    assert standing(world) == [HoldKind.PAUSED]
    assert world.row("i-1").state is State.SUBMITTED
    with world.database.transaction() as db:
        resume(db, world.company(db), repost=True, by=BY, now=world.clock())
    world.update()
    assert posted(world, "i-1")
    assert other.executed_writes == 0


def test_the_proof_of_a_void_shows_what_was_read_before(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    world.void("i-1")
    world.update()
    proof = world.proof("i-1")
    read = [one for one in proof.requests if one.purpose == "read_for_change"]
    assert len(read) == 1
    assert [one["to"] for one in proof.history][-1] == "withdrawn"
    assert [one.message for one in proof.requests][-1] == "TxnVoid"


def test_a_payment_that_somebody_deleted_is_told(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1"), payment("p-1", amount="30.00", pays={"i-1": "30.00"}))
    quiet(world)
    assert posted(world, "i-1", "p-1")
    world.clock.advance(days=3)
    Bookkeeper(world.books).delete(world.books.payments[0])
    look(world)
    assert [(one.work, one.document_id) for one in work(world)] == [
        (WorkKind.GONE_FROM_QUICKBOOKS, world.row("p-1").id)
    ]
    assert not world.report().healthy


def test_a_customer_that_was_merged_into_that_of_another_document_doubles_nothing(world: World) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1", customer="Best"), invoice("i-2", number="2"))
    world.update()
    world.clock.advance(minutes=5)
    Bookkeeper(world.books).merge("Customer", "Best", "Acme")
    world.hand_in(invoice("i-1", number="1", customer="Best", amount="31.00"), revise=True)
    quiet(world)
    assert world.row("i-1").state is State.FAILED
    assert sorted(one.full_name for one in world.books.customers) == ["Acme", "Shop"]
    one = next(txn for txn in world.books.invoices if txn.ref_number == "1")
    assert one.total == Decimal("30.00")
    assert not world.report().healthy
