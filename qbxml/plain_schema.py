"""What ``build`` takes, as JSON schema: one schema for each class, made from its declaration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qbxml.aggregate import Aggregate
from qbxml.kinds import (
    BoolKind,
    DateKind,
    DateTimeKind,
    DecimalKind,
    EnumKind,
    FloatKind,
    GuidKind,
    IntKind,
    Kind,
    TextKind,
)
from qbxml.plan import Plan, Slot


class Schemas:
    """Schemas by their names; each class that was asked for, and all that it holds.

    Args:
        reference: how a schema of this name is referred to.
        prefix: of all names.
        left_out: fields that nobody gives, such as ``request_id``.
    """

    def __init__(self, reference: Callable[[str], str], *, prefix: str = "", left_out: tuple[str, ...] = ()) -> None:
        self._reference, self._prefix, self._left_out = reference, prefix, left_out
        self._names: dict[type[Aggregate], str] = {}
        self.made: dict[str, dict[str, Any]] = {}

    def of(self, cls: type[Aggregate]) -> dict[str, Any]:
        """A reference to the schema of a class, which is made if it was not made before."""
        if cls not in self._names:
            name = self._free(self._prefix + cls._plan.name)
            self._names[cls] = name
            self.made[name] = {}  # a class may hold itself
            self.made[name] = self._object(cls._plan)
        return {"$ref": self._reference(self._names[cls])}

    def _free(self, name: str) -> str:
        """Several parts are called the same and hold other things."""
        number = 1
        while (found := name if number == 1 else f"{name}{number}") in self.made:
            number += 1
        return found

    def _object(self, plan: Plan) -> dict[str, Any]:
        slots = [slot for slot in plan.slots.values() if slot.name not in self._left_out]
        schema: dict[str, Any] = {
            "type": "object",
            "properties": {slot.name: self._field(slot) for slot in slots},
            "additionalProperties": False,
        }
        if required := [slot.name for slot in slots if slot.required]:
            schema["required"] = required
        if choices := [_words(choice.required, choice.groups) for choice in plan.choices]:
            schema["description"] = " ".join(choices)
        return schema

    def _field(self, slot: Slot) -> dict[str, Any]:
        one = _leaf(slot.kind) if slot.kind is not None else self._part(slot)
        if slot.many:
            one = {"type": "array", "items": one, **({"minItems": 1} if slot.required else {})}
        told = [f"{slot.tag} of qbXML."] if len(slot.tags) == 1 else []
        if slot.full_name_length is not None:
            told.append(f"A full name has up to {slot.full_name_length} characters.")
        return {"description": " ".join(told), **one} if told and "$ref" not in one else one

    def _part(self, slot: Slot) -> dict[str, Any]:
        if len(slot.tags) == 1:
            return self.of(slot.classes[0])
        return {"oneOf": [_single(tag, self.of(cls)) for tag, cls in zip(slot.tags, slot.classes, strict=True)]}


def _single(tag: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {tag: schema}, "required": [tag], "additionalProperties": False}


def _words(required: bool, groups: Any) -> str:
    told = [" with ".join((*group.needs, *(f"perhaps {name}" for name in group.may))) for group in groups]
    return f"{'Exactly' if required else 'At most'} one of: {', or '.join(told)}."


_FORMS: tuple[tuple[type[Kind], dict[str, Any]], ...] = (
    (BoolKind, {"type": "boolean"}),
    (DateKind, {"type": "string", "format": "date"}),
    (DateTimeKind, {"type": "string", "format": "date-time"}),
    (GuidKind, {"type": "string"}),
    (FloatKind, {"type": ["number", "string"]}),
)


def _leaf(kind: Kind) -> dict[str, Any]:
    if isinstance(kind, EnumKind):
        return {"type": "string", "enum": [*kind.words]}
    if isinstance(kind, TextKind):
        return {"type": "string", **({} if kind.max_length is None else {"maxLength": kind.max_length})}
    if isinstance(kind, IntKind):
        return {"type": "integer", **_limits(kind)}
    if isinstance(kind, DecimalKind):
        return {"type": ["number", "string"], **_limits(kind)}
    return next((dict(form) for of, form in _FORMS if isinstance(kind, of)), {"type": "string"})


def _limits(kind: IntKind | DecimalKind) -> dict[str, Any]:
    found = {"minimum": kind.min_value, "maximum": kind.max_value}
    return {name: float(limit) if limit % 1 else int(limit) for name, limit in found.items() if limit is not None}
