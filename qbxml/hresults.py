"""What HRESULTs mean for the bookkeeper: a call of the Web Connector into QuickBooks that failed as a whole."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from qbxml.outcome import Outcome, own_words


class Written(StrEnum):
    """May the message set have been executed, although the call ended with an HRESULT?"""

    NO = "no"
    UNKNOWN = "unknown"  # look before writing again


@dataclass(frozen=True)
class HResult:
    """One HRESULT, with which the Web Connector reports that a call into QuickBooks failed as a whole."""

    code: str  # "0x80040400"
    meaning: str
    outcome: Outcome
    advice: str  # what to do next
    written: Written = Written.UNKNOWN
    connecting: str = ""  # what to do instead of `advice` where it came while connecting, so that nothing was sent
    words: str = ""  # what QuickBooks or Windows said itself

    @property
    def sentence(self) -> str:
        """The meaning with the code, and what QuickBooks said itself."""
        said = f"{self.meaning} ({self.code})" if self.code else self.meaning
        return f"{said} QuickBooks says: {self.words}" if self.words else said


_AGAIN, _CONFIG, _OURS = Outcome.TRY_AGAIN, Outcome.CONFIGURATION, Outcome.OURS

_REPORT = "Report this to the maker of the software, with the request and the answer."
_LOOK = "Look in QuickBooks whether the entry exists before anything is sent again."
_RESTART = "Restart QuickBooks and the Web Connector on that computer, then update again."
_START = (
    "Check on that computer that QuickBooks opens, under the same Windows user as the Web Connector and with the same "
    "rights, that no update of QuickBooks waits to be installed and no window waits for an answer; then update again."
)
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
        connecting=_RESTART,
    ),
    HResult("0x80040401", "QuickBooks could not be reached.", _AGAIN, _START_QUICKBOOKS),
    HResult("0x80040402", "QuickBooks stopped with an unexpected error.", _AGAIN, _LOOK, connecting=_RESTART),
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
    HResult("0x80040408", "QuickBooks could not be started.", _AGAIN, _LOOK, connecting=_START),
    HResult(
        "0x8004040A",
        "QuickBooks has another company file open.",
        _CONFIG,
        "Open the right company file in QuickBooks, then update again.",
        Written.NO,
    ),
    HResult("0x8004040D", "QuickBooks did not recognise its own session.", _AGAIN, _LOOK, connecting=_RESTART),
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
    HResult("0x80010108", "QuickBooks closed while it was working.", _AGAIN, _LOOK, connecting=_START_QUICKBOOKS),
    HResult("0x80040154", "The interface of QuickBooks is not registered on that computer.", _CONFIG, _REINSTALL),
    HResult(
        "0x80070005",
        "Windows denies the Web Connector access to QuickBooks.",
        _CONFIG,
        "Run QuickBooks and the Web Connector as the same Windows user, neither as administrator.",
    ),
    HResult("0x800706BA", "QuickBooks does not answer; it may have closed.", _AGAIN, _START_QUICKBOOKS),
    HResult("0x800706BE", "QuickBooks broke off while it was working.", _AGAIN, _LOOK, connecting=_START_QUICKBOOKS),
)

HRESULTS: dict[str, HResult] = {entry.code: entry for entry in _HRESULT_TABLE}
"""Every HRESULT with an entry of its own, by code as :func:`hresult_code` writes it."""

_HRESULT_ELSEWHERE: Final = HResult(
    "", "QuickBooks ended the call with an error that is not known here.", _AGAIN, _LOOK, connecting=_RESTART
)


def hresult(code: str, message: str = "", *, connecting: bool = False) -> HResult:
    """The meaning of an HRESULT as the Web Connector writes it (``0x80040400``), never failing.

    Args:
        code: in any spelling, see :func:`hresult_code`.
        message: the text that came with it.
        connecting: it came while connecting, not in place of an answer: nothing was sent, so nothing was written and
            there is nothing to look for.
    """
    canonical = hresult_code(code)
    found = HRESULTS.get(canonical) or replace(_HRESULT_ELSEWHERE, code=canonical)
    if connecting:
        found = replace(found, advice=found.connecting or found.advice, written=Written.NO)
    return replace(found, words=own_words(message)) if message else found


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
