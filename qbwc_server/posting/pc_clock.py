"""Times that QuickBooks tells: by the clock of a PC that may be wrong, in a zone that may be another tomorrow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from qbxml import Aggregate

MARGIN = timedelta(days=2)  # in questions by time: as far as that clock and ours may be apart
_SAME_MOMENT = timedelta(minutes=15)  # offsets differ by multiples of this
_HARDLY = timedelta(seconds=2)


def aware(moment: datetime) -> datetime:
    """A time that came without its offset is the PC's own; it is taken for UTC, which is near enough for MARGIN."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def modified_at(ret: Aggregate | None) -> datetime | None:
    """When QuickBooks last changed what it shows; None where it does not say, or names a moment outside all years."""
    moment: datetime | None = getattr(ret, "time_modified", None)
    try:
        return None if moment is None else aware(moment).astimezone(UTC)
    except OverflowError:
        return None


def is_older(shown: datetime, known: datetime) -> bool:
    """Whether a transaction is shown as it was before a change whose time is known.

    QuickBooks is known to tell one moment with different offsets, before and after daylight saving begins. So times
    that are apart by a whole number of quarter hours are taken for the same.
    """
    return known - shown > _HARDLY and (known - shown) % _SAME_MOMENT != timedelta(0)
