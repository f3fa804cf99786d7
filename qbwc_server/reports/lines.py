"""The lines of a document as tables, with the columns that are filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from qbwc_server.documents.kinds import Document
from qbwc_server.documents.kinds.fields import Fields

_PLAIN = ("lines", "items")  # these need no name of their own


@dataclass(frozen=True, slots=True)
class LineTable:
    """One sort of line."""

    name: str | None  # None: the lines as such
    titles: tuple[str, ...]
    amounts: tuple[bool, ...]  # which columns hold nothing but numbers
    rows: list[tuple[object, ...]]


def line_tables(document: Document) -> list[LineTable]:
    """Each sort of line that the document has."""
    return [_table(name, lines) for name, lines in document if isinstance(lines, tuple) and lines]


def _table(name: str, lines: Sequence[Fields]) -> LineTable:
    shown = [line.model_dump(exclude_none=True) for line in lines]
    fields = [field for field in type(lines[0]).model_fields if any(field in one for one in shown)]
    return LineTable(
        name=None if name in _PLAIN else _title(name),
        titles=tuple(_title(field) for field in fields),
        amounts=tuple(all(isinstance(one.get(field), Decimal | None) for one in shown) for field in fields),
        rows=[tuple(one.get(field) for field in fields) for one in shown],
    )


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()
