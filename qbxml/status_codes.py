"""The status codes of answers that are documented or have been seen, with their meaning for the bookkeeper."""

from dataclasses import dataclass
from typing import Final

from qbxml.outcome import Cause, Outcome


@dataclass(frozen=True)
class Status:
    """One status code. ``doubtful``: something may have been written, so look before writing again."""

    code: int
    meaning: str  # one sentence for the bookkeeper
    outcome: Outcome
    advice: str  # what to do next; "" where there is nothing to do
    doubtful: bool = False
    cause: Cause | None = None
    words: str = ""  # what QuickBooks said itself

    @property
    def sentence(self) -> str:
        """The meaning, and what QuickBooks said itself."""
        return f"{self.meaning} QuickBooks says: {self.words}" if self.words else self.meaning

    @property
    def tells_all(self) -> bool:
        """Whether the answer to a query holds all that was asked for: what it does not show is not there."""
        return self.code in _COMPLETE


_COMPLETE: Final = frozenset({0, 1, 500})

_DONE, _NOTHING, _AGAIN = Outcome.DONE, Outcome.NOTHING_FOUND, Outcome.TRY_AGAIN
_CORRECT, _CONFIG, _OURS = Outcome.CORRECT, Outcome.CONFIGURATION, Outcome.OURS

REPORT = "Report this to the maker of the software, with the request and the answer."
LOOK = "Look in QuickBooks whether the entry exists before anything is sent again."
SEND_AGAIN = "It is sent again without change."
_CHECK_VALUE = "Correct the value named in the message and submit again."
_READ_AGAIN = "Read the entry from QuickBooks again, apply the change to what is there now, and send that."
ONLINE_ONLY = "The request is meant for QuickBooks Online, not for QuickBooks Desktop."
_PERMISSION = "Let an administrator of the company file change the permissions, then retry."
CLOSING = "Date the document after the closing date, or open the period; then submit again."

_STATUS_TABLE: tuple[Status, ...] = (
    # 0-499: done, or a question answered
    Status(0, "QuickBooks has done what was asked.", _DONE, ""),
    Status(1, "QuickBooks has nothing that matches the search.", _NOTHING, ""),
    # 500-999: done, with a remark
    Status(500, "Something that was asked for by name or number is not in QuickBooks.", _NOTHING, ""),
    Status(
        501, "QuickBooks holds an entry that this version of the interface cannot show.", _OURS, REPORT, doubtful=True
    ),
    Status(510, "QuickBooks did the work but cannot return the entry.", _DONE, "Read the entry with a query."),
    Status(530, "QuickBooks ignored a field that it does not know.", _OURS, REPORT, doubtful=True),
    Status(531, "QuickBooks ignored a value that it does not know.", _OURS, REPORT, doubtful=True),
    Status(540, "Part of the request exists in QuickBooks Online only.", _OURS, REPORT, doubtful=True),
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
        LOOK,
        doubtful=True,
    ),
    # 1000-1999: general errors
    Status(1000, "QuickBooks reported an internal error.", _AGAIN, LOOK, doubtful=True),
    Status(1010, "QuickBooks was not available.", _AGAIN, LOOK, doubtful=True),
    Status(1030, "This QuickBooks does not know this kind of request.", _OURS, REPORT),
    Status(1060, "The number of the request is not acceptable to QuickBooks.", _OURS, REPORT),
    # 2000-2999: QuickBooks Online
    Status(2000, "QuickBooks asked for a sign-on that exists only online.", _OURS, ONLINE_ONLY),
    Status(2040, "QuickBooks does not offer this online function.", _OURS, ONLINE_ONLY),
    # 3000-3099: the form of a value
    Status(3000, "A reference in the request is not a valid QuickBooks id, or is given twice.", _OURS, REPORT),
    Status(3010, "A yes-or-no value is malformed.", _OURS, REPORT),
    Status(
        3020,
        "A date is malformed or outside the range that QuickBooks accepts.",
        _OURS,
        "Check the dates of the document; if they are sensible, report this to the maker of the software.",
    ),
    Status(3030, "A date range ends before it begins.", _OURS, REPORT),
    Status(3031, "A text range ends before it begins.", _OURS, REPORT),
    Status(3035, "A length of time is malformed.", _OURS, REPORT),
    Status(3040, "QuickBooks could not read an amount.", _OURS, REPORT),
    Status(3045, "QuickBooks could not read a price.", _OURS, REPORT),
    Status(3050, "QuickBooks could not read a percentage.", _OURS, REPORT),
    Status(3060, "QuickBooks could not read a quantity.", _OURS, REPORT),
    Status(3065, "QuickBooks could not read a GUID.", _OURS, REPORT),
    Status(3070, "A text is too long for its field.", _CORRECT, "Shorten the text named in the message."),
    Status(3080, "A text holds something that QuickBooks does not accept.", _CORRECT, _CHECK_VALUE),
    Status(3085, "QuickBooks could not read a number.", _OURS, REPORT),
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
        cause=Cause.NAME_IN_USE,
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
        cause=Cause.NOT_THERE,
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
        cause=Cause.UNKNOWN_NAME,
    ),
    Status(
        3140,
        "An item, customer, account or other entry named in the request is not in QuickBooks.",
        _CORRECT,
        "Create the entry in QuickBooks or choose an existing one, then submit again.",
        cause=Cause.UNKNOWN_NAME,
    ),
    Status(3150, "The request lacks something that QuickBooks insists on.", _OURS, REPORT),
    Status(3151, "The request holds something that does not belong there.", _OURS, REPORT),
    Status(3152, "Two parts of the request contradict each other.", _OURS, REPORT),
    Status(3153, "QuickBooks does not allow this field to be emptied.", _OURS, REPORT),
    Status(
        3160,
        "The entry cannot be deleted because transactions use it.",
        _CORRECT,
        "Make the entry inactive instead.",
        cause=Cause.IN_USE,
    ),
    Status(
        3161,
        "The entry cannot be deleted because it lies before the closing date.",
        _CORRECT,
        CLOSING,
        cause=Cause.CLOSED_PERIOD,
    ),
    Status(
        3162,
        "QuickBooks allows this only in single-user mode.",
        _AGAIN,
        "Switch QuickBooks to single-user mode, or wait until the others have left; then it is sent again.",
        cause=Cause.SINGLE_USER,
    ),
    Status(3170, "QuickBooks could not save the change.", _CORRECT, "Read the message, correct, and submit again."),
    Status(
        3171,
        "The entry cannot be changed because it lies before the closing date or in a locked period.",
        _CORRECT,
        CLOSING,
        cause=Cause.CLOSED_PERIOD,
    ),
    Status(3175, "Someone else was using the entry.", _AGAIN, SEND_AGAIN, cause=Cause.LOCKED),
    Status(3176, "Someone else was using an entry that belongs to this one.", _AGAIN, SEND_AGAIN, cause=Cause.LOCKED),
    Status(3177, "The same transaction is linked twice.", _OURS, REPORT),
    Status(3180, "QuickBooks could not save the entry.", _CORRECT, "Read the message, correct, and submit again."),
    Status(
        3185,
        "QuickBooks could not void the transaction.",
        _CORRECT,
        "Look at the transaction in QuickBooks; void it there if it must be void.",
    ),
    Status(3190, "QuickBooks could not empty the field.", _OURS, REPORT),
    Status(3200, "The entry was changed in QuickBooks since it was last read.", _AGAIN, _READ_AGAIN, cause=Cause.STALE),
    Status(3205, "QuickBooks does not accept the address.", _CORRECT, "Correct the address and submit again."),
    Status(3210, "QuickBooks does not accept a value of the document.", _CORRECT, _CHECK_VALUE),
    Status(3220, "The Web Connector is not authorised to do this.", _CONFIG, _PERMISSION, cause=Cause.PERMISSION),
    Status(
        3230,
        "QuickBooks took the change back because of another error in the set.",
        _AGAIN,
        SEND_AGAIN,
        cause=Cause.ANOTHER_FAILED,
    ),
    Status(
        3231,
        "QuickBooks did not reach the request because one before it failed.",
        _AGAIN,
        SEND_AGAIN,
        cause=Cause.ANOTHER_FAILED,
    ),
    Status(
        3240,
        "The entry is not the one that was read: its time of creation differs.",
        _AGAIN,
        _READ_AGAIN,
        cause=Cause.STALE,
    ),
    Status(
        3250,
        "This feature is switched off, or this edition of QuickBooks does not have it.",
        _CONFIG,
        "Switch the feature on in the QuickBooks preferences, or leave it out of the document.",
        cause=Cause.FEATURE_OFF,
    ),
    Status(
        3260, "The QuickBooks user of the Web Connector may not do this.", _CONFIG, _PERMISSION, cause=Cause.PERMISSION
    ),
    Status(
        3261,
        "The Web Connector has no access to personal data.",
        _CONFIG,
        "Allow access to personal data under Preferences, Integrated Applications, then retry.",
        cause=Cause.PERMISSION,
    ),
    Status(3262, "The Web Connector lacks a permission.", _CONFIG, _PERMISSION, cause=Cause.PERMISSION),
    Status(3263, "The Web Connector lacks a permission.", _CONFIG, _PERMISSION, cause=Cause.PERMISSION),
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
        cause=Cause.FULL,
    ),
    Status(
        3310,
        "QuickBooks has reached its limit of entries or transactions.",
        _CORRECT,
        "Condense the company file, or use a larger edition of QuickBooks.",
        cause=Cause.FULL,
    ),
    Status(
        3391,
        "QuickBooks no longer knows how far a long list had been read.",
        _AGAIN,
        "The list is read from its beginning again.",
        cause=Cause.ITERATOR_GONE,
    ),
    # 9001-9199: the message set, and names given within it
    Status(9001, "A message set was sent under the number of a different one.", _OURS, REPORT, doubtful=True),
    Status(9002, "QuickBooks knows the message set but did not keep its answer.", _AGAIN, LOOK, doubtful=True),
    Status(9003, "QuickBooks reported a fault of its message set store.", _AGAIN, LOOK, doubtful=True),
    Status(9004, "The number of the message set is not acceptable to QuickBooks.", _OURS, REPORT),
    Status(9005, "QuickBooks could not keep the answer to the message set.", _AGAIN, LOOK, doubtful=True),
    Status(9100, "A name given within the message set is used twice.", _OURS, REPORT),
    Status(9101, "A name given within the message set is not valid.", _OURS, REPORT),
    Status(9102, "A name used within the message set stands for nothing.", _OURS, REPORT),
)

STATUS: dict[int, Status] = {entry.code: entry for entry in _STATUS_TABLE}
"""Every status code that is documented or has been seen, by code."""
