"""What a reader of files hands over: drafts, row problems, skipped rows and remarks; and how a whole file is refused.

A reader takes a seekable binary stream and yields outcomes one after another, so that memory does not grow with the
file. One broken row costs the document it belongs to, never the rest of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from pydantic import BaseModel, ConfigDict, Field

from qbwc_server.documents.kinds import Document
from qbwc_server.documents.problems import Problem
from qbwc_server.errors import Invalid

MAX_FILE_BYTES = 512 * 1024 * 1024
MAX_RECORD_CHARACTERS = 131_072  # one CSV record with all its lines; also the csv module's own limit for a field
MAX_DOCUMENT_CHARACTERS = 1_000_000  # one line of JSON Lines


@dataclass(frozen=True, slots=True)
class Draft:
    """A document read from a file, ready to be saved.

    ``line_number`` counts lines of the file from 1 and names the first row of the document.
    ``notes`` are remarks for the bookkeeper that change nothing. ``review`` says why a person should look before it is
    submitted, although the document itself may be complete. ``twin`` tells whether a stored document of the same
    number, with the given origin, is the same sale under another key.
    """

    document: Document
    line_number: int
    notes: tuple[str, ...] = ()
    review: Problem | None = None
    twin: Callable[[str], bool] | None = None


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A mistake that keeps a document out: the line, the field, a stable code, a sentence, what to do.

    ``document_line`` is the first line of the document it belongs to: several mistakes of one document share it.
    """

    line_number: int
    field: str
    code: str
    message: str
    advice: str
    document_line: int
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row or order that is left out on purpose, and why; nothing is left out silently."""

    line_number: int
    origin: str
    code: str
    message: str
    advice: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about the file as a whole that the user should know."""

    message: str


Outcome = Draft | RowProblem | Skipped | Remark
Reader = Callable[[BinaryIO, Any], Iterator[Outcome]]


class FileOptions(BaseModel):
    """Options that every format takes; frozen, and an unknown option is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    encoding: str | None = Field(
        default=None, description="Character encoding, such as cp932. Left out: UTF-8 or UTF-16, else Windows-1252."
    )


@dataclass(frozen=True)
class FileFormat:
    """One format of files: how it is recognised, which options it takes, how it is read."""

    code: str
    title: str
    how_recognised: str
    recognises: Callable[[str, str], bool]  # head of the file as text, name of the file
    options_type: type[FileOptions]
    read: Reader


class FileRefused(Invalid):
    """The file cannot be read."""

    code = "file_refused"
    advice = "Check that this is the right file, and export it again."


class FileTooLarge(FileRefused):
    """The file is too large."""

    code = "file_too_large"
    advice = "Split it into smaller files; each import continues where the others ended."


class UnknownFormat(FileRefused):
    """It is not clear what kind of file this is."""

    code = "unknown_format"
    advice = "Name the format with --format, or compare the first line of the file with docs/formats.md."


class UnknownEncoding(FileRefused):
    """The characters of the file cannot be read."""

    code = "unknown_encoding"
    advice = "Save the file as UTF-8, or name its encoding with the option encoding, such as encoding=cp932."


class WrongColumns(FileRefused):
    """The columns of the file do not fit."""

    code = "wrong_columns"
    advice = "Correct the first line of the file; docs/formats.md lists the columns."


class WrongOptions(Invalid):
    """An option cannot be used."""

    code = "wrong_options"
    advice = "Correct the option; docs/formats.md lists them."
