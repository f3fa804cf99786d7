"""Wrong passwords: counted by login and network, in a table that is bounded, forgotten in time."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from qbwc_server.db import Database
from qbwc_server.settings import load
from qbwc_server.tenancy.guessing import (
    Guesses,
    counted_as,
    forgive,
    lately,
    network_of,
    note_wrong_password,
    purge_login_failures,
)
from qbwc_server.tenancy.models import LoginFailures
from tests.conftest import TurnableClock

PAUSE = timedelta(minutes=15)
KEY = b"k" * 32


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
        ("2001:db8:1:2::1%eth0", "2001:0DB8:0001:0002::7"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
    ],
)
def test_what_one_caller_can_change_at_will_is_one_network(one: str, other: str) -> None:
    assert network_of(one) == network_of(other)


def test_neighbours_are_others() -> None:
    addresses = [
        "192.0.2.1", "192.0.2.2", "2001:db8:1:2::1", "2001:db8:1:3::1", "::ffff:192.0.2.3", "", "unix", "1.2.3.4.5",
    ]  # fmt: skip
    assert len({network_of(address) for address in addresses}) == len(addresses)


class Door:
    """Somebody tries passwords."""

    def __init__(self, database: Database, clock: TurnableClock) -> None:
        self.database, self.clock = database, clock

    def fail(self, user: str, network: str, times: int = 1, *, exists: bool = True) -> None:
        for _ in range(times):
            with self.database.transaction() as db:
                counted = counted_as(KEY, user, network)
                note_wrong_password(db, counted, exists=exists, pause=PAUSE, now=self.clock())

    def guesses(self, user: str, network: str) -> Guesses:
        counted = counted_as(KEY, user, network)
        with self.database.reading() as db:
            row = db.execute(
                select(lately("pair"), lately("network"), lately("user")),
                {"pair": counted.pair, "network": counted.network, "user": counted.user, "since": self.clock() - PAUSE},
            ).one()
        return Guesses(*(count or 0 for count in row))

    def rows(self) -> int:
        with self.database.reading() as db:
            return db.scalar(select(func.count()).select_from(LoginFailures)) or 0


@pytest.fixture
def door(database: Database, clock: TurnableClock) -> Door:
    return Door(database, clock)


def test_a_wrong_password_counts_for_login_and_network(door: Door) -> None:
    door.fail("kern", "192.0.2.1", 3)
    door.fail("kern", "192.0.2.2")
    door.fail("other", "192.0.2.1")
    assert door.guesses("kern", "192.0.2.1") == Guesses(3, 4, 4)
    assert door.guesses("kern", "192.0.2.2") == Guesses(1, 1, 4)
    assert door.guesses("kern", "192.0.2.3") == Guesses(0, 0, 4)
    assert door.guesses("nobody", "192.0.2.3") == Guesses(0, 0, 0)


def test_the_limits() -> None:
    assert [Guesses(n, 0, 0).stop_the_pair(3) for n in (2, 3)] == [False, True]
    assert [Guesses(0, n, 0).stop_strangers(3) for n in (2, 3)] == [False, True]
    assert [Guesses(0, 0, n).stop_strangers(3) for n in (29, 30)] == [False, True]
    assert not Guesses(0, 99, 99).stop_the_pair(3)


def test_counting_begins_anew_after_the_pause(door: Door) -> None:
    door.fail("kern", "192.0.2.1", 3)
    door.clock.advance(minutes=14, seconds=59)
    assert door.guesses("kern", "192.0.2.1").pair == 3
    door.clock.advance(seconds=1)
    assert door.guesses("kern", "192.0.2.1") == Guesses(0, 0, 0)
    door.fail("kern", "192.0.2.1")
    assert door.guesses("kern", "192.0.2.1") == Guesses(1, 1, 1)


def test_a_right_password_clears_the_pair_and_nothing_else(door: Door) -> None:
    door.fail("kern", "192.0.2.1", 2)
    door.fail("kern", "192.0.2.2", 2)
    with door.database.transaction() as db:
        forgive(db, counted_as(KEY, "kern", "192.0.2.1"))
    assert door.guesses("kern", "192.0.2.1") == Guesses(0, 2, 4)
    assert door.guesses("kern", "192.0.2.2") == Guesses(2, 2, 4)


def test_strange_names_fill_one_row_for_each_network(door: Door) -> None:
    for number in range(300):
        door.fail(f"guess-{number}", f"192.0.2.{number % 3}", exists=False)
    assert door.rows() == 3


def test_the_table_is_bounded_whoever_comes() -> None:
    made = {counted_as(KEY, f"user-{number}", f"2001:db8:{number:x}::/64") for number in range(200_000)}
    assert len({each.pair for each in made}) <= 65_536
    assert len({each.network for each in made}) <= 65_536
    assert len({each.user for each in made}) <= 65_536


def test_nothing_can_be_read_of_names_and_networks(door: Door) -> None:
    door.fail("kern", "192.0.2.1")
    with door.database.reading() as db:
        keys = sorted(db.scalars(select(LoginFailures.key)))
    assert [key.split()[0] for key in keys] == ["network", "pair", "user"]
    assert not any("kern" in key or "192.0" in key for key in keys)
    assert counted_as(KEY[:-1], "kern", "192.0.2.1") != counted_as(KEY, "kern", "192.0.2.1")


def test_old_counts_are_dropped(door: Door) -> None:
    door.fail("kern", "192.0.2.1")
    door.clock.advance(minutes=20)
    door.fail("kern", "192.0.2.2")  # renews the count of the login
    settings = load(login_pause_s=int(PAUSE.total_seconds()))
    said = purge_login_failures(database=door.database, settings=settings, clock=door.clock)
    assert said == "Counts of wrong passwords dropped: 2."
    assert door.rows() == 3


def test_two_processes_count_in_the_same_moment(postgres_url: str, clock: TurnableClock) -> None:
    database = Database(postgres_url)
    door = Door(database, clock)
    other = threading.Thread(target=door.fail, args=("kern", "192.0.2.1"))
    with database.transaction() as db:
        note_wrong_password(db, counted_as(KEY, "kern", "192.0.2.1"), exists=True, pause=PAUSE, now=clock())
        other.start()
        other.join(0.5)  # it waits for this one's rows
    other.join(20)
    assert door.guesses("kern", "192.0.2.1") == Guesses(2, 2, 2)
    database.engine.dispose()
