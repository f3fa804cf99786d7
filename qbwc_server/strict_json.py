"""JSON as it comes from outside: one reading for files and the REST face, in time linear in its length.

What Python's reader would let pass or guess is refused: names that stand twice, NaN, numbers of thousands of digits,
and nesting so deep that whoever walks through the value would run out of stack.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from qbwc_server.errors import Invalid

MAX_DEPTH = 32  # lists and objects inside each other; a document has four
MAX_DIGITS = 100  # characters of one number
_NAME_SHOWN = 40  # characters of a name that a message repeats
_OPENING = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{\]}]', re.DOTALL)  # a whole text, or a bracket outside of texts


class BadJson(Invalid):
    """The text cannot be used as JSON."""

    code = "bad_json"


class NotJson(BadJson):
    """The text is not JSON."""

    code = "not_json"
    advice = "Write one complete JSON object."


class NestedTooDeeply(BadJson):
    """The text is nested too deeply."""

    code = "nested_too_deeply"
    advice = "Write one document as docs/formats.md shows it; it has no need of so many brackets."


class NumberUnusable(BadJson):
    """The text holds a number that is none, or is too long."""

    code = "bad_number"
    advice = "Correct the number."


class FieldTwice(BadJson):
    """A field stands there twice."""

    code = "field_twice"
    advice = "Remove one of them."


def decode(text: str, what: str) -> object:
    """The value that ``text`` holds; numbers as int and Decimal, never as float.

    Args:
        what: the word for ``text`` in messages, such as "line" or "body".

    Raises:
        NotJson, NestedTooDeeply, NumberUnusable, FieldTwice: always one of these, whatever the text is.
    """
    if _is_too_deep(text):
        raise NestedTooDeeply(f"The {what} is nested more than {MAX_DEPTH} levels deep.")
    try:
        return json.loads(
            text, parse_float=_number, parse_int=_whole, parse_constant=_no_number, object_pairs_hook=_record
        )
    except json.JSONDecodeError as error:
        where = "it is empty" if not text.strip() else f"it cannot be read from character {error.pos + 1} on"
        raise NotJson(f"The {what} is not JSON: {where}.") from None


def _is_too_deep(text: str) -> bool:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return False
    depth = 0
    for token in _OPENING.finditer(text):
        match token[0]:
            case "[" | "{":
                depth += 1
                if depth > MAX_DEPTH:
                    return True
            case "]" | "}":
                depth -= 1
    return False


def _number(text: str) -> Decimal:
    if len(text) > MAX_DIGITS:
        raise NumberUnusable(f"A number has {len(text)} digits.")
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent of twenty digits
        raise NumberUnusable(f"{text} is out of reach.") from None


def _whole(text: str) -> int:
    return int(_number(text))


def _no_number(text: str) -> NoReturn:
    raise NumberUnusable(f"{text} is no amount.")


def _record(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        raise FieldTwice(f'The field "{_shown(_first_twice(pairs))}" stands there twice.')
    return record


def _first_twice(pairs: list[tuple[str, Any]]) -> str:
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            break
        seen.add(name)
    return name


def _shown(name: str) -> str:
    """One line of ``name``, without what a terminal would act upon or UTF-8 cannot hold."""
    return "".join(character if character.isprintable() else " " for character in name[:_NAME_SHOWN])
