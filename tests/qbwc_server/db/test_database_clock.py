"""One clock for all hosts: the database's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from qbwc_server.db import Database
from qbwc_server.db.database_clock import DatabaseClock


class Hands:
    """The clocks of a machine, which a test turns: the local one may be anything."""

    def __init__(self) -> None:
        self.passed, self.local_time = 100.0, 0.0

    def steady(self) -> float:
        return self.passed

    def local(self) -> float:
        return self.local_time

    def go_on(self, seconds: float) -> None:
        self.passed += seconds
        self.local_time += seconds


@pytest.fixture
def looks(postgres_url: str) -> Iterator[tuple[DatabaseClock, Hands, list[str]]]:
    database, hands, seen = Database(postgres_url), Hands(), list[str]()
    event.listen(database.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    yield DatabaseClock(database.engine, hands.steady, hands.local), hands, seen
    database.engine.dispose()


def test_the_database_says_the_time_whatever_this_machine_believes(
    looks: tuple[DatabaseClock, Hands, list[str]],
) -> None:
    clock, hands, _ = looks
    hands.local_time = 10**9
    moment = clock()
    assert moment.tzinfo is UTC
    assert abs(datetime.now(UTC) - moment) < timedelta(minutes=5)  # the test's own machine runs both


def test_it_is_asked_now_and_then_and_counted_on_meanwhile(looks: tuple[DatabaseClock, Hands, list[str]]) -> None:
    clock, hands, seen = looks
    first = clock()
    hands.go_on(29)
    assert clock() - first == timedelta(seconds=29)
    assert len(seen) == 1
    hands.go_on(2)
    assert clock() - first < timedelta(seconds=29)  # asked again: no half minute has passed there
    assert len(seen) == 2


@pytest.mark.parametrize("jump", [301.0, -301.0, 1.5])
def test_setting_the_clock_of_this_machine_changes_nothing(
    looks: tuple[DatabaseClock, Hands, list[str]], jump: float
) -> None:
    clock, hands, seen = looks
    first = clock()
    hands.local_time += jump
    assert abs(clock() - first) < timedelta(minutes=1)
    assert len(seen) == 2
    clock()
    assert len(seen) == 2


def test_with_sqlite_it_is_the_time_of_this_machine(sqlite_database: Database) -> None:
    hands = Hands()
    hands.local_time = 1772463600
    assert DatabaseClock(sqlite_database.engine, hands.steady, hands.local)() == datetime(2026, 3, 2, 15, tzinfo=UTC)
