"""Every declaration against Intuit's operations files: nothing may differ."""

from typing import Any

import pytest

from qbxml import MESSAGES
from qbxml.aggregate import Aggregate, Plan, Slot
from qbxml.declaration import Choice
from qbxml.kinds import EnumKind, MacroIdKind
from tests.qbxml.ops_file import Node, choices, elements, messages
from tests.shared_folder import shared

OPS_FILES = ("qbxmlops130.xml", "qbxmlops140.xml")
TOP_LEVEL = [tag for tag in MESSAGES if tag.endswith(("Rq", "Rs"))]


@pytest.mark.parametrize("file", OPS_FILES)
@pytest.mark.parametrize("tag", TOP_LEVEL)
def test_a_message_is_declared_as_the_operations_file_has_it(file: str, tag: str) -> None:
    node = messages(file)[tag]

    assert _version(MESSAGES[tag]._plan.since) == (node.since or (1, 0))
    assert list(_differences(MESSAGES[tag], node, tag)) == []


def test_every_request_has_its_response() -> None:
    requests = {tag.removesuffix("Rq") for tag in MESSAGES if tag.endswith("Rq")}
    responses = {tag.removesuffix("Rs") for tag in MESSAGES if tag.endswith("Rs")}
    assert requests == responses


def test_every_table_of_the_reference_is_declared() -> None:
    text = shared("reference", "qbxml-messages.md").read_text("utf-8")
    listed = {line.removeprefix("### ") for line in text.splitlines() if line.startswith("### ")}
    assert listed <= MESSAGES.keys()


def test_the_comparison_sees_differences() -> None:
    node = messages(OPS_FILES[0])["InvoiceAddRq"]

    assert list(_differences(MESSAGES["SalesReceiptAddRq"], node, "x")) != []
    assert list(_differences(MESSAGES["InvoiceModRq"], node, "x")) != []


def _differences(cls: type[Aggregate], node: Node, where: str) -> Any:
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
    ours_chosen = [_chosen(choice, plan) for choice in cls.choices]
    theirs_chosen = [_alternatives(group) for group in choices(node.children) if len(group.alternatives) > 1]
    if ours_chosen != theirs_chosen:
        yield where, ours_chosen, theirs_chosen
    for slot, (found, _, _) in zip(plan.elements, elements(node.children), strict=False):
        members = [part[0] for part in found.alternatives] if found.kind else [found]
        for member in members:
            if member.is_reference:
                if not all(child.optional and child.since is None for child in member.children):
                    yield where, "Ref", member
            elif member.type is None and member.tag in slot.tags:
                yield from _differences(slot.class_of(member.tag), member, f"{where}/{member.tag}")


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
        "since": tuple(_version(child._plan.since) for child in slot.classes)
        if len(slot.tags) > 1
        else _version(slot.since),
        "limits": limits,
        "values": tuple(kind._members) if isinstance(kind, EnumKind) else (),
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


def _alternatives(group: Node) -> tuple[bool, list[Any]]:
    result: list[Any] = []
    for part in group.alternatives:
        if len(part) == 1 and part[0].kind is None:
            result.append(([part[0].tag], []))
            continue
        needs = [node.tag for node in part if node.kind is None and not node.optional]
        inner = [node.tag for node, _, _ in elements(part)]
        result.append((needs, sorted(set(inner) - set(needs))))
    may_be_empty = any(all(node.optional for node in part) for part in group.alternatives)
    return group.kind == "exactly" and not may_be_empty, result


def _version(found: tuple[int, int]) -> tuple[int, int]:
    return found[0], found[1]
