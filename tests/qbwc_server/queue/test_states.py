"""The states of a request: every pair of state and event, and that nothing is ever sent twice by the table."""

from __future__ import annotations

import pytest

from qbwc_server.queue.states import TRANSITIONS, Event, Priority, RequestState, after

_S, _E = RequestState, Event
MOVES = {
    (_S.WAITING, _E.RELEASED): _S.QUEUED,
    (_S.WAITING, _E.HELD_BACK): _S.WAITING,
    (_S.WAITING, _E.CANCELLED): _S.CANCELLED,
    (_S.WAITING, _E.DONE): _S.DONE,
    (_S.QUEUED, _E.LEFT): _S.SENT,
    (_S.QUEUED, _E.HELD_BACK): _S.WAITING,
    (_S.QUEUED, _E.DONE): _S.DONE,
    (_S.QUEUED, _E.REFUSED): _S.FAILED,
    (_S.QUEUED, _E.CANCELLED): _S.CANCELLED,
    (_S.QUEUED, _E.UNDECIDED): _S.DISPUTED,
    (_S.RESTING, _E.WOKEN): _S.QUEUED,
    (_S.RESTING, _E.CANCELLED): _S.CANCELLED,
    (_S.RESTING, _E.DONE): _S.DONE,
    (_S.RESTING, _E.REFUSED): _S.FAILED,
    (_S.RESTING, _E.UNDECIDED): _S.DISPUTED,
    (_S.SENT, _E.DONE): _S.DONE,
    (_S.SENT, _E.REFUSED): _S.FAILED,
    (_S.SENT, _E.AGAIN): _S.QUEUED,
    (_S.SENT, _E.LOCKED): _S.RESTING,
    (_S.SENT, _E.DOUBT): _S.UNCERTAIN,
    (_S.SENT, _E.UNDECIDED): _S.DISPUTED,
    (_S.UNCERTAIN, _E.DONE): _S.DONE,
    (_S.UNCERTAIN, _E.REFUSED): _S.FAILED,
    (_S.UNCERTAIN, _E.AGAIN): _S.QUEUED,
    (_S.UNCERTAIN, _E.UNDECIDED): _S.DISPUTED,
    (_S.DISPUTED, _E.DONE): _S.DONE,
    (_S.DISPUTED, _E.REFUSED): _S.FAILED,
    (_S.DISPUTED, _E.AGAIN): _S.QUEUED,
    (_S.DISPUTED, _E.CANCELLED): _S.CANCELLED,
}


@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize("state", RequestState)
def test_every_event_in_every_state(state: RequestState, event: Event) -> None:
    assert after(state, event) is MOVES.get((state, event))


def test_what_is_settled_stays_settled() -> None:
    assert [state for state in RequestState if not TRANSITIONS[state]] == [_S.DONE, _S.FAILED, _S.CANCELLED]


def test_only_a_queued_request_leaves_and_what_has_left_cannot_be_taken_out() -> None:
    assert [state for state in RequestState if after(state, _E.LEFT)] == [_S.QUEUED]
    assert not any(after(state, _E.CANCELLED) for state in (_S.SENT, _S.UNCERTAIN, _S.DONE, _S.FAILED))


def test_from_every_open_state_an_answer_still_counts() -> None:
    left_once = (_S.QUEUED, _S.SENT, _S.UNCERTAIN, _S.DISPUTED)
    assert all(after(state, event) for state in left_once for event in (_E.DONE, _E.REFUSED))


def test_the_file_comes_first_then_look_ups() -> None:
    assert sorted(Priority)[:6] == [
        Priority.FILE,
        Priority.LOOK,
        Priority.READ,
        Priority.LIST,
        Priority.TRANSACTION,
        Priority.CHANGE,
    ]
