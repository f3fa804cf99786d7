"""What a format of files is: how it is recognised and read, which options it takes; and how a whole file is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from pydantic import BaseModel, ConfigDict, Field

from qbwc_server.channels.contract import Outcome
from qbwc_server.errors import Invalid

MAX_FILE_BYTES = 512 * 1024 * 1024
MAX_RECORD_CHARACTERS = 131_072  # one CSV record with all its lines; also the csv module's own limit for a field
MAX_DOCUMENT_CHARACTERS = 1_000_000  # one line of JSON Lines

Reader = Callable[[BinaryIO, Any], Iterator[Outcome]]  # takes a seekable stream


class FileOptions(BaseModel):
    """Options that every format takes; frozen, and an unknown option is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    encoding: str | None = Field(
        default=None, description="Character encoding, such as cp932. Left out: UTF-8 or UTF-16, else Windows-1252."
    )
    rules: bool = Field(
        default=False,
        description="Lines of checks, card charges, bills and deposits go to accounts by the rules of the company.",
    )


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first part of a file: its text, and its first rows as cells by each way to separate them.

    A workbook has no text; its rows are those of all its sheets.
    """

    text: str
    rows: tuple[tuple[str, ...], ...] = ()
    workbook: bool = False


@dataclass(frozen=True)
class FileFormat:
    """One format of files: how it is recognised, which options it takes, how it is read.

    ``settle`` completes options by the preferences of the company file, None where it has not been open yet;
    ``accounts`` gives items that are no income, each with the account under which it may be added, if any.
    """

    code: str
    title: str
    how_recognised: str
    recognises: Callable[[Beginning], bool]
    options_type: type[FileOptions]
    read: Reader
    settle: Callable[[Any, Mapping[str, object] | None], FileOptions] = lambda options, preferences: options
    accounts: Callable[[Any], Mapping[str, str | None]] = lambda options: {}


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
