"""The words of states, kinds and reasons, each in one place: an icon, a word and a tone."""

from __future__ import annotations

from typing import NamedTuple

from qbwc_server.connector.contact import Contact
from qbwc_server.documents.history import CREATED, DECIDED, DISREGARDED, FOUND
from qbwc_server.documents.lifecycle import Event, Reason, State
from qbwc_server.portal.translation import gettext, lazy_gettext, ngettext
from qbwc_server.queue.states import RequestState
from qbwc_server.reports.listing import Tab
from qbwc_server.reports.verdicts import Finding, Light, Verdict


class Chip(NamedTuple):
    """How a state is shown."""

    tone: str  # ok, wait, warn, bad or off
    icon: str
    word: lazy_gettext


STATES: dict[State, Chip] = {
    State.FOR_REVIEW: Chip("warn", "eye", lazy_gettext("For review")),
    State.SUBMITTED: Chip("wait", "clock", lazy_gettext("Waiting")),
    State.POSTED: Chip("ok", "check", lazy_gettext("Posted")),
    State.FAILED: Chip("bad", "alert", lazy_gettext("Failed")),
    State.HELD: Chip("warn", "hand", lazy_gettext("Held")),
    State.EXCLUDED: Chip("off", "minus", lazy_gettext("Excluded")),
    State.WITHDRAWN: Chip("off", "undo", lazy_gettext("Withdrawn")),
}
TABS: dict[Tab, lazy_gettext] = {
    Tab.FOR_REVIEW: lazy_gettext("For review"),
    Tab.WAITING: lazy_gettext("Waiting"),
    Tab.POSTED: lazy_gettext("Posted"),
    Tab.FAILED: lazy_gettext("Failed"),
    Tab.EXCLUDED: lazy_gettext("Excluded"),
    Tab.WITHDRAWN: lazy_gettext("Withdrawn"),
}
EVENTS: dict[str, lazy_gettext] = {
    CREATED: lazy_gettext("Handed in"),
    DECIDED: lazy_gettext("Decided"),
    DISREGARDED: lazy_gettext("An answer was disregarded"),
    FOUND: lazy_gettext("Found in QuickBooks"),
    Event.SUBMITTED: lazy_gettext("Submitted"),
    Event.REVISED: lazy_gettext("Revised"),
    Event.POSTED: lazy_gettext("Posted"),
    Event.REFUSED: lazy_gettext("Refused"),
    Event.HELD: lazy_gettext("Held"),
    Event.EXCLUDED: lazy_gettext("Excluded"),
    Event.RESTORED: lazy_gettext("Restored"),
    Event.VOID_ASKED: lazy_gettext("Void asked for"),
    Event.KEPT: lazy_gettext("Void taken back"),
    Event.REOPENED: lazy_gettext("Back for review"),
    Event.WITHDRAWN: lazy_gettext("Withdrawn"),
    Event.REVIVED: lazy_gettext("Not void in the company file"),
    Event.VANISHED: lazy_gettext("Not in the company file any more"),
}
REQUESTS: dict[RequestState, lazy_gettext] = {
    RequestState.WAITING: lazy_gettext("waits for another one"),
    RequestState.QUEUED: lazy_gettext("waits for the next update"),
    RequestState.RESTING: lazy_gettext("waits for a later update"),
    RequestState.SENT: lazy_gettext("sent, the answer is awaited"),
    RequestState.UNCERTAIN: lazy_gettext("the answer was lost; QuickBooks is asked"),
    RequestState.DISPUTED: lazy_gettext("nobody can tell whether it was executed"),
    RequestState.DONE: lazy_gettext("done"),
    RequestState.FAILED: lazy_gettext("refused"),
    RequestState.CANCELLED: lazy_gettext("taken back"),
}
CONTACTS: dict[Contact, Chip] = {
    Contact.CONNECTED: Chip("ok", "check", lazy_gettext("Connected")),
    Contact.LATE: Chip("warn", "clock", lazy_gettext("Late")),
    Contact.SILENT: Chip("bad", "alert", lazy_gettext("Silent")),
    Contact.NEVER: Chip("warn", "minus", lazy_gettext("Never called")),
}
LIGHTS: dict[Light, str] = {Light.OK: "check", Light.WARN: "eye", Light.BAD: "alert"}
_WHO = {
    Reason.CLOSING_DATE: lazy_gettext("You, or your accountant"),
    Reason.OUTCOME_UNKNOWN: lazy_gettext("Whoever can look into QuickBooks"),
    Reason.TWICE: lazy_gettext("Whoever can look into QuickBooks"),
    Reason.MISSING: lazy_gettext("Whoever can look into QuickBooks"),
}
_ANYBODY = lazy_gettext("You, or whoever keeps the books")
_SENTENCES = {
    Finding.STOPPED: lazy_gettext("Nothing is written to QuickBooks"),
    Finding.SILENT: lazy_gettext("QuickBooks does not fetch what waits"),
    Finding.UPDATE_FAILED: lazy_gettext("The last update failed"),
    Finding.NEVER_CALLED: lazy_gettext("The Web Connector has not called yet"),
    Finding.PAUSED: lazy_gettext("Posting is paused"),
    Finding.UNHEARD: lazy_gettext("The Web Connector has not called for more than a day"),
    Finding.WELL: lazy_gettext("All is well"),
}


def event_words(event: str) -> str:
    """What happened to a document."""
    return str(EVENTS.get(event, event))


def request_words(state: str) -> str:
    """What became of a request."""
    return str(REQUESTS[RequestState(state)])


def who_acts(reason: str | None) -> str:
    """Who can do something about it."""
    return str(next((words for known, words in _WHO.items() if known == reason), _ANYBODY))


def verdict_sentence(verdict: Verdict) -> str:
    """The verdict in one sentence."""
    if verdict.finding is Finding.TWICE:
        return ngettext(
            "%(num)d document is in QuickBooks twice", "%(num)d documents are in QuickBooks twice", verdict.twice
        )
    if verdict.finding is Finding.NEEDS_YOU:
        return ngettext("%(num)d thing needs you", "%(num)d things need you", verdict.needs_you)
    return str(_SENTENCES[verdict.finding])


def verdict_explained(verdict: Verdict) -> str:
    """What stands below it: the words of what stops everything, else what goes on."""
    if verdict.said:
        return verdict.said
    if verdict.finding is Finding.PAUSED:
        return gettext("Nothing leaves before somebody resumes.")
    if verdict.contact is Contact.NEVER:
        return gettext("Add the .qwc file to the Web Connector, type the password, and press Update Selected.")
    if verdict.finding in (Finding.SILENT, Finding.UNHEARD):
        return gettext("See whether the PC is on, the Web Connector runs there, and Auto-Run is ticked.")
    if verdict.waiting:
        return ngettext(
            "%(num)d document goes to QuickBooks with the next update.",
            "%(num)d documents go to QuickBooks with the next update.",
            verdict.waiting,
        )
    return gettext("Nothing waits.")
