"""The words of states, kinds and reasons, each in one place: an icon, a word and a tone."""

from __future__ import annotations

from typing import NamedTuple

from qbwc_server.documents.lifecycle import Reason, State
from qbwc_server.portal.translation import gettext, lazy_gettext, ngettext
from qbwc_server.reports.verdicts import Contact, Finding, Light, Verdict


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
