"""What a status code means, also one that nobody has written down yet, and what its text adds to it."""

import re
from dataclasses import replace
from typing import Final

from qbxml.outcome import Cause, Outcome, own_words
from qbxml.status_codes import CLOSING, LOOK, ONLINE_ONLY, REPORT, SEND_AGAIN, STATUS, Status

_UNSURE_WARNING = "Look whether the entry is in QuickBooks as it was meant."
_DONE, _AGAIN, _CORRECT, _OURS = Outcome.DONE, Outcome.TRY_AGAIN, Outcome.CORRECT, Outcome.OURS

# first code, last code, what an unlisted code between them is taken for
_STATUS_RANGES: tuple[tuple[int, int, Status], ...] = (
    (0, 499, Status(0, "QuickBooks has answered with a remark, of code {}.", _DONE, "")),
    (
        500,
        999,
        Status(0, "QuickBooks has answered with a warning, of code {}.", _DONE, _UNSURE_WARNING, doubtful=True),
    ),
    (1000, 1999, Status(0, "QuickBooks reported a general error, of code {}.", _AGAIN, LOOK, doubtful=True)),
    (2000, 2999, Status(0, "QuickBooks reported an error of its online edition, of code {}.", _OURS, ONLINE_ONLY)),
    (3000, 3099, Status(0, "QuickBooks could not read a value of the request (code {}).", _OURS, REPORT)),
    (
        3100,
        8999,
        Status(0, "QuickBooks refused the request with code {}.", _CORRECT, "Read the message, correct, submit again."),
    ),
    (9000, 9099, Status(0, "QuickBooks reported a fault of the message set (code {}).", _OURS, LOOK, doubtful=True)),
    (9100, 9199, Status(0, "A name given within the message set is not valid (code {}).", _OURS, REPORT)),
)
_STATUS_ELSEWHERE = Status(0, "QuickBooks answered with the code {}, which is not known.", _OURS, LOOK, doubtful=True)

LOCKABLE: frozenset[int] = frozenset({3170, 3171, 3172, 3173, 3174, 3175, 3176, 3177, 3178, 3179, 3180, 3185})
"""Codes that stand both for "someone else was there" and for real refusals; the text tells which."""

LOCK_TEXTS: tuple[str, ...] = (
    "list has been modified by another user",
    "internals could not be locked",
    "failed to acquire the lock",
    "list element is in use",
    "could not be locked",
    "in use by another user",
)
"""Parts of messages, in lower case, that say another user was there, so that the same request may go again."""

_CLOSED_TEXTS: Final = ("closing date", "closed period", "period is closed", "books are closed", "have been closed")
_CURRENCY_TEXT: Final = re.compile(r"\bcurrenc(?:y|ies)\b|\bexchange rate")
_QUOTED: Final = re.compile('"[^"]*"')

_LOCKED = Status(0, "Someone else was using the entry in QuickBooks.", _AGAIN, SEND_AGAIN, cause=Cause.LOCKED)
_CLOSED = Status(
    0,
    "The entry lies before the closing date or in a locked period.",
    _CORRECT,
    CLOSING,
    cause=Cause.CLOSED_PERIOD,
)
_CURRENCY = Status(
    0,
    "The currencies of the document, its customer or vendor, and its accounts do not fit together.",
    _CORRECT,
    "Name a customer or vendor, and accounts, of one and the same currency; then submit again.",
    cause=Cause.CURRENCY,
)


def status(code: int, message: str = "") -> Status:
    """The meaning of a status code, never failing.

    Args:
        code: the ``statusCode`` of an answer, or a ``messageSetStatusCode``.
        message: its ``statusMessage``. It decides where one code stands for several things: a lock held by another
            user, the closing date, a currency, or another refusal.
    """
    found = _by_text(code, message) or STATUS.get(code) or _by_range(code)
    if not message or code == 0:
        return found
    return replace(found, words=own_words(message))


def is_lock(message: str) -> bool:
    """Whether a ``statusMessage`` says that another user held what the request needed."""
    return _says(message, LOCK_TEXTS)


def _by_text(code: int, message: str) -> Status | None:
    """What the text says of a refusal, beyond its code."""
    if not _FIRST_REFUSAL <= code <= _LAST_REFUSAL or not message:
        return None
    if code in LOCKABLE and is_lock(message):
        return replace(_LOCKED, code=code)
    listed = STATUS.get(code)
    if listed is not None and listed.cause not in _VAGUE:
        return None
    if _says(message, _CLOSED_TEXTS):
        return replace(_CLOSED, code=code)
    return replace(_CURRENCY, code=code) if _CURRENCY_TEXT.search(_plain(message)) else None


_FIRST_REFUSAL, _LAST_REFUSAL = 3100, 8999
_VAGUE: Final = frozenset({None, Cause.NOT_THERE, Cause.UNKNOWN_NAME})


def _says(message: str, parts: tuple[str, ...]) -> bool:
    text = _plain(message)
    return any(part in text for part in parts)


def _plain(message: str) -> str:
    """The text without the names that it quotes: a customer may be called anything."""
    return " ".join(_QUOTED.sub(" ", message[:5000]).lower().split())


def _by_range(code: int) -> Status:
    generic = next((generic for first, last, generic in _STATUS_RANGES if first <= code <= last), _STATUS_ELSEWHERE)
    return replace(generic, code=code, meaning=generic.meaning.format(code))
