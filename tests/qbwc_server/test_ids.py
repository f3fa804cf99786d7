"""Identifiers sort in the order in which they were made."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
import time_machine

from qbwc_server.ids import new_id


def test_ids_are_version_7_and_sort_by_birth_as_numbers_and_as_text() -> None:
    made = [new_id() for _ in range(5000)]
    assert made == sorted(made, key=str) == sorted(made)
    assert len({one.int >> 64 for one in made}) == len(made)  # by their time alone, not by luck of the random part
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}


def test_the_time_of_birth_can_be_read() -> None:
    assert abs((new_id().int >> 80) - time.time() * 1000) < 60_000


def test_threads_never_get_the_same() -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: [new_id() for _ in range(500)], range(8)))
    assert all(ids == sorted(ids) for ids in made)
    assert len({one for ids in made for one in ids}) == 4000


@pytest.mark.parametrize("hours", [-1, -24 * 365])
def test_the_order_survives_a_clock_that_is_set_back(hours: int) -> None:
    before = new_id()
    with time_machine.travel(time.time() + hours * 3600):
        after: UUID = new_id()
    assert after > before
