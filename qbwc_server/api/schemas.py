"""What goes in and out: a document read from a body, a stored document as JSON, the parameters of a listing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Request

from qbwc_server import strict_json
from qbwc_server.api.errors import BadBody, BadDocument, Encoded, FieldMistake, WrongType
from qbwc_server.channels.contract import Draft
from qbwc_server.channels.files import json_lines
from qbwc_server.documents.kinds import KINDS, Document
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.documents.problems import Problem
from qbwc_server.errors import Invalid
from qbwc_server.shortening import shortened, storable
from qbwc_server.strict_json import BadJson, NestedTooDeeply, NotJson


def read_body(request: Request) -> Document:
    """The document in the body of ``request``, by the same rules as a line of a JSON Lines file.

    Raises:
        WrongType, Encoded, NotJson, NestedTooDeeply: the body is no JSON object in UTF-8.
        BadDocument: it is no document; every mistake with the path of its field.
    """
    try:
        value = _decoded(request)
    except BadBody as found:
        raise BadDocument(found.fields) from None
    fields: list[FieldMistake] = []
    for outcome in json_lines.outcomes_of(value, 1):
        if isinstance(outcome, Draft):
            return outcome.document
        fields.append(outcome.problem.as_record())
    raise BadDocument(fields)


def read_object(request: Request, fields: Mapping[str, type]) -> dict[str, Any]:
    """The JSON object in the body of ``request``; null is the same as left out, no body the same as an empty object.

    Args:
        fields: which there may be, each with its type: str, bool, int or dict.

    Raises:
        WrongType, NotJson, NestedTooDeeply: the body is no JSON in UTF-8.
        BadBody: every field that is unknown, or of another type.
    """
    if not request.get_data():
        return {}
    value = _decoded(request)
    if not isinstance(value, dict):
        raise BadBody([_mistake("", "not_an_object", "The body is no JSON object.", "Write names and values in {}.")])
    mistakes: list[FieldMistake] = []
    for name, item in value.items():
        shown = shortened(storable(name), 40)
        if name not in fields:
            known = ", ".join(fields) or "none"
            mistakes.append(_mistake(shown, "unknown_field", "There is no such field.", f"The fields are: {known}."))
        elif item is not None and type(item) is not fields[name]:
            mistakes.append(_mistake(shown, "bad_value", f"It must be {_TYPES[fields[name]]}.", "Correct the value."))
        elif type(item) is int and abs(item) > LARGEST_ID:
            mistakes.append(_mistake(shown, "bad_value", "The number is out of reach.", "Correct the value."))
        elif isinstance(item, str) and item != storable(item):
            mistakes.append(_mistake(shown, "control_character", "It holds a character that cannot be kept.", ""))
    if mistakes:
        raise BadBody(mistakes)
    return {name: item for name, item in value.items() if item is not None}


_TYPES = {str: "a text", bool: "true or false", int: "a whole number", dict: "names and values"}


def read_names(request: Request) -> dict[str, object]:
    """The JSON object in the body of ``request``, whose names somebody else judges.

    Raises:
        WrongType, NotJson, NestedTooDeeply, BadBody: the body is no JSON object.
    """
    value = _decoded(request)
    if not isinstance(value, dict):
        raise BadBody([_mistake("", "not_an_object", "The body is no JSON object.", "Write names and values in {}.")])
    return value


def _decoded(request: Request) -> object:
    if request.mimetype != "application/json":
        raise WrongType
    packed = request.headers.get("Content-Encoding", "identity").strip().lower()
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if packed not in ("", "identity") or charset not in ("utf-8", "utf8", "us-ascii"):
        raise Encoded
    try:
        body = request.get_data().decode()
    except UnicodeDecodeError:
        raise NotJson("The body is not UTF-8.") from None
    try:
        return strict_json.decode(body.removeprefix("\ufeff"), "body")
    except (NotJson, NestedTooDeeply):
        raise
    except BadJson as found:
        raise BadBody([_mistake("", found.code, str(found), found.advice)]) from None


def _mistake(field: str, code: str, message: str, advice: str) -> FieldMistake:
    return Problem(code, field, message, advice).as_record()


def states_asked(arguments: Mapping[str, str]) -> tuple[State, ...]:
    """``state=failed,held`` as states; left out: all. Raises Invalid."""
    names = [name.strip() for name in arguments.get("state", "").split(",") if name.strip()]
    try:
        return tuple(State(name) for name in names)
    except ValueError:
        raise Invalid(f"The parameter state must be among {', '.join(State)}.") from None


def kind_asked(arguments: Mapping[str, str]) -> str | None:
    """``kind=invoice``; left out: all. Raises Invalid."""
    kind = arguments.get("kind") or None
    if kind is not None and kind not in KINDS:
        raise Invalid(f"The parameter kind must be among {', '.join(KINDS)}.")
    return kind


def number_asked(arguments: Mapping[str, str], name: str, default: int, most: int) -> int:
    """A whole number from 0 to ``most``. Raises Invalid."""
    text = arguments.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and int(text) <= most):
        raise Invalid(f"The parameter {name} must be a whole number from 0 to {most}.")
    return int(text)


def flag_asked(arguments: Mapping[str, str], name: str) -> bool:
    """``review=1``: whether a parameter is switched on. Raises Invalid."""
    text = arguments.get(name, "0")
    if text not in ("0", "1"):
        raise Invalid(f"The parameter {name} must be 0 or 1.")
    return text == "1"


def text_asked(arguments: Mapping[str, str], name: str) -> str | None:
    """``number=1001``; left out: any. Raises Invalid."""
    text = arguments.get(name)
    if text is not None and (not text or text != storable(text)):
        raise Invalid(f"The parameter {name} must be a text.")
    return text
