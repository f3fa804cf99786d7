"""Files that are none of ours, named for what they are, each with what to do instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

_AS_WORKBOOK = "Open it in a spreadsheet and save the sheet as an Excel workbook (.xlsx) or as CSV (UTF-8)."
_EXPORT = "Export a table instead: CSV, or an Excel workbook (.xlsx)."
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_IIF = re.compile(rb"!(?:TRNS|HDR|ACCNT|CUST|VEND|INVITEM|BUD|CLASS|TIMEHDR)\b")
_MOST = 4 * 1024 * 1024  # bytes of an old binary file in which its streams are looked for


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: what it is, and what to do with it."""

    is_this: Callable[[bytes], bool]  # by its first bytes
    what: str
    advice: str


def _begins(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(marks)


def _text_begins(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower().startswith(marks)


KINDS: tuple[Kind, ...] = (
    Kind(_begins(b"%PDF"), "a PDF document", "A PDF is made for reading. " + _EXPORT),
    Kind(
        lambda head: _IIF.match(head.removeprefix(b"\xef\xbb\xbf").lstrip()) is not None,
        "an IIF file",
        "QuickBooks reads IIF files itself (File, Utilities, Import), but nothing guards it against doubles then. "
        + _EXPORT,
    ),
    Kind(
        _text_begins(b"<!doctype html", b"<html", b"<head", b"<table", b"<body", b"<meta"),
        "a web page (HTML), whatever its name says",
        _AS_WORKBOOK,
    ),
    Kind(_text_begins(b"ofxheader", b"<ofx>", b"<?ofx"), "a bank's file (OFX, QBO)", _EXPORT),
    Kind(_text_begins(b"!type:", b"!account", b"!option:"), "a Quicken file (QIF)", _EXPORT),
    Kind(
        lambda head: head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<?xml") and b"Workbook" in head,
        "an XML spreadsheet of Excel 2003",
        _AS_WORKBOOK,
    ),
    Kind(_text_begins(b"<?xml", b"<?qbxml", b"<qbxml"), "XML", _EXPORT),
    Kind(_text_begins(b"{\\rtf"), "a text document (RTF)", _EXPORT),
    Kind(_begins(b"\x1f\x8b"), "a file packed with gzip", "Unpack it, and import what is inside."),
    Kind(_begins(b"Rar!", b"7z\xbc\xaf"), "a packed archive", "Unpack it, and import what is inside."),
    Kind(_begins(b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*"), "a picture", _EXPORT),
    Kind(_begins(b"SQLite format 3"), "a database", _EXPORT),
)
_PACKED: tuple[tuple[str, str, str], ...] = (  # a part that the archive holds, what it is, what to do
    ("xl/workbook.bin", "a binary Excel workbook (.xlsb)", _AS_WORKBOOK),
    ("word/document.xml", "a Word document", _EXPORT),
    ("ppt/presentation.xml", "a presentation", _EXPORT),
    ("Index/Document.iwa", "a Numbers spreadsheet", "In Numbers choose File, Export To, Excel or CSV."),
)
_OPEN_DOCUMENT = "an OpenDocument spreadsheet (.ods)"


def foreign(stream: BinaryIO) -> tuple[str, str] | None:
    """What the file is, and what to do, where it is of a kind that is not read here; None where it may be read.

    The stream stands at its start afterwards.
    """
    stream.seek(0)
    head = stream.read(4096)
    stream.seek(0)
    if head.startswith(b"PK"):
        return _packed(stream)
    if head.startswith(_OLE):
        return _old_office(stream)
    return next(((kind.what, kind.advice) for kind in KINDS if kind.is_this(head)), None)


def _packed(stream: BinaryIO) -> tuple[str, str] | None:
    try:
        with ZipFile(stream) as archive:
            names = set(archive.namelist())
            kind = archive.open("mimetype").read(100) if "mimetype" in names else b""
    except (BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError, ValueError):
        return "a zip archive that is damaged or cut off", "Send or download it again."
    finally:
        stream.seek(0)
    if "xl/workbook.xml" in names:
        return None
    if kind.startswith(b"application/vnd.oasis.opendocument"):
        return (_OPEN_DOCUMENT if b"spreadsheet" in kind else "an OpenDocument file"), _AS_WORKBOOK
    for part, what, advice in _PACKED:
        if part in names:
            return what, advice
    return "a zip archive", "Unpack it, and import what is inside."


def _old_office(stream: BinaryIO) -> tuple[str, str]:
    content = stream.read(_MOST)
    stream.seek(0)
    if _ENCRYPTED in content:
        return "protected by a password", "Open it in Excel, take the password away, and save it."
    return "an old Office file (such as .xls)", _AS_WORKBOOK
