"""The columns of our CSV format, from the fields of the kinds of document: where a value goes, how it is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from pydantic.fields import FieldInfo

from qbwc_server.channels.files.habits import Habits
from qbwc_server.documents.kinds import KINDS
from qbwc_server.documents.kinds.document import Document
from qbwc_server.documents.kinds.fields import Fields, Sort, fields_in, marks_of, types_of
from qbwc_server.documents.kinds.footing import Stated
from qbwc_server.documents.kinds.party import Address, Party

Value = object
Reader = Callable[[Habits, str], Value]
_SIGNS = re.compile(r"[\s_\-.]+")
_READERS: dict[Sort, Reader] = {
    Sort.TEXT: Habits.text,
    Sort.PROSE: Habits.prose,
    Sort.AMOUNT: Habits.amount,
    Sort.NUMBER: Habits.quantity,
    Sort.DATE: Habits.date,
    Sort.YES_NO: Habits.yes_no,
}
_CALLED = {  # by lines and field, where it is not called as the field is
    ("applies_to", "invoice"): "applies_to",
    ("applies_to", "number"): "applies_to_number",
    ("applies_to", "txn_id"): "applies_to_txn_id",
    ("applies_to", "amount"): "applied_amount",
}
_ALIASES: dict[str, tuple[str, ...]] = {
    "kind": ("type", "document_type"),
    "origin": ("key",),
    "number": ("no", "ref_number", "document_number"),
    "date": ("document_date", "txn_date"),
    "customer": ("customer_name",),
    "customer_email": ("email",),
    "customer_phone": ("phone",),
    "vendor": ("vendor_name",),
    "quantity": ("qty",),
    "rate": ("price", "unit_price"),
    "amount": ("line_amount",),
    "applies_to": ("applied_to",),
} | {
    f"{which}_{part}": (f"{which}_{other}",)
    for which in ("billing", "shipping")
    for part, other in (("street", "address"), ("state", "province"), ("postal_code", "zip"))
}


class Place(NamedTuple):
    """Where a value goes in a document of one kind: in the document itself, or in one of its ``lines``."""

    lines: str
    path: tuple[str, ...]


@dataclass(frozen=True, eq=False)  # there is one of each: they are compared for every cell
class Column:
    """One column, and where its value goes in each kind of document."""

    name: str
    value: Reader
    aliases: tuple[str, ...]
    places: Mapping[str, tuple[Place, ...]]

    def place(self, kind: str, lines: str = "") -> Place | None:
        """Where it goes in this kind, in the document itself or in these lines; None where it goes nowhere."""
        for place in self.places.get(kind, ()):  # asked several times for every cell
            if place.lines == lines:
                return place
        return None


class _Cell(NamedTuple):
    """What one field of a kind gives a column for."""

    name: str
    value: Reader
    place: Place


def _kind(habits: Habits, text: str) -> str:
    word = column_key(habits.text(text))
    return word if word in KINDS else text


def _street(habits: Habits, text: str) -> list[str]:
    return [line.strip() for line in habits.prose(text).splitlines() if line.strip()]


def _of_document(cls: type[Document]) -> Iterator[_Cell]:
    """The columns of a document itself."""
    for field, info in cls.model_fields.items():
        holds, shown = fields_in(info), info.alias or field
        if field in cls.not_in_files:
            continue
        if holds is None:
            yield _Cell(shown, _kind if field == "kind" else _reader(info), Place("", (shown,)))
        elif issubclass(holds, Party):
            yield from _of_party(shown, holds)
        elif issubclass(holds, Stated):
            for part, amount in holds.model_fields.items():
                if fields_in(amount) is None:
                    yield _Cell(f"{shown}_{part}", _reader(amount), Place("", (shown, part)))


def _of_party(party: str, cls: type[Party]) -> Iterator[_Cell]:
    for field, info in cls.model_fields.items():
        if fields_in(info) is Address:
            prefix = party if field == "address" else field.removesuffix("_address")
            for part, of_address in Address.model_fields.items():
                lines = part == "lines"
                name, value = f"{prefix}_{'street' if lines else part}", _street if lines else _reader(of_address)
                yield _Cell(name, value, Place("", (party, field, part)))
        else:
            name = party if field == "name" else f"{party}_{_CALLED_OF_PARTY.get(field, field)}"
            yield _Cell(name, _reader(info), Place("", (party, field)))


_CALLED_OF_PARTY = {"company_name": "company"}


def _of_lines(cls: type[Document]) -> Iterator[_Cell]:
    """The columns of its lines; a name that documents have themselves gets a prefix, but for the amount."""
    for lines, rows in lines_of(cls).items():
        for field, info in rows.model_fields.items():
            if field in rows.not_in_files:
                continue
            shown = info.alias or field
            name = _CALLED.get((lines, field)) or _called(rows, field, shown)
            yield _Cell(name, _reader(info), Place(lines, (shown,)))


def _called(rows: type[Fields], field: str, shown: str) -> str:
    if field in rows.known_by[1:]:
        return f"{rows.known_by[0]}_{shown}"
    return f"line_{shown}" if shown in _OF_DOCUMENTS else shown


@cache
def lines_of(cls: type[Document]) -> Mapping[str, type[Fields]]:
    """The sorts of line that a kind has."""
    found = {}
    for field, info in cls.model_fields.items():
        holds = fields_in(info)
        if holds is not None and field not in cls.not_in_files and not issubclass(holds, Party | Stated):
            found[field] = holds
    return found


def _reader(info: FieldInfo) -> Reader:
    if bool in types_of(info):
        return Habits.yes_no
    return _READERS[next(iter(marks_of(info, Sort)), Sort.TEXT)]


def _columns() -> Iterator[Column]:
    cells = [(kind, cell) for of in (_of_document, _of_lines) for kind, cls in KINDS.items() for cell in of(cls)]
    for name in dict.fromkeys(cell.name for _, cell in cells):
        mine = [(kind, cell) for kind, cell in cells if cell.name == name]
        places = {kind: tuple(cell.place for other, cell in mine if other == kind) for kind, _ in mine}
        yield Column(name, mine[0][1].value, _ALIASES.get(name, ()), places)


_OF_DOCUMENTS = {cell.name for cls in KINDS.values() for cell in _of_document(cls)} - {"amount"}
COLUMNS: tuple[Column, ...] = tuple(_columns())
BY_NAME: dict[str, Column] = {column.name: column for column in COLUMNS}
_NAMES: dict[str, str] = {name: column.name for column in COLUMNS for name in (column.name, *column.aliases)}
DATES = frozenset(column.name for column in COLUMNS if column.value is Habits.date)
NUMBERS = frozenset(column.name for column in COLUMNS if column.value in (Habits.amount, Habits.quantity))
REQUIRED = ("kind", "origin", "date")
ABOUT = ("customer", "vendor", "other_name", "account")  # whom or what a document is about: one at least


def column_key(title: str) -> str:
    """A title without regard to case, blanks, hyphens and points: "Due Date" is due_date."""
    return _SIGNS.sub("_", title.strip().casefold()).strip("_")


def column_named(title: str) -> str | None:
    """The column that a title of a header names, None where it is none of ours."""
    return _NAMES.get(column_key(title))


def titles() -> tuple[str, ...]:
    """Every accepted title, for suggestions."""
    return tuple(_NAMES)
