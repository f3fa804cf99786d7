"""Entries that people rename, merge or make inactive in QuickBooks are followed by their ListIDs, never doubled."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import update

from qbwc_server.books.models import ListEntry, Presence
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.open_work import OpenWork, WorkKind, open_work
from qbwc_server.posting.people.other_names import add_anew, use_name
from qbwc_server.simulator.bookkeeper import Bookkeeper
from qbwc_server.simulator.hresult_error import HResultError
from tests.sessions.odd_quickbooks import quickbooks_says
from tests.sessions.world import BY, World, invoice, payment


def quiet(world: World) -> None:
    for _ in range(4):
        world.update()


def asked(world: World, work: WorkKind = WorkKind.ENTRY_RENAMED) -> list[OpenWork]:
    with world.database.reading() as db:
        return open_work(db, world.company(db).id, work=work)


def use(world: World, name: str | None = None) -> None:
    (item,) = asked(world)
    with world.database.transaction() as db:
        use_name(db, world.company(db), item.id, name, by=BY, now=world.clock())


def anew(world: World) -> None:
    (item,) = asked(world)
    with world.database.transaction() as db:
        add_anew(db, world.company(db), item.id, by=BY, now=world.clock())


def nothing_is_taken_for_granted(world: World) -> None:
    with world.database.transaction() as db:
        db.execute(update(ListEntry).values(presence=Presence.UNKNOWN))


def customers(world: World) -> list[str]:
    return sorted(one.full_name for one in world.books.customers)


@pytest.fixture
def person(world: World) -> Bookkeeper:
    """The first invoice of Acme stands in the books; then somebody sits down at the PC."""
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    assert world.row("i-1").state is State.POSTED
    return Bookkeeper(world.books)


@pytest.mark.parametrize("seen", [True, False], ids=["refused", "asked before"])
def test_a_renamed_customer_is_a_question_and_its_new_name_is_used(
    world: World, person: Bookkeeper, seen: bool
) -> None:
    person.rename("Customer", "Acme", "Acme Inc")
    if not seen:
        nothing_is_taken_for_granted(world)
    world.hand_in(invoice("i-2", number="2"))
    quiet(world)
    assert world.row("i-2").state is State.FAILED
    assert [item.message for item in asked(world)] == ['The customer Acme: It is called "Acme Inc" in QuickBooks now.']
    world.submit("i-2")
    quiet(world)
    assert world.row("i-2").message == 'The customer Acme: It is called "Acme Inc" in QuickBooks now.'
    assert customers(world) == ["Acme Inc"]
    use(world)
    world.submit("i-2")
    world.hand_in(
        invoice("i-3", number="3"),
        invoice("i-4", number="4", customer="Acme:Job"),
        payment("p-1", amount="30.00", pays={"i-1": "30.00"}),
    )
    quiet(world)
    assert {world.row(one).state for one in ("i-2", "i-3", "i-4", "p-1")} == {State.POSTED}
    assert customers(world) == ["Acme Inc", "Acme Inc:Job"]
    assert asked(world) == []


def test_the_old_name_may_be_another_customer(world: World, person: Bookkeeper) -> None:
    person.rename("Customer", "Acme", "Acme Inc")
    nothing_is_taken_for_granted(world)
    world.hand_in(invoice("i-2", number="2"))
    quiet(world)
    anew(world)
    world.submit("i-2")
    quiet(world)
    assert world.row("i-2").state is State.POSTED
    assert customers(world) == ["Acme", "Acme Inc"]


@pytest.mark.parametrize("step", ["merge", "merge and rename"])
def test_a_merged_customer_is_a_question(world: World, person: Bookkeeper, step: str) -> None:
    person.add("Customer", "Best")
    person.merge("Customer", "Acme", "Best")
    if step == "merge and rename":
        person.rename("Customer", "Best", "Best & Sons")
    now = customers(world)
    world.hand_in(invoice("i-2", number="2"))
    quiet(world)
    world.submit("i-2")
    quiet(world)
    assert world.row("i-2").state is State.FAILED
    assert "merged into another, deleted or renamed" in str(world.row("i-2").message)
    assert customers(world) == now
    use(world, now[0])
    world.submit("i-2")
    quiet(world)
    assert world.row("i-2").state is State.POSTED
    assert customers(world) == now


def test_a_name_that_a_person_gave_and_quickbooks_lacks_is_never_added(world: World, person: Bookkeeper) -> None:
    person.rename("Customer", "Acme", "Acme Inc")
    world.hand_in(invoice("i-2", number="2"))
    quiet(world)
    use(world, "Acmee")
    world.submit("i-2")
    quiet(world)
    assert world.row("i-2").state is State.FAILED
    assert "has none of that name" in str(world.row("i-2").message)
    assert customers(world) == ["Acme Inc"]


def test_a_customer_that_was_entered_anew_under_its_name_is_used(world: World, person: Bookkeeper) -> None:
    person.add("Customer", "Best")
    person.merge("Customer", "Acme", "Best")
    person.add("Customer", "Acme")
    nothing_is_taken_for_granted(world)
    world.hand_in(invoice("i-2", number="2"))
    quiet(world)
    assert world.row("i-2").state is State.POSTED


def test_a_renamed_item_is_a_question_too(world: World, person: Bookkeeper) -> None:
    person.rename("ItemService", "Seat", "Chair")
    world.hand_in(invoice("i-2", number="2"))
    quiet(world)
    world.submit("i-2")
    quiet(world)
    assert world.row("i-2").message == 'The item Seat: It is called "Chair" in QuickBooks now.'
    use(world)
    world.submit("i-2")
    quiet(world)
    assert world.row("i-2").state is State.POSTED
    assert [one.full_name for one in world.books.items] == ["Chair"]


def test_a_document_waits_for_an_inactive_customer_and_goes_on_by_itself(world: World) -> None:
    person = Bookkeeper(world.books)
    person.add("Customer", "Acme")
    person.change_entry("Customer", "Acme", is_active=False)
    world.hand_in(invoice("i-1", number="1"))
    quiet(world)
    assert world.row("i-1").state is State.SUBMITTED
    (item,) = asked(world, WorkKind.ENTRY_INACTIVE)
    assert item.message == "The customer Acme: It is inactive in QuickBooks."
    assert not world.report().healthy
    person.change_entry("Customer", "Acme", is_active=True)
    quiet(world)
    assert world.row("i-1").state is State.POSTED
    assert asked(world, WorkKind.ENTRY_INACTIVE) == []


def test_nobody_waits_for_an_inactive_customer_for_ever(world: World) -> None:
    person = Bookkeeper(world.books)
    person.add("Customer", "Acme")
    person.change_entry("Customer", "Acme", is_active=False)
    world.hand_in(invoice("i-1", number="1"))
    world.update()
    world.clock.advance(days=15)
    world.update()
    assert world.row("i-1").state is State.FAILED
    assert "It is inactive in QuickBooks." in str(world.row("i-1").message)
    person.change_entry("Customer", "Acme", is_active=True)
    world.submit("i-1")
    quiet(world)
    assert world.row("i-1").state is State.POSTED


def test_a_group_item_is_told_before_anything_is_sent(world: World) -> None:
    person = Bookkeeper(world.books)
    person.add("ItemGroup", "Seat")
    world.hand_in(invoice("i-1", number="1"))
    quiet(world)
    assert world.row("i-1").state is State.FAILED
    assert "group item" in str(world.row("i-1").message)
    assert world.books.invoices == []


@pytest.mark.parametrize("refusals", [2, 99])
def test_a_refused_look_up_of_a_customer_never_adds_it_again(world: World, refusals: int) -> None:
    adds: list[str] = []
    refused: list[str] = []

    def odd(request: str, quickbooks: Callable[[str], str]) -> str:
        if "<CustomerAddRq" in request:
            adds.append(request)
            quickbooks(request)
            raise HResultError("0x80010108", "The connection broke.")
        if adds and "<CustomerQueryRq" in request and len(refused) < refusals:
            refused.append(request)
            raise HResultError("0x80040400", "QuickBooks found an error when parsing the provided XML text stream.")
        return quickbooks(request)

    undo = quickbooks_says(world, odd)
    world.hand_in(invoice("i-1", number="1"))
    for _ in range(8):
        world.update()
    undo()
    assert len(adds) == 1
    if refusals == 99:
        assert world.row("i-1").state is State.FAILED
        assert "could not be asked" in str(world.row("i-1").message)
        world.submit("i-1")
        quiet(world)
    assert world.row("i-1").state is State.POSTED
    assert customers(world) == ["Acme"]


@pytest.mark.parametrize("number", [1, 2])
def test_what_was_added_and_renamed_before_anybody_heard_of_it_is_not_added_again(world: World, number: int) -> None:
    """It has another name by now, and bears our mark. ``number``: of invoices that wait for it."""
    lost: list[str] = []

    def odd(request: str, quickbooks: Callable[[str], str]) -> str:
        answer = quickbooks(request)
        if "<CustomerAddRq" in request and not lost:
            lost.append(request)
            Bookkeeper(world.books).rename("Customer", "Acme", "Acme & Sons")
            raise HResultError("0x80010108", "The connection broke.")
        return answer

    origins = [f"i-{one}" for one in range(number)]
    world.hand_in(*(invoice(origin, number=origin) for origin in origins))
    undo = quickbooks_says(world, odd)
    world.update()
    undo()
    quiet(world)
    assert customers(world) == ["Acme & Sons"]
    assert {world.row(origin).state for origin in origins} == {State.FAILED}
    assert 'It is called "Acme & Sons" in QuickBooks now.' in str(world.row("i-0").message)
    use(world)
    for origin in origins:
        world.submit(origin)
    quiet(world)
    assert customers(world) == ["Acme & Sons"]
    assert {world.row(origin).state for origin in origins} == {State.POSTED}


def test_never_added_and_of_no_other_name_it_is_added(world: World) -> None:
    lost: list[str] = []

    def odd(request: str, quickbooks: Callable[[str], str]) -> str:
        if "<CustomerAddRq" in request and not lost:
            lost.append(request)
            raise HResultError("0x80010108", "The connection broke.")
        return quickbooks(request)

    world.hand_in(invoice("i-1", number="1"))
    undo = quickbooks_says(world, odd)
    quiet(world)
    undo()
    assert customers(world) == ["Acme"]
    assert world.row("i-1").state is State.POSTED
