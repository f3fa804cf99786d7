"""One Web Connector update session as a state machine; no SOAP, no database, no clock."""

from __future__ import annotations

from enum import StrEnum


class SessionState(StrEnum):
    """Where an update session stands."""

    READY = "ready"  # the next call may ask for work
    WAITING = "waiting"  # a message set is out; its answer is owed to us
    FAILED = "failed"  # it ends with a sentence from getLastError
    DONE = "done"  # nothing is left
    CLOSED = "closed"


class Call(StrEnum):
    """What moves a session."""

    SENT = "sent"
    ANSWERED = "answered"
    RAN_DRY = "ran_dry"
    BROKE = "broke"
    HUNG_UP = "hung_up"


_S, _C = SessionState, Call

TRANSITIONS: dict[SessionState, dict[Call, SessionState]] = {
    _S.READY: {_C.SENT: _S.WAITING, _C.RAN_DRY: _S.DONE, _C.BROKE: _S.FAILED, _C.HUNG_UP: _S.CLOSED},
    _S.WAITING: {
        _C.SENT: _S.WAITING,  # asked again without an answer: a look-up goes out, never the writes again
        _C.ANSWERED: _S.READY,
        _C.RAN_DRY: _S.DONE,
        _C.BROKE: _S.FAILED,
        _C.HUNG_UP: _S.CLOSED,
    },
    _S.DONE: {
        _C.SENT: _S.WAITING,  # new work arrived after the last answer, and the connector asked once more
        _C.ANSWERED: _S.DONE,
        _C.RAN_DRY: _S.DONE,
        _C.BROKE: _S.FAILED,
        _C.HUNG_UP: _S.CLOSED,
    },
    _S.FAILED: {_C.BROKE: _S.FAILED, _C.HUNG_UP: _S.CLOSED},
    _S.CLOSED: {_C.HUNG_UP: _S.CLOSED},
}


def after(state: SessionState, call: Call) -> SessionState:
    """The state that follows; a call that does not fit leaves the state alone, since late and repeated calls are
    a fact.
    """
    return TRANSITIONS[state].get(call, state)


def may_send(state: SessionState) -> bool:
    """Whether work may be handed out."""
    return Call.SENT in TRANSITIONS[state]


def percent(answered: int, due: int, waiting: int = 0) -> int:
    """How far the session is: 1..99 while something is left, 100 when nothing may leave any more.

    Args:
        waiting: for others to be done; what waits in vain does not keep a session going.
    """
    if due <= 0:
        return 100
    return max(1, min(99, 100 * answered // (answered + due + waiting)))
