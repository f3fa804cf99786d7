"""Times by the clock of a PC: what is older, and what is the same moment told otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_server.posting.pc_clock import aware, is_older, modified_at
from qbxml import read_answers

NOON = datetime(2026, 3, 8, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds_before", "older"),
    [(0, False), (2, False), (3, True), (899, True), (900, False), (901, True), (3600, False), (86_400, False),
     (86_401, True), (-1, False), (-3601, False)],
)  # fmt: skip
def test_what_is_older(seconds_before: int, older: bool) -> None:
    assert is_older(NOON - timedelta(seconds=seconds_before), NOON) is older


@given(
    moment=st.datetimes(NOON.replace(tzinfo=None), timezones=st.just(UTC)).filter(lambda one: one.year < 9000),
    before=st.integers(-12 * 4, 14 * 4),
    now=st.integers(-12 * 4, 14 * 4),
)
def test_no_offset_makes_a_moment_older(moment: datetime, before: int, now: int) -> None:
    """Whether the PC moves to another zone, or QuickBooks takes the wrong offset for the same hands of the clock."""
    zones = [timezone(timedelta(minutes=15 * quarters)) for quarters in (before, now)]
    assert not is_older(moment.astimezone(zones[1]), moment.astimezone(zones[0]))
    assert not is_older(moment.replace(tzinfo=zones[1]), moment.replace(tzinfo=zones[0]))


def test_a_time_without_an_offset_is_taken_for_utc() -> None:
    answer = (
        b"<QBXML><QBXMLMsgsRs><TransactionQueryRs statusCode='0' statusSeverity='Info' statusMessage=''>"
        b"<TransactionRet><TimeModified>2026-03-08T12:00:00</TimeModified></TransactionRet>"
        b"<TransactionRet><TimeModified>2026-03-08T21:00:00+09:00</TimeModified></TransactionRet>"
        b"<TransactionRet><TimeModified>0001-01-01T00:00:00+14:00</TimeModified></TransactionRet>"
        b"<TransactionRet></TransactionRet></TransactionQueryRs></QBXMLMsgsRs></QBXML>"
    )
    times = [modified_at(ret) for one in read_answers(BytesIO(answer)) for ret in one.rets]
    assert times == [NOON, NOON, None, None]
    assert modified_at(None) is None
    assert aware(NOON) is NOON
