"""Messages from plain values and back: dictionaries and lists in place of classes, and what JSON has for the rest."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from qbxml.aggregate import Aggregate
from qbxml.errors import BuildError
from qbxml.kinds import Kind, TextKind
from qbxml.messages import part
from qbxml.plan import Slot, unknown_field


def build(name: str, values: Mapping[str, Any]) -> Aggregate:
    """A message, or a part of one, from its values by the names of its fields.

    Args:
        name: such as ``VehicleMileageAddRq``.
        values: a part may be a dictionary itself, what repeats a list; where a list mixes classes (the lines of a form)
            each element is a dictionary with one entry, from the tag to the values. Dates, amounts and what else JSON
            has no word for may be text, as qbXML writes it.

    Raises:
        LookupError: qbXML has nothing of that name.
        BuildError: a rule is broken, or a field is not known; the path says where.
    """
    return _built(part(name), values)


def _built(cls: type[Aggregate], values: Mapping[str, Any]) -> Aggregate:
    plan = cls._plan
    made: dict[str, Any] = {}
    for name, value in values.items():
        slot = plan.slots.get(name)
        if slot is None:
            raise unknown_field(plan, name)
        try:
            made[name] = _value(slot, value)
        except BuildError as error:
            raise error.at(plan.name, name) from None
    return cls(**made)


def _value(slot: Slot, value: Any) -> Any:
    if not slot.many:
        return _one(slot, value)
    if not isinstance(value, list | tuple):
        raise BuildError("list", "type", "a list", value)
    kept = []
    for number, one in enumerate(value):
        try:
            kept.append(_one(slot, one))
        except BuildError as error:
            raise error.at("", f"[{number}]") from None
    return tuple(kept)


def _one(slot: Slot, value: Any) -> Any:
    if slot.kind is not None:
        return _leaf(slot.kind, value)
    if not isinstance(value, Mapping):
        return value
    if len(slot.tags) == 1:
        return _built(slot.classes[0], value)
    if len(value) != 1 or (tag := next(iter(value))) not in slot.tags:
        raise BuildError("entry", "type", f"a dictionary with one entry, {' or '.join(slot.tags)}", value)
    return _built(slot.class_of(tag), value[tag])


def _leaf(kind: Kind, value: Any) -> Any:
    if isinstance(value, str) and not isinstance(kind, TextKind):
        return kind.read_strictly(value)
    if kind.python is Decimal and type(value) is int:
        return Decimal(value)
    return value


def plain(message: Aggregate) -> dict[str, Any]:
    """What ``build`` would make it of, ready for JSON; of an answer also what is not declared, as ``unknown``."""
    slots = message._plan.slots
    made = {name: _plain_value(slots[name], value) for name, value in message.__dict__.items() if name in slots}
    if message.unknown:
        made["unknown"] = [one._asdict() for one in message.unknown]
    return made


def _plain_value(slot: Slot, value: Any) -> Any:
    return [_plain_one(slot, one) for one in value] if slot.many else _plain_one(slot, value)


def _plain_one(slot: Slot, value: Any) -> Any:
    if slot.kind is not None:
        return value if isinstance(value, bool | int) or type(value) is str else _written(slot.kind, value)
    inner = plain(value)
    return inner if len(slot.tags) == 1 else {slot.tag_of(value): inner}


def _written(kind: Kind, value: Any) -> str:
    return str(value) if isinstance(value, str) else kind.write(value)
