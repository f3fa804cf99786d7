"""Intuit's annotated operations file, read for comparison: what it says about elements is in its comments."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from tests.shared_folder import shared

_EDITION = "QBD"


@dataclass
class Node:
    """An element, or (with ``kind``) a group of alternatives."""

    tag: str = ""
    type: str | None = None  # of a leaf
    kind: str | None = None  # of a group: exactly, optional, 0 or 1 (so many or more)
    parts: list[list["Node"]] = field(default_factory=lambda: [[]])  # of a group: its alternatives; else one list
    attributes: dict[str, "Node"] = field(default_factory=dict)
    optional: bool = False
    many: bool = False
    macro: bool = False
    absent: bool = False  # not in this edition
    since: tuple[int, int] | None = None
    limits: dict[str, int | Decimal] = field(default_factory=dict)
    values: tuple[str, ...] = ()

    @property
    def children(self) -> list["Node"]:
        return [child for child in self.parts[0] if not child.absent]

    @property
    def alternatives(self) -> list[list["Node"]]:
        kept = [[child for child in part if not child.absent] for part in self.parts]
        return [part for part in kept if part]

    @property
    def is_reference(self) -> bool:
        tags = [child.tag for child in self.children]
        return tags == ["ListID", "FullName"] and not any(child.many for child in self.children)


@cache
def messages(name: str) -> dict[str, Node]:
    """The requests and responses of one operations file, by tag."""
    return _read(shared("schemas", "ops", name))


def elements(
    nodes: list[Node], since: tuple[int, int] | None = None, chosen: bool = False
) -> Iterator[tuple[Any, ...]]:
    """All elements of an aggregate in order: (node, version, whether in a choice); repeated groups as one."""
    for node in nodes:
        if node.kind in ("0", "1"):
            yield node, since, chosen
        elif node.kind is not None:
            for part in node.alternatives:
                yield from elements(part, node.since or since, True)
        else:
            yield node, node.since or since, chosen


def choices(nodes: list[Node], within: bool = False) -> Iterator[tuple[Node, bool]]:
    """All groups of alternatives of an aggregate, outer before inner, without repeated ones.

    Each with whether exactly one alternative must be taken: within another alternative only that one decides.
    """
    for node in nodes:
        if node.kind in ("exactly", "optional"):
            may_be_empty = any(all(child.optional for child in part) for part in node.alternatives)
            if len(node.alternatives) > 1:
                yield node, node.kind == "exactly" and not may_be_empty and not within
            for part in node.alternatives:
                yield from choices(part, within or len(node.alternatives) > 1)


def _read(path: Path) -> dict[str, Node]:
    stack: list[Node] = [Node()]
    enums: dict[str, tuple[str, ...]] = {}
    said: dict[str, Node] = {}  # of the attributes of the element to come
    lines = iter(path.read_text("latin-1").splitlines())
    while next(lines).strip() != "<QBXML>":
        pass
    for line in map(str.strip, lines):
        if line == "</QBXML>":
            break
        if words := re.fullmatch(r"<!-- (\w+) may have one of the following values: (.*) -->", line):
            enums[words[1]] = _values(words[2])
        elif fact := re.fullmatch(
            r"<!-- .*'(\w+)'(?: is (\w+)(?: and (?:may|must) have one of the following values: (.*?))?)? -->", line
        ):
            optional = fact[2] == "optional" or "optional attribute" in line
            said[fact[1]] = Node(fact[1], optional=optional, values=_values(fact[3] or ""))
        elif group := re.fullmatch(
            r"<!-- (?:(.*), )?BEGIN OR: You may (optionally )?have (?:(\d) or more )?.*-->", line
        ):
            made = Node(kind=group[3] or ("optional" if group[2] else "exactly"))
            _note(made, group[1] or "")
            stack[-1].parts[-1].append(made)
            stack.append(made)
        elif line == "<!-- OR -->":
            stack[-1].parts.append([])
        elif line == "<!-- END OR -->" or line.startswith("</"):
            stack.pop()
        elif found := re.fullmatch(r"<(\w+)([^>]*)>(?:([A-Z0-9]+)</\1>)?\s*(?:<!-- (.*?) -->)?", line):
            tag, written, kind, note = found.groups()
            made = Node(tag, kind)
            for name, its_type in re.findall(r'(\w+) = "(\w+)"', written):
                made.attributes[name] = said.get(name) or Node(name, optional=True)
                made.attributes[name].type = its_type
            said.clear()
            _note(made, note or "")
            if kind == "ENUMTYPE":
                made.values = enums[tag]
            stack[-1].parts[-1].append(made)
            if kind is None and not written.endswith("/"):
                stack.append(made)
    top = [node for part in stack[0].parts for node in part]
    return {node.tag: node for wrapper in top for part in wrapper.parts for node in part if node.tag}


def _values(listed: str) -> tuple[str, ...]:
    return tuple(word.split("[")[0].strip() for word in listed.split(",") if word.strip())


def _note(node: Node, note: str) -> None:
    for words in re.split(r",\s*", note):
        if words == "opt":
            node.optional = True
        elif words == "may rep" or words.startswith("rep ("):
            node.many = True
        elif words == "may be macro value":
            node.macro = True
        elif limit := re.fullmatch(r"(max length|min value|max value) = (\d*\.?\d+)(?: for ([A-Z|]+))?", words):
            if limit[3] is None or _EDITION in limit[3].split("|"):
                node.limits[limit[1].replace(" ", "_")] = Decimal(limit[2]) if "." in limit[2] else int(limit[2])
        elif editions := re.fullmatch(r"not in ([A-Z|]+)", words):
            node.absent = _EDITION in editions[1].split("|")
        elif version := re.fullmatch(r"v(\d+)\.(\d+)", words):
            node.since = int(version[1]), int(version[2])
