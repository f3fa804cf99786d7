"""What a message may hold, as lines of text: elements with types, lengths, versions and choices."""

from collections.abc import Iterator
from typing import Final

from qbxml.aggregate import Aggregate
from qbxml.declaration import FIRST, Choice
from qbxml.kinds import DecimalKind, EnumKind, IntKind, Kind, MacroIdKind, TextKind
from qbxml.plan import Slot

_INDENT: Final = "  "
_WIDTH: Final = 44


def shown(cls: type[Aggregate]) -> Iterator[str]:
    """The lines for a class and all that it holds, each element once on every way to it."""
    plan = cls._plan
    yield f"{plan.name}{'' if plan.since == FIRST else f'  since {plan.since}'}"
    yield from _content(cls, 1, (cls,))


def _content(cls: type[Aggregate], depth: int, around: tuple[type[Aggregate], ...]) -> Iterator[str]:
    plan = cls._plan
    for slot in plan.attributes:
        yield _line(depth, f"@{slot.tag}", [*_occurrence(slot), *_type(slot.kind), *_since(slot)])
    for slot in plan.elements:
        if slot.kind is not None:
            yield _line(depth, slot.tag, [*_occurrence(slot), *_type(slot.kind), *_since(slot)])
            continue
        for tag, child in zip(slot.tags, slot.classes, strict=True):
            yield _line(depth, tag, [*_occurrence(slot), *_reference(slot, child), *_since(slot)])
            if not child._plan.is_reference and child not in around:
                yield from _content(child, depth + 1, (*around, child))
    for choice in cls.choices:
        yield f"{_INDENT * depth}{'exactly' if choice.required else 'at most'} one of: {_choice(cls, choice)}"


def _line(depth: int, tag: str, facts: list[str]) -> str:
    return f"{_INDENT * depth + tag:<{_WIDTH}}  {', '.join(facts)}"


def _occurrence(slot: Slot) -> Iterator[str]:
    if slot.many:
        yield "1 or more" if slot.required else "any number"
    else:
        yield "required" if slot.required else "optional"


def _type(kind: Kind | None) -> Iterator[str]:
    if kind is None:
        return
    yield kind.name
    if isinstance(kind, MacroIdKind):
        yield "or useMacro"
    if isinstance(kind, TextKind) and kind.max_length is not None:
        yield f"up to {kind.max_length} characters"
    if isinstance(kind, DecimalKind):
        yield f"{kind.digits} digits and {kind.decimals} decimals"
    if isinstance(kind, IntKind | DecimalKind):
        if kind.min_value is not None:
            yield f"from {kind.min_value}"
        if kind.max_value is not None:
            yield f"to {kind.max_value}"
    if isinstance(kind, EnumKind):
        yield " | ".join(kind.words)


def _reference(slot: Slot, child: type[Aggregate]) -> Iterator[str]:
    if child._plan.is_reference:
        length = "" if slot.full_name_length is None else f" up to {slot.full_name_length} characters"
        yield f"ListID or FullName{length}"


def _since(slot: Slot) -> Iterator[str]:
    if slot.since != FIRST:
        yield f"since {slot.since}"


def _choice(cls: type[Aggregate], choice: Choice) -> str:
    slots = cls._plan.slots
    alternatives = []
    for group in choice.groups:
        tags = ["|".join(slots[name].tags) for name in group.needs]
        tags += [f"[{'|'.join(slots[name].tags)}]" for name in group.may]
        alternatives.append(" + ".join(tags))
    return " | ".join(alternatives)
