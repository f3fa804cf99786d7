"""Options of a channel or a company as fields of a form: derived from their declaration, read back by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from qbwc_server.channels.options import MASK, Option
from qbwc_server.errors import Invalid
from qbwc_server.shortening import storable

_LONGEST = 4_000
_PREFIX = "option-"  # so that no option is called like a field of the page itself


@dataclass(frozen=True, slots=True)
class Field:
    """One field: the option, what stands in it, and the words of a page where it has its own."""

    option: Option
    value: str
    title: str | None = None
    help: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)  # of its choices
    input_type: str | None = None

    @property
    def name(self) -> str:
        """In the form."""
        return f"{_PREFIX}{self.option.name}"


def fields_of(options: Iterable[Option], chosen: Mapping[str, object], typed: MultiDict[str, str]) -> list[Field]:
    """The fields with what was typed, else with what is chosen, else with the default; a secret is never shown."""
    return [Field(one, _shown(one, chosen, typed)) for one in options]


def read_fields(options: Sequence[Option], form: MultiDict[str, str], *, changing: bool) -> dict[str, object]:
    """What was typed, by option. A secret that is left empty stays; anything else goes back to its default.

    Args:
        changing: what is left empty is said as None, instead of not at all.

    Raises:
        Invalid: a line of names and values has no equals sign.
    """
    said: dict[str, object] = {}
    for one in options:
        text = storable(form.get(f"{_PREFIX}{one.name}", ""))[:_LONGEST].strip()
        if one.type == "yes or no":
            said[one.name] = text == "yes"
        elif text:
            said[one.name] = _read(one, text)
        elif changing and not one.secret:
            said[one.name] = None
    return said


def _read(option: Option, text: str) -> object:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if option.type == "whole number":
        return int(text) if text.removeprefix("-").isdecimal() and text.isascii() and len(text) < 19 else text
    if option.type == "list":
        return lines
    if option.type == "names and values":
        if wrong := [line for line in lines if "=" not in line]:
            raise Invalid(f"{option.title}: {wrong[0][:60]!r} is not NAME=VALUE. Write one in each line.")
        return {name.strip(): value.strip() for name, _, value in (line.partition("=") for line in lines)}
    return text


def _shown(option: Option, chosen: Mapping[str, object], typed: MultiDict[str, str]) -> str:
    if option.secret:
        return ""
    name = f"{_PREFIX}{option.name}"
    if typed and option.type != "yes or no":
        return typed.get(name, "")
    value = typed.get(name) == "yes" if typed else chosen.get(option.name, option.default)
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, Mapping):
        return "\n".join(f"{key}={one}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return "\n".join(str(one) for one in value)
    return "" if value is None or value == MASK else str(value)
