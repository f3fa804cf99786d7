"""When a job is due: every so many minutes, or at a wall-clock time, daily or on a day of the month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import ClassVar, Protocol
from zoneinfo import ZoneInfo

from qbwc_server.clock import day_of_month, moment

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
        days = (day_of_month(self.day, year, month + 1) for year, month in (divmod(m, 12) for m in months))
        return _newest(now, (moment(day, time(self.hour, self.minute), zone) for day in days))


def _newest(now: datetime, moments: Iterator[datetime]) -> datetime:
    return max(moment for moment in moments if moment <= now)
