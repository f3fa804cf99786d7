"""Date macros of queries: ThisMonth, LastFiscalQuarterToDate and the like as first and last day."""

from datetime import date, timedelta


def days_of(macro: str, today: date) -> tuple[date | None, date | None]:
    """First and last day of a date macro. The fiscal year is the calendar year here; weeks begin on Sunday."""
    if macro == "All":
        return None, None
    if macro in ("Today", "Yesterday"):
        day = today if macro == "Today" else today - timedelta(days=1)
        return day, day
    if macro == "NextFourWeeks":
        start = _week(today) + timedelta(days=7)
        return start, start + timedelta(days=27)
    which = next(word for word in ("This", "Last", "Next") if macro.startswith(word))
    to_date = macro.endswith("ToDate")
    unit = macro.removeprefix(which).removesuffix("ToDate").removeprefix("Calendar").removeprefix("Fiscal")
    step = {"This": 0, "Last": -1, "Next": 1}[which]
    start, following = _span(unit, today, step)
    end = following - timedelta(days=1)
    if to_date:
        first_of_this, _ = _span(unit, today, 0)
        end = min(end, start + (today - first_of_this))
    return start, end


def _week(day: date) -> date:
    return day - timedelta(days=(day.weekday() + 1) % 7)


def _span(unit: str, today: date, step: int) -> tuple[date, date]:
    """First day of a span, and first day after it."""
    if unit == "Week":
        start = _week(today) + timedelta(weeks=step)
        return start, start + timedelta(weeks=1)
    length = {"Month": 1, "Quarter": 3, "Year": 12}[unit]
    month = (today.year * 12 + today.month - 1) // length * length + step * length
    return _first(month), _first(month + length)


def _first(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)
