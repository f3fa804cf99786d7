"""Lines on an invoice of somebody else, afterwards: edits, looks in the background, restored copies, two documents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from bench.soak.stage import keep, put_back
from qbwc_server.documents.kinds import Document
from qbwc_server.documents.lifecycle import NotNow, State
from qbwc_server.documents.open_work import OpenWork, WorkKind, open_work
from qbwc_server.posting.same_file.looking_again import ask_again
from qbwc_server.settings import Settings
from qbwc_server.simulator import Break
from qbwc_server.simulator.bookkeeper import Bookkeeper
from qbwc_server.simulator.transactions import Transaction
from tests.conftest import TurnableClock
from tests.sessions.people import go_on, revise, say
from tests.sessions.test_onto_invoices import (
    BACKUP,
    ON_SITE,
    ORIGIN,
    OUR_BACKUP,
    OUR_SEATS,
    SEATS,
    UNTIL,
    backup,
    billed,
    lines_of,
    onto,
    recurring,
    seats,
    send,
    stated,
    support,
    the_invoice,
)
from tests.sessions.test_onto_invoices import world as made_world
from tests.sessions.world import World, invoice, losing

world = made_world


@pytest.fixture
def posted(world: World) -> World:
    """Our lines stand on the invoice, some days ago: one was taken over, one was added."""
    recurring(world, support(), {"item": "Seat", "desc": "Seats", "quantity": Decimal(5)})
    world.hand_in(billed())
    world.update()
    assert world.row(ORIGIN).state is State.POSTED, world.row(ORIGIN).message
    world.clock.advance(days=3)
    return world


def look(world: World) -> None:
    with world.database.transaction() as db:
        ask_again(db, world.company(db), now=world.clock())
    for _ in range(3):
        world.update()


def work(world: World) -> list[OpenWork]:
    with world.database.reading() as db:
        return open_work(db, world.company(db).id)


def theirs(world: World) -> list[Callable[[Transaction], object]]:
    """What people do to their own part of the invoice."""
    person = Bookkeeper(world.books)
    return [
        lambda txn: person.change_line(txn, 0, desc="Edited", quantity=Decimal(3)),
        lambda txn: person.add_line(txn, item="Support", quantity=Decimal(1)),
        lambda txn: person.add_line(txn, 0, desc="Dear customer"),
        lambda txn: person.change(txn, memo="another", ref_number="77", txn_date=date(2026, 3, 9)),
        lambda txn: person.reorder_lines(txn, reversed(range(len(txn.lines)))),
        lambda txn: send(world, txn),
    ]


@pytest.mark.parametrize("number", range(6))
def test_what_people_do_to_their_own_lines_is_no_alarm(posted: World, number: int) -> None:
    theirs(posted)[number](the_invoice(posted))
    look(posted)
    assert [one.message for one in work(posted)] == []
    assert posted.row(ORIGIN).state is State.POSTED


def ours(world: World) -> list[Callable[[Transaction], object]]:
    """What people do to our lines."""
    person = Bookkeeper(world.books)
    return [
        lambda txn: person.change_line(txn, 1, quantity=Decimal(3)),
        lambda txn: person.change_line(txn, 2, desc="something else"),
        lambda txn: person.change_line(txn, 2, rate=Decimal("1.00")),
        lambda txn: person.remove_line(txn, 2),
    ]


@pytest.mark.parametrize("number", range(4))
def test_what_people_do_to_our_lines_is_shown(posted: World, number: int) -> None:
    ours(posted)[number](the_invoice(posted))
    look(posted)
    (told,) = work(posted)
    assert told.work is WorkKind.EDITED_IN_QUICKBOOKS
    assert told.document_id == posted.row(ORIGIN).id


@pytest.mark.parametrize("number", range(5))
def test_a_revision_after_edits_keeps_what_people_made_of_their_part(posted: World, number: int) -> None:
    txn = the_invoice(posted)
    theirs(posted)[number](txn)
    before = {line["txn_line_id"]: line for line in stated(txn) if line.get("other1") not in (SEATS, BACKUP)}
    revise(posted, billed(seats("9"), backup("3")))
    posted.update()
    assert posted.row(ORIGIN).state is State.POSTED, posted.row(ORIGIN).message
    after = {line["txn_line_id"]: line for line in stated(txn) if line.get("other1") not in (SEATS, BACKUP)}
    assert after == before
    assert {line.other1: line.quantity for line in txn.lines if getattr(line, "other1", None)} == {SEATS: 9, BACKUP: 3}
    assert [one.message for one in work(posted)] == []


def test_voided_or_deleted_by_people_it_is_withdrawn_here(posted: World) -> None:
    Bookkeeper(posted.books).void(the_invoice(posted))
    look(posted)
    assert posted.row(ORIGIN).state is State.WITHDRAWN
    assert [one.work for one in work(posted)] == [WorkKind.GONE_FROM_QUICKBOOKS]
    look(posted)
    assert len(work(posted)) == 1


def test_lines_that_somebody_writes_again_after_they_were_taken_back_are_shown(posted: World) -> None:
    posted.void(ORIGIN)
    posted.update()
    posted.clock.advance(days=3)
    look(posted)
    assert [one.message for one in work(posted)] == []
    Bookkeeper(posted.books).add_line(the_invoice(posted), item="Seat", quantity=Decimal(7), other1=SEATS)
    posted.clock.advance(days=31)
    look(posted)
    assert [one.work for one in work(posted)] == [WorkKind.EDITED_IN_QUICKBOOKS]


def test_what_is_not_written_yet_can_be_left_out(world: World) -> None:
    world.hand_in(billed())
    world.update()
    world.exclude(ORIGIN)
    txn = recurring(world)
    world.update()
    assert lines_of(txn) == [ON_SITE]
    assert world.row(ORIGIN).state is State.EXCLUDED


def test_what_stands_on_the_invoice_cannot_be_left_out_but_taken_back(posted: World) -> None:
    with pytest.raises(NotNow):
        posted.exclude(ORIGIN)


# -- restored copies ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("repost", [True, False])
def test_an_older_copy_of_the_file_is_noticed_and_a_person_says_what_becomes_of_the_lines(
    world: World, repost: bool
) -> None:
    recurring(world)
    copy = world.books.backup()
    world.hand_in(billed())
    world.update()
    world.update()
    world.books.restore(copy)
    world.hand_in(invoice("i-3", number="3", customer="Beta"))
    assert "older backup" in world.update().status_line
    go_on(world, repost=repost)
    for _ in range(4):
        world.update()
    row = world.row(ORIGIN)
    assert row.state is State.HELD, row.message
    acme = world.books.invoices[0]
    assert lines_of(acme) == [ON_SITE]
    world.submit(ORIGIN)
    world.update()
    world.update()
    assert world.row(ORIGIN).state is State.POSTED, world.row(ORIGIN).message
    assert lines_of(acme) == [ON_SITE, OUR_SEATS, OUR_BACKUP]


def test_an_older_copy_without_the_invoice_has_another_one_chosen(world: World) -> None:
    copy = world.books.backup()
    recurring(world)
    world.hand_in(billed())
    world.update()
    world.update()
    world.books.restore(copy)
    other = recurring(world, support(desc="another"))
    world.hand_in(invoice("i-3", number="3", customer="Beta"))
    assert "older backup" in world.update().status_line
    go_on(world, repost=True)
    for _ in range(4):
        world.update()
    row = world.row(ORIGIN)
    other = next(one for one in world.books.invoices if one.txn_id == other.txn_id)
    assert (row.state, row.txn_id) == (State.POSTED, other.txn_id), row.message
    assert lines_of(other)[1:] == [OUR_SEATS, OUR_BACKUP]


@pytest.mark.parametrize("sent", [False, True])
def test_our_own_database_is_restored(settings: Settings, clock: TurnableClock, world: World, sent: bool) -> None:
    """The keys on the invoice tell that all is done, also where it was sent meanwhile."""
    txn = recurring(world, support(), {"item": "Seat", "desc": "Seats", "quantity": Decimal(5)})
    world.hand_in(billed())
    rows = keep(world.database.engine)
    world.update()
    before = lines_of(txn)
    assert before == [ON_SITE, OUR_SEATS, OUR_BACKUP]
    if sent:
        send(world, txn)
    world.database.engine.dispose()
    put_back(world.database.engine, rows)
    world.restart()
    world.update()
    world.update()
    row = world.row(ORIGIN)
    assert (row.state, row.txn_id) == (State.POSTED, txn.txn_id), row.message
    assert lines_of(txn) == before
    world.void(ORIGIN)  # what the line said before it was taken over is not known any more
    world.update()
    assert world.row(ORIGIN).state is State.FAILED
    assert lines_of(txn) == before


def test_our_own_database_is_restored_where_an_invoice_of_its_own_was_made(world: World) -> None:
    world.hand_in(billed())
    rows = keep(world.database.engine)
    world.clock.advance(days=1)
    world.update()
    assert len(world.books.invoices) == 1
    world.database.engine.dispose()
    put_back(world.database.engine, rows)
    world.restart()
    world.update()
    if world.report().holds:
        go_on(world, repost=True)
    world.update()
    world.update()
    assert len(world.books.invoices) == 1
    row = world.row(ORIGIN)
    assert row.state in (State.POSTED, State.HELD), row.message


# -- a person decides --------------------------------------------------------------------------------------------------


def in_doubt(world: World) -> Transaction:
    """The change was lost, and then somebody deletes the invoice: nobody knows what became of the lines."""
    txn = recurring(world)
    world.hand_in(billed())
    world.update(losing("InvoiceModRs", Break.REQUEST_LOST))
    Bookkeeper(world.books).delete(txn)
    world.update()
    row = world.row(ORIGIN)
    assert (row.state, row.reason) == (State.HELD, "outcome_unknown"), row.message
    return txn


def test_a_person_says_that_the_lines_are_nowhere(world: World) -> None:
    in_doubt(world)
    say(world, ORIGIN, None)
    other = recurring(world)
    world.update()
    world.update()
    row = world.row(ORIGIN)
    assert (row.state, row.txn_id) == (State.POSTED, other.txn_id), row.message
    assert lines_of(other) == [ON_SITE, OUR_SEATS, OUR_BACKUP]


def test_a_person_names_an_invoice_without_our_lines(world: World) -> None:
    in_doubt(world)
    other = recurring(world)
    before = stated(other)
    say(world, ORIGIN, other.txn_id)
    world.update()
    row = world.row(ORIGIN)
    assert row.state is State.HELD
    assert "with the keys of this document" in (row.message or "")
    assert stated(other) == before


# -- several documents -------------------------------------------------------------------------------------------------


def second(*lines: dict[str, object], **more: object) -> Document:
    given = lines or (seats("1", "OTHER00000001"),)
    return billed(*given, origin="billing:2:2026-03-02:acme", **more)


def test_two_documents_put_their_lines_onto_one_invoice(world: World) -> None:
    txn = recurring(world, support(), {"item": "Seat", "desc": "Seats", "quantity": Decimal(5)})
    before = stated(txn)
    world.hand_in(billed())
    world.update()
    world.hand_in(second())
    world.update()
    other = ("Seat", "Seats, March", Decimal(1), Decimal("12.00"), "OTHER00000001")
    assert lines_of(txn) == [ON_SITE, OUR_SEATS, OUR_BACKUP, other]
    assert world.row("billing:2:2026-03-02:acme").txn_id == world.row(ORIGIN).txn_id
    world.clock.advance(days=3)
    look(world)
    assert [one.message for one in work(world)] == []
    world.void(ORIGIN)
    world.update()
    assert [line.other1 for line in txn.lines] == [None, None, "OTHER00000001"]
    world.void("billing:2:2026-03-02:acme")
    world.update()
    assert stated(txn) == before


def test_both_at_once(world: World) -> None:
    txn = recurring(world)
    world.hand_in(billed(), second())
    world.update()
    world.update()
    assert [line.other1 for line in txn.lines] == [None, SEATS, BACKUP, "OTHER00000001"]
    assert world.row(ORIGIN).state is world.row("billing:2:2026-03-02:acme").state is State.POSTED


def test_an_invoice_that_was_used_for_another_billing_day_is_not_used_again(world: World) -> None:
    txn = recurring(world)
    world.hand_in(billed())
    world.update()
    world.hand_in(second(onto=onto(first=date(2026, 2, 2), last=date(2026, 3, 2))))
    world.update()
    row = world.row("billing:2:2026-03-02:acme")
    assert row.state is State.SUBMITTED
    assert "another billing day" in (row.message or "")
    assert [line.other1 for line in txn.lines] == [None, SEATS, BACKUP]


def test_lines_on_an_invoice_that_a_document_of_ours_entered_are_no_edit_of_that(world: World) -> None:
    world.hand_in(invoice("i-1", number="1", to_be_printed=True))
    world.update()
    world.hand_in(billed())
    world.update()
    txn = the_invoice(world)
    assert [line.other1 for line in txn.lines] == [None, SEATS, BACKUP]
    world.clock.advance(days=3)
    look(world)
    assert [one.message for one in work(world)] == []
    revise(world, invoice("i-1", number="1", to_be_printed=True, amount="33.00"))
    world.update()
    assert [(line.amount, line.other1) for line in txn.lines] == [
        (Decimal("33.00"), None),
        (Decimal("84.00"), SEATS),
        (Decimal("10.00"), BACKUP),
    ]
    assert [one.message for one in work(world)] == []


def test_the_keys_of_a_document_that_stands_on_another_invoice_do_not_draw_the_next_one_onto_that(world: World) -> None:
    """Who hands in the same keys month after month: each month's lines go onto the invoice of that month."""
    march = recurring(world)
    world.hand_in(billed())
    world.update()
    before = stated(march)
    world.clock.advance(days=31)
    window = onto(
        first=date(2026, 4, 2), last=date(2026, 5, 1), billing_day=date(2026, 4, 2), until=UNTIL + timedelta(days=31)
    )
    world.hand_in(billed(seats("9"), origin="billing:1:2026-04-02:acme", date=date(2026, 4, 2), onto=window))
    world.update()
    row = world.row("billing:1:2026-04-02:acme")
    assert (row.state, row.reason) == (State.SUBMITTED, "waits_for_invoice")
    april = recurring(world, txn_date=date(2026, 4, 2))
    world.update(losing("InvoiceModRs", Break.ANSWER_LOST))
    for _ in range(3):
        world.update()
    row = world.row("billing:1:2026-04-02:acme")
    assert (row.state, row.txn_id) == (State.POSTED, april.txn_id), row.message
    assert stated(march) == before
    assert [(line.quantity, getattr(line, "other1", None)) for line in april.lines] == [(1, None), (9, SEATS)]


def test_a_line_of_another_document_that_is_not_known_to_stand_there_is_not_taken_over(world: World) -> None:
    """Our database was restored: what the first one wrote it finds there, and the second one leaves alone."""
    txn = recurring(world)
    world.hand_in(billed(seats("7")))
    rows = keep(world.database.engine)
    world.update()
    world.database.engine.dispose()
    put_back(world.database.engine, rows)
    world.restart()
    world.hand_in(second(seats("2", "OTHER00000001")))
    for _ in range(3):
        world.update()
    assert world.row(ORIGIN).state is world.row("billing:2:2026-03-02:acme").state is State.POSTED
    assert [(line.quantity, line.other1) for line in txn.lines] == [(1, None), (7, SEATS), (2, "OTHER00000001")]
