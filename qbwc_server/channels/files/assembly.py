"""The rows of one document become a document, or everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from qbwc_server.channels.contract import Draft, Outcome, RowProblem
from qbwc_server.channels.files.cells import Unreadable
from qbwc_server.channels.files.columns import BY_NAME, COLUMNS, NUMBERS, Column
from qbwc_server.channels.files.habits import Habits, Typed
from qbwc_server.channels.files.mistakes import Place, mistakes, path, unstorable
from qbwc_server.channels.files.rows import Group, Row
from qbwc_server.documents.kinds import read_document

PRICES = frozenset(("rate", "amount"))
_PAYMENT_LINE = ("applies_to", "applies_to_number", "applies_to_txn_id", "applied_amount")
_BY_PLACE = {
    (("applies_to" if c.name in _PAYMENT_LINE else "lines") if c.per_line else "", c.place): c.name for c in COLUMNS
}


@dataclass
class _Assembled:
    """The document as decoded values, the line of each of its lines, and what was found on the way."""

    value: dict[str, Any]
    line_numbers: list[int]
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
            assembled = _Assembled({}, [], [], [])
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
        self.fill(result, result.value, first, [c for c in _present(first) if not c.per_line])
        payment = result.value.get("kind") == "payment"
        lines: list[dict[str, Any]] = []
        for row in group.rows:
            columns = _present(row)
            if row is not first:
                _compare(result, first, row, [c for c in columns if not c.per_line])
            line: dict[str, Any] = {}
            per_line = [c for c in columns if c.per_line]
            if payment:
                self.payment_amount(result, first, row, [c for c in per_line if c.name not in _PAYMENT_LINE])
                per_line = [c for c in per_line if c.name in _PAYMENT_LINE]
            elif foreign := [c for c in per_line if c.name in _PAYMENT_LINE]:
                result.found += [(row.line_number, column.name, _not_this_kind()) for column in foreign]
                continue
            if per_line:
                self.fill(result, line, row, per_line)
                lines.append(line)
                result.line_numbers.append(row.line_number)
                if not payment:
                    self.check_price(result, row)
            elif row is not first:
                empty = Unreadable("empty_line", "The row says nothing.", "Remove it, or fill it in.")
                result.found.append((row.line_number, "", empty))
        if lines:
            result.value["applies_to" if payment else "lines"] = lines
        elif not payment and not result.found:
            result.value["lines"] = []

    def payment_amount(self, result: _Assembled, first: Row, row: Row, columns: list[Column]) -> None:
        """A payment has its amount in ``amount`` of its first row; nothing else of a line fits a payment."""
        for column in columns:
            if column.name != "amount":
                result.found.append((row.line_number, column.name, _not_this_kind()))
            elif row is first:
                self.fill(result, result.value, row, [column])
            else:
                _compare(result, first, row, [column])

    def fill(self, result: _Assembled, record: dict[str, Any], row: Row, columns: list[Column]) -> None:
        """Read the cells of ``columns`` into ``record``."""
        for column in columns:
            cell = row.cells[column.name]
            try:
                value = column.value(self.habits, cell)
            except Unreadable as mistake:
                result.found.append((row.line_number, column.name, mistake))
                continue
            if isinstance(cell, Typed) and cell.note and column.name in NUMBERS:
                result.notes.append(f"Line {row.line_number}, {column.name}: {cell.note}")
            result.found.extend((row.line_number, column.name, unfit) for _, unfit in unstorable(value))
            inner = record
            for step in column.place[:-1]:
                inner = inner.setdefault(step, {})
            inner[column.place[-1]] = value

    def check_price(self, result: _Assembled, row: Row) -> None:
        """An item without a price would be charged at the one that QuickBooks has: never by accident."""
        if not self.prices or not row.cells.get("item"):
            return
        if not any(row.cells.get(name) for name in self.prices):
            cut = any(name not in row.cells for name in self.prices)
            message = "The row ends before its amount." if cut else "The line has an item, but no rate and no amount."
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
            Unreadable("missing_value", "The row has no origin.", "Give every row of a document its origin."),
        )
    if group.doubt is not None:
        yield (
            group.line_number,
            "",
            Unreadable(
                "line_in_doubt",
                f"The row in line {group.doubt.line_number} may belong to this document and cannot be read.",
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


def _not_this_kind() -> Unreadable:
    return Unreadable("unknown_field", "This kind of document has no such field.", "Empty the cell.")


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


def _located(group: Group, assembled: _Assembled, place: Place, mistake: Unreadable) -> tuple[int, str, Unreadable]:
    """Line and column of a mistake that validation found."""
    if (
        len(place) > 2
        and isinstance(place[0], str)
        and isinstance(place[1], int)
        and place[0] in ("lines", "applies_to")
    ):
        name = _BY_PLACE.get((place[0], tuple(str(step) for step in place[2:])), path(place))
        return assembled.line_numbers[place[1]], name, mistake
    steps = tuple(step for step in place if isinstance(step, str))
    return group.line_number, _BY_PLACE.get(("", steps), "amount" if steps == ("amount",) else path(place)), mistake
