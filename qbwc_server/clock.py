"""What time it is, and the business day of a company; tests turn the hands by passing another clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def business_day(moment: datetime, time_zone: str) -> date:
    """The calendar day of ``moment`` where the company keeps its books."""
    return moment.astimezone(ZoneInfo(time_zone)).date()
