"""Which moments that sources and people tell can be reckoned with."""

from __future__ import annotations

from datetime import UTC, datetime

EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)
"""Further away stands what a computer says that does not know its clock; and not much behind it no calendar goes on."""


def within_reach(moment: datetime) -> bool:
    """Whether an aware moment can be put into UTC, and an overlap taken from it."""
    return EARLIEST <= moment < LATEST
