"""The states of a run: every event happens in one state, and what has ended stays so."""

from __future__ import annotations

import pytest

from qbwc_server.jobs.states import TRANSITIONS, RunEvent, RunState, step


@pytest.mark.parametrize("event", RunEvent)
def test_every_event_happens_in_one_state(event: RunEvent) -> None:
    before, after = step(event)
    assert TRANSITIONS[before][event] is after


def test_what_has_ended_stays_so() -> None:
    assert {state for state, events in TRANSITIONS.items() if not events} == {
        RunState.DONE,
        RunState.FAILED,
        RunState.SKIPPED,
    }
    assert set(TRANSITIONS) == set(RunState)
