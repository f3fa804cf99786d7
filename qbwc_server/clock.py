"""What time it is, here and on the clocks of a company; tests turn the hands by passing another clock."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def business_day(moment: datetime, time_zone: str) -> date:
    """The calendar day of ``moment`` where the company keeps its books."""
    return moment.astimezone(ZoneInfo(time_zone)).date()


def day_of_month(day: int, year: int, month: int) -> date:
    """Day ``day`` (1 to 31) of a month; its last day where the month is shorter."""
    return date(year, month, min(day, monthrange(year, month)[1]))


def moment(day: date, wall_clock: time, zone: ZoneInfo) -> datetime:
    """When the clocks of ``zone`` first show ``wall_clock`` on ``day``, in UTC.

    A time that they show twice counts the first time; one that they skip is the moment at which they go on.
    """
    shown = datetime.combine(day, wall_clock, tzinfo=zone)
    first = shown.astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == shown.replace(tzinfo=None):
        return first
    return _end_of_gap(shown.replace(fold=1).astimezone(UTC), first, zone)


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The moment of the change of the clocks between two moments, by halving."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
