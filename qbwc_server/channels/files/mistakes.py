"""What a document's validation found, as sentences for the person who wrote the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from qbwc_server.channels.files.cells import Unreadable, check_storable, is_storable, shown, storable
from qbwc_server.documents.kinds import KINDS

Place = tuple[str | int, ...]  # path in a document
Found = tuple[Place, Unreadable]
_KINDS = ", ".join(KINDS)
_LONGEST_NAME = 100  # characters of a field's name that a message repeats
_ADVICE = "Correct the value; docs/formats.md says what each field takes."


def mistakes(error: ValidationError) -> Iterator[Found]:
    """Each mistake that validation found; the place is the path in the document, without the kind."""
    for detail in error.errors(include_url=False):
        place = ("kind",) if detail["type"].startswith("union_tag") else detail["loc"]
        if detail["type"] == "too_short" and detail["input"]:
            continue  # there are lines, but their mistakes are told already
        yield place[1:] if place and place[0] in KINDS else place, _sentence(detail)


def unstorable(value: object) -> Iterator[Found]:
    """Each text in ``value`` with characters that cannot be stored."""
    if not _is_storable(value):
        yield from _unstorable(value, ())


def _is_storable(value: object) -> bool:
    """The same as yes or no: most of what comes in is looked at once."""
    if isinstance(value, str):
        return is_storable(value)
    if isinstance(value, dict):
        return all(map(_is_storable, value.values()))
    return not isinstance(value, list) or all(map(_is_storable, value))


def _unstorable(value: object, place: tuple[str | int, ...]) -> Iterator[Found]:
    if isinstance(value, str):
        try:
            check_storable(value)
        except Unreadable as found:
            yield place, found
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _unstorable(item, (*place, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unstorable(item, (*place, index))


def path(place: tuple[str | int, ...]) -> str:
    """("lines", 0, "amount") as lines[0].amount; a name that is too long for a field is cut."""
    text = ""
    for step in place:
        name = str(step)[:_LONGEST_NAME]
        text += f"[{name}]" if isinstance(step, int) else f".{name}" if text else name
    return storable(text)


_Say = Callable[[Any, Mapping[str, Any]], tuple[str, str, str]]


def _no_text(value: Any, context: Mapping[str, Any]) -> tuple[str, str, str]:
    return "bad_value", "This is no text.", 'Write it in quotation marks, such as "1001".'


def _no_choice(value: Any, context: Mapping[str, Any]) -> tuple[str, str, str]:
    return "bad_choice", "This is neither true nor false.", "Write true or false."


def _no_list(value: Any, context: Mapping[str, Any]) -> tuple[str, str, str]:
    return "bad_value", "This is no list.", "Write a list in square brackets, also of one."


def _no_record(value: Any, context: Mapping[str, Any]) -> tuple[str, str, str]:
    return "bad_value", "This is no record of fields.", "Write fields and values in braces; docs/formats.md shows how."


def _no_date(value: Any, context: Mapping[str, Any]) -> tuple[str, str, str]:
    return "bad_date", f"{shown(str(value))} is no date.", "Write it with the year first, such as 2026-03-31."


def _no_number(value: Any, context: Mapping[str, Any]) -> tuple[str, str, str]:
    return "bad_number", f"{shown(str(value))} is no number.", "Write digits with a point for the decimals."


def _one_of(value: Any, context: Mapping[str, Any]) -> tuple[str, str, str]:
    return "bad_choice", f"{shown(str(value))} is none of {context['expected']}.", "Use one of these."


def _too_large(value: Any, context: Mapping[str, Any]) -> tuple[str, str, str]:
    return "too_large", f"{value} is too large.", _ADVICE


_SENTENCES: dict[str, _Say] = {
    "missing": lambda value, context: ("missing_value", "The value is missing.", "Fill it in."),
    "extra_forbidden": lambda value, context: (
        "unknown_field", "This kind of document has no such field.", "Remove it, or check its name in docs/formats.md."
    ),
    "union_tag_not_found": lambda value, context: ("missing_value", "The kind is missing.", f"Use one of {_KINDS}."),
    "union_tag_invalid": lambda value, context: (
        "unknown_kind", f"There is no kind {shown(str(context['tag']))}.", f"Use one of {_KINDS}."
    ),
    "model_attributes_type": lambda value, context: ("not_a_document", "This is no document.", _ADVICE),
    "string_too_short": lambda value, context: ("missing_value", "The value is empty.", "Fill it in, or leave it out."),
    "string_too_long": lambda value, context: (
        "too_long",
        f"The text has {len(str(value))} characters; at most {context['max_length']} are possible.",
        "Shorten it.",
    ),
    "too_long": lambda value, context: (
        "too_many",
        f"There are {context['actual_length']}; at most {context['max_length']} are possible.",
        "Split the document.",
    ),
    "too_short": lambda value, context: ("missing_value", "There are none; at least one is needed.", "Add one."),
    "decimal_max_places": lambda value, context: (
        "too_many_decimals",
        f"{value} has more than {context['decimal_places']} decimals.",
        "Round it; QuickBooks takes cents in amounts, five decimals in quantities and rates.",
    ),
    "decimal_max_digits": _too_large,
    "decimal_whole_digits": _too_large,
    **dict.fromkeys(("decimal_type", "decimal_parsing", "finite_number", "int_type", "int_parsing"), _no_number),
    **dict.fromkeys(("bool_type", "bool_parsing"), _no_choice),
    **dict.fromkeys(("tuple_type", "list_type"), _no_list),
    **dict.fromkeys(("model_type", "dict_type"), _no_record),
    **dict.fromkeys(("enum", "literal_error"), _one_of),
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_form", "date_from_datetime_parsing", "date_from_datetime_inexact"), _no_date
    ),
    "one_of_three": lambda value, context: (
        "which_one",
        "It does not say which document is meant, or says it twice.",
        "Name it by one of {origin} (its origin), {number} and {txn_id}.".format(**context),
    ),
    "string_type": _no_text,
    "nul_character": lambda value, context: (
        "control_character", "There is a NUL character in the text.", "Remove it."
    ),
    "greater_than": lambda value, context: ("not_positive", f"{value} must be more than {context['gt']}.", _ADVICE),
    "greater_than_equal": lambda value, context: (
        "bad_date", f"{value} is before {context['ge']}, the first day QuickBooks is used for.", _ADVICE
    ),
    "less_than_equal": lambda value, context: (
        "bad_date", f"{value} is after {context['le']}, the last day QuickBooks knows.", _ADVICE
    ),
    "string_pattern_mismatch": lambda value, context: (
        "bad_characters",
        f"{shown(str(value))} holds other characters than ASCII letters, digits and signs.",
        "Use plain characters; this is a key for programs, not a text for people.",
    ),
}  # fmt: skip


def _sentence(detail: Any) -> Unreadable:
    say = _SENTENCES.get(detail["type"])
    if say is None:
        return Unreadable("bad_value", f"{shown(str(detail['input']))} cannot be used here.", _ADVICE)
    return Unreadable(*say(detail["input"], detail.get("ctx", {})))


def option_mistakes(error: ValidationError, options: type[BaseModel]) -> Iterator[str]:
    """Each option that cannot be used, as a sentence that names it."""
    known = sorted(options.model_fields)
    for detail in error.errors(include_url=False):
        name = path(detail["loc"])
        if detail["type"] != "extra_forbidden":
            yield f"{name}: {_sentence(detail).message}"
        elif near := get_close_matches(name, known, 1):
            yield f"There is no option {name}; did you mean {near[0]}?"
        else:
            yield f"There is no option {name}; there are {', '.join(known)}."
