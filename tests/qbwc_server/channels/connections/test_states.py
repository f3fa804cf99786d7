"""The states of a connection: every pair of state and event, and that a person always gets on."""

from __future__ import annotations

import pytest

from qbwc_server.channels.connections.states import (
    TRANSITIONS,
    ConnectionEvent,
    ConnectionNotNow,
    ConnectionState,
    after,
)

_S, _E = ConnectionState, ConnectionEvent
MOVES = {
    (_S.BEING_SET_UP, _E.CHANGED): _S.BEING_SET_UP,
    (_S.BEING_SET_UP, _E.WORKED): _S.RUNNING,
    (_S.BEING_SET_UP, _E.FAILED): _S.BEING_SET_UP,
    (_S.BEING_SET_UP, _E.REFUSED): _S.BEING_SET_UP,
    (_S.BEING_SET_UP, _E.DISCONNECTED): _S.DISCONNECTED,
    (_S.RUNNING, _E.CHANGED): _S.RUNNING,
    (_S.RUNNING, _E.WORKED): _S.RUNNING,
    (_S.RUNNING, _E.FAILED): _S.FAILING,
    (_S.RUNNING, _E.REFUSED): _S.NEEDS_SIGN_IN,
    (_S.RUNNING, _E.PAUSED): _S.PAUSED,
    (_S.RUNNING, _E.DISCONNECTED): _S.DISCONNECTED,
    (_S.FAILING, _E.CHANGED): _S.FAILING,
    (_S.FAILING, _E.WORKED): _S.RUNNING,
    (_S.FAILING, _E.FAILED): _S.FAILING,
    (_S.FAILING, _E.REFUSED): _S.NEEDS_SIGN_IN,
    (_S.FAILING, _E.PAUSED): _S.PAUSED,
    (_S.FAILING, _E.DISCONNECTED): _S.DISCONNECTED,
    (_S.NEEDS_SIGN_IN, _E.CHANGED): _S.RUNNING,
    (_S.NEEDS_SIGN_IN, _E.WORKED): _S.RUNNING,
    (_S.NEEDS_SIGN_IN, _E.FAILED): _S.NEEDS_SIGN_IN,
    (_S.NEEDS_SIGN_IN, _E.REFUSED): _S.NEEDS_SIGN_IN,
    (_S.NEEDS_SIGN_IN, _E.PAUSED): _S.PAUSED,
    (_S.NEEDS_SIGN_IN, _E.DISCONNECTED): _S.DISCONNECTED,
    (_S.BEING_SET_UP, _E.ANSWERED): _S.BEING_SET_UP,
    (_S.BEING_SET_UP, _E.STARTED): _S.RUNNING,
    (_S.RUNNING, _E.RESET): _S.BEING_SET_UP,
    (_S.FAILING, _E.RESET): _S.BEING_SET_UP,
    (_S.NEEDS_SIGN_IN, _E.RESET): _S.BEING_SET_UP,
    (_S.PAUSED, _E.RESET): _S.BEING_SET_UP,
    (_S.PAUSED, _E.CHANGED): _S.PAUSED,
    (_S.PAUSED, _E.WORKED): _S.PAUSED,
    (_S.PAUSED, _E.FAILED): _S.PAUSED,
    (_S.PAUSED, _E.REFUSED): _S.PAUSED,
    (_S.PAUSED, _E.RESUMED): _S.RUNNING,
    (_S.PAUSED, _E.DISCONNECTED): _S.DISCONNECTED,
    (_S.DISCONNECTED, _E.WORKED): _S.DISCONNECTED,
    (_S.DISCONNECTED, _E.FAILED): _S.DISCONNECTED,
    (_S.DISCONNECTED, _E.REFUSED): _S.DISCONNECTED,
    (_S.DISCONNECTED, _E.CONNECTED_AGAIN): _S.BEING_SET_UP,
}


@pytest.mark.parametrize("event", ConnectionEvent)
@pytest.mark.parametrize("state", ConnectionState)
def test_every_pair(state: ConnectionState, event: ConnectionEvent) -> None:
    if (state, event) in MOVES:
        assert after(state, event) is MOVES[state, event]
    else:
        with pytest.raises(ConnectionNotNow, match=state.value.replace("_", " ")):
            after(state, event)


def test_what_a_run_under_way_says_is_never_refused() -> None:
    assert all({_E.WORKED, _E.FAILED, _E.REFUSED} <= events.keys() for events in TRANSITIONS.values())
