"""What a .qwc file says, and the rules the Web Connector has for it."""

import re
from dataclasses import dataclass
from enum import IntFlag, StrEnum
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

DESCRIPTION_LIMIT = 80  # characters; what the Web Connector's window has room for
_NIL = UUID(int=0)
_BAD_CHARACTER = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NUMBERS_AND_DOTS = re.compile(r"[0-9.]+|0x[0-9a-f]+")  # 127.1 and 2130706433 are addresses too


class QwcError(Exception):
    """A .qwc file that the Web Connector would not take. ``path`` is its element, ``code`` is stable."""

    def __init__(self, code: str, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.code = code
        self.path = path


class QbType(StrEnum):
    """Which product the application works with."""

    QBFS = "QBFS"  # QuickBooks Desktop
    QBPOS = "QBPOS"  # QuickBooks Point of Sale


class Style(StrEnum):
    """The SOAP encoding that the Web Connector uses; ``DOCUMENT`` when the file says nothing."""

    DOCUMENT = "Document"
    DOC_WRAPPED = "DocWrapped"
    RPC = "RPC"


class PersonalDataPref(StrEnum):
    """Whether the application needs personal data such as social security numbers."""

    NOT_NEEDED = "pdpNotNeeded"
    OPTIONAL = "pdpOptional"
    REQUIRED = "pdpRequired"


class UnattendedModePref(StrEnum):
    """Whether the application must be able to work while QuickBooks is closed."""

    REQUIRED = "umpRequired"
    OPTIONAL = "umpOptional"


class AuthFlags(IntFlag):
    """The editions of QuickBooks that may run the application; ``ALL`` is no restriction."""

    ALL = 0x0
    SIMPLE_START = 0x1
    PRO = 0x2
    PREMIER = 0x4
    ENTERPRISE = 0x8


@dataclass(frozen=True, kw_only=True)
class QwcFile:
    """One .qwc file: an application, for one user and one company file.

    A value of None leaves the element out, so that the Web Connector's default holds. Building one checks
    nothing; :func:`check` does, and so does writing the file.
    """

    app_name: str  # shown to the user, and by QuickBooks under Integrated Applications
    app_url: str  # the SOAP endpoint
    app_description: str  # at most 80 characters
    app_support: str  # a page on the host of app_url that answers a GET
    user_name: str  # sent to authenticate; the password is typed into the Web Connector
    owner_id: UUID  # one per application
    file_id: UUID  # one per company file
    app_id: str = ""
    qb_type: QbType = QbType.QBFS
    style: Style = Style.DOCUMENT
    run_every_minutes: int | None = None  # at most one of the two
    run_every_seconds: int | None = None
    is_read_only: bool = False  # False for an application that writes
    notify: bool = False  # a pop-up for every update
    personal_data_pref: PersonalDataPref | None = None
    unattended_mode_pref: UnattendedModePref | None = None
    auth_flags: AuthFlags | None = None
    app_display_name: str | None = None
    app_unique_name: str | None = None  # replaces an application of that name without asking
    cert_url: str | None = None  # where the certificate is checked, if not at app_url


def check(file: QwcFile) -> None:
    """Hold ``file`` against the rules of the Web Connector.

    Raises:
        QwcError: the first rule that is broken.
    """
    for path, text, required in (
        ("AppName", file.app_name, True),
        ("AppID", file.app_id, False),
        ("AppDescription", file.app_description, True),
        ("UserName", file.user_name, True),
        ("AppDisplayName", file.app_display_name, file.app_display_name is not None),
        ("AppUniqueName", file.app_unique_name, file.app_unique_name is not None),
    ):
        _check_text(path, text or "", required=required)
    if len(file.app_description) > DESCRIPTION_LIMIT:
        length = len(file.app_description)
        raise QwcError("too_long", "AppDescription", f"{length} characters, at most {DESCRIPTION_LIMIT} are allowed")
    app_host = _check_url("AppURL", file.app_url, https=True)
    support_host = _check_url("AppSupport", file.app_support, https=False)
    if support_host != app_host:
        raise QwcError("other_host", "AppSupport", f"must be on the host of AppURL: {app_host}, not {support_host}")
    if file.cert_url is not None:
        _check_url("CertURL", file.cert_url, https=True)
    for path, guid in (("OwnerID", file.owner_id), ("FileID", file.file_id)):
        if guid == _NIL:
            raise QwcError("bad_guid", path, "is all zeros; it must be one of its own")
    if file.run_every_minutes is not None and file.run_every_seconds is not None:
        raise QwcError("both_schedules", "Scheduler", "give minutes or seconds, not both")
    for path, number in (
        ("Scheduler/RunEveryNMinutes", file.run_every_minutes),
        ("Scheduler/RunEveryNSeconds", file.run_every_seconds),
    ):
        if number is not None and number < 1:
            raise QwcError("bad_number", path, f"must be 1 or more, not {number}")


def _check_text(path: str, text: str, *, required: bool) -> None:
    if required and not text:
        raise QwcError("missing", path, "must not be empty")
    if _BAD_CHARACTER.search(text):
        raise QwcError("bad_character", path, "must not hold line breaks, control or undefined characters")
    if text != text.strip():
        raise QwcError("bad_character", path, "must not begin or end with blanks")


def _check_url(path: str, url: str, *, https: bool) -> str:
    """The host of ``url``, in lower case."""
    _check_text(path, url, required=True)
    if re.search(r"\s", url):
        raise QwcError("bad_url", path, "must not hold blanks")
    parts, host = _split(path, url)
    if parts.scheme not in ("http", "https"):
        raise QwcError("bad_url", path, "must begin with https://")
    if parts.username is not None or parts.password is not None:
        raise QwcError("bad_url", path, "must not hold a user name or password")
    if _is_address(host):
        raise QwcError("ip_address", path, "must name its host; the Web Connector refuses IP addresses")
    if https and parts.scheme != "https" and host != "localhost":
        raise QwcError("not_https", path, "must be https; the Web Connector takes http for localhost only")
    return host


def _split(path: str, url: str) -> tuple[SplitResult, str]:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # reading the port checks it
    except ValueError:
        raise QwcError("bad_url", path, "is not a URL") from None
    if not host:
        raise QwcError("bad_url", path, "must be a complete URL, such as https://example.com/qbwc")
    return parts, host


def _is_address(host: str) -> bool:
    if _NUMBERS_AND_DOTS.fullmatch(host):
        return True
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
