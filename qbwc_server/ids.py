"""Identifiers: time-ordered UUIDs for rows that QuickBooks hears of, random text for secrets."""

from __future__ import annotations

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """A UUID (version 7 layout) that sorts after every earlier one of this process.

    The order makes "first in, first out" an index walk, and new rows land together in the index.
    """
    global _last  # noqa: PLW0603  # ids count up in each process
    with _lock:
        # 48 bits of milliseconds and 12 bits of fraction, never standing still
        _last = max(_last + 1, time.time_ns() * 4096 // 1_000_000)
        stamp = _last
    tail = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    return UUID(int=((stamp >> 12) << 80) | (7 << 76) | ((stamp & 0xFFF) << 64) | (2 << 62) | tail)


def has_our_layout(value: UUID) -> bool:
    """Whether an id may have been made by ``new_id``, here or on another server of this kind."""
    return value.version == 7
