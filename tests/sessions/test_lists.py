"""The copy of the company's lists, read in whole sessions: pages, changes, deletions, and what breaks in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from qbwc_server.books.mirror import asking, reading
from qbwc_server.books.mirror.fate import Fate, Standing, became_of, by_name
from qbwc_server.books.mirror.keeping import forget_lists
from qbwc_server.books.mirror.lists import LISTS
from qbwc_server.books.mirror.models import MirrorEntry, MirrorList
from qbwc_server.books.mirror.refreshing import lists_of, refresh_lists, refresh_when_due
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.people.resume import resume
from qbwc_server.queue.models import MessageSet, QueuedRequest
from qbwc_server.queue.states import RequestState
from qbwc_server.settings import Settings
from qbwc_server.simulator import Break, Faults, WireFault
from qbwc_server.simulator.bookkeeper import Bookkeeper
from qbwc_server.simulator.faults import CrashAfter, CrashBefore, Fault, Fine, TruncatedAnswer
from qbxml.messages.item import SalesOrPurchase
from tests.conftest import TurnableClock
from tests.sessions.world import BY, World, invoice, losing

PAGE = 10
MANY = 47


@pytest.fixture
def world(settings: Settings, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A company with customers for five pages, a few of everything else, and a file that is known already."""
    monkeypatch.setattr(asking, "PAGE", PAGE)
    made = World(settings, clock)
    made.update()
    for number in range(MANY):
        made.clock.advance(seconds=10)
        made.books.books.create("Customer", f"Customer {number:03}")
    sales = made.books.books.lists.account("Sales").ref
    made.books.books.create("ItemService", "Seat", values={"sales_or_purchase": SalesOrPurchase(account=sales)})
    for tag, name in (("Vendor", "Paper Mill"), ("Employee", "Ann Bell"), ("OtherName", "Town Hall")):
        made.books.books.create(tag, name)
    yield made
    made.database.engine.dispose()


def refresh(world: World, *kinds: ListKind, whole: bool = False) -> list[ListKind]:
    with world.database.transaction() as db:
        return refresh_lists(db, world.company(db).id, kinds=kinds, whole=whole, now=world.clock())


def kept(world: World, kind: ListKind) -> set[str]:
    """The names that the mirror holds to stand in a list."""
    with world.database.reading() as db:
        here = (MirrorEntry.company_id == world.company(db).id, MirrorEntry.kind == kind, MirrorEntry.gone.is_(None))
        return set(db.scalars(select(MirrorEntry.full_name).where(*here)))


def there(world: World, *tags: str) -> set[str]:
    """The names that stand in it."""
    return {entry.full_name for entry in world.books.books.lists.of(*tags)}


def state(world: World, kind: ListKind = ListKind.CUSTOMER) -> MirrorList:
    with world.database.reading() as db:
        return next(row for row in lists_of(db, world.company(db).id) if row.kind is kind)


def fate(world: World, list_id: str, kind: ListKind = ListKind.CUSTOMER) -> Fate:
    with world.database.reading() as db:
        return became_of(db, world.company(db).id, kind, [list_id])[list_id]


def pages(world: World, message: str = "CustomerQuery") -> list[QueuedRequest]:
    with world.database.reading() as db:
        return list(
            db.scalars(select(QueuedRequest).where(QueuedRequest.message == message).order_by(QueuedRequest.id))
        )


def is_whole(world: World) -> None:
    assert kept(world, ListKind.CUSTOMER) == there(world, "Customer")
    found = state(world)
    assert (found.reading, found.trouble) == (None, None)
    assert found.read_at is not None
    assert found.whole_at is not None


def test_every_list_is_read_in_one_session(world: World) -> None:
    books = world.books.books
    for tag, kind in (("Class", ListKind.CLASS), ("PriceLevel", ListKind.PRICE_LEVEL), ("Template", ListKind.TEMPLATE)):
        books.create(tag, f"One {kind.value}"[:30])
    assert refresh(world) == list(LISTS)
    world.update()
    is_whole(world)
    tags = {kind: [name.removesuffix("Ret") for name in one.rets] for kind, one in LISTS.items()}
    read = {kind: kept(world, kind) for kind in LISTS}
    assert read == {kind: there(world, *tags[kind]) for kind in LISTS}
    assert {kind for kind, names in read.items() if names} >= {
        ListKind.CUSTOMER, ListKind.VENDOR, ListKind.EMPLOYEE, ListKind.OTHER_NAME, ListKind.ITEM, ListKind.ACCOUNT,
        ListKind.CLASS, ListKind.TERMS, ListKind.PRICE_LEVEL, ListKind.TEMPLATE, ListKind.SALES_TAX_CODE,
    }  # fmt: skip
    assert {(one.reading, one.trouble) for one in (state(world, kind) for kind in LISTS)} == {(None, None)}
    assert len(pages(world)) == 5
    assert state(world, ListKind.VENDOR).capacity == world.books.switches.limits.names


def test_items_of_every_type_are_told_apart(world: World) -> None:
    values: dict[str, dict[str, object]] = {
        "ItemFixedAsset": {"acquired_as": "New", "purchase_desc": "Van", "purchase_date": world.clock().date()}
    }
    types = [name.removesuffix("Ret") for name in LISTS[ListKind.ITEM].rets]
    for tag in types:
        if tag in ("ItemFixedAsset", "ItemInventoryAssembly", "ItemPayment", "ItemSalesTaxGroup", "ItemSubtotal"):
            world.books.books.create(tag, f"One {tag}"[:31], values=values.get(tag))
    refresh(world, ListKind.ITEM)
    world.update()
    with world.database.reading() as db:
        here = (MirrorEntry.company_id == world.company(db).id, MirrorEntry.kind == ListKind.ITEM)
        rows = db.execute(select(MirrorEntry.full_name, MirrorEntry.entry_type).where(*here)).all()
    known = {entry.full_name: entry.kind.tag.removeprefix("Item") for entry in world.books.books.lists.of(*types)}
    assert {row.full_name: row.entry_type for row in rows} == known
    assert {"Service", "FixedAsset", "InventoryAssembly", "Payment", "SalesTaxGroup", "Subtotal"} <= set(known.values())


def test_a_second_refreshing_reads_only_what_was_changed(world: World) -> None:
    for _ in range(2):
        refresh(world)
        world.update()
        world.clock.advance(days=4)
    keeper = Bookkeeper(world.books)
    keeper.rename("Customer", "Customer 007", "Bond")
    world.books.books.create("Customer", "Newcomer")
    before = len(pages(world))
    refresh(world)
    world.update()
    is_whole(world)
    (asked,) = pages(world)[before:]
    assert "<FromModifiedDate>" in (asked.xml or "")
    with world.database.reading() as db:
        assert [one.full_name for one in by_name(db, world.company(db).id, ListKind.CUSTOMER, "Customer 007")] == [
            "Bond"
        ]


def test_what_was_deleted_merged_and_made_inactive_is_followed(world: World) -> None:
    refresh(world)
    world.update()
    lists = world.books.books.lists
    ids = {number: entry.list_id for number in (1, 2, 3, 4) if (entry := lists.named("name", f"Customer {number:03}"))}
    world.clock.advance(days=3)
    keeper = Bookkeeper(world.books)
    keeper.delete_entry("Customer", "Customer 001")
    world.clock.advance(minutes=5)
    keeper.merge("Customer", "Customer 002", "Customer 003")
    keeper.change_entry("Customer", "Customer 004", is_active=False)
    refresh(world)
    world.update()
    is_whole(world)
    assert [fate(world, ids[n]).standing for n in (1, 2, 3, 4)] == [
        Standing.DELETED,
        Standing.DELETED,
        Standing.PRESENT,
        Standing.INACTIVE,
    ]
    assert "Customer 003" in [heir.full_name for heir in fate(world, ids[2]).heirs]
    assert fate(world, ids[1]).heirs == ()


def test_after_a_long_silence_all_is_read_and_what_is_missing_is_asked_for_by_its_id(world: World) -> None:
    """QuickBooks tells of deletions for 90 days only."""
    refresh(world)
    world.update()
    entry = world.books.books.lists.named("name", "Customer 001")
    assert entry is not None
    Bookkeeper(world.books).delete_entry("Customer", "Customer 001")
    world.clock.advance(days=120)
    refresh(world)
    world.update()
    is_whole(world)
    assert fate(world, entry.list_id).standing is Standing.MISSING


def test_documents_leave_before_lists_and_never_in_one_set_with_them(world: World) -> None:
    refresh(world)
    world.hand_in(invoice("i-1", number="1", customer="Customer 001"))
    world.update()
    assert world.row("i-1").state.value == "posted"
    is_whole(world)
    with world.database.reading() as db:
        bodies = db.scalars(select(MessageSet.body).order_by(MessageSet.id)).all()
    writing = [number for number, body in enumerate(bodies) if "<InvoiceAddRq" in body]
    listing = [number for number, body in enumerate(bodies) if "iterator=" in body]
    assert len(listing) > 5
    assert writing[-1] < listing[0]


@pytest.mark.parametrize("later", [1, 2, 4])
def test_an_answer_that_is_lost_in_the_middle_leaves_no_page_out(world: World, later: int) -> None:
    """QuickBooks has gone on: asked once more for the next page it gives the one behind it."""
    refresh(world, ListKind.CUSTOMER)
    world.update(Faults.of(WireFault(Break.REQUEST_LOST, "receiveResponseXML", later, about="<CustomerQueryRs ")))
    for _ in range(3):
        world.update()
    is_whole(world)


@pytest.mark.parametrize("kind", [Break.RESPONSE_CUT, Break.RESPONSE_GARBAGE, Break.RESPONSE_EMPTY, Break.TWICE])
def test_an_answer_that_is_broken_leaves_no_page_out(world: World, kind: Break) -> None:
    refresh(world, ListKind.CUSTOMER)
    world.update(losing("CustomerQueryRs", kind))
    for _ in range(3):
        world.update()
    is_whole(world)


def test_a_session_that_dies_in_the_middle_is_gone_on_with_from_the_name_that_was_shown_last(world: World) -> None:
    refresh(world, ListKind.CUSTOMER)
    world.update_killed(Faults.of(WireFault(Break.KILLED_BEFORE, "receiveResponseXML", 3, about="<CustomerQueryRs ")))
    world.clock.advance(minutes=30)
    world.update()
    is_whole(world)
    marks = [one.sent["from_name"] for one in pages(world) if one.sent and one.sent["from_name"]]
    assert set(marks) == {"Customer 019"}
    assert state(world).restarts == 1
    assert state(world).shown == MANY + 1  # the mark twice, no page for nothing


def test_a_list_that_comes_in_another_order_is_begun_anew(world: World) -> None:
    world.books.books.create("Customer", "Aaron")  # shown last
    refresh(world, ListKind.CUSTOMER)
    world.update_killed(Faults.of(WireFault(Break.KILLED_BEFORE, "receiveResponseXML", 3, about="<CustomerQueryRs ")))
    world.clock.advance(minutes=30)
    world.update()
    is_whole(world)
    assert state(world).restarts == 2  # from the mark there were fewer than were still to come


def test_a_list_that_changes_while_it_is_read_is_read_to_its_end(world: World) -> None:
    refresh(world, ListKind.CUSTOMER)
    world.update_killed(Faults.of(WireFault(Break.KILLED_BEFORE, "receiveResponseXML", 3, about="<CustomerQueryRs ")))
    Bookkeeper(world.books).delete_entry("Customer", "Customer 030")
    world.books.books.create("Customer", "Customer 900")
    world.books.books.create("Customer", "Customer 901")
    world.clock.advance(minutes=30)
    world.update()
    is_whole(world)


@pytest.mark.parametrize("fault", [CrashBefore(), CrashAfter(), TruncatedAnswer()])
def test_quickbooks_that_dies_in_the_middle_leaves_no_page_out(world: World, fault: Fault) -> None:
    refresh(world, ListKind.CUSTOMER)
    world.books.faults.add(Fine(), Fine(), fault)
    for _ in range(4):
        world.update()
    is_whole(world)


def test_a_server_that_dies_in_the_middle_goes_on(world: World) -> None:
    refresh(world, ListKind.CUSTOMER)
    world.update_killed(Faults.of(WireFault(Break.KILLED_AFTER, "sendRequestXML", 3)))
    world.restart()
    world.clock.advance(minutes=30)
    world.update()
    is_whole(world)


def test_a_restored_backup_is_read_as_a_whole_when_the_company_is_resumed(world: World) -> None:
    world.hand_in(invoice("i-1", number="1", customer="Customer 001"))
    world.update()
    backup = world.books.backup()
    world.clock.advance(days=1)
    late = world.books.books.create("Customer", "Latecomer")
    Bookkeeper(world.books).rename("Customer", "Customer 005", "Renamed")
    world.hand_in(invoice("i-2", number="2", customer="Customer 002"))
    refresh(world)
    world.update()
    assert {"Latecomer", "Renamed"} <= kept(world, ListKind.CUSTOMER)
    world.books.restore(backup)
    world.clock.advance(hours=7)
    refresh(world)
    assert "older backup" in world.update().status_line
    with world.database.transaction() as db:
        resume(db, world.company(db), repost=True, by=BY, now=world.clock())
    refresh(world)
    world.update()
    is_whole(world)
    assert fate(world, late.list_id).standing is Standing.MISSING


def test_another_company_file_brings_nothing_into_the_copy(world: World) -> None:
    refresh(world, ListKind.CUSTOMER)
    world.connector = world.new_connector(world.books.other_file())
    world.update()
    assert kept(world, ListKind.CUSTOMER) == set()
    world.connector = world.new_connector(world.books)
    world.update()
    is_whole(world)


def test_an_answer_of_a_reading_that_is_none_any_more_is_not_kept(world: World) -> None:
    refresh(world, ListKind.CUSTOMER)
    with world.database.transaction() as db:
        forget_lists(db, world.company(db).id)
    world.update()
    assert kept(world, ListKind.CUSTOMER) == set()
    refresh(world, ListKind.CUSTOMER)
    world.update()
    is_whole(world)


def test_the_same_is_not_asked_for_twice(world: World) -> None:
    assert refresh(world) == list(LISTS)
    assert refresh(world) == []
    assert refresh(world, whole=True) == []
    with world.database.reading() as db:
        asked = db.scalar(
            select(func.count()).select_from(QueuedRequest).where(QueuedRequest.state == RequestState.QUEUED)
        )
    short = sum(not one.in_pages for one in LISTS.values())
    assert asked == short + 1 + 1  # one long list at a time, and how much the file takes
    world.update()
    is_whole(world)


def test_the_job_asks_when_it_is_time_and_not_before(world: World) -> None:
    def run() -> str:
        return refresh_when_due(database=world.database, clock=world.clock, checkpoint=lambda: None)

    assert run() == f"Lists to be read: {len(LISTS)}."
    assert run() == ""
    world.update()
    is_whole(world)
    assert run() == ""
    world.clock.advance(hours=7)
    assert run() == f"Lists to be read: {len(LISTS)}."
    world.update()
    is_whole(world)


def test_a_file_that_was_never_seen_is_not_asked(settings: Settings, clock: TurnableClock) -> None:
    world = World(settings, clock)
    try:
        assert refresh_when_due(database=world.database, clock=clock, checkpoint=lambda: None) == ""
    finally:
        world.database.engine.dispose()


def test_a_list_that_quickbooks_refuses_says_why_and_does_not_stop_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_RESTARTS", 0)
    refresh(world)
    world.update_killed(Faults.of(WireFault(Break.KILLED_BEFORE, "receiveResponseXML", 3, about="<CustomerQueryRs ")))
    world.clock.advance(minutes=30)
    world.update()
    assert state(world).trouble == reading.AGAIN_AND_AGAIN
    assert state(world).read_at is None
    assert kept(world, ListKind.VENDOR) == there(world, "Vendor")
    refresh(world)
    world.update()
    is_whole(world)


def test_a_pc_whose_clock_is_ahead_hides_nothing(world: World) -> None:
    world.books.clock_offset = timedelta(days=4000)
    world.books.books.create("Customer", "From the future")
    world.books.clock_offset = timedelta(0)
    refresh(world)
    world.update()
    world.clock.advance(days=2)
    world.books.books.create("Customer", "From today")
    refresh(world)
    world.update()
    is_whole(world)
