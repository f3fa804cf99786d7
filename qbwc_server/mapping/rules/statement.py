"""Lines of documents as entries of a statement, and what rules make of them, put back into the document; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from qbwc_server.documents.kinds import KINDS, Document
from qbwc_server.mapping.rules.rule import Booked, Direction, Line, StatementEntry


@dataclass(frozen=True, slots=True)
class _Told:
    """Where a kind of document has lines that name an account alone, which way their money goes, and from where."""

    lines: str
    direction: Direction
    source: str | None = None  # the field of the account that the statement is of


STATEMENTS: Mapping[str, _Told] = {
    "check": _Told("expenses", Direction.EXPENSE, "bank_account"),
    "credit_card_charge": _Told("expenses", Direction.EXPENSE, "card_account"),
    "credit_card_credit": _Told("expenses", Direction.INCOME, "card_account"),
    "bill": _Told("expenses", Direction.EXPENSE, "ap_account"),
    "vendor_credit": _Told("expenses", Direction.INCOME, "ap_account"),
    "deposit": _Told("lines", Direction.INCOME, "deposit_to"),
}
"""By kind of document."""
_OTHER = {Direction.EXPENSE: Direction.INCOME, Direction.INCOME: Direction.EXPENSE}


def entries_of(document: Document) -> dict[str, StatementEntry]:
    """The lines of a document to which rules apply, by place (``expenses[0]``), as a statement would say them.

    A line says what its memo says, else what the document does, else who was paid. What is less than nothing goes the
    other way; what comes to nothing is left alone.
    """
    told = STATEMENTS.get(document.kind)
    return {} if told is None else dict(_entries(document, told))


def _entries(document: Document, told: _Told) -> Iterator[tuple[str, StatementEntry]]:
    source = None if told.source is None else getattr(document, told.source)
    party = "" if document.party is None else document.party.name
    for index, line in enumerate(getattr(document, told.lines)):
        words = line.memo or document.memo or party
        if words and line.amount:
            direction = told.direction if line.amount > 0 else _OTHER[told.direction]
            yield f"{told.lines}[{index}]", StatementEntry(words, direction, abs(line.amount), source)


@dataclass(frozen=True, slots=True)
class Put:
    """A document with the lines that its entries became, and by place of a name what gave it: ``rule 3``."""

    document: Document
    given: Mapping[str, str]


def put_lines(document: Document, booked: Mapping[str, Booked]) -> Put:
    """Each line becomes what was booked of it: the first part stays in its place, others stand behind all lines.

    So no other line moves. Where the document would have more lines than it may, it stays as it is.
    """
    values = document.model_dump(mode="json", by_alias=True, exclude_none=True)
    given: dict[str, str] = {}
    for place, one in booked.items():
        name, _, index = place.removesuffix("]").partition("[")
        lines: list[dict[str, Any]] = values[name]
        before = lines[int(index)]
        for number, line in enumerate(one.lines):
            at = int(index) if number == 0 else len(lines)
            written = _written(before, line)
            if number == 0:
                lines[at] = written
            else:
                lines.append(written)
            given.update({f"{name}[{at}].{field}": one.why for field in _fields(line)})
    try:
        return Put(KINDS[document.kind].model_validate(values), given)
    except ValidationError:
        return Put(document, {})


def _written(before: Mapping[str, Any], line: Line) -> dict[str, Any]:
    sign = -1 if Decimal(str(before["amount"])) < 0 else 1
    said: dict[str, Any] = {"account": line.account, "amount": str(sign * line.amount), "memo": line.description}
    return {**before, **said, **({} if line.class_name is None else {"class": line.class_name})}


def _fields(line: Line) -> tuple[str, ...]:
    return ("account",) if line.class_name is None else ("account", "class")
