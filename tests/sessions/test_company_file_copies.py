"""Backups and other copies of the company file: nothing is written to, or believed of, the wrong one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from qbwc_server.books.holds import holds_of
from qbwc_server.documents import store
from qbwc_server.documents.lifecycle import Reason, State
from qbwc_server.documents.open_work import open_work_of
from qbwc_server.posting.people.void import keep
from qbwc_server.posting.same_file.looking_again import ask_again
from qbwc_server.simulator.bookkeeper import Bookkeeper
from tests.sessions.odd_quickbooks import (
    answered,
    by_hand,
    known_names,
    lose_the_answer,
    numbers,
    quickbooks_says,
    quiet,
    refusing,
)
from tests.sessions.people import go_on, revise, say
from tests.sessions.world import BY, World, invoice, payment, receipt

# -- what was posted after the backup that was restored, and other files ---------------------------------------------


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
        held = holds_of(db, world.company(db).id)
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


# -- what was done after the backup that was restored ----------------------------------------------------------------


def changed_after_the_backup(world: World) -> None:
    """i-1 is changed and r-1 void in the file that was lost; i-2 was never in the older one."""
    world.hand_in(invoice("i-1", number="1"), receipt("r-1", number="R-1"), invoice("i-0", number="0"))
    quiet(world)
    revise(world, invoice("i-0", number="0", amount="31.00"))
    quiet(world)
    backup = world.books.backup()
    revise(world, invoice("i-1", number="1", amount="45.00"))
    world.void("r-1")
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


@pytest.mark.parametrize("void_again", [True, False])
def test_what_the_file_does_not_say_any_more_is_shown_when_it_is_taken_as_it_is(world: World, void_again: bool) -> None:
    changed_after_the_backup(world)
    writes = world.books.executed_writes
    go_on(world, repost=False)
    quiet(world)
    assert world.books.executed_writes == writes + 1  # i-3
    assert world.row("i-2").state is State.WITHDRAWN
    for origin, words in (("i-1", "30.00"), ("r-1", "19.90")):
        row = world.row(origin)
        assert (row.state, row.reason) == (State.HELD, Reason.CHANGED_MEANWHILE)
        assert words in (row.message or "")
    assert not world.report().healthy
    world.submit("i-1")
    if void_again:
        world.submit("r-1")
    else:
        keep_it(world, "r-1")
    quiet(world)
    assert world.row("i-1").state is State.POSTED
    assert {str(one.ref_number): one.total for one in world.books.invoices}["1"] == Decimal("45.00")
    assert world.row("r-1").state is (State.WITHDRAWN if void_again else State.POSTED)
    assert [one.is_void for one in world.books.sales_receipts] == [void_again]


def keep_it(world: World, origin: str) -> None:
    """A person takes a void back."""
    with world.database.transaction() as db:
        company = world.company(db)
        keep(db, company, store.by_origin(db, company.id, [origin])[origin], by=BY, now=world.clock())


@pytest.mark.parametrize("repost", [True, False])
def test_what_was_to_be_void_and_is_missing_keeps_no_dead_txn_id(world: World, repost: bool) -> None:
    """QuickBooks refused the void, so it stood in the books, and a payment for it."""
    world.hand_in(invoice("i-0", number="0"))
    quiet(world)
    backup = world.books.backup()
    world.hand_in(invoice("i-1", number="1"), payment("p-1", amount="30.00", pays={"i-1": "30.00"}))
    quiet(world)
    world.void("i-1")
    undo = quickbooks_says(world, refusing("TxnVoid", 3205))
    quiet(world)
    undo()
    dead = world.row("i-1").txn_id
    assert world.row("i-1").state is State.FAILED
    world.books.restore(backup)
    world.hand_in(invoice("i-3", number="3"))
    assert "older backup" in world.update().status_line
    go_on(world, repost=repost)
    quiet(world)
    wanted = State.POSTED if repost else State.WITHDRAWN
    assert [world.row(one).state for one in ("i-1", "p-1")] == [wanted, wanted]
    assert numbers(world) == (["0", "1", "3"] if repost else ["0", "3"])
    if repost:
        assert world.row("i-1").txn_id != dead


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
        world.void("r-1")
    quiet(world)
    world.books.restore(backup)
    world.hand_in(invoice("i-2", number="2"))
    writes = world.books.executed_writes
    assert "older backup" in world.update().status_line
    assert world.books.executed_writes == writes


@pytest.mark.parametrize("what", ["a change", "a void"])
@pytest.mark.parametrize("seconds", [899, 900, 1800, 3600, 86_400])
def test_a_backup_is_noticed_however_much_older_its_last_change_is(world: World, what: str, seconds: int) -> None:
    """Times that are apart by quarter hours may be one moment, told with two offsets: the edit sequence tells."""
    world.hand_in(invoice("i-1", number="1"), receipt("r-1", number="R-1"))
    quiet(world)
    backup = world.books.backup()
    if what == "a change":
        revise(world, invoice("i-1", number="1", amount="45.00"))
    else:
        world.void("r-1")
    quiet(world)
    written = max(one.time_modified for one in world.books.transactions)
    world.books.restore(backup)
    changed = world.books.invoices[0] if what == "a change" else world.books.sales_receipts[0]
    changed.values["time_modified"] = written - timedelta(seconds=seconds)
    changed.rendered.clear()
    world.hand_in(invoice("i-2", number="2"))
    writes = world.books.executed_writes
    assert "older backup" in world.update().status_line
    assert world.books.executed_writes == writes


@pytest.mark.parametrize("hours", [-1, 1])
def test_another_offset_is_asked_about_once(world: World, hours: int) -> None:
    """What it says and its edit sequence are the same: nothing is wrong, and that is remembered."""
    known = [invoice("i-1", number="1"), receipt("r-1", number="R-1")]
    world.hand_in(*known)
    quiet(world)
    world.void("r-1")
    quiet(world)
    for one in world.books.transactions:
        one.values["time_modified"] += timedelta(hours=hours)
        one.rendered.clear()
    for number in (2, 3):
        world.hand_in(invoice(f"i-{number}", number=str(number)))
        quiet(world)
        assert world.row(f"i-{number}").state is State.POSTED
    closer = [one for one in world.proof("i-1").requests if one.purpose == "sentinel_closer"]
    assert len(closer) == (1 if hours < 0 else 0)


@pytest.mark.parametrize("what", ["a change", "a void"])
@pytest.mark.parametrize("repost", [True, False])
def test_a_backup_that_lacks_only_what_we_changed_is_noticed(world: World, what: str, repost: bool) -> None:
    only_changed_after_the_backup(world, what)
    go_on(world, repost=repost)
    quiet(world)
    assert numbers(world) == ["1", "2"]
    assert [one.is_void for one in world.books.sales_receipts] == [repost and what == "a void"]
    assert world.row("i-1").state is (State.HELD if what == "a change" else State.POSTED)
    if what == "a void":
        assert world.row("r-1").state is (State.WITHDRAWN if repost else State.HELD)
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


@pytest.mark.parametrize("repost", [True, False])
def test_what_a_person_adds_to_the_copy_is_told(world: World, repost: bool) -> None:
    """It still says all that it was changed into, and a line that is not ours."""
    world.hand_in(invoice("i-0", number="0"))
    quiet(world)
    revise(world, invoice("i-0", number="0", amount="25.00"))
    quiet(world)
    restored(world)
    world.clock.advance(minutes=5)
    Bookkeeper(world.books).add_line(world.books.invoices[0], item="Seat", amount=Decimal("5.00"))
    go_on(world, repost=repost)
    quiet(world)
    with world.database.reading() as db:
        told = [one.message for one in open_work_of(db, world.row("i-0").id)]
    assert [message for message in told if "was edited in QuickBooks" in message and "5.00" in message] == told != []


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


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-03-02T10:00:00"])
def test_a_time_that_cannot_be_is_no_reason_to_lose_an_answer(world: World, time: str) -> None:
    quickbooks_says(
        world, lambda request, quickbooks: re.sub("(<TimeModified>).*?(</)", rf"\g<1>{time}\2", quickbooks(request))
    )
    world.hand_in(invoice("i-1", number="1"), receipt("r-1", number="R-1"))
    quiet(world)
    world.void("r-1")
    world.hand_in(invoice("i-2", number="2"))
    quiet(world)
    assert [world.row(one).state for one in ("i-1", "i-2", "r-1")] == [State.POSTED, State.POSTED, State.WITHDRAWN]
    assert numbers(world) == ["1", "2"]


def test_a_payment_that_waited_names_what_was_entered_anew(world: World) -> None:
    """Its text was written when the invoice had another TxnID."""
    known_names(world)
    backup = world.books.backup()
    world.hand_in(invoice("i-1", number="1"))
    quiet(world)
    world.hand_in(payment("p-1", amount="30.00", pays={"i-1": "30.00"}))
    world.books.restore(backup)
    assert "older backup" in world.update().status_line
    go_on(world, repost=True)
    quiet(world)
    assert (world.row("i-1").state, world.row("p-1").state) == (State.POSTED, State.POSTED)
    (paid,) = world.books.transactions_of("ReceivePayment")
    assert [one.target for one in paid.applications] == [world.row("i-1").txn_id]


def test_what_was_left_out_and_stands_in_the_newer_copy_is_shown(world: World) -> None:
    known_names(world)
    older = world.books.backup()
    world.hand_in(invoice("i-1", number="1"))
    quiet(world)
    newer = world.books.backup()
    world.books.restore(older)
    world.hand_in(invoice("i-2", number="2"))
    world.update()
    go_on(world, repost=False)
    quiet(world)
    assert world.row("i-1").state is State.WITHDRAWN
    world.books.restore(newer)
    world.hand_in(invoice("i-3", number="3"))
    world.update()
    go_on(world, repost=True)
    quiet(world)
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.OUTCOME_UNKNOWN)
    say(world, "i-1", next(one.txn_id for one in world.books.invoices if one.ref_number == "1"))
    quiet(world)
    assert world.row("i-1").state is State.POSTED
    assert numbers(world).count("1") == 1


@pytest.mark.parametrize("repost", [True, False])
def test_what_somebody_deleted_lives_again_in_an_older_copy(world: World, repost: bool) -> None:
    known_names(world)
    world.hand_in(invoice("i-1", number="1"))
    quiet(world)
    world.clock.advance(days=10)
    world.hand_in(invoice("i-2", number="2"))
    quiet(world)
    older = world.books.backup()
    Bookkeeper(world.books).delete(next(one for one in world.books.invoices if one.ref_number == "1"))
    world.clock.advance(days=2)
    with world.database.transaction() as db:
        ask_again(db, world.company(db), now=world.clock())
    quiet(world)
    assert world.row("i-1").state is State.WITHDRAWN
    world.hand_in(invoice("i-3", number="3"))
    quiet(world)
    world.books.restore(older)
    world.hand_in(invoice("i-4", number="4"))
    assert "older backup" in world.update().status_line
    go_on(world, repost=repost)
    quiet(world)
    row = world.row("i-1")
    assert (row.state, row.reason) == (State.HELD, Reason.OUTCOME_UNKNOWN)
    assert "taken for deleted here" in str(row.message)
    assert numbers(world).count("1") == 1
