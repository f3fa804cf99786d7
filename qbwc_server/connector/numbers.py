"""The numbers of errors that the Web Connector shows: what they mean, who mends it, and how, the likeliest first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mends(StrEnum):
    """Who mends it."""

    PC = "pc"  # whoever sits at the PC with QuickBooks
    SERVER = "server"  # whoever runs the server
    NOBODY = "nobody"  # it goes on by itself


@dataclass(frozen=True, slots=True)
class Number:
    """One number.

    Attributes:
        seen: what the person sees happen.
        meaning: why.
        steps: what to do, the likeliest first.
    """

    code: str
    seen: str
    meaning: str
    who: Mends
    steps: tuple[str, ...]


_PC, _SERVER, _NOBODY = Mends
_UPDATE = "Press Update Selected in the Web Connector."
_DOWNLOAD = "Download the .qwc file of the company again, and add that one."
_ADDRESS = "Check the public address of the server in its settings: base_url."
_LOOKED_UP = "Nothing is entered twice: what was sent without an answer is looked for in QuickBooks first."
_LOG = "Look into the server's log at the time that the Web Connector shows."

NUMBERS: dict[str, Number] = {
    one.code: one
    for one in (
        Number(
            "QBWC1000",
            "The .qwc file is not added.",
            "The addresses of the service and of its support page are not of the same machine.",
            _SERVER,
            (_ADDRESS, _DOWNLOAD),
        ),
        Number(
            "QBWC1001",
            "The .qwc file is not added.",
            "The address of the service is a number instead of a name.",
            _SERVER,
            ("Give the server a name, such as books.example.com, and set base_url to it.", _DOWNLOAD),
        ),
        Number(
            "QBWC1002",
            "The .qwc file is not added.",
            "The address of the support page is a number instead of a name.",
            _SERVER,
            ("Give the server a name, such as books.example.com, and set base_url to it.", _DOWNLOAD),
        ),
        Number(
            "QBWC1003",
            "The .qwc file is not added.",
            "The support page of the server answers with an error.",
            _SERVER,
            ("Open the address of the support page in a browser on that PC.", _LOG, "Add the .qwc file again."),
        ),
        Number(
            "QBWC1004",
            "The .qwc file is not added.",
            "The support page of the server does not answer.",
            _PC,
            (
                "Check that this PC is in the Internet: open the address of the support page in a browser.",
                "Check that no firewall or proxy keeps the Web Connector out.",
                "Add the .qwc file again.",
            ),
        ),
        Number(
            "QBWC1010",
            "The .qwc file is not added.",
            "The address of the service is not a secure one: it does not begin with https.",
            _SERVER,
            ("Set base_url to an address that begins with https.", _DOWNLOAD),
        ),
        Number(
            "QBWC1012",
            "The update ends at once, with an error of authentication or connection.",
            "The Web Connector could not sign in: the server did not answer as it should, or not at all.",
            _PC,
            (
                "Check that this PC is in the Internet, and that the address in the .qwc file opens in a browser.",
                "Check date and time of this PC: a certificate counts as expired where they are wrong.",
                "Install what Windows offers as updates, so that it knows the authorities of certificates.",
                "Type the password again, with its hyphens.",
                _UPDATE,
            ),
        ),
        Number(
            "QBWC1013",
            "The update ends when QuickBooks is to be opened.",
            "QuickBooks could not be opened, or not this company file.",
            _PC,
            (
                "Close all windows and questions in QuickBooks.",
                "Open the right company file, as the same Windows user as the Web Connector.",
                "As Admin in single-user mode, allow the application under Preferences, Integrated Applications.",
                _UPDATE,
            ),
        ),
        Number(
            "QBWC1014",
            "The update ends in its middle.",
            "A call into QuickBooks failed.",
            _PC,
            ("Restart QuickBooks and the Web Connector.", _UPDATE, _LOOKED_UP),
        ),
        Number(
            "QBWC1015",
            "The update ends with errors.",
            "The server ended the update with a sentence, which stands in the status column.",
            _PC,
            ("Do what that sentence says.", _UPDATE),
        ),
        Number(
            "QBWC1017",
            "Several applications were updated, and some failed.",
            "The list names those that failed.",
            _PC,
            ("Update those that are named one by one, and look at what each says.",),
        ),
        Number(
            "QBWC1031",
            "An update by schedule ended with errors.",
            "Some of what was sent was refused, or needs a person.",
            _PC,
            ("Open the status page of the company: it says what and why.",),
        ),
        Number(
            "QBWC1035",
            "The .qwc file is not added.",
            "This PC does not know the name localhost.",
            _PC,
            ("Add the line 127.0.0.1 localhost to the hosts file of Windows.", "Add the .qwc file again."),
        ),
        Number(
            "QBWC1036",
            "The update ends before the sign-in.",
            "The server did not answer the question for versions.",
            _SERVER,
            (_LOG, _UPDATE),
        ),
        Number(
            "QBWC1037",
            "The update ends, or a warning of the version is shown.",
            "The server wants a newer Web Connector.",
            _PC,
            ("Install the newest Web Connector from Intuit.", _UPDATE),
        ),
        Number(
            "QBWC1040",
            "The update ends with: Invalid password for username.",
            "The password in the Web Connector is not the one that the server knows.",
            _PC,
            (
                "Type the password again, with its hyphens, and answer Yes when it asks whether to remember it.",
                "Have a new password made on the set-up page of the company, and type that one.",
                _UPDATE,
            ),
        ),
        Number(
            "QBWC1041",
            "The update ends when work is fetched.",
            "The server did not answer when the Web Connector asked for work.",
            _NOBODY,
            ("Wait for the next update.", _LOG),
        ),
        Number(
            "QBWC1042",
            "The update ends when an answer of QuickBooks is handed over.",
            "The answer did not reach the server; QuickBooks has executed the request.",
            _NOBODY,
            ("Wait for the next update.", _LOOKED_UP, _LOG),
        ),
        Number(
            "QBWC1043",
            "The update ends without a sentence.",
            "The server did not answer when it was asked what went wrong.",
            _NOBODY,
            ("Open the status page of the company.", _LOG),
        ),
        Number(
            "QBWC1044",
            "The update ends with an error, all else done.",
            "The server did not answer when the update was closed.",
            _NOBODY,
            ("Wait for the next update.", _LOG),
        ),
        Number(
            "QBWC1045",
            "The update ends after QuickBooks could not be opened.",
            "The server did not answer when it was told so.",
            _NOBODY,
            ("Wait for the next update.", _LOG),
        ),
        Number(
            "QBWC1046",
            "The update ends before the sign-in.",
            "The server answered the question for versions in a way that the Web Connector does not know.",
            _SERVER,
            (_LOG, "Check that nothing between the PC and the server changes its answers."),
        ),
        Number(
            "QBWC1048",
            "The update ends at once, or the .qwc file is not added.",
            "The certificate of the server could not be verified.",
            _PC,
            (
                "Check date and time of this PC.",
                "Install what Windows offers as updates, so that it knows the authorities of certificates.",
                "Check the certificate with the self-check of the set-up page.",
                _UPDATE,
            ),
        ),
        Number(
            "QBWC1051",
            "The .qwc file is not added.",
            "The application was refused; the number before it says why.",
            _SERVER,
            (_ADDRESS, _DOWNLOAD),
        ),
    )
}
"""Every number that is known, by its code."""
