"""Options of a channel: one pydantic class declares them; what faces and docs show of them is derived here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from qbwc_server.errors import Invalid
from qbwc_server.validation import sentences

MASK = "***"
_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "yes or no",
    "object": "names and values",
    "array": "list",
}
# what a schema says of a value beside its type, and the words for it
_CHECKS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "pattern": "of the form {}",
}


class ChannelOptions(BaseModel):
    """Options of a connection; frozen, and an unknown one is a mistake. A ``SecretStr`` is kept sealed."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class WrongConnectionOptions(Invalid):
    """An option of the connection cannot be used."""

    code = "wrong_connection_options"
    advice = "Correct the option; this lists them all: qbwc-server connection types"


@dataclass(frozen=True, slots=True)
class Option:
    """One option as a person sees it. ``choices`` and ``checks`` say what may be given, in words."""

    name: str
    title: str
    help: str
    type: str
    required: bool
    secret: bool
    default: object = None
    choices: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()

    def as_record(self) -> dict[str, object]:
        """JSON-ready."""
        return {
            "name": self.name,
            "title": self.title,
            "help": self.help,
            "type": self.type,
            "required": self.required,
            "secret": self.secret,
            "default": self.default,
            "choices": list(self.choices),
            "checks": list(self.checks),
        }


def schema_of(options: type[ChannelOptions]) -> dict[str, Any]:
    """The options as JSON schema: what a form is made from, and what the API takes."""
    return options.model_json_schema()


def declared(options: type[BaseModel]) -> tuple[Option, ...]:
    """Every option of a channel, or of whatever else declares its options so, in the order of its declaration."""
    schema = options.model_json_schema()
    return tuple(_option(name, field, schema) for name, field in options.model_fields.items())


def _option(name: str, field: FieldInfo, whole: Mapping[str, Any]) -> Option:
    said = _settled(whole["properties"][name], whole.get("$defs", {}))
    default = said.get("default")
    return Option(
        name,
        field.title or name.replace("_", " ").capitalize(),
        field.description or "",
        "secret" if is_secret(field) else _TYPES.get(str(said.get("type")), "value"),
        field.is_required(),
        is_secret(field),
        None if is_secret(field) else default,
        tuple(str(choice) for choice in said.get("enum", ())),
        tuple(words.format(said[check]) for check, words in _CHECKS.items() if check in said),
    )


def _settled(said: Mapping[str, Any], named: Mapping[str, Any]) -> dict[str, Any]:
    """What a schema says of one value, with what it refers to put in its place; null as a choice is no type."""
    found = dict(said)
    if "$ref" in found:
        found = {**named[found.pop("$ref").rpartition("/")[2]], **found}
    either = [one for one in found.pop("anyOf", ()) if one.get("type") != "null"]
    return {**_settled(either[0], named), **found} if either else found


def is_secret(field: FieldInfo) -> bool:
    """Whether what is given is kept sealed and never shown."""
    return "SecretStr" in str(field.annotation)


def secret_names(options: type[ChannelOptions]) -> tuple[str, ...]:
    """The options that are kept sealed."""
    return tuple(name for name, field in options.model_fields.items() if is_secret(field))


def addresses(options: ChannelOptions) -> tuple[str, ...]:
    """The addresses among what was chosen: those of the fields with the format uri."""
    extra = {name: field.json_schema_extra for name, field in type(options).model_fields.items()}
    named = [name for name, said in extra.items() if isinstance(said, dict) and said.get("format") == "uri"]
    return tuple(str(value) for name in named if (value := getattr(options, name)))


def read_options(options: type[ChannelOptions], values: Mapping[str, object]) -> ChannelOptions:
    """Options from what a person or program gave. Raises WrongConnectionOptions, which never repeats a value."""
    try:
        return options.model_validate(dict(values))
    except ValidationError as error:
        raise WrongConnectionOptions(" ".join(sentences(error, "options"))) from None


def open_values(options: ChannelOptions) -> dict[str, Any]:
    """What was chosen, without secrets, JSON-ready."""
    return options.model_dump(mode="json", exclude=set(secret_names(type(options))), exclude_unset=True)


def secret_values(options: ChannelOptions) -> dict[str, str]:
    """The secrets in the clear: only to be sealed."""
    found = {name: getattr(options, name) for name in secret_names(type(options))}
    return {name: value.get_secret_value() for name, value in found.items() if isinstance(value, SecretStr)}
