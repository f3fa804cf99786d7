"""What happened in one schedule, in plain lines, for whoever has to understand a failure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime


class Story:
    """Lines in the order of events, and how often each sort of thing happened."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.lines: list[str] = []
        self.happened: Counter[str] = Counter()

    def tell(self, words: str) -> None:
        """One line, with the time of the schedule before it."""
        self.lines.append(f"{self._clock():%Y-%m-%d %H:%M:%S}  {words}")

    def count(self, what: str) -> None:
        """Something of this sort happened."""
        self.happened[what] += 1
