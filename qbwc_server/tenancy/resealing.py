"""Keys of sealed secrets made, told of and changed: every secret in the database is sealed anew with the newest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, String, Table, and_, func, select, update
from sqlalchemy.orm import Session

from qbwc_server.db import Database, schema
from qbwc_server.errors import Unusable
from qbwc_server.settings import Settings
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.sealing import SealBroken, Sealed, SealedColumn, SealingKeyLost, seal_with, unseal_with
from qbwc_server.tenancy.sealing_keys import (
    SealingKey,
    SealingKeys,
    key_file,
    known_keys,
    replace_keys,
    sealing_keys,
)
from qbwc_server.tenancy.server_key import ServerKey, server_key

_TURN = "sealing"  # a row that whoever changes the keys holds
_KEPT = 2  # the newest key, and the one before for a process that read it a moment ago
_LONGEST_NAME = 8


@dataclass(frozen=True, slots=True)
class Standing:
    """How many secrets each key seals.

    Args:
        here: keys that are at hand, the newest first.
        lost: those that are not.
    """

    here: Mapping[str, int]
    lost: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a change of keys did."""

    key: str  # the name of the one that seals from now on
    resealed: int
    unreadable: int  # their key is lost, or they were changed in the database: they stay as they are
    unused: tuple[str, ...]  # keys that seal nothing any more; taken out of the file, or to be taken out of the setting


def prepare_keys(database: Database, settings: Settings) -> Unusable | None:
    """Make the first key at the first start; what is wrong with the keys, where something is.

    Where secrets are sealed with a key that is gone none is made: it would not open them.
    """
    try:
        if known_keys(settings) is None:
            with database.reading() as db:
                lost = standing(db, settings).lost
            if not lost:
                sealing_keys(settings)
        return trouble_with_keys(database, settings)
    except Unusable as trouble:
        return trouble


def trouble_with_keys(database: Database, settings: Settings) -> Unusable | None:
    """Why some secrets cannot be read; None where all can."""
    try:
        with database.reading() as db:
            lost = standing(db, settings).lost
    except Unusable as trouble:
        return trouble
    if not lost:
        return None
    which = ", ".join(lost)
    return SealingKeyLost(f"{sum(lost.values())} of the sealed secrets cannot be read: not here is the key {which}.")


def standing(db: Session, settings: Settings) -> Standing:
    """Which key seals how many secrets. Raises SealingKeyUnusable, SealingKeyExposed."""
    keys = known_keys(settings)
    names = () if keys is None else keys.names
    found: Counter[str] = Counter()
    for column in _columns():
        text = func.substr(column, 1, _LONGEST_NAME, type_=String())
        counted = select(text, func.count()).where(column.is_not(None)).group_by(text)
        for name, count in db.execute(counted):
            found[Sealed(f"{name}:").key_name] += count
    return Standing(
        {name: found[name] for name in names}, {name: n for name, n in sorted(found.items()) if name not in names}
    )


def rotate(database: Database, settings: Settings, *, by: Actor, now: datetime) -> Rotation:
    """Seal every secret anew: with a new key where a file holds them, with the first one of the setting otherwise.

    The server may run meanwhile, and it may break off anywhere: the old keys stay in the file until nothing needs them,
    and it can be done again.

    Raises:
        SealingKeyLost: there is no key, and secrets are sealed.
        SealingKeyUnusable, SealingKeyExposed: the keys cannot be used.
    """
    file = key_file(settings)
    with database.transaction() as db:
        _take_turn(db)
        if known_keys(settings) is None and standing(db, settings).lost:
            raise SealingKeyLost
        keys = sealing_keys(settings)
        if file is not None:
            keys = SealingKeys((SealingKey.made(), *keys.keys))
            replace_keys(file, keys.keys)
        resealed, unreadable = _reseal(db, keys)
        after = {"newest": keys.newest.name, "resealed": resealed, "unreadable": unreadable}
        note_audit(db, Audited.SECRETS_ROTATED, by=by, now=now, subject=keys.newest.name, after=after)
    return Rotation(keys.newest.name, resealed, unreadable, _drop_unused(database, settings))


def _drop_unused(database: Database, settings: Settings) -> tuple[str, ...]:
    """Only once it is committed that nothing needs them."""
    file = key_file(settings)
    with database.transaction() as db:
        _take_turn(db)
        keys = sealing_keys(settings)
        here = standing(db, settings).here
        unused = [key for key in keys.keys[1 if file is None else _KEPT :] if not here[key.name]]
        if file is not None and unused:
            replace_keys(file, [key for key in keys.keys if key not in unused])
    return tuple(key.name for key in unused)


def _take_turn(db: Session) -> None:
    """Two at once would each write a file without the other's key."""
    server_key(db, _TURN)
    db.execute(select(ServerKey.key).where(ServerKey.purpose == _TURN).with_for_update())


def _reseal(db: Session, keys: SealingKeys) -> tuple[int, int]:
    """How many were sealed anew, and how many cannot be read."""
    resealed = unreadable = 0
    for column in _columns():
        table, primary = column.table, list(column.table.primary_key.columns)
        older = and_(column.is_not(None), func.substr(column, 1, _LONGEST_NAME, type_=String()) != keys.newest.name)
        for *key, sealed in db.execute(select(*primary, column).where(older)).all():
            try:
                anew = seal_with(keys, unseal_with(keys, sealed))
            except (SealingKeyLost, SealBroken):
                unreadable += 1
                continue
            same = and_(*(one == value for one, value in zip(primary, key, strict=True)), column == sealed)
            resealed += _changed(db, table, same, {column.name: anew})  # not where it was entered anew meanwhile
    return resealed, unreadable


def _changed(db: Session, table: Table, where: Any, values: dict[str, Sealed]) -> int:
    result: Any = db.execute(update(table).where(where).values(values))
    return int(result.rowcount)


def _columns() -> Iterator[Column[Any]]:
    for table in schema.declared().sorted_tables:
        for column in table.columns:
            if isinstance(column.type, SealedColumn):
                yield column
