"""The rows of one document become a document, or everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from qbwc_server.channels.contract import Draft, Outcome, RowProblem
from qbwc_server.channels.files.cells import Unreadable
from qbwc_server.channels.files.columns import BY_NAME, COLUMNS, NUMBERS, Column, Place, lines_of
from qbwc_server.channels.files.habits import Habits, Typed
from qbwc_server.channels.files.mistakes import Place as Path
from qbwc_server.channels.files.mistakes import mistakes, path, unstorable
from qbwc_server.channels.files.rows import BrokenRow, Group, Row
from qbwc_server.documents.kinds import KINDS, read_document

PRICES = frozenset(("rate", "cost", "amount"))
_BY_PLACE = {place: column.name for column in COLUMNS for places in column.places.values() for place in places}
_ANY_KIND = "invoice"  # for the cells of a document whose kind is none of ours


@dataclass
class _Assembled:
    """The document as decoded values, the line of each of its lines, and what was found on the way."""

    line_number: int  # of its first row
    value: dict[str, Any]
    line_numbers: dict[str, list[int]]  # for each sort of lines
    found: list[tuple[int, str, Unreadable]]
    notes: list[str]


@dataclass(frozen=True)
class Assembly:
    """Makes documents of the groups of one file.

    ``prices`` are its columns of which every line with an item needs one; none: QuickBooks may price it.
    """

    habits: Habits
    prices: frozenset[str]

    def outcomes(self, group: Group) -> Iterator[Outcome]:
        """The group as a draft, or everything that is wrong with it."""
        found = list(_unusable(group))
        if not found:
            assembled = _Assembled(group.line_number, {}, {}, [], [])
            self.assemble(assembled, group)
            found = assembled.found
            told = {(number, field) for number, field, _ in found}
            try:
                document = read_document(assembled.value)
                if not found:
                    yield Draft(document, group.line_number, tuple(assembled.notes))
                    return
            except ValidationError as error:
                located = [_located(group, assembled, *one) for one in mistakes(error)]
                found += [one for one in located if one[:2] not in told and not (told and one[1] == "lines")]
        for number, field, mistake in found:
            yield RowProblem(mistake.problem(field), number, group.line_number, group.key or None)

    def assemble(self, result: _Assembled, group: Group) -> None:
        """Put the cells of all rows where they belong in the document."""
        first = group.rows[0]
        said = BY_NAME["kind"].value(self.habits, first.cells.get("kind", ""))
        kind = str(said) if said in KINDS else _ANY_KIND
        for row in group.rows:
            columns = _present(row)
            own = [column for column in columns if column.place(kind)]
            if row is first:
                self.fill(result, result.value, row, _placed(own, kind, ""))
            else:
                _compare(result, first, row, own)
            if rest := [column for column in columns if column not in own]:
                self.line(result, kind, row, rest)
            elif row is not first:
                empty = Unreadable("empty_line", "The row says nothing.", "Remove it, or fill it in.")
                result.found.append((row.line_number, "", empty))
        for name in lines_of(KINDS[kind]):
            if KINDS[kind].model_fields[name].is_required() and not result.found:
                result.value.setdefault(name, [])

    def line(self, result: _Assembled, kind: str, row: Row, columns: list[Column]) -> None:
        """Put the cells of a row into the sort of line that they fit."""
        foreign = [column for column in columns if kind not in column.places]
        result.found += [(row.line_number, column.name, _not_this_kind()) for column in foreign]
        fitting = [column for column in columns if column not in foreign]
        sorts = sorted(
            lines_of(KINDS[kind]), key=lambda lines: sum(column.place(kind, lines) is None for column in fitting)
        )
        if foreign or not sorts:
            return
        placed = _placed(fitting, kind, sorts[0])
        result.found += [
            (row.line_number, column.name, _another_sort()) for column in fitting if not column.place(kind, sorts[0])
        ]
        line: dict[str, Any] = {}
        self.fill(result, line, row, placed)
        result.value.setdefault(sorts[0], []).append(line)
        result.line_numbers.setdefault(sorts[0], []).append(row.line_number)
        self.check_price(result, row, [name for name in self.prices if BY_NAME[name].place(kind, sorts[0])])

    def fill(self, result: _Assembled, record: dict[str, Any], row: Row, placed: list[tuple[Column, Place]]) -> None:
        """Read the cells of columns into their places in ``record``."""
        for column, place in placed:
            cell = row.cells[column.name]
            try:
                value = column.value(self.habits, cell)
            except Unreadable as mistake:
                result.found.append((row.line_number, column.name, mistake))
                continue
            if isinstance(cell, Typed) and cell.note and column.name in NUMBERS:
                line = f"Line {row.line_number}, " if row.line_number != result.line_number else ""
                result.notes.append(f"{line}{column.name}: {cell.note}")
            result.found.extend((row.line_number, column.name, unfit) for _, unfit in unstorable(value))
            inner = record
            for step in place.path[:-1]:
                inner = inner.setdefault(step, {})
            inner[place.path[-1]] = value

    def check_price(self, result: _Assembled, row: Row, prices: list[str]) -> None:
        """An item without a price would be charged at the one that QuickBooks has: never by accident."""
        if not prices or not row.cells.get("item"):
            return
        if not any(row.cells.get(name) for name in prices):
            cut = any(name not in row.cells for name in prices)
            message = "The row ends before its amount." if cut else "The line has an item, but no price and no amount."
            advice = "Fill one in; or give the option quickbooks_prices=true: QuickBooks' own price is taken then."
            result.found.append((row.line_number, "amount", Unreadable("no_price", message, advice)))


def _unusable(group: Group) -> Iterator[tuple[int, str, Unreadable]]:
    """What makes the whole group unusable, whatever its cells say."""
    for broken in group.broken:
        yield broken.line_number, "", Unreadable(broken.code, broken.message, broken.advice)
    if not group.key and group.rows:
        yield (
            group.line_number,
            "origin",
            Unreadable(
                "missing_value",
                "The row has no origin.",
                "Give every row of a document its origin; remove a row of sums.",
            ),
        )
    if group.doubt is not None:
        yield (
            group.line_number,
            "",
            Unreadable(
                "line_in_doubt",
                _may_belong(group.doubt),
                "Correct that row and import the file again.",
            ),
        )
    if group.scattered:
        yield (
            group.line_number,
            "origin",
            Unreadable(
                "rows_not_adjacent",
                f"The rows of {group.key} do not stand together.",
                "Sort the file by origin, so that nothing of a document is missed.",
            ),
        )


def _may_belong(doubt: BrokenRow) -> str:
    why = "names no document" if doubt.code == "no_key" else "cannot be read"
    return f"The row in line {doubt.line_number} {why}, and may belong to this one."


def _not_this_kind() -> Unreadable:
    return Unreadable("unknown_field", "This kind of document has no such field.", "Empty the cell.")


def _another_sort() -> Unreadable:
    return Unreadable("unknown_field", "This does not go with the other cells of the row.", "Give it a row of its own.")


def _placed(columns: list[Column], kind: str, lines: str) -> list[tuple[Column, Place]]:
    return [(column, place) for column in columns if (place := column.place(kind, lines)) is not None]


def _present(row: Row) -> list[Column]:
    return [BY_NAME[name] for name, text in row.cells.items() if text]


def _compare(result: _Assembled, first: Row, row: Row, columns: list[Column]) -> None:
    """A further row may repeat what the first one says, not contradict it."""
    for column in columns:
        if row.cells[column.name] != first.cells.get(column.name, ""):
            result.found.append(
                (
                    row.line_number,
                    column.name,
                    Unreadable(
                        "contradiction",
                        f"The first row of this document, line {first.line_number}, says something else.",
                        "Give values of the whole document on its first row only.",
                    ),
                )
            )


def _located(group: Group, assembled: _Assembled, place: Path, mistake: Unreadable) -> tuple[int, str, Unreadable]:
    """Line and column of a mistake that validation found."""
    if len(place) > 2 and isinstance(place[0], str) and isinstance(place[1], int):
        numbers = assembled.line_numbers.get(place[0], [])
        name = _BY_PLACE.get(Place(place[0], tuple(str(step) for step in place[2:])), path(place))
        return numbers[place[1]] if place[1] < len(numbers) else group.line_number, name, mistake
    steps = tuple(step for step in place if isinstance(step, str))
    return group.line_number, _BY_PLACE.get(Place("", steps), path(place)), mistake
