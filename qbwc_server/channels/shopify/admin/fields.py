"""What is asked of an object of the Admin API, as data; the query text of a version is made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qbwc_server.channels.http import AnswerUnreadable

PAGE_INFO = "pageInfo { hasNextPage endCursor }"
Scopes = frozenset[str] | None  # those that the token has; None: not known


@dataclass(frozen=True, slots=True)
class Field:
    """One field, and what is asked of the object behind it.

    Args:
        of: what is asked of it; empty: a plain value.
        first: it is a connection, asked by so many nodes at a time; in a fact it is a plain list of all its nodes.
        since: the first version that has it.
        scope: the scope without which it is not given; it is left out then.
        on: it is no field but what is asked of objects of the type ``name`` only.
        singly: a bulk operation does not bring it: its object is asked for by itself where it matters.
        in_bulk: what a bulk operation is asked of it, where that is something else.
    """

    name: str
    of: tuple[Field, ...] = ()
    first: int | None = None
    since: str = ""
    scope: str = ""
    on: bool = False
    singly: bool = False
    in_bulk: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Asking:
    """How fields are asked for.

    Args:
        version: of the API, such as 2026-04.
        scopes: of the token.
        most: nodes of an inner connection at a time; None: as each field says.
        bulk: for a bulk operation: edges instead of nodes, and no page sizes.
    """

    version: str
    scopes: Scopes = None
    most: int | None = None
    bulk: bool = False

    def has(self, field: Field) -> bool:
        """Whether the field is asked for at all."""
        granted = not field.scope or self.scopes is None or field.scope in self.scopes
        return granted and self.version >= field.since and not (self.bulk and field.singly)

    def of(self, field: Field) -> tuple[Field, ...]:
        """What is asked of the object behind a field."""
        return field.in_bulk if self.bulk and field.in_bulk else field.of

    def size(self, field: Field) -> int:
        """How many nodes of a connection are asked for at a time."""
        first = field.first or 1
        return first if self.most is None else min(first, self.most)


def plain(names: str) -> tuple[Field, ...]:
    """Fields without anything below them, from a text of names."""
    return tuple(Field(name) for name in names.split())


def text_of(fields: Iterable[Field], asking: Asking) -> str:
    """The fields as they stand between the braces of a query."""
    return " ".join(text for field in fields if asking.has(field) and (text := _text(field, asking)))


def _text(field: Field, asking: Asking) -> str:
    named = f"... on {field.name}" if field.on else field.name
    if not field.of:
        return named
    inside = text_of(asking.of(field), asking)
    if not inside:
        return ""
    if field.first is None:
        return f"{named} {{ {inside} }}"
    if asking.bulk:
        return f"{named} {{ edges {{ node {{ {inside} }} }} }}"
    return f"{named}(first: {asking.size(field)}) {{ nodes {{ {inside} }} {PAGE_INFO} }}"


@dataclass(frozen=True, slots=True)
class Remaining:
    """A connection of which an answer holds the first nodes only.

    Args:
        path: the fields that lead to it, from the object that was asked.
        owner: the object that it belongs to, as it was told.
        field: the connection itself.
        cursor: behind which the rest stands.
        into: the list that the rest is added to.
    """

    path: tuple[str, ...]
    owner: Mapping[str, Any]
    field: Field
    cursor: str
    into: list[Any]


def flattened(node: Mapping[str, Any], fields: Sequence[Field], remaining: list[Remaining]) -> dict[str, Any]:
    """An object as it was told, its connections as plain lists; of which there is more is added to ``remaining``."""
    return _flat(node, fields, (), remaining)


def _flat(
    node: Mapping[str, Any], fields: Sequence[Field], path: tuple[str, ...], remaining: list[Remaining]
) -> dict[str, Any]:
    known = {one.name: one for one in _fields_of(fields)}
    told: dict[str, Any] = {}
    connections: list[tuple[Field, Mapping[str, Any]]] = []
    for name, value in node.items():
        field = known.get(name)
        if field is None or not field.of or value is None:
            told[name] = value
        elif field.first is None:
            told[name] = _below(value, field, (*path, name), remaining)
        else:
            told[name] = [_flat(one, field.of, (*path, name), remaining) for one in nodes_of(value, name)]
            connections.append((field, value))
    for field, value in connections:
        cursor = next_of(value, field.name)
        if cursor is not None:
            remaining.append(Remaining((*path, field.name), told, field, cursor, told[field.name]))
    return told


def _below(value: Any, field: Field, path: tuple[str, ...], remaining: list[Remaining]) -> Any:
    if isinstance(value, list):
        return [_flat(one, field.of, path, remaining) if isinstance(one, dict) else one for one in value]
    return _flat(value, field.of, path, remaining) if isinstance(value, dict) else value


def _fields_of(fields: Iterable[Field]) -> Iterator[Field]:
    """The fields, those that are asked of some types only among them."""
    for field in fields:
        if field.on:
            yield from _fields_of(field.of)
        else:
            yield field


def nodes_of(connection: Mapping[str, Any], what: str) -> list[Any]:
    """The nodes of a connection. Raises AnswerUnreadable: what cannot be read is not taken for nothing."""
    nodes = connection.get("nodes") if isinstance(connection, Mapping) else None
    if not isinstance(nodes, list) or not all(isinstance(one, dict) for one in nodes):
        raise AnswerUnreadable(f"The shop answers, but not with the {what} that it was asked for.")
    return nodes


def next_of(connection: Mapping[str, Any], what: str) -> str | None:
    """The cursor behind a page; None behind the last one. Raises AnswerUnreadable where it is not said which it is."""
    page = connection.get("pageInfo")
    more = page.get("hasNextPage") if isinstance(page, dict) else None
    cursor = page.get("endCursor") if isinstance(page, dict) else None
    if not isinstance(more, bool) or (more and not (isinstance(cursor, str) and cursor)):
        raise AnswerUnreadable(f"The shop does not say whether there are more {what}.")
    return str(cursor) if more else None
