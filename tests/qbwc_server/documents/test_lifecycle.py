"""The states of a document: every pair of state and event, and where it can still get to."""

from __future__ import annotations

import pytest

from qbwc_server.documents.lifecycle import NEEDS_A_PERSON, TRANSITIONS, Event, NotNow, State, after
from qbwc_server.errors import Conflict

_S, _E = State, Event
MOVES = {
    (_S.FOR_REVIEW, _E.SUBMITTED): _S.SUBMITTED,
    (_S.FOR_REVIEW, _E.POSTED): _S.POSTED,
    (_S.FOR_REVIEW, _E.HELD): _S.HELD,
    (_S.FOR_REVIEW, _E.REVISED): _S.FOR_REVIEW,
    (_S.FOR_REVIEW, _E.EXCLUDED): _S.EXCLUDED,
    (_S.FOR_REVIEW, _E.VOID_ASKED): _S.SUBMITTED,
    (_S.SUBMITTED, _E.POSTED): _S.POSTED,
    (_S.SUBMITTED, _E.REFUSED): _S.FAILED,
    (_S.SUBMITTED, _E.HELD): _S.HELD,
    (_S.SUBMITTED, _E.WITHDRAWN): _S.WITHDRAWN,
    (_S.SUBMITTED, _E.REVISED): _S.FOR_REVIEW,
    (_S.SUBMITTED, _E.EXCLUDED): _S.EXCLUDED,
    (_S.SUBMITTED, _E.KEPT): _S.POSTED,
    (_S.SUBMITTED, _E.REOPENED): _S.FOR_REVIEW,
    (_S.POSTED, _E.POSTED): _S.POSTED,
    (_S.POSTED, _E.REVISED): _S.FOR_REVIEW,
    (_S.POSTED, _E.VOID_ASKED): _S.SUBMITTED,
    (_S.POSTED, _E.WITHDRAWN): _S.WITHDRAWN,
    (_S.POSTED, _E.HELD): _S.HELD,
    (_S.POSTED, _E.VANISHED): _S.FOR_REVIEW,
    (_S.FAILED, _E.SUBMITTED): _S.SUBMITTED,
    (_S.FAILED, _E.REVISED): _S.FOR_REVIEW,
    (_S.FAILED, _E.EXCLUDED): _S.EXCLUDED,
    (_S.FAILED, _E.VOID_ASKED): _S.SUBMITTED,
    (_S.FAILED, _E.WITHDRAWN): _S.WITHDRAWN,
    (_S.FAILED, _E.POSTED): _S.POSTED,
    (_S.FAILED, _E.HELD): _S.HELD,
    (_S.FAILED, _E.KEPT): _S.POSTED,
    (_S.FAILED, _E.REOPENED): _S.FOR_REVIEW,
    (_S.FAILED, _E.VANISHED): _S.FOR_REVIEW,
    (_S.HELD, _E.SUBMITTED): _S.SUBMITTED,
    (_S.HELD, _E.REVISED): _S.FOR_REVIEW,
    (_S.HELD, _E.EXCLUDED): _S.EXCLUDED,
    (_S.HELD, _E.POSTED): _S.POSTED,
    (_S.HELD, _E.HELD): _S.HELD,
    (_S.HELD, _E.REFUSED): _S.FAILED,
    (_S.HELD, _E.VOID_ASKED): _S.SUBMITTED,
    (_S.HELD, _E.WITHDRAWN): _S.WITHDRAWN,
    (_S.HELD, _E.KEPT): _S.POSTED,
    (_S.HELD, _E.REOPENED): _S.FOR_REVIEW,
    (_S.EXCLUDED, _E.RESTORED): _S.FOR_REVIEW,
    (_S.EXCLUDED, _E.POSTED): _S.POSTED,
    (_S.EXCLUDED, _E.HELD): _S.HELD,
    (_S.WITHDRAWN, _E.REVIVED): _S.FOR_REVIEW,
    (_S.WITHDRAWN, _E.HELD): _S.HELD,
}


@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize("state", State)
def test_every_event_in_every_state(state: State, event: Event) -> None:
    if (state, event) in MOVES:
        assert after(state, event) is MOVES[state, event]
    else:
        with pytest.raises(NotNow, match=f"{state.value.replace('_', ' ')} cannot be [a-z]+[.]$") as refusal:
            after(state, event)
        assert isinstance(refusal.value, Conflict)
        assert refusal.value.code == "document_state"


def test_what_was_taken_back_comes_again_only_with_an_older_file_or_a_second_execution() -> None:
    assert TRANSITIONS[State.WITHDRAWN].keys() == {Event.REVIVED, Event.HELD}


@pytest.mark.parametrize("state", [state for state in State if state is not State.WITHDRAWN])
def test_from_everywhere_else_it_can_still_get_into_the_books(state: State) -> None:
    reached = {state}
    while more := {target for one in reached for target in TRANSITIONS[one].values()} - reached:
        reached |= more
    assert State.POSTED in reached


def test_every_state_can_be_reached() -> None:
    assert {State.FOR_REVIEW, *(state for events in TRANSITIONS.values() for state in events.values())} == set(State)


@pytest.mark.parametrize("state", NEEDS_A_PERSON)
def test_a_person_can_always_submit_or_exclude(state: State) -> None:
    assert {Event.SUBMITTED, Event.EXCLUDED, Event.REVISED} <= set(TRANSITIONS[state])
