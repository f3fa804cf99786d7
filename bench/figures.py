"""One measured figure with its target, and the table of them."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """A figure: the median of several rounds with their extremes, and whether it is what was to be reached."""

    name: str
    value: float
    unit: str
    low: float
    high: float
    target: str = ""
    reached: bool | None = None  # None: there is no target

    def as_record(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self)


def figure(
    name: str,
    rounds: Sequence[float],
    unit: str,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
) -> Figure:
    """The median of ``rounds`` held against a limit."""
    value = statistics.median(rounds)
    target, reached = "", None
    if at_least is not None:
        target, reached = f">= {shown(at_least)}", value >= at_least
    if at_most is not None:
        target, reached = f"<= {shown(at_most)}", value <= at_most
    return Figure(name, value, unit, min(rounds), max(rounds), target, reached)


def shown(value: float) -> str:
    """Three significant digits, more for whole numbers."""
    if value == int(value) and abs(value) < 1e9:
        return f"{int(value):,}"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


@dataclass
class Section:
    """Figures of one row of the issue's table, with what they include."""

    title: str
    says: str
    figures: list[Figure]

    def lines(self) -> list[str]:
        """For people."""
        width = max((len(one.name) for one in self.figures), default=0)
        found = ["", self.title, f"  {self.says}"]
        for one in self.figures:
            spread = "" if one.low == one.high else f"({shown(one.low)} .. {shown(one.high)})"
            verdict = "" if one.reached is None else "reached" if one.reached else "NOT REACHED"
            found.append(
                f"  {one.name:<{width}}  {shown(one.value):>9} {one.unit:<10} {spread:<20} "
                f"{one.target:<10} {verdict}".rstrip()
            )
        return found

    def as_record(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {"title": self.title, "says": self.says, "figures": [one.as_record() for one in self.figures]}


Report = Callable[[str], None]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of all lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
