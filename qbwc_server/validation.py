"""What pydantic found, as plain sentences; its own words are for programmers, and change from version to version."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import ValidationError

_Context = Mapping[str, Any]
_SENTENCES: dict[str, Callable[[_Context], str]] = {
    "missing": lambda _: "The value is missing.",
    "extra_forbidden": lambda _: "There is nothing of that name.",
    "string_type": lambda _: "It must be a text.",
    "string_too_short": lambda about: f"It must have at least {about['min_length']} characters.",
    "string_too_long": lambda about: f"It may have at most {about['max_length']} characters.",
    "path_type": lambda _: "It must be a path.",
    "bool_type": lambda _: "It must be true or false.",
    "bool_parsing": lambda _: "It must be true or false.",
    "int_type": lambda _: "It must be a whole number.",
    "int_parsing": lambda _: "It must be a whole number.",
    "int_parsing_size": lambda _: "The number is out of reach.",
    "int_from_float": lambda _: "It must be a whole number.",
    "float_type": lambda _: "It must be a number.",
    "float_parsing": lambda _: "It must be a number.",
    "finite_number": lambda _: "It must be a number.",
    "decimal_type": lambda _: "It must be a number.",
    "decimal_parsing": lambda _: "It must be a number.",
    "greater_than": lambda about: f"It must be more than {about['gt']}.",
    "greater_than_equal": lambda about: f"It must be at least {about['ge']}.",
    "less_than": lambda about: f"It must be less than {about['lt']}.",
    "less_than_equal": lambda about: f"It must be at most {about['le']}.",
    "literal_error": lambda about: f"It must be {about['expected']}.",
    "enum": lambda about: f"It must be {about['expected']}.",
    "model_type": lambda _: "It must hold names and values.",
    "model_attributes_type": lambda _: "It must hold names and values.",
    "dict_type": lambda _: "It must hold names and values.",
    "list_type": lambda _: "It must be a list.",
    "tuple_type": lambda _: "It must be a list.",
    "date_type": lambda _: "It must be a date such as 2026-03-31.",
    "date_parsing": lambda _: "It must be a date such as 2026-03-31.",
    "date_from_datetime_parsing": lambda _: "It must be a date such as 2026-03-31.",
    "date_from_datetime_inexact": lambda _: "It must be a date such as 2026-03-31.",
    "time_type": lambda _: "It must be a time such as 05:00.",
    "time_parsing": lambda _: "It must be a time such as 05:00.",
}
_IN_OUR_WORDS = ("unknown_zone", "zone_twice", "never_bills", "never_unsent")  # PydanticCustomError of ours


def sentence(detail: Mapping[str, Any]) -> str:
    """One mistake of ``ValidationError.errors()``, without the name of the field and without its value."""
    say = _SENTENCES.get(detail["type"])
    if say is not None:
        return say(detail.get("ctx") or {})
    if detail["type"] == "value_error" or detail["type"] in _IN_OUR_WORDS:  # raised by us
        said = str(detail["ctx"]["error"] if detail["type"] == "value_error" else detail["msg"])
        return f"{said[:1].upper()}{said[1:]}{'' if said.endswith('.') else '.'}"
    return "The value cannot be used."


def sentences(error: ValidationError, whole: str) -> Iterable[str]:
    """Each mistake with the name of its field; ``whole`` names what has no field."""
    for detail in error.errors(include_url=False, include_input=False):
        field = ".".join(str(part) for part in detail["loc"]) or whole
        yield f"{field}: {sentence(detail)}"
