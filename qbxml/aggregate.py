"""Declared aggregates: an XML element that holds elements is a class, and each element in it one line of that class.

Order, types, limits, versions and choices are said once, in the class body; construction, rendering and both readers
follow the plan that is made from it when the class is defined.
"""

from collections.abc import Callable, Iterable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, fields
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Final,
    NamedTuple,
    Self,
    Union,
    cast,
    dataclass_transform,
    get_args,
    get_origin,
)

from qbxml.declaration import FIRST, SPEC, Choice, Spec, attribute, element, ref
from qbxml.errors import BuildError, MissingElement
from qbxml.kinds import Kind, TextKind
from qbxml.values import kind_of
from qbxml.versions import Version

_REQUEST_SUFFIXES: Final = ("Rq", "Add", "Mod", "Del")


class Unknown(NamedTuple):
    """An element of an answer that is not declared, or a value that is not of its declared type."""

    tag: str
    content: str  # the text as it stood; for an element with elements in it, their XML


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
        own = any("refuse" in vars(one) for one in cls.__mro__ if one is not Aggregate)
        self.further = cls.refuse if own else None

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
    if all(isinstance(member, type) and issubclass(member, Aggregate) for member in members):
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


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(element, ref, attribute))
class Aggregate:
    """A part of a message: an XML element that holds elements, not text.

    Values are checked when an object is made. What was left out, and what was given as None or an empty tuple, is not
    kept: the class answers for it. Objects compare by value and do not change.
    """

    choices: ClassVar[tuple[Choice, ...]] = ()
    _plan: ClassVar[Plan]

    def __init__(self, **values: Any) -> None:
        plan = self._plan
        slots = plan.slots
        held: dict[str, Any] = {}
        name = ""
        try:
            for name, value in values.items():
                if value is not None and (kept := slots[name].check(value)) is not None:
                    held[name] = kept
        except BuildError as error:
            raise error.at(plan.name, name) from None
        except KeyError:
            raise TypeError(f"{plan.name} has no field {name!r}") from None
        plan.refuse_structure(held)
        if plan.further is not None:
            plan.further(held)
        object.__setattr__(self, "__dict__", held)

    def __init_subclass__(cls, *, since: tuple[int, int] = FIRST, may_lack: tuple[str, ...] = ()) -> None:
        """Make the plan.

        Args:
            since: the level of qbXML that brought the element.
            may_lack: inherited fields that are required elsewhere and may be missing here; asked for, a missing one
                raises MissingElement all the same.
        """
        super().__init_subclass__()
        dataclass(init=False, repr=False, eq=False, kw_only=True)(cls)
        cls._plan = Plan(cls, Version(*since), may_lack)

    @classmethod
    def refuse(cls, held: dict[str, Any]) -> None:
        """Rules of good sense beyond the schema, when an object is made here, not when one is read; raises BuildError.

        Args:
            held: what was given, by the names of fields.
        """

    @property
    def unknown(self) -> tuple[Unknown, ...]:
        """What an answer held beyond the declaration; always empty on objects that were not read."""
        return cast("tuple[Unknown, ...]", self.__dict__.get("_unknown", ()))

    @classmethod
    def tags(cls, *names: str) -> tuple[str, ...]:
        """The tags of fields, for ``include_ret_elements``: only these elements shall come back.

        Raises:
            BuildError: there is no such field.
        """
        slots = cls._plan.slots
        for name in names:
            if name not in slots:
                raise unknown_field(cls._plan, name)
        return tuple(tag for name in names for tag in slots[name].tags)

    def only(self, *tags: str) -> Self:
        """The same object with these elements only, required or not: what ``IncludeRetElement`` leaves of it."""
        plan = self._plan
        names = {plan.by_tag[tag].name for tag in tags if tag in plan.by_tag}
        held = {name: value for name, value in self.__dict__.items() if name in names or plan.slots[name].attribute}
        return cast("Self", as_read(type(self), held))

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to {name!r}")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete {name!r}")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), frozenset(self.__dict__.items())))

    def __repr__(self) -> str:
        held = self.__dict__
        shown = [f"{name}={held[name]!r}" for name in self._plan.slots if name in held]
        if self.unknown:
            shown.append(f"unknown={self.unknown!r}")
        return f"{self._plan.name}({', '.join(shown)})"

    if not TYPE_CHECKING:  # a type checker knows every field; only a read object can lack a required one

        def __getattr__(self, name: str) -> Any:
            if name in self._plan.slots:
                tag = self._plan.slots[name].tag
                # the content is the customer's, and what is raised ends up in logs
                unread = [len(aside.content) for aside in self.unknown if aside.tag == tag]
                found = f"with an unreadable {tag} of {unread[0]} characters" if unread else f"without {tag}"
                raise MissingElement(f"{self._plan.name} came {found}")
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


def unknown_field(plan: Plan, name: str) -> BuildError:
    """The mistake of a name that no field has, with those that are near."""
    near = get_close_matches(name, plan.slots, 3) or sorted(plan.slots)
    return BuildError(f"{plan.name}.{name}", "unknown_field", f"it has {', '.join(near)}", name)


def as_read(cls: type[Aggregate], held: dict[str, Any]) -> Aggregate:
    """An object as a reader found it: ``held`` is taken as it is, without any check."""
    made = object.__new__(cls)
    object.__setattr__(made, "__dict__", held)
    return made
