"""What the codes of QuickBooks mean for the bookkeeper: status codes of answers, HRESULTs of failed calls.

Two written tables and two look-ups that always answer, also for a code nobody has written down yet.
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class Outcome(StrEnum):
    """What follows from a code, in the order of how little there is to do."""

    DONE = "done"  # QuickBooks did it, perhaps with a remark
    NOTHING_FOUND = "nothing_found"  # a question was answered: there is no such thing
    TRY_AGAIN = "try_again"  # nothing wrong with the request; `advice` says what to do before it goes again
    CORRECT = "correct"  # a person corrects the data, here or in QuickBooks
    CONFIGURATION = "configuration"  # a person changes a setting, a permission or a licence
    OURS = "ours"  # a mistake of this software


class Written(StrEnum):
    """May the message set have been executed, although the call ended with an HRESULT?"""

    NO = "no"
    UNKNOWN = "unknown"  # look before writing again


@dataclass(frozen=True)
class Status:
    """One status code. ``doubtful``: something may have been written, so look before writing again."""

    code: int
    meaning: str  # one sentence for the bookkeeper
    outcome: Outcome
    advice: str  # what to do next; "" where there is nothing to do
    doubtful: bool = False


@dataclass(frozen=True)
class HResult:
    """One HRESULT, with which the Web Connector reports that a call into QuickBooks failed as a whole."""

    code: str  # "0x80040400"
    meaning: str
    outcome: Outcome
    advice: str
    written: Written = Written.UNKNOWN  # when it comes in place of an answer, not while connecting


_DONE, _NOTHING, _AGAIN = Outcome.DONE, Outcome.NOTHING_FOUND, Outcome.TRY_AGAIN
_CORRECT, _CONFIG, _OURS = Outcome.CORRECT, Outcome.CONFIGURATION, Outcome.OURS

_REPORT = "Report this to the maker of the software, with the request and the answer."
_LOOK = "Look in QuickBooks whether the entry exists before anything is sent again."
_SEND_AGAIN = "It is sent again without change."
_CHECK_VALUE = "Correct the value named in the message and submit again."
_READ_AGAIN = "Read the entry from QuickBooks again, apply the change to what is there now, and send that."
_ONLINE_ONLY = "The request is meant for QuickBooks Online, not for QuickBooks Desktop."
_PERMISSION = "Let an administrator of the company file change the permissions, then retry."
_UNSURE_WARNING = "Look whether the entry is in QuickBooks as it was meant."
_CLOSING = "Date the document after the closing date, or open the period; then submit again."

_STATUS_TABLE: tuple[Status, ...] = (
    # 0-499: done, or a question answered
    Status(0, "QuickBooks has done what was asked.", _DONE, ""),
    Status(1, "QuickBooks has nothing that matches the search.", _NOTHING, ""),
    # 500-999: done, with a remark
    Status(500, "Something that was asked for by name or number is not in QuickBooks.", _NOTHING, ""),
    Status(
        501, "QuickBooks holds an entry that this version of the interface cannot show.", _OURS, _REPORT, doubtful=True
    ),
    Status(510, "QuickBooks did the work but cannot return the entry.", _DONE, "Read the entry with a query."),
    Status(530, "QuickBooks ignored a field that it does not know.", _OURS, _REPORT, doubtful=True),
    Status(531, "QuickBooks ignored a value that it does not know.", _OURS, _REPORT, doubtful=True),
    Status(540, "Part of the request exists in QuickBooks Online only.", _OURS, _REPORT, doubtful=True),
    Status(550, "The entry was saved, but its notes were not.", _DONE, "Enter the notes by hand if they matter."),
    Status(560, "The entry was saved; the request used a field that is being withdrawn.", _DONE, ""),
    Status(
        570,
        "The entry was saved, but could not be linked because the other transaction is closed.",
        _DONE,
        "Check in QuickBooks whether the link is needed.",
    ),
    # 600 and 9001-9005: about the message set as a whole
    Status(
        600,
        "QuickBooks keeps no record of that message set; perhaps another company file is open.",
        _NOTHING,
        _LOOK,
        doubtful=True,
    ),
    # 1000-1999: general errors
    Status(1000, "QuickBooks reported an internal error.", _AGAIN, _LOOK, doubtful=True),
    Status(1010, "QuickBooks was not available.", _AGAIN, _LOOK, doubtful=True),
    Status(1030, "This QuickBooks does not know this kind of request.", _OURS, _REPORT),
    Status(1060, "The number of the request is not acceptable to QuickBooks.", _OURS, _REPORT),
    # 2000-2999: QuickBooks Online
    Status(2000, "QuickBooks asked for a sign-on that exists only online.", _OURS, _ONLINE_ONLY),
    Status(2040, "QuickBooks does not offer this online function.", _OURS, _ONLINE_ONLY),
    # 3000-3099: the form of a value
    Status(3000, "A reference in the request is not a valid QuickBooks id, or is given twice.", _OURS, _REPORT),
    Status(3010, "A yes-or-no value is malformed.", _OURS, _REPORT),
    Status(
        3020,
        "A date is malformed or outside the range that QuickBooks accepts.",
        _OURS,
        "Check the dates of the document; if they are sensible, report this to the maker of the software.",
    ),
    Status(3030, "A date range ends before it begins.", _OURS, _REPORT),
    Status(3031, "A text range ends before it begins.", _OURS, _REPORT),
    Status(3035, "A length of time is malformed.", _OURS, _REPORT),
    Status(3040, "QuickBooks could not read an amount.", _OURS, _REPORT),
    Status(3045, "QuickBooks could not read a price.", _OURS, _REPORT),
    Status(3050, "QuickBooks could not read a percentage.", _OURS, _REPORT),
    Status(3060, "QuickBooks could not read a quantity.", _OURS, _REPORT),
    Status(3065, "QuickBooks could not read a GUID.", _OURS, _REPORT),
    Status(3070, "A text is too long for its field.", _CORRECT, "Shorten the text named in the message."),
    Status(3080, "A text holds something that QuickBooks does not accept.", _CORRECT, _CHECK_VALUE),
    Status(3085, "QuickBooks could not read a number.", _OURS, _REPORT),
    Status(
        3090,
        "QuickBooks does not accept this name; a colon, for example, is not allowed in one.",
        _CORRECT,
        "Choose another name and submit again.",
    ),
    # 3100 and up: the request clashes with what is in the books
    Status(
        3100,
        "The name is already in use; customers, vendors, employees and other names share one list.",
        _CORRECT,
        "Use the existing entry, or choose another name.",
    ),
    Status(
        3110,
        "The resulting amount is too large for QuickBooks.",
        _CORRECT,
        "Check quantities and prices; split the document if they are right.",
    ),
    Status(
        3120,
        "Something the request refers to is not in QuickBooks; it may have been deleted.",
        _CORRECT,
        "Choose an entry that exists, then submit again.",
    ),
    Status(
        3121,
        "A custom field, or its owner, does not exist in this company file.",
        _CONFIG,
        "Create the custom field in QuickBooks, or remove it from the mapping.",
    ),
    Status(
        3130,
        "The parent of a list entry does not exist.",
        _CORRECT,
        "Create the parent, or choose another one, and submit again.",
    ),
    Status(
        3140,
        "An item, customer, account or other entry named in the request is not in QuickBooks.",
        _CORRECT,
        "Create the entry in QuickBooks or choose an existing one, then submit again.",
    ),
    Status(3150, "The request lacks something that QuickBooks insists on.", _OURS, _REPORT),
    Status(3151, "The request holds something that does not belong there.", _OURS, _REPORT),
    Status(3152, "Two parts of the request contradict each other.", _OURS, _REPORT),
    Status(3153, "QuickBooks does not allow this field to be emptied.", _OURS, _REPORT),
    Status(
        3160, "The entry cannot be deleted because transactions use it.", _CORRECT, "Make the entry inactive instead."
    ),
    Status(3161, "The entry cannot be deleted because it lies before the closing date.", _CORRECT, _CLOSING),
    Status(
        3162,
        "QuickBooks allows this only in single-user mode.",
        _AGAIN,
        "Switch QuickBooks to single-user mode, or wait until the others have left; then it is sent again.",
    ),
    Status(3170, "QuickBooks could not save the change.", _CORRECT, "Read the message, correct, and submit again."),
    Status(
        3171,
        "The entry cannot be changed because it lies before the closing date or in a locked period.",
        _CORRECT,
        _CLOSING,
    ),
    Status(3175, "Someone else was using the entry.", _AGAIN, _SEND_AGAIN),
    Status(3176, "Someone else was using an entry that belongs to this one.", _AGAIN, _SEND_AGAIN),
    Status(3177, "The same transaction is linked twice.", _OURS, _REPORT),
    Status(3180, "QuickBooks could not save the entry.", _CORRECT, "Read the message, correct, and submit again."),
    Status(
        3185,
        "QuickBooks could not void the transaction.",
        _CORRECT,
        "Look at the transaction in QuickBooks; void it there if it must be void.",
    ),
    Status(3190, "QuickBooks could not empty the field.", _OURS, _REPORT),
    Status(3200, "The entry was changed in QuickBooks since it was last read.", _AGAIN, _READ_AGAIN),
    Status(3205, "QuickBooks does not accept the address.", _CORRECT, "Correct the address and submit again."),
    Status(3210, "QuickBooks does not accept a value of the document.", _CORRECT, _CHECK_VALUE),
    Status(3220, "The Web Connector is not authorised to do this.", _CONFIG, _PERMISSION),
    Status(3230, "QuickBooks took the change back because of another error in the set.", _AGAIN, _SEND_AGAIN),
    Status(3231, "QuickBooks did not reach the request because one before it failed.", _AGAIN, _SEND_AGAIN),
    Status(3240, "The entry is not the one that was read: its time of creation differs.", _AGAIN, _READ_AGAIN),
    Status(
        3250,
        "This feature is switched off, or this edition of QuickBooks does not have it.",
        _CONFIG,
        "Switch the feature on in the QuickBooks preferences, or leave it out of the document.",
    ),
    Status(3260, "The QuickBooks user of the Web Connector may not do this.", _CONFIG, _PERMISSION),
    Status(
        3261,
        "The Web Connector has no access to personal data.",
        _CONFIG,
        "Allow access to personal data under Preferences, Integrated Applications, then retry.",
    ),
    Status(3262, "The Web Connector lacks a permission.", _CONFIG, _PERMISSION),
    Status(3263, "The Web Connector lacks a permission.", _CONFIG, _PERMISSION),
    Status(
        3270,
        "QuickBooks does not know to which account this is to be posted.",
        _CORRECT,
        "Give the item an account, or set the default account in QuickBooks; then submit again.",
    ),
    Status(3280, "The kind of item does not fit here.", _CORRECT, "Choose another item and submit again."),
    Status(3290, "The kind of item or its unit does not fit here.", _CORRECT, "Choose another item or unit."),
    Status(
        3300,
        "The list is full: QuickBooks has reached its limit.",
        _CORRECT,
        "Remove unused entries from the list, or use a larger edition of QuickBooks.",
    ),
    Status(
        3310,
        "QuickBooks has reached its limit of entries or transactions.",
        _CORRECT,
        "Condense the company file, or use a larger edition of QuickBooks.",
    ),
    Status(
        3391,
        "QuickBooks no longer knows how far a long list had been read.",
        _AGAIN,
        "The list is read from its beginning again.",
    ),
    # 9001-9199: the message set, and names given within it
    Status(9001, "A message set was sent under the number of a different one.", _OURS, _REPORT, doubtful=True),
    Status(9002, "QuickBooks knows the message set but did not keep its answer.", _AGAIN, _LOOK, doubtful=True),
    Status(9003, "QuickBooks reported a fault of its message set store.", _AGAIN, _LOOK, doubtful=True),
    Status(9004, "The number of the message set is not acceptable to QuickBooks.", _OURS, _REPORT),
    Status(9005, "QuickBooks could not keep the answer to the message set.", _AGAIN, _LOOK, doubtful=True),
    Status(9100, "A name given within the message set is used twice.", _OURS, _REPORT),
    Status(9101, "A name given within the message set is not valid.", _OURS, _REPORT),
    Status(9102, "A name used within the message set stands for nothing.", _OURS, _REPORT),
)

STATUS: dict[int, Status] = {entry.code: entry for entry in _STATUS_TABLE}
"""Every status code that is documented or has been seen, by code."""

# first code, last code, what an unlisted code between them is taken for
_STATUS_RANGES: tuple[tuple[int, int, Status], ...] = (
    (0, 499, Status(0, "QuickBooks has answered with a remark.", _DONE, "")),
    (500, 999, Status(0, "QuickBooks has answered with a warning.", _DONE, _UNSURE_WARNING, doubtful=True)),
    (1000, 1999, Status(0, "QuickBooks reported a general error.", _AGAIN, _LOOK, doubtful=True)),
    (2000, 2999, Status(0, "QuickBooks reported an error that belongs to its online edition.", _OURS, _ONLINE_ONLY)),
    (3000, 3099, Status(0, "QuickBooks could not read a value of the request.", _OURS, _REPORT)),
    (3100, 8999, Status(0, "QuickBooks refused the request.", _CORRECT, "Read the message, correct, submit again.")),
    (9000, 9099, Status(0, "QuickBooks reported a fault of the message set.", _OURS, _LOOK, doubtful=True)),
    (9100, 9199, Status(0, "A name given within the message set is not valid.", _OURS, _REPORT)),
)
_STATUS_ELSEWHERE = Status(0, "QuickBooks answered with a code that is not known.", _OURS, _LOOK, doubtful=True)

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


def status(code: int, message: str = "") -> Status:
    """The meaning of a status code, never failing.

    Args:
        code: the ``statusCode`` of an answer, or a ``messageSetStatusCode``.
        message: its ``statusMessage``. It decides where one code stands for two things: a lock held by another
            user, or a refusal.
    """
    if code in LOCKABLE and is_lock(message):
        return Status(code, "Someone else was using the entry in QuickBooks.", _AGAIN, _SEND_AGAIN)
    known = STATUS.get(code)
    if known is not None:
        return known
    for first, last, generic in _STATUS_RANGES:
        if first <= code <= last:
            return replace(generic, code=code)
    return replace(_STATUS_ELSEWHERE, code=code)


def is_lock(message: str) -> bool:
    """Whether a ``statusMessage`` says that another user held what the request needed."""
    text = " ".join(message.lower().split())
    return any(part in text for part in LOCK_TEXTS)


_START_QUICKBOOKS = "Start QuickBooks on that computer, open the company file, and update again."
_ADMIN_GRANT = (
    "Open the company file in QuickBooks as its administrator and allow access under Preferences, "
    "Integrated Applications; then update again."
)
_CLOSE_DIALOG = "Close the open windows and questions in QuickBooks, then update again."
_WAIT = "It is tried again at the next update."
_REINSTALL = "Repair or reinstall QuickBooks and the Web Connector on that computer."

_HRESULT_TABLE: tuple[HResult, ...] = (
    HResult(
        "0x80040308", "QuickBooks or its interface is not installed properly on that computer.", _CONFIG, _REINSTALL
    ),
    HResult(
        "0x80040400",
        "QuickBooks could not read the message set and did none of it.",
        _OURS,
        "The set is sent in halves until the one request at fault is found. " + _REPORT,
        Written.NO,
    ),
    HResult("0x80040401", "QuickBooks could not be reached.", _AGAIN, _START_QUICKBOOKS),
    HResult("0x80040402", "QuickBooks stopped with an unexpected error.", _AGAIN, _LOOK),
    HResult(
        "0x80040403",
        "The company file could not be opened.",
        _CONFIG,
        "Check that the file opens in QuickBooks on that computer.",
        Written.NO,
    ),
    HResult(
        "0x80040406",
        "The company file was not found, or is not a QuickBooks company file.",
        _CONFIG,
        "Check the path of the company file in the settings of this company.",
        Written.NO,
    ),
    HResult("0x80040408", "QuickBooks had no open session; it may have been too busy.", _AGAIN, _LOOK),
    HResult(
        "0x8004040A",
        "QuickBooks has another company file open.",
        _CONFIG,
        "Open the right company file in QuickBooks, then update again.",
        Written.NO,
    ),
    HResult("0x8004040D", "QuickBooks did not recognise its own session.", _AGAIN, _LOOK),
    HResult(
        "0x80040410",
        "The company file is open in another mode (single or multi-user).",
        _CONFIG,
        "Switch the mode in QuickBooks under File, or close the file; then update again.",
        Written.NO,
    ),
    HResult(
        "0x80040414", "QuickBooks is waiting for someone to answer a question on its screen.", _AGAIN, _CLOSE_DIALOG
    ),
    HResult("0x80040416", "QuickBooks is not running.", _CONFIG, _START_QUICKBOOKS),
    HResult("0x80040417", "No company file is open in QuickBooks.", _CONFIG, _START_QUICKBOOKS, Written.NO),
    HResult(
        "0x80040418",
        "The Web Connector has never been allowed to open this company file.",
        _CONFIG,
        _ADMIN_GRANT,
        Written.NO,
    ),
    HResult(
        "0x8004041A",
        "QuickBooks denies the Web Connector access to this company file.",
        _CONFIG,
        _ADMIN_GRANT,
        Written.NO,
    ),
    HResult(
        "0x8004041D",
        "The Web Connector may not log in to this company file by itself.",
        _CONFIG,
        "Allow automatic login under Preferences, Integrated Applications, or open the file; then update again.",
        Written.NO,
    ),
    HResult(
        "0x8004041F",
        "This edition of QuickBooks does not work with the Web Connector.",
        _CONFIG,
        "Use an edition of QuickBooks Desktop that allows integrated applications.",
        Written.NO,
    ),
    HResult(
        "0x80040420", "Someone at the computer denied the Web Connector access.", _CONFIG, _ADMIN_GRANT, Written.NO
    ),
    HResult(
        "0x80040422",
        "Another application uses the company file alone.",
        _AGAIN,
        "Close the other application, then update again.",
        Written.NO,
    ),
    HResult("0x80040424", "QuickBooks was still starting.", _AGAIN, _WAIT, Written.NO),
    # Windows itself, when the QuickBooks process is missing, gone or out of reach
    HResult("0x80010108", "QuickBooks closed while it was working.", _AGAIN, _LOOK),
    HResult("0x80040154", "The interface of QuickBooks is not registered on that computer.", _CONFIG, _REINSTALL),
    HResult(
        "0x80070005",
        "Windows denies the Web Connector access to QuickBooks.",
        _CONFIG,
        "Run QuickBooks and the Web Connector as the same Windows user, neither as administrator.",
    ),
    HResult("0x800706BA", "QuickBooks does not answer; it may have closed.", _AGAIN, _START_QUICKBOOKS),
    HResult("0x800706BE", "QuickBooks broke off while it was working.", _AGAIN, _LOOK),
)

HRESULTS: dict[str, HResult] = {entry.code: entry for entry in _HRESULT_TABLE}
"""Every HRESULT with an entry of its own, by code as :func:`hresult_code` writes it."""

_HRESULT_ELSEWHERE = HResult("", "QuickBooks ended the call with an error that is not known.", _AGAIN, _LOOK)


def hresult(code: str) -> HResult:
    """The meaning of an HRESULT as the Web Connector writes it (``0x80040400``), never failing."""
    canonical = hresult_code(code)
    return HRESULTS.get(canonical) or replace(_HRESULT_ELSEWHERE, code=canonical)


def hresult_code(code: str) -> str:
    """An HRESULT in one spelling: ``0x`` and eight capital hexadecimal digits; what is no number stays as it is.

    Taken are hexadecimal with and without ``0x`` and the signed decimal number that some logs show.
    """
    text = code.strip()
    try:
        number = int(text, 10) + 2**32 if text.startswith("-") else int(text, 16)
    except ValueError:
        return text[:40].strip()
    return f"0x{number:08X}" if 0 <= number < 2**32 else text[:40].strip()
