"""Quiet hours by the wall clock of the company: nights across midnight, weekends, and when they end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from qbwc_server.alarms.quiet import QuietHours
from qbwc_server.posting.options import PostingOptions

NEW_YORK = ZoneInfo("America/New_York")


def quiet(hours: str = "20:00-07:00", *, weekends: bool = True) -> QuietHours:
    options = PostingOptions.model_validate({"quiet_hours": hours, "quiet_weekends": weekends})
    return QuietHours.of(options, NEW_YORK)


def there(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=NEW_YORK)  # the 2nd is a Monday, on the 8th the clocks change


@pytest.mark.parametrize(
    ("moment", "since"),
    [
        (there(3, 6, 59), None),
        (there(3, 7), there(3, 7)),
        (there(3, 19, 59), there(3, 7)),
        (there(3, 20), None),
        (there(6, 23), None),
        (there(7, 12), None),
        (there(8, 12), None),
        (there(9, 6, 59), None),
        (there(9, 9), there(9, 7)),
    ],
)
def test_nights_and_weekends(moment: datetime, since: datetime | None) -> None:
    assert quiet().awake_since(moment.astimezone(UTC)) == since


@pytest.mark.parametrize(
    ("hours", "weekends", "moment", "since"),
    [
        ("none", True, there(9, 3), there(9, 0)),
        ("none", True, there(7, 3), None),
        ("20:00-07:00", False, there(7, 12), there(7, 7)),
        ("12:00-13:00", False, there(3, 12, 30), None),
        ("12:00-13:00", False, there(3, 14), there(3, 13)),
        ("12:00-13:00", False, there(3, 11), there(2, 13)),
    ],
)
def test_as_a_company_wants_it(hours: str, weekends: bool, moment: datetime, since: datetime | None) -> None:
    assert quiet(hours, weekends=weekends).awake_since(moment) == since


@pytest.mark.parametrize("hours", ["none", "08:00-08:00"])
def test_where_nothing_is_quiet_it_has_been_so_for_long(hours: str) -> None:
    moment = there(3, 3)
    since = quiet(hours, weekends=False).awake_since(moment)
    assert since is not None
    assert moment - since >= timedelta(days=1)


@pytest.mark.parametrize("hours", ["20:00", "8:00-9:00", "24:00-07:00", "20:00-07:60", "", "20:00-07:00\n", "never"])
def test_nonsense_is_refused(hours: str) -> None:
    with pytest.raises(ValidationError):
        PostingOptions.model_validate({"quiet_hours": hours})


@given(st.integers(0, 525_600), st.booleans())
def test_what_is_awake_was_awake_all_the_time_since(minutes: int, weekends: bool) -> None:
    """Also where the clocks are set: never awake since a moment that is still to come, nor since a quiet one."""
    hours, now = quiet(weekends=weekends), datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    since = hours.awake_since(now)
    assert (since is None) == hours.quiet_at(now)
    if since is not None:
        assert since <= now
        assert not any(hours.quiet_at(since + (now - since) * part / 8) for part in range(9))
