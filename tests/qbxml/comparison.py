"""A declaration held against Intuit's operations file."""

from collections.abc import Iterator
from typing import Any

from qbxml.aggregate import Aggregate
from qbxml.declaration import Choice
from qbxml.kinds import EnumKind, MacroIdKind
from qbxml.plan import Plan, Slot
from tests.qbxml.ops_file import Node, choices, elements


def differences(cls: type[Aggregate], node: Node, where: str) -> Iterator[tuple[Any, ...]]:
    """Where the class is not what the file says: the place, what is declared, what is expected."""
    plan = cls._plan
    declared = [_declared(slot, plan) for slot in plan.elements]
    expected = [_expected(*found) for found in elements(node.children)]
    for ours, theirs in zip(declared, expected, strict=False):
        if ours != theirs:
            yield where, ours, theirs
    if len(declared) != len(expected):
        yield where, len(declared), len(expected)
    if {slot.tag for slot in plan.attributes} != set(node.attributes):
        yield where, plan.by_attribute.keys(), node.attributes
    for slot in plan.attributes:
        if slot.tag in node.attributes and slot.required == node.attributes[slot.tag].optional:
            yield where, slot.tag, node.attributes[slot.tag]
    ours_chosen = [_chosen(choice, plan) for choice in cls.choices]
    theirs_chosen = [(required, _alternatives(group)) for group, required in choices(node.children)]
    if ours_chosen != theirs_chosen:
        yield where, ours_chosen, theirs_chosen
    for slot, (found, _, _) in zip(plan.elements, elements(node.children), strict=False):
        members = [part[0] for part in found.alternatives] if found.kind else [found]
        for member in members:
            if member.is_reference:
                if not all(child.optional and child.since is None for child in member.children):
                    yield where, "Ref", member
            elif member.type is None and member.tag in slot.tags:
                yield from differences(slot.class_of(member.tag), member, f"{where}/{member.tag}")


def _declared(slot: Slot, plan: Plan) -> dict[str, Any]:
    kind = slot.kind
    limits = {}
    for name in ("max_length", "min_value", "max_value"):
        if (limit := getattr(kind, name, None)) is not None and not (kind is not None and kind.name == "IDTYPE"):
            limits[name] = limit
    is_reference = [child.__name__ for child in slot.classes] == ["Ref"]
    return {
        "tags": slot.tags,
        "type": kind and kind.name,
        "many": slot.many,
        "required": slot.required,
        "since": tuple(version_of(child._plan.since) for child in slot.classes)
        if len(slot.tags) > 1
        else version_of(slot.since),
        "limits": limits,
        "values": kind.words if isinstance(kind, EnumKind) else (),
        "macro": isinstance(kind, MacroIdKind),
        "full_name": slot.full_name_length if is_reference else None,
    }


def _expected(node: Node, since: tuple[int, int] | None, chosen: bool) -> dict[str, Any]:
    if node.kind is not None:  # a repeated mixture
        members = [part[0] for part in node.alternatives]
        return {
            "tags": tuple(member.tag for member in members),
            "type": None,
            "many": True,
            "required": node.kind == "1",
            "since": tuple(member.since or (1, 0) for member in members),
            "limits": {},
            "values": (),
            "macro": False,
            "full_name": None,
        }
    return {
        "tags": (node.tag,),
        "type": node.type,
        "many": node.many,
        "required": not node.optional and not chosen,
        "since": since or (1, 0),
        "limits": node.limits,
        "values": node.values,
        "macro": node.macro,
        "full_name": node.children[1].limits.get("max_length") if node.is_reference else None,
    }


def _chosen(choice: Choice, plan: Plan) -> tuple[bool, list[Any]]:
    tags = [
        (
            [plan.slots[name].tag for name in group.needs],
            sorted(plan.slots[name].tag for name in group.may),
        )
        for group in choice.groups
    ]
    return choice.required, tags


def _alternatives(group: Node) -> list[Any]:
    result: list[Any] = []
    for part in group.alternatives:
        if len(part) == 1 and part[0].kind is None:
            result.append(([part[0].tag], []))
            continue
        needs = [node.tag for node in part if node.kind is None and not node.optional]
        inner = [node.tag for node, _, _ in elements(part)]
        result.append((needs, sorted(set(inner) - set(needs))))
    return result


def version_of(found: tuple[int, int]) -> tuple[int, int]:
    return found[0], found[1]
