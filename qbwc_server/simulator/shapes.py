"""Moving values between messages of different shape: what an Add says becomes what a Ret shows, field by field."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, cast

from qbxml.aggregate import Aggregate
from qbxml.messages import MESSAGES
from qbxml.shared import Ref

Values = dict[str, Any]  # fields of a message in Python's spelling; absent means not there


_FIELD_NAMES: dict[type[Aggregate], frozenset[str]] = {}


def field_names(cls: type[Aggregate]) -> frozenset[str]:
    """The fields of a message class, in Python's spelling."""
    names = _FIELD_NAMES.get(cls)
    if names is None:
        names = _FIELD_NAMES[cls] = frozenset(field.name for field in fields(cast(Any, cls)))
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


def values_of(message: Aggregate) -> Values:
    """What is present in ``message``."""
    return copied(message, type(message))


def build(cls: type[Aggregate], values: Mapping[str, Any]) -> Any:
    """A message of class ``cls``; values that it has no field for are left out."""
    names = field_names(cls)
    return cast(Any, cls)(**{name: value for name, value in values.items() if name in names})


def message_class(tag: str) -> type[Aggregate]:
    """The class of a Ret, Rs or Rq by its tag."""
    return MESSAGES[tag]


def references(values: Iterable[Any]) -> Iterable[Ref]:
    """Every reference in these values, however deep."""
    for value in values:
        if isinstance(value, Ref):
            yield value
        elif isinstance(value, Aggregate):
            yield from references(values_of(value).values())
        elif isinstance(value, tuple):
            yield from references(value)


def renamed(value: Any, list_id: str, full_name: str) -> Any:
    """``value`` with every reference to ``list_id`` showing ``full_name``; the same object where there is none."""
    if isinstance(value, Ref):
        return Ref(list_id=list_id, full_name=full_name) if value.list_id == list_id else value
    if isinstance(value, tuple):
        parts = tuple(renamed(part, list_id, full_name) for part in value)
        return parts if any(new is not old for new, old in zip(parts, value, strict=True)) else value
    if isinstance(value, Aggregate):
        old = values_of(value)
        new = {name: renamed(part, list_id, full_name) for name, part in old.items()}
        return build(type(value), new) if any(new[name] is not old[name] for name in old) else value
    return value
