"""What a document's validation found, as sentences for the person who wrote the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from qbwc_server.channels.files.cells import Unreadable, check_storable, shown, storable
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


def unstorable(value: object, place: tuple[str | int, ...] = ()) -> Iterator[Found]:
    """Each text in ``value`` with characters that cannot be stored."""
    if isinstance(value, str):
        try:
            check_storable(value)
        except Unreadable as found:
            yield place, found
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from unstorable(item, (*place, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from unstorable(item, (*place, index))


def path(place: tuple[str | int, ...]) -> str:
    """("lines", 0, "amount") as lines[0].amount; a name that is too long for a field is cut."""
    text = ""
    for step in place:
        name = str(step)[:_LONGEST_NAME]
        text += f"[{name}]" if isinstance(step, int) else f".{name}" if text else name
    return storable(text)


_Say = Callable[[Any, Mapping[str, Any]], tuple[str, str, str]]
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
    "decimal_max_digits": lambda value, context: ("too_large", f"{value} is too large.", _ADVICE),
    "decimal_whole_digits": lambda value, context: ("too_large", f"{value} is too large.", _ADVICE),
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
        return Unreadable("bad_value", f"{detail['msg']}.", _ADVICE)
    return Unreadable(*say(detail["input"], detail.get("ctx", {})))
