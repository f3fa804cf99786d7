"""States of a queued request and of a message set: the two tables, and nothing else."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class RequestState(StrEnum):
    """Where one request stands."""

    WAITING = "waiting"  # for another request to be done first
    QUEUED = "queued"  # may leave with the next set
    RESTING = "resting"  # met a lock: may leave again in a later session
    SENT = "sent"  # in a set whose answer is owed
    UNCERTAIN = "uncertain"  # a write whose answer is missing: to be looked up, never sent as it stands
    DISPUTED = "disputed"  # the look-up did not decide: a person does
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Event(StrEnum):
    """What happens to a request."""

    RELEASED = "released"
    HELD_BACK = "held_back"  # something has to be known before it leaves
    LEFT = "left"
    DONE = "done"
    REFUSED = "refused"
    AGAIN = "again"  # certainly not executed: may leave once more
    LOCKED = "locked"  # the same, but somebody has the entry open: not in this session
    WOKEN = "woken"
    DOUBT = "doubt"
    UNDECIDED = "undecided"
    CANCELLED = "cancelled"


_S, _E = RequestState, Event

TRANSITIONS: dict[RequestState, dict[Event, RequestState]] = {
    # it may have been done before our own database was restored
    _S.WAITING: {_E.RELEASED: _S.QUEUED, _E.HELD_BACK: _S.WAITING, _E.CANCELLED: _S.CANCELLED, _E.DONE: _S.DONE},
    # an answer may come late, after the look-up had already queued the request again: it still counts
    _S.QUEUED: {
        _E.LEFT: _S.SENT,
        _E.HELD_BACK: _S.WAITING,
        _E.CANCELLED: _S.CANCELLED,
        _E.DONE: _S.DONE,
        _E.REFUSED: _S.FAILED,
        _E.UNDECIDED: _S.DISPUTED,
    },
    _S.RESTING: {
        _E.WOKEN: _S.QUEUED,
        _E.CANCELLED: _S.CANCELLED,
        _E.DONE: _S.DONE,
        _E.REFUSED: _S.FAILED,
        _E.UNDECIDED: _S.DISPUTED,
    },
    _S.SENT: {
        _E.DONE: _S.DONE,
        _E.REFUSED: _S.FAILED,
        _E.AGAIN: _S.QUEUED,
        _E.LOCKED: _S.RESTING,
        _E.DOUBT: _S.UNCERTAIN,
        _E.UNDECIDED: _S.DISPUTED,  # its answer could not be worked in
    },
    _S.UNCERTAIN: {
        _E.DONE: _S.DONE,
        _E.REFUSED: _S.FAILED,
        _E.AGAIN: _S.QUEUED,
        _E.UNDECIDED: _S.DISPUTED,
    },
    _S.DISPUTED: {_E.DONE: _S.DONE, _E.REFUSED: _S.FAILED, _E.AGAIN: _S.QUEUED, _E.CANCELLED: _S.CANCELLED},
    _S.FAILED: {},
    _S.DONE: {},
    _S.CANCELLED: {},
}


class Delivery(StrEnum):
    """What became of a message set."""

    IN_FLIGHT = "in_flight"
    ANSWERED = "answered"
    UNCERTAIN = "uncertain"


class Ended(StrEnum):
    """What ended a request, where no answer of QuickBooks did."""

    UNREADABLE = "unreadable"  # QuickBooks could not read it, even alone
    SILENCE = "silence"  # QuickBooks never answered it
    BREAKDOWN = "breakdown"  # its answer could not be worked in here


class Priority(IntEnum):
    """Lower leaves earlier. FILE and LOOK never share a set with anything else: nothing is asked before it is known
    that this is the right file, and nothing is written while something is in doubt.
    """

    FILE = -10
    LOOK = 0
    READ = 10
    LIST = 20
    TRANSACTION = 30
    CHANGE = 40
    REFRESH = 90


def after(state: RequestState, event: Event) -> RequestState | None:
    """The state that follows, or None where the event no longer matters (a second or late answer)."""
    return TRANSITIONS[state].get(event)
