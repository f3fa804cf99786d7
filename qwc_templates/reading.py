"""Reads a .qwc file as the Web Connector does: elements in any order, what it does not know passed over."""

from typing import TypeVar
from uuid import UUID

from lxml import etree

from qwc_templates.qwc_file import (
    AuthFlags,
    PersonalDataPref,
    QbType,
    QwcError,
    QwcFile,
    Style,
    UnattendedModePref,
)

SIZE_LIMIT = 256 * 1024  # bytes; a real file has about one thousand
_MINUTES, _SECONDS = "RunEveryNMinutes", "RunEveryNSeconds"
_Word = TypeVar("_Word", QbType, Style, PersonalDataPref, UnattendedModePref)


def read(source: bytes) -> QwcFile:
    """What a .qwc file says; the rules of :func:`qwc_templates.check` are not applied.

    Raises:
        QwcError: not XML, a document type declaration, a required element missing, or a value that cannot be read.
    """
    if len(source) > SIZE_LIMIT:
        raise QwcError("too_long", "QBWCXML", f"the file has {len(source)} bytes, at most {SIZE_LIMIT} are read")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(source.lstrip(), parser)
    except etree.XMLSyntaxError as error:
        raise QwcError("not_xml", "QBWCXML", f"the file is not well-formed XML ({error.msg})") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise QwcError("not_xml", "QBWCXML", "a document type declaration is not allowed")
    if root.tag != "QBWCXML":
        raise QwcError("not_xml", "QBWCXML", "the file is XML, but not a .qwc file")
    found = _Elements(root)
    schedule = next(iter(_Elements.below(root, "Scheduler")), None)
    return QwcFile(
        app_name=found.required("AppName"),
        app_id=found.required("AppID", may_be_empty=True),
        app_url=found.required("AppURL"),
        app_description=found.required("AppDescription"),
        app_support=found.required("AppSupport"),
        user_name=found.required("UserName"),
        owner_id=_guid("OwnerID", found.required("OwnerID")),
        file_id=_guid("FileID", found.required("FileID")),
        qb_type=_word(QbType, "QBType", found.required("QBType")),
        style=_word(Style, "Style", found.optional("Style") or Style.DOCUMENT),
        run_every_minutes=_interval(schedule, _MINUTES),
        run_every_seconds=_interval(schedule, _SECONDS),
        is_read_only=found.optional("IsReadOnly") == "true",
        notify=found.optional("Notify") == "true",
        personal_data_pref=_optional_word(PersonalDataPref, "PersonalDataPref", found),
        unattended_mode_pref=_optional_word(UnattendedModePref, "UnattendedModePref", found),
        auth_flags=_flags(found.optional("AuthFlags")),
        app_display_name=found.optional("AppDisplayName"),
        app_unique_name=found.optional("AppUniqueName"),
        cert_url=found.optional("CertURL"),
    )


class _Elements:
    """The texts of the children of an element, by name; of several with one name the first counts."""

    def __init__(self, parent: etree._Element) -> None:
        self._texts: dict[str, str] = {}
        for child in self.below(parent):
            text = "".join(child.itertext()).strip()
            self._texts.setdefault(str(child.tag), text)

    @staticmethod
    def below(parent: etree._Element, *names: str) -> list[etree._Element]:
        return [child for child in parent.iterchildren(*names) if isinstance(child.tag, str)]

    def optional(self, name: str) -> str | None:
        return self._texts.get(name) or None

    def required(self, name: str, *, may_be_empty: bool = False) -> str:
        text = self._texts.get(name)
        if text is None or not (text or may_be_empty):
            raise QwcError("missing", name, "is required (QBWC1039)")
        return text


def _interval(schedule: etree._Element | None, wanted: str) -> int | None:
    """The interval ``wanted``; None if the other one comes first, because the first one counts."""
    if schedule is None:
        return None
    for child in _Elements.below(schedule, _MINUTES, _SECONDS):
        if child.tag != wanted:
            return None
        return _number(f"Scheduler/{wanted}", (child.text or "").strip())
    return None


def _number(path: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise QwcError("bad_number", path, f"is not a number: {text[:40]!r}")
    return int(text)


def _guid(path: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise QwcError("bad_guid", path, f"is not a GUID: {text[:40]!r}") from None


def _word(kind: type[_Word], path: str, text: str) -> _Word:
    try:
        return kind(text)
    except ValueError:
        raise QwcError("bad_value", path, f"is {text[:40]!r}, not one of {', '.join(kind)}") from None


def _optional_word(kind: type[_Word], path: str, found: _Elements) -> _Word | None:
    text = found.optional(path)
    return None if text is None else _word(kind, path, text)


def _flags(text: str | None) -> AuthFlags | None:
    """The bit field, written ``0xF`` or as a decimal number."""
    if text is None:
        return None
    try:
        number = int(text, 0)
    except ValueError:
        number = -1
    if not 0 <= number <= 0xF:
        raise QwcError("bad_value", "AuthFlags", f"is not a bit field from 0x0 to 0xF: {text[:40]!r}")
    return AuthFlags(number)
