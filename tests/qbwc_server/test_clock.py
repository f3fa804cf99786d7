"""The present moment and the business day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from qbwc_server.clock import business_day, now


def test_now_is_aware_and_in_utc() -> None:
    assert now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        (datetime(2026, 3, 2, 4, 59, tzinfo=UTC), "America/New_York", date(2026, 3, 1)),
        (datetime(2026, 3, 2, 5, 0, tzinfo=UTC), "America/New_York", date(2026, 3, 2)),
        (datetime(2026, 7, 2, 4, 0, tzinfo=UTC), "America/New_York", date(2026, 7, 2)),  # daylight saving time
        (datetime(2026, 3, 1, 15, 0, tzinfo=UTC), "Asia/Tokyo", date(2026, 3, 2)),
        (datetime(2026, 12, 31, 12, 0, tzinfo=UTC), "Pacific/Kiritimati", date(2027, 1, 1)),
    ],
)
def test_the_day_is_that_of_the_company(moment: datetime, zone: str, day: date) -> None:
    assert business_day(moment, zone) == day
