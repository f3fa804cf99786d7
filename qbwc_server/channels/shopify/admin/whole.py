"""Objects with all that belongs to them: what an answer does not hold of a connection is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from qbwc_server.channels.http import AnswerUnreadable, UpstreamBusy
from qbwc_server.channels.shopify.admin.client import AdminClient
from qbwc_server.channels.shopify.admin.fields import PAGE_INFO, Field, Remaining, flattened, next_of, nodes_of, text_of
from qbwc_server.channels.shopify.admin.listings import Size, fitted

_MOST = 100  # nodes of the rest at a time
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object that can be asked for by its id.

    Args:
        root: the field that gives one.
        title: what it is, in words.
        of: what is asked of it.
        lists: objects in its lists that can be asked for by themselves: their roots by field.
        walked: connections in its connections whose owners cannot be asked for: one owner after another is.
    """

    root: str
    title: str
    of: tuple[Field, ...]
    lists: Mapping[str, str]
    walked: frozenset[tuple[str, ...]] = frozenset()


class _ChangedMeanwhile(Exception):
    """The object was edited between two questions about it."""


def whole(client: AdminClient, kind: Kind, node: Mapping[str, Any]) -> dict[str, Any] | None:
    """The object of a node that was told in a listing, with all of its connections; None where it is gone by now.

    Raises UpstreamError; UpstreamBusy where it is edited again and again while it is read.
    """
    told: Mapping[str, Any] | None = node
    for _ in range(_TRIES):
        if told is None:
            return None
        remaining: list[Remaining] = []
        flat = flattened(told, kind.of, remaining)
        try:
            for one in remaining:
                _follow(client, kind, flat, one)
        except _ChangedMeanwhile:
            told = ask_for(client, kind, str(node["id"]))
            continue
        return flat
    raise UpstreamBusy(f"{kind.title} {node.get('name') or node['id']} is edited again and again while it is read.")


def ask_for(client: AdminClient, kind: Kind, gid: str) -> Mapping[str, Any] | None:
    """The node of one object, as a listing would tell it; None where there is none. Raises UpstreamError."""

    def query(size: Size) -> str:
        inside = text_of(kind.of, replace(client.asking, most=size.most))
        return f"query($id: ID!) {{ {kind.root}(id: $id) {{ {inside} }} }}"

    found = fitted(client, Size(1), query, {"id": gid}, kind.title).get(kind.root)
    return found if isinstance(found, Mapping) else None


def _follow(client: AdminClient, kind: Kind, flat: Mapping[str, Any], rest: Remaining) -> None:
    """Add the rest of one connection to its list."""
    if rest.path in kind.walked:
        _walk(client, kind, flat, rest)
        return
    first = rest.path[0]
    if len(rest.path) > 1 and first in kind.lists:
        root, path, gid, stamp = kind.lists[first], rest.path[1:], str(rest.owner["id"]), None
    else:
        root, path, gid, stamp = kind.root, rest.path, str(flat["id"]), flat.get("updatedAt")
    cursor: str | None = rest.cursor
    while cursor is not None:
        owner = _ask_rest(client, root, path, rest.field, {"id": gid, "after": cursor}, stamp)
        connection = _at(owner, path)
        for more in _add(rest, connection):
            _follow(client, kind, flat, more)
        cursor = _further(connection, cursor, rest.field.name)


def _ask_rest(
    client: AdminClient, root: str, path: tuple[str, ...], field: Field, asked: dict[str, object], stamp: object
) -> Mapping[str, Any]:
    """The object with the next page of one of its connections."""

    def query(size: Size) -> str:
        inside = text_of(field.of, replace(client.asking, most=size.most))
        page = f"{path[-1]}(first: $first, after: $after) {{ nodes {{ {inside} }} {PAGE_INFO} }}"
        for name in reversed(path[:-1]):
            page = f"{name} {{ {page} }}"
        head = "" if stamp is None else "updatedAt "
        return f"query($id: ID!, $first: Int!, $after: String) {{ {root}(id: $id) {{ {head}{page} }} }}"

    data = fitted(client, Size(_MOST), query, asked, f"the rest of {path[-1]}")
    return _unchanged(data.get(root), stamp)


def _unchanged(owner: Mapping[str, Any] | None, stamp: object) -> Mapping[str, Any]:
    if owner is None or (stamp is not None and owner.get("updatedAt") != stamp):
        raise _ChangedMeanwhile
    return owner


def _walk(client: AdminClient, kind: Kind, flat: Mapping[str, Any], rest: Remaining) -> None:
    """All nodes of a connection whose owner has no root of its own: its owners are asked for one after another."""
    outer, inner = rest.path

    def query(size: Size) -> str:
        inside = text_of(rest.field.of, replace(client.asking, most=size.most))
        page = f"{inner}(first: $first, after: $after) {{ nodes {{ {inside} }} {PAGE_INFO} }}"
        owners = f"{outer}(first: 1, after: $at) {{ nodes {{ id {page} }} {PAGE_INFO} }}"
        head = "query($id: ID!, $at: String, $first: Int!, $after: String)"
        return f"{head} {{ {kind.root}(id: $id) {{ updatedAt {owners} }} }}"

    rest.into.clear()
    at: str | None = None
    after: str | None = None
    while True:
        asked = {"id": flat["id"], "at": at, "after": after}
        data = fitted(client, Size(_MOST), query, asked, f"the rest of {inner}")
        owners = _unchanged(data.get(kind.root), flat.get("updatedAt"))[outer]
        here = nodes_of(owners, outer)
        if here and here[0]["id"] == rest.owner["id"]:
            _add(rest, here[0][inner])
            after = next_of(here[0][inner], inner)
            if after is None:
                return
        else:
            at = next_of(owners, outer)
            if at is None:
                raise _ChangedMeanwhile


def _add(rest: Remaining, connection: Mapping[str, Any]) -> list[Remaining]:
    """Add the nodes of a page to the list; what remains of their own connections."""
    remaining: list[Remaining] = []
    rest.into.extend(flattened(one, rest.field.of, remaining) for one in nodes_of(connection, rest.field.name))
    return [replace(one, path=(*rest.path, *one.path)) for one in remaining]


def _at(owner: Mapping[str, Any], path: tuple[str, ...]) -> Mapping[str, Any]:
    found: Any = owner
    for name in path:
        found = (found or {}).get(name)
    if not isinstance(found, Mapping):
        raise _ChangedMeanwhile
    return found


def _further(connection: Mapping[str, Any], before: str, what: str) -> str | None:
    cursor = next_of(connection, what)
    if cursor == before:
        raise AnswerUnreadable("The shop leads back to a page that was there already.")
    return cursor
