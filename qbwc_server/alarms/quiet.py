"""The hours in which nobody is told anything, by the wall clock of the company."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from qbwc_server.posting.options import PostingOptions

_DAY = timedelta(days=1)
_MIDNIGHT = time()
_SATURDAY = 5
_LOOKED_BACK = 4  # days: longer than a weekend with the night before it


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Every night from one time to another, where ``night`` is said, and whole Saturdays and Sundays."""

    night: tuple[time, time] | None
    weekends: bool
    zone: ZoneInfo

    @classmethod
    def of(cls, options: PostingOptions, zone: ZoneInfo) -> QuietHours:
        """As the options of a company say."""
        night = None
        if options.quiet_hours != "none":
            start, end = (time.fromisoformat(one) for one in options.quiet_hours.split("-"))
            night = None if start == end else (start, end)
        return cls(night, options.quiet_weekends, zone)

    def quiet_at(self, moment: datetime) -> bool:
        """Whether nobody is told anything then."""
        there = moment.astimezone(self.zone)
        if self.is_free(there.date()):
            return True
        if self.night is None:
            return False
        start, end = self.night
        clock = there.time()
        return start <= clock < end if start < end else clock >= start or clock < end

    def is_free(self, day: date) -> bool:
        """Whether nobody is told anything on all of that day."""
        return self.weekends and day.weekday() >= _SATURDAY

    def awake_since(self, now: datetime) -> datetime | None:
        """When the last quiet hours ended; None during them, and the distant past where there are none."""
        if self.quiet_at(now):
            return None
        today = now.astimezone(self.zone).date()
        times = {_MIDNIGHT} if self.night is None else {_MIDNIGHT, self.night[1]}
        edges = [
            datetime.combine(today - ago * _DAY, clock, tzinfo=self.zone)
            for ago in range(_LOOKED_BACK)
            for clock in times
        ]
        ends = [edge for edge in edges if edge <= now and self.quiet_at(edge - timedelta(minutes=1))]
        return max(ends, default=now - _LOOKED_BACK * _DAY)
