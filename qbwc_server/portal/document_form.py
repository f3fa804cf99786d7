"""A document as a form: its fields, and a table for each sort of line, derived from the kind's declaration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, get_origin

from pydantic.fields import FieldInfo

from qbwc_server.documents.kinds import KINDS
from qbwc_server.documents.kinds.fields import Fields, Sort, fields_in, marks_of
from qbwc_server.documents.kinds.footing import Stated
from qbwc_server.shortening import storable

EMPTY_LINES = 3  # below those that are there
MOST_LINES = 200  # that are shown
_LONGEST = 20_000
_STAYS = ("kind", "origin")
_ALWAYS_SHOWN = ("item", "account", "description", "memo", "quantity", "rate", "cost", "amount", "debit", "credit")
_WRITTEN = {"po": "PO", "ar": "A/R", "id": "ID"}
_PREFIX = "at-"  # so that no field is called like one of the page itself


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: where it stands in the document (``lines.0.item``), and what is in it."""

    path: str
    title: str
    sort: Sort
    value: str
    required: bool = False
    is_many: bool = False  # one value in each line

    @property
    def name(self) -> str:
        """In the form."""
        return f"{_PREFIX}{self.path}"


@dataclass(frozen=True, slots=True)
class Record:
    """Fields that belong together; those of the document itself have no title."""

    title: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """One sort of line. Rows without any value are no lines."""

    name: str
    title: str
    columns: tuple[Cell, ...]  # of a line that is not there
    rows: tuple[tuple[Cell, ...], ...]
    more: int  # lines that are not shown, and stay


def records_of(kind: str, values: Mapping[str, Any]) -> list[Record]:
    """The fields of a document with what stands in them, those of the document itself first.

    Args:
        values: as ``dump_document`` writes it.
    """
    cls = KINDS[kind]
    own = tuple(_cells(cls, values, ""))
    inner = [
        Record(_title(name), tuple(_cells_below(holds, values.get(name) or {}, f"{name}.")))
        for name, info, holds in _parts(cls)
        if not _is_many(info) and (values.get(name) or not (holds is Stated or name in cls.not_in_files))
    ]
    return [Record("", own), *inner]


def lines_of(kind: str, values: Mapping[str, Any]) -> list[Lines]:
    """The lines of a document, and room for more of them."""
    return [_lines(name, holds, values.get(name) or []) for name, info, holds in _parts(KINDS[kind]) if _is_many(info)]


def read_form(kind: str, before: Mapping[str, Any], typed: Mapping[str, str]) -> dict[str, Any]:
    """What the document says by what was typed; what the form does not show stays as it was."""
    found: dict[str, Any] = deepcopy({name: value for name, value in before.items() if name not in _STAYS})
    for record in records_of(kind, before):
        for cell in record.cells:
            _put(found, cell.path.split("."), _typed(cell, typed))
    for sort in lines_of(kind, before):
        found[sort.name] = list(_lines_typed(sort, found.get(sort.name) or [], typed))
    return {name: value for name, value in found.items() if value not in (None, {}, [])}


def _lines_typed(sort: Lines, before: Sequence[dict[str, Any]], typed: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for at, cells in enumerate(sort.rows):
        row = before[at] if at < len(before) else {}
        for cell in cells:
            _put(row, [cell.path.rpartition(".")[2]], _typed(cell, typed))
        if any(_typed(cell, typed) for cell in cells):
            yield row
    yield from before[len(sort.rows) :]


def typed_in(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, by the path of the field."""
    return {
        name.removeprefix(_PREFIX): storable(value.replace("\r\n", "\n"))[:_LONGEST].strip()
        for name, value in form.items()
        if name.startswith(_PREFIX)
    }


def _typed(cell: Cell, typed: Mapping[str, str]) -> str | list[str]:
    """A field that was not sent stays as it was."""
    text = typed.get(cell.path, cell.value)
    return [line for line in text.splitlines() if line.strip()] if cell.is_many else text


def _put(into: dict[str, Any], path: Sequence[str], value: str | list[str]) -> None:
    """Set a value, or take it away where it is empty."""
    first, rest = path[0], path[1:]
    if rest:
        inner = into.setdefault(first, {})
        _put(inner, rest, value)
        if not inner:
            del into[first]
    elif value:
        into[first] = value
    else:
        into.pop(first, None)


def _parts(cls: type[Fields]) -> Iterator[tuple[str, FieldInfo, type[Fields]]]:
    """The fields that hold records: parties, lines."""
    for name, info in cls.model_fields.items():
        holds = fields_in(info)
        if holds is not None:
            yield info.alias or name, info, holds


def _cells_below(cls: type[Fields], values: Mapping[str, Any], prefix: str) -> Iterator[Cell]:
    """The fields of a record and of the records in it; lines in it are not shown."""
    yield from _cells(cls, values, prefix)
    for name, info, holds in _parts(cls):
        if not _is_many(info):
            yield from _cells_below(holds, values.get(name) or {}, f"{prefix}{name}.")


def _cells(cls: type[Fields], values: Mapping[str, Any], prefix: str) -> Iterator[Cell]:
    for field, info in cls.model_fields.items():
        if fields_in(info) is not None or field in _STAYS:
            continue
        name = info.alias or field
        yield Cell(
            f"{prefix}{name}",
            _title(f"{prefix}{name}"),
            _sort_of(info),
            _shown(values.get(name)),
            info.is_required(),
            _is_many(info),
        )


def _lines(name: str, holds: type[Fields], values: Sequence[Mapping[str, Any]]) -> Lines:
    columns = [cell for cell in _cells(holds, {}, "") if _is_shown(cell, holds, values)]
    shown = {cell.path for cell in columns}
    rows = [*values, *({} for _ in range(EMPTY_LINES))][:MOST_LINES]
    return Lines(
        name,
        _title(name),
        tuple(columns),
        tuple(
            tuple(cell for cell in _cells(holds, row, f"{name}.{at}.") if cell.path.rpartition(".")[2] in shown)
            for at, row in enumerate(rows)
        ),
        max(0, len(values) - MOST_LINES),
    )


def _is_shown(cell: Cell, holds: type[Fields], values: Sequence[Mapping[str, Any]]) -> bool:
    always = cell.path in _ALWAYS_SHOWN or cell.path in holds.known_by or cell.required
    return always or any(one.get(cell.path) is not None for one in values)


def _is_many(info: FieldInfo) -> bool:
    return get_origin(info.annotation) is tuple


def _sort_of(info: FieldInfo) -> Sort:
    return (marks_of(info, Sort) or [Sort.YES_NO if info.annotation in (bool, bool | None) else Sort.TEXT])[0]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "\n".join(str(one) for one in value)
    return "" if value is None else str(value)


def _title(path: str) -> str:
    """``customer.billing_address.city`` is Billing address city."""
    parts = [part for part in path.split(".") if not part.isdigit()]
    words = "_".join(parts[1:] if len(parts) > 1 else parts).split("_")
    first, *others = [_WRITTEN.get(word, word) for word in words]
    return " ".join([first[:1].upper() + first[1:], *others])
