"""Lines that are put onto an invoice that somebody else wrote: S4-08 to S4-12 of the requirements for billing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from qbwc_server.documents.kinds import Document, read_document
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.open_work import Ended, OpenWork, WorkKind, end_work, open_work
from qbwc_server.posting.onto.sent_here import mark_sent
from qbwc_server.settings import Settings
from qbwc_server.simulator import Break, ConnectorKilled
from qbwc_server.simulator.bookkeeper import Bookkeeper
from qbwc_server.simulator.lists import Entry
from qbwc_server.simulator.shapes import Form
from qbwc_server.simulator.transactions import Transaction
from qbxml.messages.item import SalesOrPurchase
from tests.conftest import TurnableClock
from tests.sessions.world import BY, World, losing

BILLING_DAY = date(2026, 3, 2)
SEATS, BACKUP = "SEATS00000001", "BACKUP0000001"
UNTIL = datetime(2026, 3, 2, 23, 59, tzinfo=ZoneInfo("America/New_York"))


@pytest.fixture
def world(settings: Settings, clock: TurnableClock) -> Iterator[World]:
    made = World(settings, clock)
    person = Bookkeeper(made.books)
    person.add("Customer", "Acme", email="acme@example.com")
    service(person, "Seat", "12.00")
    service(person, "Backup", "5.00")
    service(person, "Support", "80.00")
    yield made
    made.database.engine.dispose()


def service(person: Bookkeeper, name: str, price: str) -> Entry:
    sold = SalesOrPurchase(price=Decimal(price), account=person.find("Account", "Sales").ref)
    return person.add("ItemService", name, sales_or_purchase=sold)


def onto(**changes: Any) -> dict[str, Any]:
    return {
        "first": BILLING_DAY,
        "last": date(2026, 4, 1),
        "billing_day": BILLING_DAY,
        "until": UNTIL,
        "items": ["Seat", "Backup"],
        **changes,
    }


def seats(quantity: str = "7", key: str = SEATS, **more: Any) -> dict[str, Any]:
    return {"item": "Seat", "description": "Seats, March", "quantity": Decimal(quantity), "key": key, **more}


def backup(quantity: str = "2", key: str = BACKUP, **more: Any) -> dict[str, Any]:
    return {"item": "Backup", "description": "Backup, March", "quantity": Decimal(quantity), "key": key, **more}


def billed(*lines: dict[str, Any], origin: str = "billing:1:2026-03-02:acme", **more: Any) -> Document:
    given = {"onto": onto(), "customer": "Acme", **more}
    return read_document(
        {"kind": "invoice", "origin": origin, "date": BILLING_DAY, "lines": list(lines or (seats(), backup())), **given}
    )


def recurring(world: World, *lines: dict[str, Any], **header: Any) -> Transaction:
    """An invoice as QuickBooks makes it from a recurring template: waits to be e-mailed."""
    given = {"customer": "Acme", "txn_date": BILLING_DAY, "is_to_be_emailed": True, "memo": "Monthly", **header}
    return Bookkeeper(world.books).enter("Invoice", lines=lines or (support(),), **given)


def support(**more: Any) -> dict[str, Any]:
    return {"item": "Support", "desc": "On site, as agreed by phone", "quantity": Decimal(1), **more}


def lines_of(txn: Transaction) -> list[tuple[Any, ...]]:
    """Item, description, quantity, amount and Other1 of each line."""
    return [
        (
            getattr(getattr(line, "item", None), "full_name", None),
            getattr(line, "desc", None),
            getattr(line, "quantity", None),
            getattr(line, "amount", None),
            getattr(line, "other1", None),
        )
        for line in txn.lines
    ]


def the_invoice(world: World) -> Transaction:
    (one,) = world.books.invoices
    return one


ORIGIN = "billing:1:2026-03-02:acme"
ON_SITE = ("Support", "On site, as agreed by phone", Decimal(1), Decimal("80.00"), None)
OUR_SEATS = ("Seat", "Seats, March", Decimal(7), Decimal("84.00"), SEATS)
OUR_BACKUP = ("Backup", "Backup, March", Decimal(2), Decimal("10.00"), BACKUP)


def test_lines_are_added_to_the_unsent_invoice_and_nothing_else_changes(world: World) -> None:
    txn = recurring(world)
    header = {name: value for name, value in txn.values.items() if name not in COMPUTED}
    world.hand_in(billed())
    world.update()
    row = world.row(ORIGIN)
    assert (row.state, row.txn_id) == (State.POSTED, txn.txn_id), row.message
    assert lines_of(the_invoice(world)) == [ON_SITE, OUR_SEATS, OUR_BACKUP]
    after = the_invoice(world)
    assert {name: value for name, value in after.values.items() if name not in COMPUTED} == header
    assert row.posted_total == Decimal("94.00")
    assert row.host == {"former": {}}


COMPUTED = {
    "time_modified",
    "edit_sequence",
    "subtotal",
    "balance_remaining",
    "sales_tax_total",
    "sales_tax_percentage",
}


def test_a_line_of_the_same_item_is_changed_in_place_and_keeps_its_rate(world: World) -> None:
    recurring(world, support(), {"item": "Seat", "desc": "Seats", "quantity": Decimal(5), "rate": Decimal("11.50")})
    line_id = the_invoice(world).lines[1].txn_line_id
    world.hand_in(billed())
    world.update()
    assert world.row(ORIGIN).state is State.POSTED, world.row(ORIGIN).message
    after = the_invoice(world)
    assert lines_of(after) == [ON_SITE, ("Seat", "Seats, March", Decimal(7), Decimal("80.50"), SEATS), OUR_BACKUP]
    assert after.lines[1].txn_line_id == line_id


def test_none_yet_waits_visibly_and_is_found_later_in_the_day(world: World) -> None:
    world.hand_in(billed())
    world.update()
    row = world.row(ORIGIN)
    assert (row.state, row.reason) == (State.SUBMITTED, "waits_for_invoice")
    assert "no unsent invoice of Acme" in (row.message or "")
    assert not world.books.invoices
    world.update()
    recurring(world)
    world.update()
    row = world.row(ORIGIN)
    assert (row.state, row.reason, row.message) == (State.POSTED, None, None)
    assert lines_of(the_invoice(world)) == [ON_SITE, OUR_SEATS, OUR_BACKUP]


def test_none_until_the_moment_becomes_an_invoice_of_its_own(world: World) -> None:
    world.hand_in(billed())
    world.update()
    world.clock.advance(days=1)
    world.update()
    row = world.row(ORIGIN)
    assert (row.state, row.host) == (State.POSTED, None), row.message
    assert lines_of(the_invoice(world)) == [OUR_SEATS, OUR_BACKUP]
    assert the_invoice(world).txn_date == BILLING_DAY


def test_none_until_the_moment_is_reported(world: World) -> None:
    world.hand_in(billed(onto=onto(no_invoice="report")))
    world.update()
    world.clock.advance(days=1)
    world.update()
    row = world.row(ORIGIN)
    assert (row.state, row.reason) == (State.FAILED, "no_invoice")
    assert not world.books.invoices
    recurring(world)
    world.submit(ORIGIN)
    world.update()
    assert world.row(ORIGIN).state is State.POSTED


def test_taken_back_the_invoice_is_as_it_was(world: World) -> None:
    recurring(world, support(), {"item": "Seat", "desc": "Seats", "quantity": Decimal(5), "rate": Decimal("11.50")})
    before = [vars(line) for line in the_invoice(world).lines]
    world.hand_in(billed())
    world.update()
    assert [vars(line) for line in the_invoice(world).lines] != before
    world.void(ORIGIN)
    world.update()
    assert world.row(ORIGIN).state is State.WITHDRAWN, world.row(ORIGIN).message
    assert [vars(line) for line in the_invoice(world).lines] == before
    assert not the_invoice(world).is_void


def test_a_revision_changes_its_own_lines_only(world: World) -> None:
    recurring(world, support(), {"item": "Seat", "desc": "Seats", "quantity": Decimal(5), "rate": Decimal("11.50")})
    world.hand_in(billed())
    world.update()
    world.hand_in(billed(seats("9"), backup("3"), seats("1", "SEATS00000002", amount="6.00")), revise=True)
    world.update()
    assert world.row(ORIGIN).state is State.POSTED, world.row(ORIGIN).message
    assert lines_of(the_invoice(world)) == [
        ON_SITE,
        ("Seat", "Seats, March", Decimal(9), Decimal("103.50"), SEATS),
        ("Backup", "Backup, March", Decimal(3), Decimal("15.00"), BACKUP),
        ("Seat", "Seats, March", Decimal(1), Decimal("6.00"), "SEATS00000002"),
    ]
    world.hand_in(billed(backup("3")), revise=True)
    world.update()
    assert lines_of(the_invoice(world)) == [
        ON_SITE,
        ("Seat", "Seats", Decimal(5), Decimal("57.50"), None),
        ("Backup", "Backup, March", Decimal(3), Decimal("15.00"), BACKUP),
    ]


# -- which invoice -----------------------------------------------------------------------------------------------------


def test_the_most_recent_one_is_chosen(world: World) -> None:
    """S4-12: by its day, then by when it was entered."""
    recurring(world, txn_date=date(2026, 3, 5))
    wanted = recurring(world, txn_date=date(2026, 3, 20))
    world.clock.advance(minutes=1)
    wanted = recurring(world, txn_date=date(2026, 3, 20))
    recurring(world, txn_date=date(2026, 3, 12))
    before = [stated(one) for one in world.books.invoices if one is not wanted]
    world.hand_in(billed())
    world.update()
    assert world.row(ORIGIN).txn_id == wanted.txn_id
    assert [stated(one) for one in world.books.invoices if one.txn_id != wanted.txn_id] == before


def pay(world: World, txn: Transaction, amount: str) -> None:
    Bookkeeper(world.books).enter(
        "ReceivePayment",
        customer="Acme",
        total_amount=Decimal(amount),
        applied_to_txn_adds=(Form(txn_id=txn.txn_id, payment_amount=Decimal(amount)),),
    )


def send(world: World, txn: Transaction) -> None:
    Bookkeeper(world.books).change(txn, is_to_be_emailed=False, is_to_be_printed=False)


def mark(world: World, txn: Transaction, *, by_number: bool = False) -> None:
    with world.database.transaction() as db:
        invoice = f"#{txn.ref_number}" if by_number else txn.txn_id
        mark_sent(db, world.company(db).id, invoice, by=BY, now=world.clock())


UNFIT: dict[str, Callable[[World, Transaction], object]] = {
    "partly paid": lambda world, txn: pay(world, txn, "1.00"),
    "paid": lambda world, txn: pay(world, txn, "80.00"),
    "sent": send,
    "marked sent here": mark,
    "marked sent here by its number": lambda world, txn: mark(world, txn, by_number=True),
    "void": lambda world, txn: Bookkeeper(world.books).void(txn),
    "of a job": lambda world, txn: Bookkeeper(world.books).change(txn, customer="Acme:Roof"),
    "before the window": lambda world, txn: Bookkeeper(world.books).change(txn, txn_date=date(2026, 3, 1)),
    "after the window": lambda world, txn: Bookkeeper(world.books).change(txn, txn_date=date(2026, 4, 2)),
    "closed": lambda world, _: Bookkeeper(world.books).close_books(date(2026, 3, 15)),
}


@pytest.mark.parametrize("how", UNFIT)
def test_what_is_not_fit_is_never_touched(world: World, how: str) -> None:
    Bookkeeper(world.books).add("Customer", "Roof", parent="Acme", email="roof@example.com")
    txn = recurring(world, txn_date=date(2026, 3, 10))
    UNFIT[how](world, txn)
    before, entered = stated(txn), vars(txn)["values"].copy()
    world.hand_in(billed(date=date(2026, 3, 20), onto=onto(last=date(2026, 3, 31))))
    world.update()
    world.update()
    row = world.row(ORIGIN)
    assert (row.state, row.reason) == (State.SUBMITTED, "waits_for_invoice"), row.message
    assert stated(txn) == before
    assert txn.values == entered


def test_an_invoice_of_nothing_is_unsent_too(world: World) -> None:
    """f 12: an invoice of 0.00 counts as paid for QuickBooks."""
    txn = recurring(world, support(rate=Decimal(0)))
    world.hand_in(billed())
    world.update()
    assert (world.row(ORIGIN).state, world.row(ORIGIN).txn_id) == (State.POSTED, txn.txn_id)


def test_without_flags_an_invoice_is_unsent_only_by_the_other_rule(world: World) -> None:
    """f 2: strict or marked."""
    txn = recurring(world, is_to_be_emailed=False, is_to_be_printed=False)
    world.hand_in(billed())
    world.update()
    assert "counts as sent" in (world.row(ORIGIN).message or "")
    world.hand_in(billed(onto=onto(unsent="marked")), revise=True)
    world.update()
    assert world.row(ORIGIN).txn_id == txn.txn_id


# -- nothing else changes ----------------------------------------------------------------------------------------------


def rich(world: World) -> Transaction:
    """An invoice as bookkeepers write them: text, a group, a subtotal, a percentage, lines of our items."""
    person = Bookkeeper(world.books)
    books = world.books.books
    seat, support_item = person.find("ItemService", "Seat"), person.find("ItemService", "Support")
    members = ((seat.list_id, Decimal(1)), (support_item.list_id, Decimal(2)))
    books.create("ItemGroup", "Bundle", members=members)
    books.create("ItemSubtotal", "Subtotal")
    sales = person.find("Account", "Sales").ref
    books.create("ItemDiscount", "Loyal", values={"discount_rate_percent": Decimal(10), "account": sales})
    return recurring(
        world,
        {"desc": "As discussed on the phone:"},
        {"item_group": "Bundle", "quantity": Decimal(1)},
        {"item": "Seat", "desc": "written by hand", "quantity": Decimal(5), "rate": Decimal("11.50"), "other2": "x"},
        support(other1="PO 77"),
        {"item": "Subtotal"},
        {"item": "Loyal"},
        {"item": "Seat", "desc": "for the branch", "quantity": Decimal(2)},
        {"desc": "Thank you"},
    )


def told_kept(world: World) -> list[OpenWork]:
    """What a person has to look at on invoices that were found."""
    with world.database.reading() as db:
        return open_work(db, world.company(db).id, work=WorkKind.KEPT_ON_INVOICE)


def test_what_stays_is_open_work_until_a_person_dismisses_it(world: World) -> None:
    """Part f, mapped line with nothing to bill: kept and reported; told anew only when it is something else."""
    txn = rich(world)
    world.hand_in(billed())
    world.update()
    (item,) = told_kept(world)
    with world.database.transaction() as db:
        end_work(db, item.company_id, item.id, Ended.DISMISSED, by=BY, now=world.clock())
    world.hand_in(billed(seats("8"), backup()), revise=True)
    world.update()
    assert told_kept(world) == []
    Bookkeeper(world.books).add_line(txn, item="Seat", desc="one more", quantity=Decimal(1))
    world.hand_in(billed(seats("9"), backup()), revise=True)
    world.update()
    (again,) = told_kept(world)
    assert "one more" in again.message
    world.void(ORIGIN)
    world.update()
    assert told_kept(world) == []


def test_all_that_is_not_ours_stays_but_for_what_quickbooks_computes(world: World) -> None:
    """f 3: subtotals, percentages and totals may move, and nothing else."""
    txn = rich(world)
    before = [stated_line(line) for line in txn.lines]
    header = {name: value for name, value in txn.values.items() if name not in COMPUTED}
    world.hand_in(billed())
    world.update()
    row = world.row(ORIGIN)
    assert row.state is State.POSTED, row.message
    after = [stated_line(line) for line in txn.lines]
    assert [line["txn_line_id"] for line in after[:8]] == [line["txn_line_id"] for line in before]
    kept = [0, 1, 3, 6, 7]
    assert [after[n] for n in kept] == [before[n] for n in kept]
    for n in (4, 5):
        assert without_amount(after[n]) == without_amount(before[n])
    changed = {name for name in after[2] if after[2].get(name) != before[2].get(name)}
    assert changed == {"desc", "quantity", "amount", "other1"}
    assert [line.other1 for line in txn.lines[8:]] == [BACKUP]
    assert {name: value for name, value in txn.values.items() if name not in COMPUTED} == header
    notes = " ".join((row.notes or {})["notes"])
    assert "The group Bundle on the invoice holds an item that is billed" in notes
    assert "Another line of Seat stays on the invoice as it is" in notes
    (item,) = told_kept(world)
    assert (item.document_id, item.message.startswith(f"Invoice {txn.ref_number} of Acme: ")) == (row.id, True)
    assert all(sentence in item.message for sentence in (row.notes or {})["notes"])
    world.void(ORIGIN)
    world.update()
    assert world.row(ORIGIN).state is State.WITHDRAWN
    assert [stated_line(line) for line in txn.lines] == before


def test_a_line_with_nothing_to_bill_is_kept_and_told(world: World) -> None:
    txn = recurring(world, {"item": "Backup", "quantity": Decimal(3)}, support())
    before = stated(txn)
    world.hand_in(billed(seats()))
    world.update()
    assert stated(txn)[:2] == before
    assert "Nothing is billed for Backup" in " ".join((world.row(ORIGIN).notes or {})["notes"])


def test_a_flat_amount_is_no_number_of_seats(world: World) -> None:
    txn = recurring(world, {"item": "Seat", "desc": "flat", "rate": Decimal("50.00")})
    before = stated(txn)
    world.hand_in(billed(seats()))
    world.update()
    assert stated(txn)[:1] == before
    assert [line.other1 for line in txn.lines] == [None, SEATS]


def test_text_of_somebody_in_other1_stays(world: World) -> None:
    txn = recurring(world, {"item": "Seat", "quantity": Decimal(5), "other1": "PO 77"})
    world.hand_in(billed(seats()))
    world.update()
    assert [(line.quantity, line.other1) for line in txn.lines] == [(Decimal(7), "PO 77")]
    world.hand_in(billed(seats("8")), revise=True)
    world.update()
    assert [(line.quantity, line.other1) for line in txn.lines] == [(Decimal(8), "PO 77")]


def test_a_rate_that_we_compute_is_written_onto_a_line_that_is_taken_over(world: World) -> None:
    """What is prorated has a price of its own."""
    txn = recurring(world, {"item": "Seat", "quantity": Decimal(5), "rate": Decimal("11.50")})
    before = stated(txn)
    world.hand_in(billed(seats("5", rate="6.00")))
    world.update()
    assert [(line.quantity, line.rate, line.amount) for line in txn.lines] == [(5, Decimal("6.00"), Decimal("30.00"))]
    world.hand_in(billed(seats("8")), revise=True)
    world.update()
    assert [(line.quantity, line.rate, line.other1) for line in txn.lines] == [(8, Decimal("11.50"), SEATS)]
    world.void(ORIGIN)
    world.update()
    assert stated(txn) == before


def test_a_price_that_we_compute_is_written_onto_a_line_that_is_taken_over_and_given_back(world: World) -> None:
    txn = recurring(world, {"item": "Seat", "quantity": Decimal(5), "rate": Decimal("11.50")})
    before = stated(txn)
    world.hand_in(billed(seats("7", amount="46.06")))
    world.update()
    assert [(line.quantity, line.amount, line.other1) for line in txn.lines] == [(7, Decimal("46.06"), SEATS)]
    world.hand_in(billed(seats("8")), revise=True)
    world.update()
    assert [(line.quantity, line.rate, line.other1) for line in txn.lines] == [(8, Decimal("11.50"), SEATS)]
    world.void(ORIGIN)
    world.update()
    assert stated(txn) == before


# -- whatever breaks ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", ["InvoiceQueryRs", "InvoiceModRs"])
@pytest.mark.parametrize("kind", [Break.REQUEST_LOST, Break.ANSWER_LOST, Break.KILLED_BEFORE, Break.KILLED_AFTER])
def test_a_lost_answer_puts_no_line_twice(world: World, tag: str, kind: Break) -> None:
    txn = recurring(world, support(), {"item": "Seat", "desc": "Seats", "quantity": Decimal(5)})
    before = stated(txn)
    world.hand_in(billed())
    with suppress(ConnectorKilled):
        world.update(losing(tag, kind))
    for _ in range(3):
        world.update()
    row = world.row(ORIGIN)
    assert (row.state, row.reason) == (State.POSTED, None), row.message
    assert lines_of(txn) == [ON_SITE, OUR_SEATS, OUR_BACKUP]
    world.void(ORIGIN)
    with suppress(ConnectorKilled):
        world.update(losing("InvoiceModRs", kind))
    for _ in range(3):
        world.update()
    assert world.row(ORIGIN).state is State.WITHDRAWN, world.row(ORIGIN).message
    assert stated(txn) == before


def between(world: World, monkeypatch: pytest.MonkeyPatch, what: Callable[[], object]) -> None:
    """Somebody does something after the invoice was read, before it is changed."""
    process = world.books.process
    done: list[bool] = []

    def processed(request: str) -> str:
        if "<InvoiceModRq" in request and not done:
            done.append(True)
            what()
        return process(request)

    monkeypatch.setattr(world.books, "process", processed)


def test_somebody_edits_it_in_between(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    txn = recurring(world)
    between(world, monkeypatch, lambda: Bookkeeper(world.books).change_line(txn, 0, desc="Edited"))
    world.hand_in(billed())
    world.update()
    world.update()
    assert world.row(ORIGIN).state is State.POSTED, world.row(ORIGIN).message
    assert lines_of(txn) == [("Support", "Edited", *ON_SITE[2:]), OUR_SEATS, OUR_BACKUP]


@pytest.mark.parametrize("how", ["sent", "void", "of a job", "marked sent here"])
def test_it_is_not_fit_any_more_in_between(world: World, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    Bookkeeper(world.books).add("Customer", "Roof", parent="Acme", email="roof@example.com")
    txn = recurring(world, txn_date=date(2026, 3, 10))

    def what() -> None:
        UNFIT[how](world, txn)
        Bookkeeper(world.books).save_unchanged(txn)

    between(world, monkeypatch, what)
    world.hand_in(billed())
    world.update()
    world.update()
    row = world.row(ORIGIN)
    assert (row.state, row.reason, row.txn_id) == (State.SUBMITTED, "waits_for_invoice", None), row.message
    assert [line.txn_line_id for line in txn.lines] == [txn.lines[0].txn_line_id]
    other = recurring(world)
    world.update()
    assert (world.row(ORIGIN).state, world.row(ORIGIN).txn_id) == (State.POSTED, other.txn_id)


def test_what_was_sent_with_our_lines_is_not_changed_any_more(world: World) -> None:
    txn = recurring(world)
    world.hand_in(billed())
    world.update()
    send(world, txn)
    before = stated(txn)
    world.hand_in(billed(seats("9")), revise=True)
    world.update()
    row = world.row(ORIGIN)
    assert (row.state, row.reason) == (State.FAILED, "invoice_taken")
    assert "counts as sent" in (row.message or "")
    assert stated(txn) == before


def test_a_person_who_deletes_it_before_we_write_has_another_one_chosen(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    txn = recurring(world)
    between(world, monkeypatch, lambda: Bookkeeper(world.books).delete(txn))
    world.hand_in(billed())
    world.update()
    other = recurring(world)
    world.submit(ORIGIN) if world.row(ORIGIN).state is not State.SUBMITTED else None
    world.update()
    world.update()
    assert (world.row(ORIGIN).state, world.row(ORIGIN).txn_id) == (State.POSTED, other.txn_id), world.row(ORIGIN)
    assert lines_of(other) == [ON_SITE, OUR_SEATS, OUR_BACKUP]


def test_a_file_that_keeps_no_keys(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are known by their TxnLineIDs then, also after a lost answer."""
    process = world.books.process
    monkeypatch.setattr(
        world.books, "process", lambda request: process(re.sub(r"<Other1>[^<]*</Other1>|<Other1 ?/>", "", request))
    )
    txn = recurring(world, support(), {"item": "Seat", "desc": "Seats", "quantity": Decimal(5)})
    before = stated(txn)
    world.hand_in(billed())
    world.update(losing("InvoiceModRs", Break.REQUEST_LOST))
    world.update()
    world.update()
    without = [(*line[:4], None) for line in (ON_SITE, OUR_SEATS, OUR_BACKUP)]
    assert world.row(ORIGIN).state is State.POSTED, world.row(ORIGIN).message
    assert lines_of(txn) == without
    world.hand_in(billed(seats("8"), backup("2")), revise=True)
    world.update()
    assert [line.quantity for line in txn.lines] == [1, 8, 2]
    world.void(ORIGIN)
    world.update()
    assert stated(txn) == before


def stated(txn: Transaction) -> list[dict[str, Any]]:
    return [stated_line(line) for line in txn.lines]


def stated_line(line: Any) -> dict[str, Any]:
    """All that a line says; of a group, with its members."""
    return {
        name: [stated_line(one) for one in value] if isinstance(value, tuple) else value
        for name, value in vars(line).items()
        if value is not None
    }


def without_amount(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name != "amount"}
