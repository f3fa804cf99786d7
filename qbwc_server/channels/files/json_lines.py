"""JSON Lines: one document on each line, in the shape of documents/kinds.py."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import BinaryIO

from pydantic import ValidationError

from qbwc_server import strict_json
from qbwc_server.channels.contract import Draft, Outcome, Remark, RowProblem
from qbwc_server.channels.files.cells import CENT, Unreadable, amount_of, date_of, plain, quantity_of, shown, storable
from qbwc_server.channels.files.contract import MAX_DOCUMENT_CHARACTERS, Beginning, FileOptions, FileRefused
from qbwc_server.channels.files.mistakes import Found, Place, mistakes, path, unstorable
from qbwc_server.channels.files.text import Lines, encoding_of, encoding_remark, opened_text
from qbwc_server.documents.kinds import read_document
from qbwc_server.documents.problems import Problem
from qbwc_server.strict_json import BadJson

_MOST_BROKEN_LINES = 1000
_DATES = frozenset(("date", "due_date", "ship_date", "service_date"))
_AMOUNTS = frozenset(("amount", "subtotal", "total"))
_QUANTITIES = frozenset(("quantity", "rate"))
_ISO_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def recognises(beginning: Beginning) -> bool:
    """The first character that is not blank opens an object."""
    return beginning.text.lstrip().startswith("{")


def read(stream: BinaryIO, options: FileOptions) -> Iterator[Outcome]:
    """Each line as a draft, or its mistakes; empty lines are passed over.

    Raises UnknownEncoding, or FileRefused after very many lines that are no JSON.
    """
    encoding = encoding_of(stream, options.encoding)
    if remark := encoding_remark(encoding):
        yield Remark(remark)
    broken = 0
    with opened_text(stream, encoding) as text:
        lines = Lines(text, MAX_DOCUMENT_CHARACTERS)
        while (taken := lines.take()) is not None:
            number, line = taken
            if not line.strip():
                continue
            try:
                value = _decoded(line)
            except BadJson as found:
                broken += 1
                if broken > _MOST_BROKEN_LINES:
                    raise FileRefused(
                        f"More than {_MOST_BROKEN_LINES} lines are broken, the last one {number}."
                    ) from None
                yield RowProblem(Problem(found.code, "", str(found), found.advice), number, number)
                continue
            yield from outcomes_of(value, number)


class RowTooLong(BadJson):
    """The line is too long."""

    code = "row_too_long"
    advice = "Split the document."


def _decoded(line: str) -> object:
    if len(line) > MAX_DOCUMENT_CHARACTERS:
        raise RowTooLong(f"The line has more than {MAX_DOCUMENT_CHARACTERS} characters.")
    return strict_json.decode(line, "line")


def outcomes_of(value: object, number: int) -> Iterator[Draft | RowProblem]:
    """The document that a decoded value is, or every mistake in it; ``number`` is that of its line."""
    found: list[Found] = list(unstorable(value))
    value = _settled(value, (), found)
    try:
        document = read_document(value)
        if not found:
            yield Draft(document, number)
            return
    except ValidationError as error:
        told = [place for place, _ in found]
        found += [(place, mistake) for place, mistake in mistakes(error) if not _is_below(place, told)]
    origin = value.get("origin") if isinstance(value, dict) else None
    for place, mistake in found:
        yield RowProblem(
            mistake.problem(path(place)), number, number, storable(origin) if isinstance(origin, str) else None
        )


def _is_below(place: Place, told: list[Place]) -> bool:
    """Whether something is told already of ``place``, or of what it lies in: one mistake, one sentence."""
    return any(place[: len(one)] == one for one in told)


def _settled(value: object, place: tuple[str | int, ...], found: list[Found]) -> object:
    """The same record with numbers and dates in one form each; mistakes go to ``found``.

    A number is a plain decimal, as JSON number or as text; a date is text, year first. All else would be a guess.
    """
    if isinstance(value, list):
        return [_settled(item, (*place, index), found) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    record: dict[str, object] = {}
    for name, item in value.items():
        try:
            record[name] = _settled_field(name, item, (*place, name), found)
        except Unreadable as mistake:
            found.append(((*place, name), mistake))
    return record


def _settled_field(name: str, item: object, place: tuple[str | int, ...], found: list[Found]) -> object:
    if isinstance(item, list | dict):
        return _settled(item, place, found)
    if item is None:
        return item
    if name in _DATES:
        if not isinstance(item, str) or not _ISO_DATE.fullmatch(item.strip()):
            raise Unreadable(
                "bad_date",
                f"{shown(str(item))} is no date of the form 2026-03-31.",
                'Write it as text, such as "2026-03-31".',
            )
        return date_of(item.strip())
    if name in _AMOUNTS:
        return _number(item, amount_of, _cents)
    if name in _QUANTITIES:
        return _number(item, quantity_of, plain)
    return item


def _number(item: object, of_text: Callable[[str], Decimal], of_number: Callable[[Decimal], Decimal]) -> Decimal:
    if isinstance(item, str):
        return of_text(item.strip())
    if isinstance(item, bool) or not isinstance(item, int | Decimal):
        raise Unreadable("bad_number", "This is no number.", "Write a number, or a number as text.")
    number = Decimal(item)
    if number.adjusted() > 20 or number.adjusted() < -20:
        raise Unreadable("too_large", f"{number} is out of reach.", "Correct the number.")
    return of_number(number)


def _cents(value: Decimal) -> Decimal:
    cents = value.quantize(CENT)
    return cents + 0 if cents == value else value
