"""Versions of facts: what they are called, which one is the newest, and what dates a fact that upstream does not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.models import Record
from qbwc_server.channels.contract import Fact

BROKEN = "broken/"  # versions of what could not be read as a fact begin so
_SHORT = 32  # hexadecimal digits of a digest that tell versions of one moment apart
_TICK = timedelta(microseconds=1)
_AT_A_TIME = 500  # keys in one statement


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest version of a fact, as far as it is here."""

    record_id: int
    version: str
    digest: str
    gone: bool

    @property
    def moment(self) -> datetime:
        """Since when it is so."""
        return datetime.fromisoformat(self.version.partition("/")[0])


class Dating:
    """Gives each fact its version.

    What upstream does not date is known where it is told as it was told last. Otherwise it is new as of now, and
    behind what was told last; so is what once was, is otherwise, and is as it was again. Likewise what upstream dates
    by coarse moments and does not count: told otherwise of the same moment it is newer.
    """

    def __init__(self, known: Mapping[str, Newest], now: datetime) -> None:
        self._last = {key: (one.version, one.digest, one.moment) for key, one in known.items()}
        self._now = now

    @classmethod
    def of(cls, db: Session, connection_id: int, stream: str, facts: Iterable[Fact], now: datetime) -> Self:
        """For these facts of a stream."""
        told_last = sorted({fact.key for fact in facts if fact.changed_at is None or fact.sequence is None})
        return cls(newest_of(db, connection_id, stream, told_last), now)

    def version_of(self, fact: Fact, digest: str) -> str:
        """What tells versions apart; as a text it sorts as they follow each other."""
        if fact.changed_at is not None and fact.sequence is not None:
            return _version(fact.changed_at, fact.sequence, digest)
        last = self._last.get(fact.key)
        if last is not None and last[1] == digest and fact.changed_at in (None, last[2]):
            return last[0]
        moment = self._moment(fact, last)
        sequence = fact.sequence
        if sequence is None:
            sequence = _sequence(last[0]) + 1 if last is not None and last[2] == moment else 0
        version = _version(moment, sequence, digest)
        if last is None or last[0] < version:
            self._last[fact.key] = version, digest, moment
        return version

    def _moment(self, fact: Fact, last: tuple[str, str, datetime] | None) -> datetime:
        if fact.changed_at is not None:
            return fact.changed_at
        return self._now if last is None else max(self._now, last[2] + _TICK)


def newest_of(db: Session, connection_id: int, stream: str, keys: Sequence[str]) -> dict[str, Newest]:
    """The newest version of each of these facts, by key."""
    found: dict[str, Newest] = {}
    for start in range(0, len(keys), _AT_A_TIME):
        here = Record.source_key.in_(keys[start : start + _AT_A_TIME])
        found.update(_newest(db, connection_id, stream, here))
    return found


def newest_versions(db: Session, connection_id: int, stream: str, *, beginning: str = "") -> dict[str, Newest]:
    """The newest version of every fact of a stream whose key begins so, by key and in the order of keys."""
    return dict(_newest(db, connection_id, stream, *_begins(beginning)))


def kept_facts(db: Session, connection_id: int, stream: str, *, beginning: str = "") -> Iterator[Fact]:
    """Every fact of a stream whose key begins so, in its newest version and in the order of keys; gone ones are not.

    Args:
        beginning: of the keys; left out, all.
    """
    there = [one for one in newest_versions(db, connection_id, stream, beginning=beginning).values() if not one.gone]
    for start in range(0, len(there), _AT_A_TIME):
        some = {one.record_id: one for one in there[start : start + _AT_A_TIME]}
        rows = db.execute(
            select(Record.id, Record.source_key, Record.group_key, Record.body)
            .where(Record.id.in_(some))
            .order_by(Record.source_key)
        )
        for number, key, group, body in rows:
            yield Fact(key, some[number].moment, {} if body is None else json.loads(body), group=group)


def _begins(beginning: str) -> tuple[ColumnElement[bool], ...]:
    """A range that an index finds, as LIKE is not."""
    if not beginning:
        return ()
    behind = beginning[:-1] + chr(ord(beginning[-1]) + 1)
    return Record.source_key >= beginning, Record.source_key < behind


def _newest(db: Session, connection_id: int, stream: str, *where: ColumnElement[bool]) -> Iterator[tuple[str, Newest]]:
    asked = (Record.connection_id == connection_id, Record.stream == stream, Record.version < BROKEN)
    last = (
        select(Record.source_key.label("key"), func.max(Record.version).label("version"))
        .where(*asked, *where)
        .group_by(Record.source_key)
        .subquery()
    )
    rows: Any = db.execute(
        select(Record.source_key, Record.id, Record.version, Record.digest, Record.gone)
        .join(last, (Record.source_key == last.c.key) & (Record.version == last.c.version))
        .where(*asked)
        .order_by(Record.source_key)
    )
    for key, *what in rows:
        yield key, Newest(*what)


def _sequence(version: str) -> int:
    return int(version.split("/")[1])


def _version(moment: datetime, sequence: int, digest: str) -> str:
    return f"{moment.astimezone(UTC).isoformat(timespec='microseconds')}/{sequence:018}/{digest[:_SHORT]}"
