"""States of a document: one table."""

from __future__ import annotations

from enum import StrEnum

from qbwc_server.errors import Conflict


class State(StrEnum):
    """Where a document stands."""

    FOR_REVIEW = "for_review"  # a person has to look, or something is missing
    SUBMITTED = "submitted"  # waits for QuickBooks
    POSTED = "posted"  # stands in the books, with its TxnID
    FAILED = "failed"  # QuickBooks refused it: correct, then submit again
    HELD = "held"  # closing date, or nobody can tell what happened: a person decides
    EXCLUDED = "excluded"  # a person said: not into the books
    WITHDRAWN = "withdrawn"  # was posted, is void or deleted now


class Event(StrEnum):
    """What happens to a document."""

    SUBMITTED = "submitted"
    REVISED = "revised"  # its content was replaced
    POSTED = "posted"
    REFUSED = "refused"
    HELD = "held"
    EXCLUDED = "excluded"
    RESTORED = "restored"
    VOID_ASKED = "void_asked"  # a person asked to void it
    KEPT = "kept"  # a person took that back: it stays as it is in the books
    REOPENED = "reopened"  # the same, of what was about to be changed before it was to be void
    WITHDRAWN = "withdrawn"
    REVIVED = "revived"  # voided once, and not void in the company file (an older backup was restored)
    VANISHED = "vanished"  # posted once, no longer in the company file (an older backup was restored)


_S, _E = State, Event

TRANSITIONS: dict[State, dict[Event, State]] = {
    _S.FOR_REVIEW: {
        _E.SUBMITTED: _S.SUBMITTED,
        _E.POSTED: _S.POSTED,  # an answer that came very late: what stands in the books counts
        _E.HELD: _S.HELD,  # a late answer says that an earlier sending of it is in the books
        _E.REVISED: _S.FOR_REVIEW,
        _E.EXCLUDED: _S.EXCLUDED,
        _E.VOID_ASKED: _S.SUBMITTED,  # of what is in the books and cannot be changed there from here
    },
    _S.SUBMITTED: {
        _E.POSTED: _S.POSTED,
        _E.REFUSED: _S.FAILED,
        _E.HELD: _S.HELD,
        _E.WITHDRAWN: _S.WITHDRAWN,
        _E.REVISED: _S.FOR_REVIEW,
        _E.EXCLUDED: _S.EXCLUDED,
        _E.KEPT: _S.POSTED,
        _E.REOPENED: _S.FOR_REVIEW,
    },
    _S.POSTED: {
        _E.POSTED: _S.POSTED,
        _E.REVISED: _S.FOR_REVIEW,
        _E.VOID_ASKED: _S.SUBMITTED,
        _E.WITHDRAWN: _S.WITHDRAWN,
        _E.HELD: _S.HELD,
        _E.VANISHED: _S.FOR_REVIEW,
    },
    _S.FAILED: {
        _E.SUBMITTED: _S.SUBMITTED,
        _E.REVISED: _S.FOR_REVIEW,
        _E.EXCLUDED: _S.EXCLUDED,
        _E.VOID_ASKED: _S.SUBMITTED,
        _E.WITHDRAWN: _S.WITHDRAWN,
        _E.POSTED: _S.POSTED,  # a late answer, or a person who found it in QuickBooks
        _E.HELD: _S.HELD,
        _E.VANISHED: _S.FOR_REVIEW,
        _E.KEPT: _S.POSTED,
        _E.REOPENED: _S.FOR_REVIEW,
    },
    _S.HELD: {
        _E.SUBMITTED: _S.SUBMITTED,
        _E.REVISED: _S.FOR_REVIEW,
        _E.EXCLUDED: _S.EXCLUDED,
        _E.POSTED: _S.POSTED,
        _E.HELD: _S.HELD,  # for another reason
        _E.REFUSED: _S.FAILED,
        _E.VOID_ASKED: _S.SUBMITTED,
        _E.WITHDRAWN: _S.WITHDRAWN,
        _E.KEPT: _S.POSTED,
        _E.REOPENED: _S.FOR_REVIEW,
    },
    _S.EXCLUDED: {_E.RESTORED: _S.FOR_REVIEW, _E.POSTED: _S.POSTED, _E.HELD: _S.HELD},
    # HELD: an answer that came late says that it is in the books a second time, or it is not void in an older copy
    _S.WITHDRAWN: {_E.REVIVED: _S.FOR_REVIEW, _E.HELD: _S.HELD},
}


class Reason(StrEnum):
    """Why a document does not move by itself; problems and status codes have codes of their own."""

    OUTCOME_UNKNOWN = "outcome_unknown"  # it may or may not be in QuickBooks: a person looks and says
    CLOSING_DATE = "closing_date"
    CHANGED_MEANWHILE = "changed_meanwhile"  # somebody keeps changing it in QuickBooks
    EDITED = "edited"  # somebody edited it in QuickBooks, and a revision is about to be written over that
    NUMBER_TAKEN = "number_taken"  # a revision gives it a number that somebody has typed by hand
    LIST_ENTRY = "list_entry"  # a customer or item it names is missing and could not be added
    TWICE = "twice"  # QuickBooks holds it two times
    SENT_IN_VAIN = "sent_in_vain"  # QuickBooks broke off each time, and it is certain that it was not entered
    NO_INVOICE = "no_invoice"  # there is no unsent invoice that its lines belong on
    INVOICE_TAKEN = "invoice_taken"  # the invoice on which its lines stand was sent, paid, closed, or is another's now
    MISSING = "missing"  # was in QuickBooks once, is not any more


UNDECIDED = (Reason.OUTCOME_UNKNOWN, Reason.TWICE)  # nothing happens to such a document before a person has decided
NEEDS_A_PERSON = (State.FOR_REVIEW, State.FAILED, State.HELD)


_DONE_TO_IT = {event: event.value for event in Event} | {
    Event.REFUSED: "failed",
    Event.VOID_ASKED: "voided",
    Event.WITHDRAWN: "void",
    Event.VANISHED: "missing",
}


class NotNow(Conflict):
    """This cannot be done to the document as it stands."""

    code = "document_state"


def after(state: State, event: Event) -> State:
    """The state that follows. Raises NotNow where the table has no entry."""
    try:
        return TRANSITIONS[state][event]
    except KeyError:
        raise NotNow(f"A document that is {state.value.replace('_', ' ')} cannot be {_DONE_TO_IT[event]}.") from None
