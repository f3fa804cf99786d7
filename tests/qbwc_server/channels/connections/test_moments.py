"""Moments that can be reckoned with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from qbwc_server.channels.connections.moments import EARLIEST, LATEST, within_reach


@pytest.mark.parametrize("offset", ["+14:00", "+00:00", "-12:00"])
def test_the_ends_of_the_calendar_are_out_of_reach_in_every_zone(offset: str) -> None:
    assert not within_reach(datetime.fromisoformat(f"0001-01-01T00:00:00{offset}"))
    assert not within_reach(datetime.fromisoformat(f"9999-12-31T23:59:59.999999{offset}"))
    assert within_reach(datetime.fromisoformat(f"2026-03-02T15:00:00{offset}"))


def test_what_is_within_reach_can_be_reckoned_with() -> None:
    for moment in (EARLIEST, LATEST - timedelta(microseconds=1)):
        assert within_reach(moment)
        assert moment.astimezone(UTC) - timedelta(days=1) < moment
    assert not within_reach(LATEST)
