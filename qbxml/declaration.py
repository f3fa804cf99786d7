"""The words of a class body: elements, references, attributes and choices."""

from dataclasses import MISSING, field
from decimal import Decimal
from typing import Any, Final, NamedTuple

from qbxml.versions import Version

SPEC: Final = "qbxml"
"""Where a dataclass field keeps its :class:`Spec`."""

FIRST: Final = Version(1, 0)


class Group(NamedTuple):
    """One alternative of a choice: fields that belong together."""

    needs: tuple[str, ...]
    may: tuple[str, ...] = ()


class Choice(NamedTuple):
    """Fields of which only one alternative may be given; if ``required``, one must be."""

    groups: tuple[Group, ...]
    required: bool


def together(*needs: str, may: tuple[str, ...] = ()) -> Group:
    """An alternative of several fields: all of ``needs``, and any of ``may``."""
    return Group(needs, may)


def any_of(*may: str) -> Group:
    """An alternative of several fields, each of which may be left out."""
    return Group((), may)


def at_most_one(*alternatives: str | Group) -> Choice:
    """Nothing, or one of these."""
    return Choice(tuple(_group(alternative) for alternative in alternatives), required=False)


def exactly_one(*alternatives: str | Group) -> Choice:
    """One of these."""
    return Choice(tuple(_group(alternative) for alternative in alternatives), required=True)


def _group(alternative: str | Group) -> Group:
    return Group((alternative,)) if isinstance(alternative, str) else alternative


class Spec(NamedTuple):
    """What a line of a class body says beyond its annotation."""

    tags: tuple[str, ...]
    attribute: bool = False
    max_length: int | None = None
    min_value: int | Decimal | None = None
    max_value: int | Decimal | None = None
    full_name_length: int | None = None
    since: tuple[int, int] = FIRST
    droppable: bool = False


def element(
    *tags: str,
    default: Any = MISSING,
    max_length: int | None = None,
    min_value: int | Decimal | None = None,
    max_value: int | Decimal | None = None,
    since: tuple[int, int] = FIRST,
    droppable: bool = False,
) -> Any:
    """An element. Without a default it is required; its type comes from the annotation, a tuple repeats.

    Args:
        tags: the XML name; several for a field that mixes classes, in the order of its annotation.
        max_length: in characters, for text.
        min_value: for numbers.
        max_value: for numbers.
        since: the level of qbXML that brought it.
        droppable: it may silently stay away from an older level, because the books come out the same without it.
    """
    spec = Spec(tags, False, max_length, min_value, max_value, None, since, droppable)
    return field(default=default, metadata={SPEC: spec})


def ref(tag: str, max_length: int | None = None, *, default: Any = MISSING, since: tuple[int, int] = FIRST) -> Any:
    """A reference to a list entry, whose full name may have ``max_length`` characters here."""
    return field(default=default, metadata={SPEC: Spec((tag,), full_name_length=max_length, since=since)})


def attribute(
    name: str, *, default: Any = MISSING, max_length: int | None = None, since: tuple[int, int] = FIRST
) -> Any:
    """An XML attribute of the aggregate itself."""
    spec = Spec((name,), attribute=True, max_length=max_length, since=since)
    return field(default=default, metadata={SPEC: spec})
