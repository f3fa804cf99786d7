"""The update session as a table: every state with every call, and the progress it tells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_server.connector.session import TRANSITIONS, Call, SessionState, after, may_send, percent

_S, _C = SessionState, Call
MOVES = {
    (_S.READY, _C.SENT): _S.WAITING,
    (_S.READY, _C.RAN_DRY): _S.DONE,
    (_S.READY, _C.BROKE): _S.FAILED,
    (_S.READY, _C.HUNG_UP): _S.CLOSED,
    (_S.WAITING, _C.ANSWERED): _S.READY,
    (_S.WAITING, _C.RAN_DRY): _S.DONE,
    (_S.WAITING, _C.BROKE): _S.FAILED,
    (_S.WAITING, _C.HUNG_UP): _S.CLOSED,
    (_S.DONE, _C.SENT): _S.WAITING,
    (_S.DONE, _C.BROKE): _S.FAILED,
    (_S.DONE, _C.HUNG_UP): _S.CLOSED,
    (_S.FAILED, _C.HUNG_UP): _S.CLOSED,
}


@pytest.mark.parametrize("call", Call)
@pytest.mark.parametrize("state", SessionState)
def test_every_call_in_every_state(state: SessionState, call: Call) -> None:
    assert after(state, call) is MOVES.get((state, call), state)


def test_a_session_that_failed_or_ended_hands_out_nothing() -> None:
    assert [state for state in SessionState if may_send(state)] == [_S.READY, _S.WAITING, _S.DONE]


def test_every_session_can_be_closed() -> None:
    assert {after(state, _C.HUNG_UP) for state in SessionState} == {_S.CLOSED}
    assert set(TRANSITIONS) == set(SessionState)


@pytest.mark.parametrize(
    ("answered", "due", "waiting", "said"),
    [
        (0, 0, 0, 100), (5, 0, 0, 100), (0, 1, 0, 1), (1, 1, 0, 50), (999, 1, 0, 99), (1, 999, 0, 1),
        (25, 75, 0, 25), (2, 2, 96, 2), (25, 25, 50, 25), (5, 0, 9, 100),
    ],
)  # fmt: skip
def test_progress(answered: int, due: int, waiting: int, said: int) -> None:
    assert percent(answered, due, waiting) == said


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_100_means_that_nothing_may_leave_and_nothing_else_ends_a_session(
    answered: int, due: int, waiting: int
) -> None:
    said = percent(answered, due, waiting)
    assert 1 <= said <= 100
    assert (said == 100) == (due == 0)
    assert percent(answered + 1, due, waiting) >= said
