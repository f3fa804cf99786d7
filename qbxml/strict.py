"""Requests read to the letter, as QuickBooks does it: what is not declared, or not in order, is a mistake."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from qbxml.aggregate import Aggregate, as_read
from qbxml.errors import BuildError
from qbxml.kinds import MacroIdKind
from qbxml.plan import Plan, Slot
from qbxml.source import Parsing, Source, pieces
from qbxml.values import UseMacro
from qbxml.versions import Version


@dataclass(slots=True)
class Element:
    """An element as it stands in a document."""

    tag: str
    attributes: dict[str, str]
    children: "list[Element]" = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What stands between its tags, without what stands in its children."""
        return "".join(self.texts)


def read_tree(source: Source) -> tuple[Element, dict[str, str]]:
    """The whole document, and its processing instructions by name.

    Raises:
        ParseError: it is not well-formed XML.
    """
    parsing = Parsing()
    instructions: dict[str, str] = {}
    stack = [Element("", {})]

    def start(tag: str, attributes: dict[str, str]) -> None:
        made = Element(tag, attributes)
        stack[-1].children.append(made)
        stack.append(made)

    def end(_tag: str) -> None:
        stack.pop()

    def text(data: str) -> None:
        stack[-1].texts.append(data)

    parsing.parser.StartElementHandler = start
    parsing.parser.EndElementHandler = end
    parsing.parser.CharacterDataHandler = text
    parsing.parser.ProcessingInstructionHandler = instructions.__setitem__
    for piece in pieces(source):
        parsing.feed(piece)
    parsing.finish()
    return stack[0].children[0], instructions


def read_element(cls: type[Aggregate], found: Element, level: Version) -> Aggregate:
    """The typed object for an element that stands under the name of its class.

    Raises:
        BuildError: a rule of the declaration is broken.
    """
    plan = cls._plan
    if plan.since > level:
        raise BuildError(plan.name, "version", str(plan.since), str(level))
    if found.text.strip():
        raise BuildError(plan.name, "text", None, found.text.strip())
    held: dict[str, Any] = {}
    for name, content in found.attributes.items():
        slot = plan.by_attribute.get(name)
        if slot is None or slot.kind is None:
            raise BuildError(plan.name, "unknown_attribute", None, name)
        _refuse_newer(plan, slot, level)
        try:
            held[slot.name] = slot.kind.read_strictly(content)
        except BuildError as error:
            raise error.at(plan.name, slot.name) from None
    repeated: defaultdict[str, list[Any]] = defaultdict(list)
    last: Slot | None = None
    for child in found.children:
        slot = plan.by_tag.get(child.tag)
        if slot is None:
            raise BuildError(f"{plan.name}.{child.tag}", "unknown_element", None, child.tag)
        _refuse_place(plan, slot, last, level)
        last = slot
        place = f"{slot.name}[{len(repeated[slot.name])}]" if slot.many else slot.name
        try:
            value = _value(slot, child, level)
        except BuildError as error:
            raise error.at(plan.name, place) from None
        if slot.many:
            repeated[slot.name].append(value)
        else:
            held[slot.name] = value
    for name, values in repeated.items():
        held[name] = tuple(values)
    plan.refuse_structure(held)
    return as_read(cls, held)


def _refuse_place(plan: Plan, slot: Slot, last: Slot | None, level: Version) -> None:
    where = f"{plan.name}.{slot.name}"
    if last is not None and slot.index < last.index:
        raise BuildError(where, "order", last.name, slot.tag)
    if slot is last and not slot.many:
        raise BuildError(where, "repeated", 1, slot.tag)
    _refuse_newer(plan, slot, level)


def _refuse_newer(plan: Plan, slot: Slot, level: Version) -> None:
    if slot.since > level:
        raise BuildError(f"{plan.name}.{slot.name}", "version", str(slot.since), str(level))


def _value(slot: Slot, found: Element, level: Version) -> Any:
    if slot.kind is None:
        return slot.check_one(read_element(slot.class_of(found.tag), found, level))
    if found.children:
        raise BuildError(found.tag, "unknown_element", None, found.children[0].tag)
    if not found.attributes:
        return slot.kind.read_strictly(found.text)
    if isinstance(slot.kind, MacroIdKind) and found.attributes.keys() == {"useMacro"} and not found.text:
        return UseMacro(slot.kind.read_strictly(found.attributes["useMacro"]))
    raise BuildError(found.tag, "unknown_attribute", None, next(iter(found.attributes)))
