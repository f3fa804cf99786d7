"""Ids, edit sequences and document numbers."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from qbwc_server.simulator.numbering import Counters, PcClock, after, edit_sequence

NOW = datetime(2014, 11, 27, 20, 3, 44, 987654, tzinfo=UTC)


def test_ids_have_the_real_look() -> None:
    counters = Counters()
    assert [counters.list_id(NOW), counters.list_id(NOW)] == ["80000001-1417118624", "80000002-1417118624"]
    counters.txn_ids = 0xC4
    assert counters.txn_id(NOW) == "C5-1417118624"
    assert counters.iterator_id() != counters.iterator_id()


def test_the_pc_tells_whole_seconds_in_its_own_zone() -> None:
    zone = timezone(timedelta(hours=-2))
    clock = PcClock(lambda: NOW.astimezone(zone), timedelta(seconds=5))
    assert clock.time().isoformat() == "2014-11-27T18:03:49-02:00"


@pytest.mark.parametrize(
    ("number", "following"),
    [("1", "2"), ("INV-009", "INV-010"), ("A99", "A100"), ("abc", "1"), ("99999999999", "1")],
)
def test_the_last_digits_count_on(number: str, following: str) -> None:
    assert after(number) == following


def test_each_series_counts_for_itself() -> None:
    counters = Counters()
    counters.used_ref("Invoice", "SW-0041")
    counters.used_ref("Invoice", "no digits")
    assert (counters.next_ref("Invoice"), counters.next_ref("Check"), counters.next_ref("Invoice")) == (
        "SW-0042",
        "1",
        "SW-0043",
    )


def test_edit_sequences_are_seconds_or_move_with_every_change() -> None:
    first = edit_sequence(NOW, None, coarse=True)
    assert first == "1417118624"
    assert edit_sequence(NOW, first, coarse=True) == first
    assert edit_sequence(NOW, first, coarse=False) == "1417118625"
    assert edit_sequence(NOW + timedelta(minutes=1), first, coarse=False) == "1417118684"
