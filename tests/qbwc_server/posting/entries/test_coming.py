from __future__ import annotations

from collections.abc import Iterator

import pytest

from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.entries.coming import coming
from qbwc_server.settings import Settings
from tests.conftest import TurnableClock
from tests.qbwc_server.books.mirror.lists_kept import keep, told
from tests.sessions.world import World, invoice


@pytest.fixture
def world(settings: Settings, clock: TurnableClock) -> Iterator[World]:
    made = World(settings, clock)
    yield made
    made.database.engine.dispose()


def counted(world: World) -> dict[ListKind, int]:
    with world.database.reading() as db:
        return coming(db, world.company(db).id)


def test_entries_that_queued_documents_name_are_to_come_until_they_are_there(world: World) -> None:
    assert counted(world) == {}
    world.hand_in(invoice("i-1", number="1", customer="Acme:Kitchen"), invoice("i-2", number="2", customer="Acme"))
    assert counted(world) == {ListKind.CUSTOMER: 2, ListKind.ITEM: 1}
    world.update()
    assert world.row("i-1").state.value == "posted"
    assert counted(world) == {}


def test_what_is_known_to_stand_in_the_list_is_not_to_come(world: World) -> None:
    world.hand_in(invoice("i-1", number="1", customer="Acme"))
    with world.database.transaction() as db:
        keep(db, world.company(db).id, told("1", "ACME"))
    assert counted(world) == {ListKind.ITEM: 1}
    world.exclude("i-1")


def test_what_was_excluded_is_not_to_come(world: World) -> None:
    world.hand_in(invoice("i-1", number="1", customer="Acme"))
    world.exclude("i-1")
    world.update()
    assert counted(world) == {}
