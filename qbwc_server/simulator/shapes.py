"""Moving values between messages of different shape: what an Add says becomes what a Ret shows, field by field."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from types import SimpleNamespace
from typing import Any, cast

from qbxml.aggregate import Aggregate
from qbxml.messages import MESSAGES
from qbxml.shared import Ref

Values = dict[str, Any]  # fields of a message in Python's spelling; absent means not there


class Form(SimpleNamespace):
    """What a person has filled in, taken like an Add or a Mod: fields in the names of the Ret, others are None."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return None


_FIELD_NAMES: dict[type[Aggregate], frozenset[str]] = {}


def field_names(cls: type[Aggregate]) -> frozenset[str]:
    """The fields of a message class, in Python's spelling."""
    names = _FIELD_NAMES.get(cls)
    if names is None:
        names = _FIELD_NAMES[cls] = frozenset(field.name for field in fields(cast("Any", cls)))
    return names


def copied(source: Aggregate, target: type[Aggregate]) -> Values:
    """The values of ``source`` that ``target`` has under the same name."""
    names = field_names(target)
    return {name: value for name, value in vars(source).items() if name in names}


def header(source: Aggregate, target: type[Aggregate]) -> Values:
    """The same without the lines, which differ in kind."""
    values = copied(source, target)
    values.pop("lines", None)
    return values


def lines_of(message: Any) -> tuple[Any, ...]:
    """The lines that an Add or Mod holds, of whatever sort, each sort in its order."""
    return tuple(
        one
        for value in vars(message).values()
        if isinstance(value, tuple)
        for one in value
        if isinstance(one, Form) or "Line" in type(one).__name__
    )


def is_empty(value: Any) -> bool:
    """Whether a request takes a field away by giving it empty."""
    return value == "" or (isinstance(value, Ref) and not (value.list_id or value.full_name))


def values_of(message: Aggregate) -> Values:
    """What is present in ``message``."""
    return copied(message, type(message))


def build(cls: type[Aggregate], values: Mapping[str, Any]) -> Any:
    """A message of class ``cls``; values that it has no field for are left out."""
    names = field_names(cls)
    return cast("Any", cls)(**{name: value for name, value in values.items() if name in names})


def message_class(tag: str) -> type[Aggregate]:
    """The class of a Ret, Rs or Rq by its tag."""
    return MESSAGES[tag]


def line_fields(ret: type[Aggregate]) -> dict[str, str]:
    """The fields of a Ret that hold lines: by the tag of the line."""
    return {tag: slot.name for tag, slot in ret._plan.by_tag.items() if slot.many and "Line" in tag}  # noqa: SLF001  # the declaration itself


def references(values: Iterable[Any]) -> Iterable[Ref]:
    """Every reference in these values, however deep."""
    for value in values:
        if isinstance(value, Ref):
            yield value
        elif isinstance(value, Aggregate):
            yield from references(values_of(value).values())
        elif isinstance(value, tuple):
            yield from references(value)


def redirected(value: Any, list_id: str, target: Ref) -> Any:
    """``value`` with ``target`` in place of every reference to ``list_id``; the same object where there is none."""
    if isinstance(value, Ref):
        return target if value.list_id == list_id else value
    if isinstance(value, tuple):
        parts = tuple(redirected(part, list_id, target) for part in value)
        return parts if any(new is not old for new, old in zip(parts, value, strict=True)) else value
    if isinstance(value, Aggregate):
        old = values_of(value)
        new = {name: redirected(part, list_id, target) for name, part in old.items()}
        return build(type(value), new) if any(new[name] is not old[name] for name in old) else value
    return value
