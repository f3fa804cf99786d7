"""FORMATS: every format of files, in the order in which they are tried; and how one is recognised."""

from __future__ import annotations

import codecs
import io
from collections.abc import Mapping
from itertools import islice
from typing import BinaryIO

from pydantic import ValidationError

from qbwc_server.channels.files import csv_documents, json_lines
from qbwc_server.channels.files.cells import storable
from qbwc_server.channels.files.contract import Beginning, FileFormat, FileOptions, UnknownFormat, WrongOptions
from qbwc_server.channels.files.csv_records import open_csv
from qbwc_server.channels.files.foreign import foreign
from qbwc_server.channels.files.mistakes import option_mistakes
from qbwc_server.channels.files.rows import HEADER_WITHIN, Records
from qbwc_server.channels.files.text import encoding_of
from qbwc_server.channels.files.workbook import is_workbook, open_workbook
from qbwc_server.channels.shopify import export, purchase_rows
from qbwc_server.channels.shopify.options import ShopifyOptions, as_the_file_says
from qbwc_server.channels.shopify.purchase_options import PurchaseOptions

_HEAD_BYTES = 65_536
_OPENS_ONLY = ("{", '{"documents": [', "[", "[{")  # a first line of JSON that is set in several lines
_MOST_TITLES = 12  # of a header that a message repeats

FORMATS: dict[str, FileFormat] = {
    one.code: one
    for one in (
        FileFormat(
            "jsonl",
            "JSON Lines",
            "the first character is {",
            json_lines.recognises,
            FileOptions,
            json_lines.read,
        ),
        FileFormat(
            "shopify_orders",
            "Shopify orders export (CSV)",
            "a header names Name, Lineitem name and Lineitem quantity",
            export.recognises,
            ShopifyOptions,
            export.read,
            settle=as_the_file_says,
            accounts=ShopifyOptions.accounts,
        ),
        FileFormat(
            "purchase_orders",
            "List of purchase orders",
            "a header names a purchase order, its supplier, SKU or product, and quantity",
            purchase_rows.recognises,
            PurchaseOptions,
            purchase_rows.read,
        ),
        FileFormat(
            "csv",
            "CSV",
            "a header names kind, origin, date and customer",
            lambda beginning: not beginning.workbook and csv_documents.recognises(beginning),
            csv_documents.CsvOptions,
            csv_documents.read,
        ),
        FileFormat(
            "xlsx",
            "Excel workbook (.xlsx)",
            "a sheet has a header that names kind, origin, date and customer",
            lambda beginning: beginning.workbook and csv_documents.recognises(beginning),
            csv_documents.CsvOptions,
            csv_documents.read,
        ),
    )
}


def format_named(code: str) -> FileFormat:
    """The format of that code; hyphens count as underscores. Raises UnknownFormat."""
    found = FORMATS.get(code.strip().casefold().replace("-", "_"))
    if found is None:
        raise UnknownFormat(f"There is no format {code!r}; there are {', '.join(FORMATS)}.")
    return found


def recognise(stream: BinaryIO, name: str) -> FileFormat:
    """The format of a file by its beginning. The stream stands at its start afterwards.

    Raises UnknownFormat, or DamagedWorkbook and FileTooLarge for a workbook that cannot be opened.
    """
    refuse_foreign(stream, name)
    beginning = _beginning(stream)
    if beginning.text.lstrip().split("\n", 1)[0].rstrip() in _OPENS_ONLY:
        raise UnknownFormat(
            f"{name} is one JSON value over several lines.",
            advice="Write one document per line, each on a line of its own.",
        )
    for one in FORMATS.values():
        if one.recognises(beginning):
            return one
    if not beginning.workbook and not beginning.text.strip():
        raise UnknownFormat(f"{name} is empty.")
    if beginning.text.lstrip().startswith("["):
        raise UnknownFormat(
            f"{name} begins with [: a JSON list.",
            advice="Write one document per line, without brackets or commas around them.",
        )
    known = "; ".join(f"{one.title}: {one.how_recognised}" for one in FORMATS.values())
    raise UnknownFormat(f"{name} is none of the known formats{_its_header(beginning)}. {known}.")


def refuse_foreign(stream: BinaryIO, name: str) -> None:
    """Raise UnknownFormat where the file is of a kind that is not read, and say which."""
    if found := foreign(stream):
        what, advice = found
        raise UnknownFormat(f"{name} is {what}; it cannot be imported as it is.", advice=advice)


def read_options(file_format: FileFormat, values: Mapping[str, object] | FileOptions | None) -> FileOptions:
    """Options of a format from what a user gave. Raises WrongOptions."""
    if isinstance(values, FileOptions):
        if not isinstance(values, file_format.options_type):
            raise WrongOptions(f"These are not options of {file_format.title}.")
        return values
    try:
        return file_format.options_type.model_validate(dict(values or {}))
    except ValidationError as error:
        found = " ".join(option_mistakes(error, file_format.options_type))
        raise WrongOptions(f"{file_format.title}: {found}") from None


def _beginning(stream: BinaryIO) -> Beginning:
    stream.seek(0)
    if is_workbook(stream):
        tables: list[Records] = [sheet for _, sheet in open_workbook(stream, None)]
        text = ""
    else:
        text = _head_text(stream.read(_HEAD_BYTES))
        if "\0" in text:
            encoding_of(stream)  # raises where it is UTF-16 without its mark, and says so
        head = io.BytesIO(text.encode(errors="replace"))
        tables = [*open_csv(head, "utf-8")[1]]
    rows = tuple(tuple(record.cells) for table in tables for record in islice(table.records(), HEADER_WITHIN))
    stream.seek(0)
    return Beginning(text, rows, workbook=not text and bool(tables) and is_workbook(stream))


def _its_header(beginning: Beginning) -> str:
    titles = max(beginning.rows, key=_texts, default=())
    shown = [storable(title.strip()[:40]) for title in titles if title.strip()][:_MOST_TITLES]
    return f" (its first row: {', '.join(shown)})" if len(shown) > 1 else ""


def _texts(row: tuple[str, ...]) -> int:
    """How many cells of the row are words, as those of a header are."""
    return sum(any(character.isalpha() for character in cell) for cell in row)


def _head_text(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", errors="replace")
    return head.removeprefix(codecs.BOM_UTF8).decode("utf-8", errors="replace")
