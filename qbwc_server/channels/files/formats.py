"""FORMATS: every format of files, in the order in which they are tried; and how one is recognised."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from typing import BinaryIO

from pydantic import ValidationError

from qbwc_server.channels.files import csv_documents, json_lines
from qbwc_server.channels.files.contract import FileFormat, FileOptions, UnknownFormat, WrongOptions
from qbwc_server.channels.shopify import orders_export
from qbwc_server.channels.shopify.options import ShopifyOptions

_HEAD_BYTES = 65_536

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
            "the first line names Name, Lineitem name and Lineitem quantity",
            orders_export.recognises,
            ShopifyOptions,
            orders_export.read,
        ),
        FileFormat(
            "csv",
            "CSV",
            "the first line names kind, origin and date",
            csv_documents.recognises,
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
    """The format of a file by its beginning. The stream stands at its start afterwards. Raises UnknownFormat."""
    stream.seek(0)
    head = _head_text(stream.read(_HEAD_BYTES))
    stream.seek(0)
    for one in FORMATS.values():
        if one.recognises(head, name):
            return one
    if not head.strip():
        raise UnknownFormat(f"{name} is empty.")
    if head.lstrip().startswith("["):
        raise UnknownFormat(
            f"{name} begins with [: a JSON list. Write one document per line, without brackets or commas."
        )
    known = "; ".join(f"{one.title}: {one.how_recognised}" for one in FORMATS.values())
    raise UnknownFormat(f"{name} is none of the known formats. {known}.")


def read_options(file_format: FileFormat, values: Mapping[str, object] | FileOptions | None) -> FileOptions:
    """Options of a format from what a user gave. Raises WrongOptions."""
    if isinstance(values, FileOptions):
        if not isinstance(values, file_format.options_type):
            raise WrongOptions(f"These are not options of {file_format.title}.")
        return values
    try:
        return file_format.options_type.model_validate(dict(values or {}))
    except ValidationError as error:
        found = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_url=False))
        raise WrongOptions(f"{file_format.title}: {found}.") from None


def _head_text(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", errors="replace")
    return head.removeprefix(codecs.BOM_UTF8).decode("utf-8", errors="replace")
