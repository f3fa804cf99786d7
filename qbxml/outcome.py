"""What follows from a code of QuickBooks, and why: the words that status codes and HRESULTs share."""

from enum import StrEnum
from typing import Final

MOST_WORDS: Final = 500
"""So many characters are kept of what QuickBooks says of its own accord."""


class Outcome(StrEnum):
    """What follows from a code, in the order of how little there is to do."""

    DONE = "done"  # QuickBooks did it, perhaps with a remark
    NOTHING_FOUND = "nothing_found"  # a question was answered: there is no such thing
    TRY_AGAIN = "try_again"  # nothing wrong with the request; `advice` says what to do before it goes again
    CORRECT = "correct"  # a person corrects the data, here or in QuickBooks
    CONFIGURATION = "configuration"  # a person changes a setting, a permission or a licence
    OURS = "ours"  # a mistake of this software


class Cause(StrEnum):
    """Why QuickBooks did not do something, where something particular follows from it."""

    CLOSED_PERIOD = "closed_period"  # before the closing date, or in a locked period
    NAME_IN_USE = "name_in_use"  # of a customer, vendor, employee or other name, or twice in one list
    STALE = "stale"  # changed by somebody since it was read: its edit sequence is another one
    NOT_THERE = "not_there"  # what the request is about, or an id in it, is not in the file
    UNKNOWN_NAME = "unknown_name"  # an entry that the request names is not in its list
    IN_USE = "in_use"  # not to be deleted, because transactions use it
    LOCKED = "locked"  # somebody else has it open now
    SINGLE_USER = "single_user"  # QuickBooks does it in single-user mode only
    ANOTHER_FAILED = "another_failed"  # not reached, or taken back, because another request of the set failed
    CURRENCY = "currency"  # customer, vendor, accounts and document do not have the same one
    FEATURE_OFF = "feature_off"  # switched off in the preferences, or not in this edition
    PERMISSION = "permission"  # of the application, or of the user under whom it logs in
    FULL = "full"  # a list, or the file, has reached its limit
    ITERATOR_GONE = "iterator_gone"  # how far a long answer had been read is forgotten: ask from the beginning


def own_words(text: str) -> str:
    """What QuickBooks says itself, on one line, at most :data:`MOST_WORDS` characters of it."""
    shown = "".join(ch if ch.isprintable() else " " for ch in text[: 2 * MOST_WORDS])
    line = " ".join(shown.split())
    return line if len(line) <= MOST_WORDS and len(text) <= 2 * MOST_WORDS else f"{line[: MOST_WORDS - 3]}..."
