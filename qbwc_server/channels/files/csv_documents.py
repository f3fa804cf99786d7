"""Our CSV format: one row per line of a document, the document's own values on its first row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, BinaryIO

from pydantic import Field, ValidationError

from qbwc_server.channels.contract import Draft, Outcome, Remark, RowProblem
from qbwc_server.channels.files.cells import Unreadable
from qbwc_server.channels.files.columns import BY_NAME, COLUMNS, REQUIRED, Column, column_key, column_named, titles
from qbwc_server.channels.files.contract import FileOptions, WrongColumns
from qbwc_server.channels.files.mistakes import Place, mistakes, path, unstorable
from qbwc_server.channels.files.rows import SEPARATORS, Group, Row, Table, encoding_remark
from qbwc_server.documents.kinds import read_document

_PAYMENT_LINE = ("applies_to", "applied_amount")
_BY_PLACE = {
    (("applies_to" if c.name in _PAYMENT_LINE else "lines") if c.per_line else "", c.place): c.name for c in COLUMNS
}


class CsvOptions(FileOptions):
    """Options of our CSV format."""

    ignore_columns: tuple[str, ...] = Field(
        default=(), description="Columns of the file to leave out; * leaves out every column that is none of ours."
    )


def recognises(head: str, name: str) -> bool:
    """The first line names kind, origin and date."""
    first = head.lstrip("\ufeff\r\n ").split("\n", 1)[0]
    return any(
        {"kind", "origin", "date"} <= {column_named(cell.strip().strip('"')) for cell in first.split(separator)}
        for separator in SEPARATORS
    )


def read(stream: BinaryIO, options: CsvOptions) -> Iterator[Outcome]:
    """Each document as a draft, or its mistakes with their lines. Raises WrongColumns and UnknownEncoding."""
    table = Table(stream, encoding=options.encoding, column=column_named)
    _check_header(table, options)
    if remark := encoding_remark(table.encoding):
        yield Remark(remark)
    for group in table.groups("origin"):
        yield from _outcomes(group)


def _check_header(table: Table, options: CsvOptions) -> None:
    ignored = {column_key(name) for name in options.ignore_columns}
    unknown = [
        title
        for title, column in zip(table.titles, table.columns, strict=True)
        if column is None and title and "*" not in options.ignore_columns and column_key(title) not in ignored
    ]
    if unknown:
        raise WrongColumns("; ".join(_unknown(title) for title in unknown))
    for name in REQUIRED:
        if name not in table.columns:
            raise WrongColumns(f"There is no column {name}.")
    named = [name for name in table.columns if name is not None]
    if twice := sorted({name for name in named if named.count(name) > 1}):
        raise WrongColumns(f"More than one column means {', '.join(twice)}.")


def _unknown(title: str) -> str:
    near = get_close_matches(column_key(title), titles(), 1)
    return f"The column {title!r} is none of ours" + (f"; did you mean {near[0]}?" if near else ".")


@dataclass(frozen=True)
class _Assembled:
    """The document as decoded values, the line of each of its lines, and the mistakes found on the way."""

    value: dict[str, Any]
    line_numbers: list[int]
    found: list[tuple[int, str, Unreadable]]


def _outcomes(group: Group) -> Iterator[Outcome]:
    if found := list(_unusable(group)):
        for number, field, mistake in found:
            yield _problem(group, number, field, mistake)
        return
    assembled = _assembled(group)
    found = assembled.found
    if not found:
        try:
            yield Draft(read_document(assembled.value), group.line_number)
            return
        except ValidationError as error:
            found = [_located(group, assembled, *one) for one in mistakes(error)]
    for number, field, mistake in found:
        yield _problem(group, number, field, mistake)


def _problem(group: Group, number: int, field: str, found: Unreadable) -> RowProblem:
    return RowProblem(found.problem(field), number, group.line_number, group.key or None)


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


def _assembled(group: Group) -> _Assembled:
    result = _Assembled({}, [], [])
    first = group.rows[0]
    _fill(result, result.value, first, [c for c in _present(first) if not c.per_line])
    payment = result.value.get("kind") == "payment"
    lines: list[dict[str, Any]] = []
    for row in group.rows:
        columns = _present(row)
        if row is not first:
            _compare(result, first, row, [c for c in columns if not c.per_line])
        line: dict[str, Any] = {}
        per_line = [c for c in columns if c.per_line]
        if payment:
            _payment_amount(result, first, row, [c for c in per_line if c.name not in _PAYMENT_LINE])
            per_line = [c for c in per_line if c.name in _PAYMENT_LINE]
        elif foreign := [c for c in per_line if c.name in _PAYMENT_LINE]:
            for column in foreign:
                result.found.append((row.line_number, column.name, _not_this_kind()))
            continue
        if per_line:
            _fill(result, line, row, per_line)
            lines.append(line)
            result.line_numbers.append(row.line_number)
        elif row is not first:
            result.found.append(
                (row.line_number, "", Unreadable("empty_line", "The row says nothing.", "Remove it, or fill it in."))
            )
    if lines:
        result.value["applies_to" if payment else "lines"] = lines
    elif not payment and not result.found:
        result.value["lines"] = []
    return result


def _payment_amount(result: _Assembled, first: Row, row: Row, columns: list[Column]) -> None:
    """A payment has its amount in ``amount`` of its first row; nothing else of a line fits a payment."""
    for column in columns:
        if column.name != "amount":
            result.found.append((row.line_number, column.name, _not_this_kind()))
        elif row is first:
            _fill(result, result.value, row, [column])
        else:
            _compare(result, first, row, [column])


def _not_this_kind() -> Unreadable:
    return Unreadable("unknown_field", "This kind of document has no such field.", "Empty the cell.")


def _present(row: Row) -> list[Column]:
    return [BY_NAME[name] for name, text in row.cells.items() if text]


def _fill(result: _Assembled, record: dict[str, Any], row: Row, columns: list[Column]) -> None:
    for column in columns:
        text = row.cells[column.name]
        try:
            value = column.value(text)
        except Unreadable as mistake:
            result.found.append((row.line_number, column.name, mistake))
            continue
        result.found.extend((row.line_number, column.name, unfit) for _, unfit in unstorable(value))
        inner = record
        for step in column.place[:-1]:
            inner = inner.setdefault(step, {})
        inner[column.place[-1]] = value


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
