"""What follows from a class body: a plan, which construction, rendering and both readers follow."""

from collections.abc import Callable, Iterable
from dataclasses import MISSING, Field, fields
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Final, Union, cast, get_args, get_origin

from qbxml.declaration import FIRST, SPEC, Choice, Spec
from qbxml.errors import BuildError
from qbxml.kinds import Kind, TextKind
from qbxml.values import kind_of
from qbxml.versions import Version

if TYPE_CHECKING:
    from qbxml.aggregate import Aggregate

_REQUEST_SUFFIXES: Final = ("Rq", "Add", "Mod", "Del")


class Slot:
    """One field of a class as the engine sees it."""

    __slots__ = (
        "attribute",
        "check",
        "check_one",
        "classes",
        "droppable",
        "full_name_length",
        "index",
        "kind",
        "many",
        "name",
        "read",
        "required",
        "since",
        "tag",
        "tags",
    )

    name: str
    tags: tuple[str, ...]
    tag: str  # the first, and for most the only one
    index: int  # place among the elements
    attribute: bool
    many: bool
    required: bool
    since: Version
    droppable: bool
    full_name_length: int | None
    kind: Kind | None  # of a leaf
    classes: tuple[type["Aggregate"], ...]  # of an aggregate, parallel to tags
    check: Callable[[Any], Any]  # takes a value of this field, gives the one to keep, raises BuildError
    check_one: Callable[[Any], Any]  # the same for one of the values of a repeated field
    read: Callable[[str], Any] | None  # of a leaf: text in an answer to value; None where the text is the value

    def class_of(self, tag: str) -> type["Aggregate"]:
        """The class of the aggregate that stands under ``tag``."""
        return self.classes[self.tags.index(tag)]

    def tag_of(self, value: "Aggregate") -> str:
        """The tag under which ``value`` stands."""
        return self.tag if len(self.tags) == 1 else self.tags[self.classes.index(type(value))]


class Plan:
    """All that follows from one class body."""

    __slots__ = (
        "attributes",
        "by_attribute",
        "by_tag",
        "choices",
        "elements",
        "further",
        "holds_values",
        "many",
        "name",
        "newest",
        "references",
        "request",
        "required",
        "since",
        "slots",
    )

    def __init__(self, cls: type["Aggregate"], since: Version, may_lack: tuple[str, ...] = ()) -> None:
        self.name = cls.__name__
        self.since = since
        self.request = self.name.endswith(_REQUEST_SUFFIXES)  # in requests a reference is a ListID or a FullName
        self.slots: dict[str, Slot] = {}
        for one in fields(cast("Any", cls)):
            self.slots[one.name] = _slot(one, self.request, f"{self.name}.{one.name}")
        for name in may_lack:
            self.slots[name].required = False
        self.attributes = tuple(slot for slot in self.slots.values() if slot.attribute)
        self.elements = tuple(slot for slot in self.slots.values() if not slot.attribute)
        for index, slot in enumerate(self.elements):
            slot.index = index
        self.by_attribute = {slot.tag: slot for slot in self.attributes}
        self.by_tag = {tag: slot for slot in self.elements for tag in slot.tags}
        self.holds_values = any(slot.kind is not None for slot in self.elements)
        self.many = tuple(slot.name for slot in self.elements if slot.many)
        self.required = frozenset(slot.name for slot in self.slots.values() if slot.required)
        self.newest = max((slot.since for slot in self.slots.values()), default=FIRST)
        self.references: tuple[str, ...] = tuple(
            slot.name
            for slot in self.elements
            if any(child._plan.is_reference or child._plan.references for child in slot.classes)
        )
        self.choices = tuple(_CompiledChoice(choice, self) for choice in cls.choices)
        self.further = cls.refuse if any("refuse" in vars(one) for one in cls.__mro__[:-2]) else None

    @property
    def is_reference(self) -> bool:
        """Whether this is the aggregate that names a list entry."""
        return self.name == "Ref"

    def refuse_structure(self, held: dict[str, Any]) -> None:
        """Raises BuildError if something required is missing or a choice is broken."""
        if not held.keys() >= self.required:
            missing = next(name for name in self.slots if name in self.required and name not in held)
            raise BuildError(f"{self.name}.{missing}", "required")
        for choice in self.choices:
            choice.check(held)


class _CompiledChoice:
    """A choice with its group numbers at hand."""

    __slots__ = ("groups", "needs", "of", "plan", "required")

    def __init__(self, choice: Choice, plan: Plan) -> None:
        self.plan = plan
        self.required = choice.required
        self.groups = choice.groups
        self.of = {name: number for number, group in enumerate(choice.groups) for name in group.needs + group.may}
        self.needs = any(len(group.needs) > 1 or (group.needs and group.may) for group in choice.groups)
        if unknown := self.of.keys() - plan.slots.keys():
            raise TypeError(f"{plan.name}: no such field in a choice: {', '.join(sorted(unknown))}")

    def check(self, held: dict[str, Any]) -> None:
        chosen = -1
        for name, number in self.of.items():
            if name in held:
                if chosen not in (-1, number):
                    self._refuse(held)
                chosen = number
        if chosen < 0:
            if self.required:
                self._refuse(held)
        elif self.needs:
            for name in self.groups[chosen].needs:
                if name not in held:
                    raise BuildError(f"{self.plan.name}.{name}", "required")

    def _refuse(self, held: dict[str, Any]) -> None:
        allowed = " | ".join(" + ".join(group.needs + group.may) for group in self.groups)
        found = ", ".join(name for name in self.of if name in held) or "none"
        place = next((name for name in self.of if name in held), next(iter(self.of)))
        raise BuildError(f"{self.plan.name}.{place}", "choice", f"one of {allowed}", found)


def _slot(one: Field[Any], request: bool, where: str) -> Slot:
    """The slot of a dataclass field."""
    spec: Spec = one.metadata[SPEC]
    slot = Slot()
    slot.name, slot.tags, slot.tag, slot.attribute = one.name, spec.tags, spec.tags[0], spec.attribute
    slot.index, slot.since, slot.droppable = -1, Version(*spec.since), spec.droppable
    slot.full_name_length = spec.full_name_length
    slot.required = one.default is MISSING
    members = _members(one.type)
    slot.many = get_origin(members[0]) is tuple
    if slot.many:
        members = _members(get_args(members[0])[0])
    if all(isinstance(member, type) and hasattr(member, "_plan") for member in members):
        slot.kind, slot.read = None, None
        slot.classes = cast("tuple[type[Aggregate], ...]", members)
        if len(slot.classes) != len(slot.tags):
            raise TypeError(f"{where}: {len(slot.tags)} tags for {len(slot.classes)} classes")
        check = _aggregate_check(slot, request)
    else:
        if len(members) != 1 or len(slot.tags) != 1:
            raise TypeError(f"{where}: a leaf has one type and one tag")
        slot.kind = kind_of(members[0], max_length=spec.max_length, min_value=spec.min_value, max_value=spec.max_value)
        slot.classes, check = (), slot.kind.check
        slot.read = None if isinstance(slot.kind, TextKind) else slot.kind.read
    slot.check_one = check
    slot.check = _tuple_check(check) if slot.many else check
    return slot


def _members(annotation: Any) -> tuple[Any, ...]:
    """The types of a union without None; a type alone is a union of one."""
    if get_origin(annotation) in (Union, UnionType):
        return tuple(member for member in get_args(annotation) if member is not NoneType)
    return (annotation,)


def _aggregate_check(slot: Slot, request: bool) -> Callable[[Any], Any]:
    classes, longest = slot.classes, slot.full_name_length
    names = " or ".join(cls.__name__ for cls in classes)
    look_for_double = request and any(
        child._plan.is_reference or (child._plan.references and not child._plan.request) for child in classes
    )

    def check(value: Any) -> Any:
        if not isinstance(value, classes):
            raise BuildError(names, "type", names, value)
        if longest is not None and len(full_name := value.__dict__.get("full_name", "")) > longest:
            raise BuildError("Ref.full_name", "max_length", longest, full_name)
        if look_for_double:
            _refuse_double_reference(value)
        return value

    return check


def _refuse_double_reference(value: "Aggregate") -> None:
    """QuickBooks would ignore the name without a word where both are given."""
    plan, held = value._plan, value.__dict__
    if plan.is_reference:
        if "list_id" in held and "full_name" in held:
            raise BuildError("Ref", "one_reference", None, value)
        return
    for name in plan.references:
        if (child := held.get(name)) is not None:
            for place, one in _places(name, child):
                try:
                    _refuse_double_reference(one)
                except BuildError as error:
                    raise error.at(plan.name, place) from None


def _places(name: str, value: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(value, tuple):
        return ((f"{name}[{number}]", one) for number, one in enumerate(value))
    return ((name, value),)


def _tuple_check(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def check_all(values: Any) -> tuple[Any, ...] | None:
        if not isinstance(values, tuple):
            raise BuildError("tuple", "type", "a tuple", values)
        number = 0
        kept = []
        try:
            for number, value in enumerate(values):  # noqa: B007 - the number tells where it went wrong
                kept.append(check(value))
        except BuildError as error:
            raise error.at("", f"[{number}]") from None
        return tuple(kept) or None

    return check_all


def unknown_field(plan: Plan, name: str) -> BuildError:
    """The mistake of a name that no field has, with those that are near."""
    near = get_close_matches(name, plan.slots, 3) or sorted(plan.slots)
    return BuildError(f"{plan.name}.{name}", "unknown_field", f"it has {', '.join(near)}", name)
