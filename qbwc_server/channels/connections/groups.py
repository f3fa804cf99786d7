"""What is to be drafted: groups of facts, each in its newest version, whatever the order in which they came."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.models import Record, RecordDocument
from qbwc_server.channels.connections.states import RecordState
from qbwc_server.channels.connections.versions import BROKEN
from qbwc_server.channels.contract import Fact
from qbwc_server.documents.problems import Problem

UNDRAFTED = (RecordState.NEW, RecordState.WAITING)
_AT_A_TIME = 500  # values in one statement
_BODY_GONE = Problem(
    "body_gone",
    "",
    "What upstream told of it earlier is not kept any more.",
    "Run the connection again from before that day: qbwc-server connection run COMPANY CONNECTION --since DATE",
)
_Place = tuple[str, str]  # stream and key of a fact


@dataclass(frozen=True, slots=True)
class _Version:
    """One record without its body."""

    id: int
    stream: str
    key: str
    version: str
    group: str
    gone: bool
    state: RecordState


@dataclass
class Group:
    """The facts that are drafted together.

    Args:
        waiting: the records that this drafting settles, those among them that were set aside before.
        fresh: how many of them were not.
        origins: of the documents that came of the group before.
        follows: by origin, which of them another one follows.
        problem: why it cannot be drafted.
    """

    key: str
    facts: list[Fact] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    fresh: int = 0
    origins: tuple[str, ...] = ()
    follows: dict[str, str] = field(default_factory=dict)
    problem: Problem | None = None


def undrafted_groups(db: Session, connection_id: int, after_id: int, limit: int) -> tuple[list[Group], int | None]:
    """The groups of the next records behind ``after_id`` that are not drafted, and the id of the last of these."""
    rows = db.execute(
        select(Record.id, Record.stream, Record.source_key)
        .where(
            Record.connection_id == connection_id,
            Record.id > after_id,
            Record.state.in_(UNDRAFTED),
            Record.version < BROKEN,  # a version begins with a digit
        )
        .order_by(Record.id)
        .limit(limit)
    ).all()
    if not rows:
        return [], None
    versions = _all_versions(db, connection_id, {(stream, key) for _, stream, key in rows})
    versions.sort(key=lambda one: one.id)  # as they came: an invoice before its payment
    names = list(dict.fromkeys(one.group for one in versions))  # also the groups that a fact has left
    return list(_filled(db, connection_id, names)), rows[-1][0]


def _filled(db: Session, connection_id: int, names: Sequence[str]) -> Iterator[Group]:
    inside = list(_versions(db, connection_id, Record.group_key, names))
    newest: dict[_Place, str] = {}
    for one in _all_versions(db, connection_id, {(one.stream, one.key) for one in inside}):
        newest[one.stream, one.key] = max(newest.get((one.stream, one.key), ""), one.version)
    groups = {name: Group(name) for name in names}
    members: dict[tuple[str, _Place], _Version] = {}
    for one in inside:
        if one.state is not RecordState.DRAFTED:
            groups[one.group].waiting.append(one.id)
            groups[one.group].fresh += one.state in UNDRAFTED
        member = one.group, (one.stream, one.key)
        if member not in members or members[member].version < one.version:
            members[member] = one
    bodies = _bodies(db, [one.id for one in members.values()])
    for (name, place), one in members.items():
        body = bodies.get(one.id)
        left = one.gone or newest[place] != one.version  # its newest version is in another group
        if body is None and not left:
            groups[name].problem = _BODY_GONE
        groups[name].facts.append(_fact(one, body, gone=left))
    for name, origin, follows in _pairs(db, connection_id, names):
        groups[name].origins += (origin,)
        if follows is not None:
            groups[name].follows[origin] = follows
    yield from groups.values()


def _versions(
    db: Session, connection_id: int, column: Any, values: Sequence[str], *more: ColumnElement[bool]
) -> Iterator[_Version]:
    for some in _pieces(values):
        rows = db.execute(
            select(
                Record.id,
                Record.stream,
                Record.source_key,
                Record.version,
                Record.group_key,
                Record.gone,
                Record.state,
            ).where(
                Record.connection_id == connection_id,
                column.in_(some),
                Record.version < BROKEN,
                Record.state != RecordState.KEPT,
                *more,
            )
        )
        yield from (_Version(*row) for row in rows)


def _all_versions(db: Session, connection_id: int, places: Iterable[_Place]) -> list[_Version]:
    """Every version of these facts, in whichever groups they are."""
    keys: dict[str, list[str]] = {}
    for stream, key in sorted(places):
        keys.setdefault(stream, []).append(key)
    return [
        one
        for stream, some in keys.items()
        for one in _versions(db, connection_id, Record.source_key, some, Record.stream == stream)
    ]


def _bodies(db: Session, ids: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in _pieces(ids):
        rows = db.execute(select(Record.id, Record.body).where(Record.id.in_(some), Record.body.is_not(None)))
        found.update((number, body) for number, body in rows if body is not None)
    return found


def _pairs(db: Session, connection_id: int, names: Sequence[str]) -> Iterator[tuple[str, str, str | None]]:
    for some in _pieces(names):
        rows = db.execute(
            select(RecordDocument.group_key, RecordDocument.origin, RecordDocument.follows)
            .where(RecordDocument.connection_id == connection_id, RecordDocument.group_key.in_(some))
            .order_by(RecordDocument.id)
        )
        yield from ((group, origin, follows) for group, origin, follows in rows)


def _fact(one: _Version, body: str | None, *, gone: bool) -> Fact:
    moment, sequence, _ = one.version.split("/")
    told = {} if body is None else json.loads(body)
    return Fact(one.key, datetime.fromisoformat(moment), told, int(sequence), one.group, gone)


def _pieces(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + _AT_A_TIME] for start in range(0, len(values), _AT_A_TIME))
