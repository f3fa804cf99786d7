"""Random schedules of faults, a few of those that `make soak` plays: nothing lost, doubled or altered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.soak.real_servers import RealServers
from bench.soak.schedule import Schedule
from bench.soak.stage import Servers, prepared

CHUNK = 4  # schedules of one test, so that the tests can be shared out among processes


@pytest.fixture(autouse=True)
def _prepared() -> Iterator[None]:
    with prepared():
        yield


@pytest.mark.parametrize("first", range(0, 16, CHUNK))
def test_schedules_on_sqlite(first: int, sqlite_url: str) -> None:
    play(Servers(sqlite_url), range(first, first + CHUNK))


@pytest.mark.parametrize("first", [100])
def test_schedules_on_postgresql(first: int, postgres_url: str) -> None:
    play(Servers(postgres_url), range(first, first + CHUNK))


def test_server_processes_are_killed(sqlite_url: str, tmp_path: Path) -> None:
    play(RealServers(sqlite_url, tmp_path), [200])


def test_server_processes_on_postgresql_are_killed(postgres_url: str, tmp_path: Path) -> None:
    play(RealServers(postgres_url, tmp_path), [202])


def play(servers: Servers | RealServers, seeds: range | list[int]) -> None:
    """Play the schedules of these seeds; what a failure names can be repeated with its seed."""
    try:
        outcomes = [Schedule(servers, seed, outside=False).run() for seed in seeds]
    finally:
        servers.close()
    assert {outcome.seed: outcome.violations for outcome in outcomes if outcome.violations} == {}
    assert sum(outcome.happened.total() for outcome in outcomes) > len(outcomes), "hardly anything went wrong"
    documents = sum(outcome.documents for outcome in outcomes)
    assert sum(outcome.asked_about for outcome in outcomes) <= max(2, documents // 10), "too much is left to people"
