"""When a job is due: every so many minutes, or at a wall-clock time, daily or on a day of the month."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar, Protocol
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_MINUTES = 24 * 60


class When(Protocol):
    """Which moments a job is due at."""

    kept: ClassVar[timedelta]  # how long its runs stay in the log: well over two of its periods

    def __str__(self) -> str:
        """In words: ``every 5 minutes``, ``daily at 03:30``."""
        ...

    def last_due(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The newest moment, not after ``now``, at which the job was due; in UTC, a whole minute."""
        ...


@dataclass(frozen=True)
class Every:
    """Due every ``minutes`` (1 to 1440), counted through all days alike: no change of the clocks shifts them."""

    minutes: int
    kept: ClassVar[timedelta] = timedelta(days=7)

    def __post_init__(self) -> None:
        if not 1 <= self.minutes <= _MOST_MINUTES:
            raise ValueError(f"every {self.minutes} minutes: 1 to {_MOST_MINUTES} are possible")

    def __str__(self) -> str:
        return "every minute" if self.minutes == 1 else f"every {self.minutes} minutes"

    def last_due(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The newest moment, not after ``now``, at which the job was due."""
        return now.astimezone(UTC) - (now - _EPOCH) % timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Daily:
    """Due once a calendar day at ``hour``:``minute``."""

    hour: int
    minute: int
    kept: ClassVar[timedelta] = timedelta(days=400)

    def __post_init__(self) -> None:
        time(self.hour, self.minute)

    def __str__(self) -> str:
        return f"daily at {self.hour:02}:{self.minute:02}"

    def last_due(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The newest moment, not after ``now``, at which the job was due."""
        today = now.astimezone(zone).date()
        # tomorrow too: where the clock is set back across midnight, tomorrow has begun before today goes on
        days = (today + _DAY * ahead for ahead in (1, 0, -1, -2))
        return _newest(now, (moment(day, time(self.hour, self.minute), zone) for day in days))


@dataclass(frozen=True)
class MonthDay:
    """Due once a month on ``day`` (1 to 31) at ``hour``:``minute``; on the last day where a month is shorter."""

    day: int
    hour: int
    minute: int
    kept: ClassVar[timedelta] = timedelta(days=400)

    def __post_init__(self) -> None:
        time(self.hour, self.minute)
        if not 1 <= self.day <= 31:
            raise ValueError(f"day {self.day} of the month: 1 to 31 are possible")

    def __str__(self) -> str:
        return f"on day {self.day} of the month at {self.hour:02}:{self.minute:02}"

    def last_due(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The newest moment, not after ``now``, at which the job was due."""
        today = now.astimezone(zone).date()
        months = (today.year * 12 + today.month - 1 + ahead for ahead in (1, 0, -1, -2))
        return _newest(now, (moment(self._day_of(*divmod(m, 12)), time(self.hour, self.minute), zone) for m in months))

    def _day_of(self, year: int, month: int) -> date:
        return date(year, month + 1, min(self.day, monthrange(year, month + 1)[1]))


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


def _newest(now: datetime, moments: Iterator[datetime]) -> datetime:
    return max(moment for moment in moments if moment <= now)
