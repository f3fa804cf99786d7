"""Facts to records: one page's records and the mark of its stream are one commit."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.models import (
    LONGEST_KEY,
    MAX_RECORD_CHARACTERS,
    Connection,
    Record,
    StreamMark,
)
from qbwc_server.channels.connections.moments import within_reach
from qbwc_server.channels.connections.states import RecordState
from qbwc_server.channels.connections.versions import BROKEN, Dating, newest_versions
from qbwc_server.channels.contract import BrokenFact, Fact, Page, Stream
from qbwc_server.db import Base
from qbwc_server.documents.problems import Problem
from qbwc_server.shortening import shortened, storable

_AT_A_TIME = 500  # keys in one statement
_MOST_SEQUENCE = 10**18
_RECORDS = Base.metadata.tables["records"]  # the table, not the class: the ORM would take longer than the database


@dataclass(frozen=True, slots=True)
class Kept:
    """What the records of one page were. ``holds``: something on it is to be asked for again."""

    new: int
    changed: int
    known: int
    set_aside: int
    holds: bool


def keep_page(
    db: Session,
    connection: Connection,
    run_id: int,
    stream: Stream,
    page: Page,
    told: Collection[str] = frozenset(),
    *,
    again: bool,
    now: datetime,
) -> Kept:
    """Keep what is not known yet of a page. Known records are known, and are drafted again only with ``again``.

    Args:
        told: keys of the facts without a moment of change that this pull has handed over so far, the page's included.
    """
    rows, broken = [], list(page.broken)
    facts = [*page.facts, *_vanished(db, connection, stream, page, told)]
    dating = Dating.of(db, connection.id, stream.name, facts, now)
    for fact in facts:
        made = _row(fact, dating, RecordState.NEW if stream.drafted else RecordState.KEPT)
        if isinstance(made, BrokenFact):
            broken.append(made)
        else:
            rows.append(made)
    shared = {
        "company_id": connection.company_id,
        "connection_id": connection.id,
        "run_id": run_id,
        "stream": stream.name,
        "received_at": now,
    }
    before = _known_keys(db, connection.id, stream.name, {row["source_key"] for row in rows})
    added = _insert(db, [{**shared, **row} for row in rows])
    new = {key for key, _ in added} - before
    if len(added) < len(rows):
        _see_again(db, connection.id, stream.name, rows, set(added), again=again and stream.drafted)
    fresh = _keep_broken(db, connection.id, stream.name, [{**shared, **_broken_row(one)} for one in broken], run_id)
    return Kept(len(new), len(added) - len(new), len(rows) - len(added), fresh, holds=bool(fresh))


def _vanished(db: Session, connection: Connection, stream: Stream, page: Page, told: Collection[str]) -> Iterator[Fact]:
    """What is known and was not told, where all was."""
    if page.all_of is not None:
        for key, newest in newest_versions(db, connection.id, stream.name, beginning=page.all_of).items():
            if key not in told and not newest.gone:
                yield Fact(key, None, {}, gone=True)


def canonical(body: Mapping[str, Any]) -> str:
    """A body as it is kept; decimal numbers become texts. Raises TypeError or ValueError where it is no JSON."""
    text = json.dumps(
        body, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_decimal_text
    )
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character
        return json.dumps(body, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_decimal_text)
    return text


def _decimal_text(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"a {type(value).__name__} is no JSON")


def _row(fact: Fact, dating: Dating, state: RecordState) -> dict[str, Any] | BrokenFact:
    """What is stored of a fact, or why it cannot be."""
    try:
        body = canonical(fact.body)
    except (TypeError, ValueError, RecursionError) as error:
        return BrokenFact(Problem("not_a_fact", "", f"What is told of {fact.key!r} is no JSON: {error}.", ""), fact.key)
    mistake = _mistake(fact, body)
    if mistake is not None:
        return BrokenFact(Problem("not_a_fact", "", mistake, "Report it to whoever made the channel."), body)
    digest = sha256(b"gone" * fact.gone + body.encode()).hexdigest()
    return {
        "source_key": fact.key,
        "version": dating.version_of(fact, digest),
        "group_key": fact.group or fact.key,
        "gone": fact.gone,
        "body": body,
        "digest": digest,
        "state": state,
        "code": None,
        "message": None,
    }


def _mistake(fact: Fact, body: str) -> str | None:
    for what, text in (("key", fact.key), ("group", fact.group or fact.key)):
        if not text or len(text) > LONGEST_KEY or text != storable(text):
            return f"The {what} of a fact has 1 to {LONGEST_KEY} characters: {shortened(storable(text), 60)}"
    if fact.changed_at is not None and fact.changed_at.tzinfo is None:
        return f"The time of change of {fact.key} has no time zone."
    if fact.changed_at is not None and not within_reach(fact.changed_at):
        return f"The time of change of {fact.key} is out of reach: {fact.changed_at.isoformat()}"
    if fact.sequence is not None and not 0 <= fact.sequence < _MOST_SEQUENCE:
        return f"The sequence of {fact.key} is out of reach."
    if len(body) > MAX_RECORD_CHARACTERS:
        return f"What is told of {fact.key} has {len(body)} characters; at most {MAX_RECORD_CHARACTERS} can be kept."
    return None


def _broken_row(one: BrokenFact) -> dict[str, Any]:
    digest = sha256(one.text.encode("utf-8", "surrogatepass")).hexdigest()
    return {
        "source_key": f"?{digest}",
        "version": f"{BROKEN}{digest}",
        "group_key": f"?{digest}",
        "gone": False,
        "body": json.dumps(shortened(one.text, MAX_RECORD_CHARACTERS // 8)),
        "digest": digest,
        "state": RecordState.WAITING,
        "code": one.problem.code,
        "message": one.problem.message,
    }


def _insert(db: Session, rows: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    """Key and version of those that were not there."""
    if not rows:
        return []
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = (
        insert(_RECORDS)
        .on_conflict_do_nothing(index_elements=["connection_id", "stream", "source_key", "version"])
        .returning(_RECORDS.c.source_key, _RECORDS.c.version)
    )
    return [(key, version) for key, version in db.execute(statement, list(rows))]


def _known_keys(db: Session, connection_id: int, stream: str, keys: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for some in _pieces(sorted(keys)):
        found.update(
            db.scalars(
                select(Record.source_key)
                .where(Record.connection_id == connection_id, Record.stream == stream, Record.source_key.in_(some))
                .distinct()
            )
        )
    return found


def _see_again(
    db: Session,
    connection_id: int,
    stream: str,
    rows: Sequence[dict[str, Any]],
    added: set[tuple[str, str]],
    *,
    again: bool,
) -> None:
    """Known records: those whose body went with time have it again, and are drafted; with ``again`` all are."""
    bodies = {(row["source_key"], row["version"]): row["body"] for row in rows}
    (state,) = {row["state"] for row in rows}
    known = bodies.keys() - added
    for some in _pieces(sorted({key for key, _ in known})):
        here = select(Record.id, Record.source_key, Record.version).where(
            Record.connection_id == connection_id, Record.stream == stream, Record.source_key.in_(some)
        )
        if not again:
            here = here.where(Record.body.is_(None))
        wanted = [
            {"record": number, "body": bodies[key, version]}
            for number, key, version in db.execute(here).all()
            if (key, version) in known
        ]
        if wanted:
            change = update(_RECORDS).where(_RECORDS.c.id == bindparam("record"))
            db.connection().execute(change.values(body=bindparam("body"), state=state), wanted)


def _keep_broken(db: Session, connection_id: int, stream: str, rows: Sequence[dict[str, Any]], run_id: int) -> int:
    """Keep what is no fact. Seen for the first time it waits to be asked for again; seen again it is set aside."""
    fresh = {version for _, version in _insert(db, rows)}
    seen = sorted({row["version"] for row in rows} - fresh)
    for some in _pieces(seen):
        db.execute(
            update(Record)
            .where(
                Record.connection_id == connection_id,
                Record.stream == stream,
                Record.version.in_(some),
                Record.run_id != run_id,
            )
            .values(state=RecordState.SET_ASIDE, run_id=run_id)
        )
    return len(fresh)


def forget_read_well(db: Session, connection_id: int, stream: str, run_id: int) -> None:
    """What could not be read in an earlier run and did not come again in this one, which asked for all of it."""
    db.execute(
        update(Record)
        .where(
            Record.connection_id == connection_id,
            Record.stream == stream,
            Record.state == RecordState.WAITING,
            Record.version.startswith(BROKEN),
            Record.run_id < run_id,
        )
        .values(state=RecordState.DRAFTED, message="It could be read later.")
    )


def move_mark(db: Session, connection: Connection, stream: str, until: datetime) -> None:
    """All of the stream that changed before ``until`` is here; a mark never goes back."""
    row = db.scalar(select(StreamMark).where(StreamMark.connection_id == connection.id, StreamMark.stream == stream))
    if row is None:
        db.add(
            StreamMark(
                company_id=connection.company_id, connection_id=connection.id, stream=stream, complete_until=until
            )
        )
    elif row.complete_until < until:
        row.complete_until = until


def _pieces(keys: Sequence[str]) -> Iterable[Sequence[str]]:
    return (keys[start : start + _AT_A_TIME] for start in range(0, len(keys), _AT_A_TIME))
