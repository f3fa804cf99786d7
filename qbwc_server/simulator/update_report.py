"""What the window of the Web Connector shows after an update, and how an update ends before its time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class ConnectorKilled(Exception):
    """The Web Connector died by plan. ``report`` says how far it had come."""

    def __init__(self, report: UpdateReport) -> None:
        super().__init__(f"killed at {report.calls[-1].operation}")
        self.report = report


class FellAsleep(Exception):
    """The PC fell asleep in the middle of an update. ``report`` says how far it had come; ``wake()`` goes on."""

    def __init__(self, report: UpdateReport) -> None:
        super().__init__(f"asleep after {report.rounds} message sets")
        self.report = report


class NeverEnding(Exception):
    """The server kept an update session going for more calls than were allowed."""


class Call(NamedTuple):
    """One SOAP call and the beginning of what came back, or why nothing did."""

    operation: str
    brief: str


@dataclass(frozen=True)
class UpdateReport:
    """What the window of the Web Connector shows after an update, and what was exchanged."""

    ok: bool  # no error is shown: a clean end, nothing to do, or postponed
    status_line: str
    error: str  # "QBWC1012", or "" where the Web Connector has no code for it
    percent: int  # the last progress that the server reported, 0 to 100
    rounds: int  # message sets that QuickBooks was given
    calls: tuple[Call, ...]
    ticket: str = ""
    next_run_in: int | None = None  # seconds, when the schedule is on
