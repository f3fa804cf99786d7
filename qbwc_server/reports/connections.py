"""Connections, their runs and records, and the channels that there are, as records."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.finding import marks_of, runs_of, waits_for_start
from qbwc_server.channels.connections.models import Connection, ConnectionRun, Record
from qbwc_server.channels.connections.notes import notes_path
from qbwc_server.channels.connections.states import RecordState
from qbwc_server.channels.connections.words import words_of
from qbwc_server.channels.contract import Channel
from qbwc_server.channels.options import MASK, declared, schema_of, secret_names
from qbwc_server.channels.registry import CHANNELS
from qbwc_server.posting.submitting.automatic import limits_of


def channel_record(channel: Channel) -> dict[str, Any]:
    """What a channel declares: everything that a form or a program needs to connect it."""
    return {
        "channel": channel.code,
        "title": channel.title,
        "brings": channel.brings,
        "needs": channel.needs,
        "options": [option.as_record() for option in declared(channel.options)],
        "schema": schema_of(channel.options),
        "is_uploaded": channel.is_uploaded,
        "streams": [{"name": stream.name, "title": stream.title} for stream in channel.streams],
        "checks": [{"name": check.name, "title": check.title} for check in channel.checks],
        "every_minutes": channel.every_minutes,
        "at_least_minutes": channel.at_least_minutes,
    }


def connection_record(db: Session, row: Connection) -> dict[str, Any]:
    """A connection as it stands, with its newest run; secrets are masked."""
    runs = runs_of(db, row, limit=1)
    streams = {name: mark.complete_until.isoformat() for name, mark in sorted(marks_of(db, row).items())}
    return {
        "id": row.id,
        "channel": row.channel,
        "account": row.account,
        "title": row.title,
        "state": row.state.value,
        "failing_since": _moment(row.failing_since),
        "not_before": _moment(row.not_before),
        "code": row.code,
        "message": row.message,
        "advice": row.advice,
        "options": {**row.options, **_masked(row)},
        "words": [kind.value for kind in words_of(row)],
        "notes_path": notes_path(row),
        "has_start": row.channel in CHANNELS and CHANNELS[row.channel].start is not None,
        "waits_for_start": waits_for_start(row),
        "every_minutes": row.every_minutes,
        "submits": row.submits,
        "limits": limits_of(db, row.id).as_record(),
        "since": _moment(row.since),
        "complete_until": streams,
        "created_at": row.created_at.isoformat(),
        "changed_at": row.changed_at.isoformat(),
        "last_run": run_record(runs[0]) if runs else None,
    }


def whole_connection_record(db: Session, row: Connection, *, runs: int = 20) -> dict[str, Any]:
    """The same with its newest runs and how many of its records stand where."""
    return {
        **connection_record(db, row),
        "records": _counts(db, row),
        "runs": [run_record(run) for run in runs_of(db, row, limit=runs)],
    }


def run_record(run: ConnectionRun) -> dict[str, Any]:
    """One run: what was asked for, what came, and what went wrong in upstream's own words."""
    ended = run.ended_at
    return {
        "id": run.id,
        "by": str(run.by),
        "started_at": run.started_at.isoformat(),
        "ended_at": _moment(ended),
        "seconds": None if ended is None else round((ended - run.started_at).total_seconds(), 3),
        "outcome": run.outcome.value,
        "file": run.file,
        "windows": run.windows,
        "pages": run.pages,
        "records": {"new": run.new, "changed": run.changed, "known": run.known, "set_aside": run.set_aside},
        "documents": run.documents,
        "code": run.code,
        "message": run.message,
        "advice": run.advice,
    }


def record_record(record: Record) -> dict[str, Any]:
    """One record, without what it holds: that is people's data."""
    return {
        "id": record.id,
        "stream": record.stream,
        "key": record.source_key,
        "group": record.group_key,
        "version": record.version,
        "gone": record.gone,
        "state": record.state.value,
        "code": record.code,
        "message": record.message,
        "digest": record.digest,
        "body_kept": record.body is not None,
        "received_at": record.received_at.isoformat(),
    }


def records_of(
    db: Session, row: Connection, *, state: RecordState | None = None, after_id: int = 0, limit: int = 100
) -> list[Record]:
    """Records of a connection in the order in which they came, a page at a time."""
    query = select(Record).where(Record.connection_id == row.id, Record.id > after_id)
    if state is not None:
        query = query.where(Record.state == state)
    return list(db.scalars(query.order_by(Record.id).limit(limit)))


def _counts(db: Session, row: Connection) -> dict[str, int]:
    found = db.execute(
        select(Record.state, func.count().label("number")).where(Record.connection_id == row.id).group_by(Record.state)
    )
    counts = {state: number for state, number in found}  # noqa: C416  # rows are no pairs to mypy
    return {state.value: counts.get(state, 0) for state in RecordState}


def _masked(row: Connection) -> dict[str, str]:
    channel = CHANNELS.get(row.channel)  # of a version that this one does not have any more: none
    return {} if row.sealed is None or channel is None else dict.fromkeys(secret_names(channel.options), MASK)


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
