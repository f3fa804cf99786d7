"""When jobs are due: through all changes of the clocks, at the ends of months, and never twice for one day."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbwc_server.clock import moment
from qbwc_server.jobs.due import Daily, Every, MonthDay, When

MINUTE, QUARTER, DAY = timedelta(minutes=1), timedelta(minutes=15), timedelta(days=1)
FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2032, 12, 31, tzinfo=UTC)
MOMENTS = st.integers(0, int((LAST - FIRST).total_seconds() * 10)).map(lambda n: FIRST + timedelta(seconds=n / 10))
# half an hour, two hours, at midnight, at 24:00, twice a year around Ramadan, a whole day, quarters of an hour
ODD = (
    "Australia/Lord_Howe", "Antarctica/Troll", "America/Havana", "Africa/Cairo", "Africa/Casablanca",
    "America/Santiago", "Asia/Beirut", "America/Nuuk", "Pacific/Chatham", "Asia/Gaza", "America/St_Johns",
    "America/New_York", "Europe/London", "Europe/Berlin", "Australia/Sydney", "Pacific/Easter", "UTC", "Asia/Kathmandu",
)  # fmt: skip


@cache
def _changing() -> tuple[str, ...]:
    """Every time zone whose clocks change between 2024 and 2032."""
    half_months = [FIRST + timedelta(days=15 * n) for n in range((LAST - FIRST).days // 15)]
    zones = (ZoneInfo(name) for name in sorted(available_timezones()))
    return tuple(zone.key for zone in zones if len({moment.astimezone(zone).utcoffset() for moment in half_months}) > 1)


def _by_walking(day: date, wall_clock: time, zone: ZoneInfo) -> datetime:
    """The first minute at which the clocks show ``wall_clock`` of ``day`` or later, found by looking at each minute."""
    wanted = datetime.combine(day, wall_clock)
    walk = wanted.replace(tzinfo=UTC) - timedelta(hours=15)
    while walk.astimezone(zone).replace(tzinfo=None) < wanted:
        walk += MINUTE
    return walk


def _changes(zone: ZoneInfo) -> list[datetime]:
    """The minutes from 2024 to 2032 at which the clocks of ``zone`` are changed, always at a quarter of an hour."""
    changes = []
    for n in range((LAST - FIRST).days):
        before, after = FIRST + n * DAY, FIRST + (n + 1) * DAY
        offset = before.astimezone(zone).utcoffset()
        if after.astimezone(zone).utcoffset() != offset:
            changes += [
                at for m in range(96)
                if (at := before + (m + 1) * QUARTER).astimezone(zone).utcoffset()
                != (at - QUARTER).astimezone(zone).utcoffset()
            ]  # fmt: skip
    return changes


def test_there_are_zones_whose_clocks_change() -> None:
    assert len(_changing()) > 100
    assert set(ODD) - set(_changing()) == {"UTC", "Asia/Kathmandu"}


@pytest.mark.parametrize("name", ODD)
def test_around_each_change_of_the_clocks_the_moment_is_the_first_at_which_they_show_the_time(name: str) -> None:
    zone = ZoneInfo(name)
    for change in _changes(zone):
        local = change.astimezone(zone).replace(tzinfo=None)
        for minutes in (-121, -61, -60, -59, -31, -30, -29, -15, -1, 0, 1, 29, 30, 31, 59, 60, 61, 121):
            shown = local + minutes * MINUTE
            assert moment(shown.date(), shown.time(), zone) == _by_walking(shown.date(), shown.time(), zone), shown


@settings(max_examples=300, deadline=None)
@given(st.data(), st.dates(FIRST.date(), LAST.date()), st.times().map(lambda t: t.replace(second=0, microsecond=0)))
def test_on_any_day_in_any_zone_the_moment_is_the_first_at_which_the_clocks_show_the_time(
    data: st.DataObject, day: date, wall_clock: time
) -> None:
    zone = ZoneInfo(data.draw(st.sampled_from(_changing())))
    assert moment(day, wall_clock, zone) == _by_walking(day, wall_clock, zone)


def test_a_time_that_the_clocks_skip_is_due_when_they_go_on_and_one_shown_twice_once() -> None:
    york = ZoneInfo("America/New_York")
    skipped, twice = Daily(2, 30), Daily(1, 30)
    assert skipped.last_due(datetime(2026, 3, 8, 12, tzinfo=UTC), york) == datetime(2026, 3, 8, 7, tzinfo=UTC)
    assert twice.last_due(datetime(2026, 11, 1, 12, tzinfo=UTC), york) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_a_whole_day_that_was_left_out_is_made_up_for_at_the_start_of_the_next() -> None:
    apia = ZoneInfo("Pacific/Apia")  # had no 30 December 2011
    assert moment(date(2011, 12, 30), time(5), apia) == datetime(2011, 12, 30, 10, tzinfo=UTC)
    assert moment(date(2011, 12, 31), time(5), apia) == datetime(2011, 12, 30, 15, tzinfo=UTC)


@settings(max_examples=60, deadline=None)
@given(
    st.data(),
    st.dates(FIRST.date(), LAST.date() - timedelta(days=20)),
    st.builds(Daily, st.integers(0, 23), st.integers(0, 59)),
)
def test_every_day_is_due_once(data: st.DataObject, start: date, when: Daily) -> None:
    zone = ZoneInfo(data.draw(st.sampled_from(_changing())))
    days = [start + n * DAY for n in range(20)]
    expected = [moment(day, time(when.hour, when.minute), zone) for day in days]
    assert sorted(set(expected)) == expected
    assert _seen(when, zone, expected[0], expected[-1]) == expected


@pytest.mark.parametrize("day", range(1, 32))
def test_every_month_is_due_once_on_its_day_or_its_last(day: int) -> None:
    when = MonthDay(day, 2, 30)
    zones = [ZoneInfo(_changing()[(day * 13 + n * 29) % len(_changing())]) for n in range(3)]
    for zone in [*zones, ZoneInfo("America/Havana")]:
        months = [(2024 + n // 12, n % 12 + 1) for n in range(9 * 12)]
        expected = [moment(date(y, m, min(day, monthrange(y, m)[1])), time(2, 30), zone) for y, m in months]
        for n, due in enumerate(expected):
            following = expected[n + 1] if n + 1 < len(expected) else due + DAY
            for now in (due, due + MINUTE, due + DAY - MINUTE, following - timedelta(microseconds=1)):
                assert when.last_due(now, zone) == due, (zone.key, now)


def _seen(when: When, zone: ZoneInfo, start: datetime, end: datetime) -> list[datetime]:
    """What is due between two moments for who looks every 37 minutes."""
    looks = (start + n * 37 * MINUTE for n in range((end - start) // (37 * MINUTE) + 1))
    return sorted({when.last_due(now, zone) for now in [*looks, end]})


@settings(max_examples=100)
@given(st.integers(1, 1440), MOMENTS)
def test_every_so_many_minutes_without_a_gap_and_whatever_the_zone(minutes: int, now: datetime) -> None:
    when, zone = Every(minutes), ZoneInfo("Africa/Casablanca")
    due = when.last_due(now, zone)
    assert timedelta(0) <= now - due < minutes * MINUTE
    assert (due.second, due.microsecond) == (0, 0)
    assert when.last_due(due - timedelta(microseconds=1), zone) == due - minutes * MINUTE
    assert when.last_due(now.astimezone(zone), ZoneInfo("UTC")) == due


@settings(max_examples=200, deadline=None)
@given(st.data(), MOMENTS)
def test_the_newest_due_time_has_passed_is_a_whole_minute_and_stays_until_the_next(
    data: st.DataObject, now: datetime
) -> None:
    zone = ZoneInfo(data.draw(st.sampled_from(_changing())))
    hour, minute = data.draw(st.integers(0, 23)), data.draw(st.integers(0, 59))
    kinds: list[When] = [Daily(hour, minute), MonthDay(data.draw(st.integers(1, 31)), hour, minute)]
    when = data.draw(st.sampled_from(kinds))
    due = when.last_due(now, zone)
    assert due <= now
    assert due == when.last_due(due, zone)
    assert when.last_due(due - timedelta(microseconds=1), zone) < due
    assert (due.tzinfo, due.second, due.microsecond) == (UTC, 0, 0)
    assert now - due <= (timedelta(hours=50) if isinstance(when, Daily) else timedelta(days=33))


@pytest.mark.parametrize("minutes", [0, -5, 1441])
def test_minutes_that_make_no_sense_are_refused(minutes: int) -> None:
    with pytest.raises(ValueError, match="minutes"):
        Every(minutes)


@pytest.mark.parametrize(("day", "hour", "minute"), [(0, 1, 1), (32, 1, 1), (1, 24, 0), (1, -1, 0), (1, 0, 60)])
def test_times_that_no_clock_shows_are_refused(day: int, hour: int, minute: int) -> None:
    with pytest.raises(ValueError, match=r"must be in|are possible"):
        MonthDay(day, hour, minute)
    if 1 <= day <= 31:
        with pytest.raises(ValueError, match="must be in"):
            Daily(hour, minute)


@pytest.mark.parametrize("when", [Every(1440), Daily(3, 30), MonthDay(31, 0, 0)])
def test_the_log_keeps_two_periods_at_least(when: When) -> None:
    """Else a run that was dropped from the log would be taken for one that was never done."""
    now, zone = datetime(2026, 3, 30, 12, tzinfo=UTC), ZoneInfo("UTC")
    due = when.last_due(now, zone)
    before = when.last_due(due - MINUTE, zone)
    assert when.kept > 3 * (due - before)
