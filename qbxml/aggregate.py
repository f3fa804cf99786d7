"""Declared aggregates: an XML element that holds elements is a class, and each element in it one line of that class.

Order, types, limits, versions and choices are said once, in the class body; construction, rendering and both readers
follow the plan that is made from it when it is first used.
"""

from dataclasses import FrozenInstanceError, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self, cast, dataclass_transform

from qbxml.declaration import FIRST, Choice, attribute, element, ref
from qbxml.errors import BuildError, MissingElement
from qbxml.plan import Plan, unknown_field
from qbxml.versions import Version


class Unknown(NamedTuple):
    """An element of an answer that is not declared, or a value that is not of its declared type."""

    tag: str
    content: str  # the text as it stood; for an element with elements in it, their XML


class _Later:
    """Stands for a plan until somebody asks for it: most programs use few of the classes, and few make their start."""

    def __init__(self, cls: type["Aggregate"], since: Version, may_lack: tuple[str, ...]) -> None:
        self._cls, self._since, self._may_lack = cls, since, may_lack

    def __get__(self, _instance: object, _owner: type) -> Plan:
        plan = Plan(self._cls, self._since, self._may_lack)
        self._cls._plan = plan
        return plan


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
        cls._plan = cast("Plan", _Later(cls, Version(*since), may_lack))

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


def as_read(cls: type[Aggregate], held: dict[str, Any]) -> Aggregate:
    """An object as a reader found it: ``held`` is taken as it is, without any check."""
    made = object.__new__(cls)
    object.__setattr__(made, "__dict__", held)
    return made
