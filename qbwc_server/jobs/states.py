"""States of a run of a job: the table, and nothing else."""

from __future__ import annotations

from enum import StrEnum


class RunState(StrEnum):
    """Where one run stands."""

    DUE = "due"  # waits for somebody to do it
    RUNNING = "running"  # somebody does it, and says so again and again
    DONE = "done"
    FAILED = "failed"  # tried again when the job is next due
    SKIPPED = "skipped"  # nobody came to it before the next one was due, which makes up for it


class RunEvent(StrEnum):
    """What happens to a run."""

    CLAIMED = "claimed"
    DONE = "done"
    FAILED = "failed"
    HANDED_BACK = "handed_back"  # its process is told to stop
    TAKEN_OVER = "taken_over"  # its process has died
    OVERTAKEN = "overtaken"  # by a newer one


_S, _E = RunState, RunEvent

TRANSITIONS: dict[RunState, dict[RunEvent, RunState]] = {
    _S.DUE: {_E.CLAIMED: _S.RUNNING, _E.OVERTAKEN: _S.SKIPPED},
    _S.RUNNING: {_E.DONE: _S.DONE, _E.FAILED: _S.FAILED, _E.HANDED_BACK: _S.DUE, _E.TAKEN_OVER: _S.DUE},
    _S.DONE: {},
    _S.FAILED: {},
    _S.SKIPPED: {},
}


def step(event: RunEvent) -> tuple[RunState, RunState]:
    """The one state in which ``event`` happens, and the one that follows: what an UPDATE asks for and writes."""
    ((before, after),) = ((state, events[event]) for state, events in TRANSITIONS.items() if event in events)
    return before, after
