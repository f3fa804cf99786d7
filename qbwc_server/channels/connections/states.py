"""States of a connection, of its runs and of its records: the tables, and nothing else."""

from __future__ import annotations

from enum import StrEnum

from qbwc_server.errors import Conflict


class ConnectionState(StrEnum):
    """Where a connection stands."""

    BEING_SET_UP = "being_set_up"  # its options may still lack something; it is not run by the clock
    RUNNING = "running"  # run by its schedule
    FAILING = "failing"  # the last run did not come to its end; it goes on by its schedule
    NEEDS_SIGN_IN = "needs_sign_in"  # upstream refuses the key: nothing is asked until a person gives another
    PAUSED = "paused"  # a person said so
    DISCONNECTED = "disconnected"  # a person said so; connected again, it knows what it brought


class ConnectionEvent(StrEnum):
    """What happens to a connection."""

    CHANGED = "changed"  # a person gave other options
    WORKED = "worked"  # upstream answered to the end: a check by a person, or a run
    ANSWERED = "answered"  # the same, of one that a person has yet to start
    STARTED = "started"  # a person went through what its channel wants settled
    RESET = "reset"  # a person opened that again
    FAILED = "failed"
    REFUSED = "refused"  # upstream does not take the key
    PAUSED = "paused"
    RESUMED = "resumed"
    DISCONNECTED = "disconnected"
    CONNECTED_AGAIN = "connected_again"


_S, _E = ConnectionState, ConnectionEvent
_COMES_LATE = (_E.WORKED, _E.FAILED, _E.REFUSED)  # of a run that was under way when a person said otherwise

TRANSITIONS: dict[ConnectionState, dict[ConnectionEvent, ConnectionState]] = {
    _S.BEING_SET_UP: {
        _E.CHANGED: _S.BEING_SET_UP,
        _E.WORKED: _S.RUNNING,
        _E.ANSWERED: _S.BEING_SET_UP,
        _E.STARTED: _S.RUNNING,
        _E.FAILED: _S.BEING_SET_UP,
        _E.REFUSED: _S.BEING_SET_UP,
        _E.DISCONNECTED: _S.DISCONNECTED,
    },
    _S.RUNNING: {
        _E.CHANGED: _S.RUNNING,
        _E.WORKED: _S.RUNNING,
        _E.FAILED: _S.FAILING,
        _E.REFUSED: _S.NEEDS_SIGN_IN,
        _E.PAUSED: _S.PAUSED,
        _E.DISCONNECTED: _S.DISCONNECTED,
        _E.RESET: _S.BEING_SET_UP,
    },
    _S.FAILING: {
        _E.CHANGED: _S.FAILING,
        _E.WORKED: _S.RUNNING,
        _E.FAILED: _S.FAILING,
        _E.REFUSED: _S.NEEDS_SIGN_IN,
        _E.PAUSED: _S.PAUSED,
        _E.DISCONNECTED: _S.DISCONNECTED,
        _E.RESET: _S.BEING_SET_UP,
    },
    _S.NEEDS_SIGN_IN: {
        _E.CHANGED: _S.RUNNING,
        _E.WORKED: _S.RUNNING,
        _E.FAILED: _S.NEEDS_SIGN_IN,
        _E.REFUSED: _S.NEEDS_SIGN_IN,
        _E.PAUSED: _S.PAUSED,
        _E.DISCONNECTED: _S.DISCONNECTED,
        _E.RESET: _S.BEING_SET_UP,
    },
    _S.PAUSED: {
        _E.CHANGED: _S.PAUSED,
        **dict.fromkeys(_COMES_LATE, _S.PAUSED),
        _E.RESUMED: _S.RUNNING,
        _E.DISCONNECTED: _S.DISCONNECTED,
        _E.RESET: _S.BEING_SET_UP,
    },
    _S.DISCONNECTED: {
        **dict.fromkeys(_COMES_LATE, _S.DISCONNECTED),
        _E.CONNECTED_AGAIN: _S.BEING_SET_UP,
    },
}

BY_THE_CLOCK = (ConnectionState.RUNNING, ConnectionState.FAILING)  # states in which it is run by its schedule


class RunOutcome(StrEnum):
    """What became of a run."""

    UNDER_WAY = "under_way"
    DONE = "done"
    FAILED = "failed"  # upstream did not answer to the end; what came is kept
    BROKE_OFF = "broke_off"  # its process ended, or was told to; the next run goes on from there


class RecordState(StrEnum):
    """What became of a record."""

    NEW = "new"  # to be drafted
    DRAFTED = "drafted"  # its documents stand as it says
    WAITING = "waiting"  # its document cannot be changed at this moment; it is drafted again in the next run
    KEPT = "kept"  # for what runs later, such as billing; nothing is drafted of it
    SET_ASIDE = "set_aside"  # it breaks; drafted again when upstream changes it, or a person asks for it


class ConnectionNotNow(Conflict):
    """This cannot be done to the connection as it stands."""

    code = "connection_state"


def after(state: ConnectionState, event: ConnectionEvent) -> ConnectionState:
    """The state that follows. Raises ConnectionNotNow where the table has no entry."""
    try:
        return TRANSITIONS[state][event]
    except KeyError:
        said = f"A connection that is {state.value.replace('_', ' ')} cannot be {event.value.replace('_', ' ')}."
        raise ConnectionNotNow(said) from None
