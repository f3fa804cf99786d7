"""The log of runs: a run begins as the only one of its connection, is heard of in every transaction, and ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.models import Connection, ConnectionRun
from qbwc_server.channels.connections.states import RunOutcome
from qbwc_server.errors import Conflict, Notice, QbwcError
from qbwc_server.tenancy.actor import Actor, ActorKind

SILENT_AFTER = timedelta(minutes=15)  # no run is silent for so long: upstream is asked with a limit of two minutes
_BROKE_OFF = Notice("run_broke_off", "The run broke off in the middle.", "The next run goes on from there.")


class RunUnderWay(Conflict):
    """The connection is being run at this moment."""

    code = "run_under_way"
    advice = "Wait until it has ended; qbwc-server connection show tells."
    retry_helps = True


class RunLost(QbwcError):
    """This run was ended from elsewhere, by another run or because its connection was ended."""

    code = "run_lost"
    advice = "What has come is kept. Look at the connection, and begin again."


@dataclass(frozen=True, slots=True)
class Progress:
    """What one transaction of a run adds to its log."""

    pages: int = 0
    new: int = 0
    changed: int = 0
    known: int = 0
    set_aside: int = 0


def begin(db: Session, connection: Connection, *, by: Actor, now: datetime) -> ConnectionRun:
    """A new run. Of runs by the clock there is one at a time, so one of those that has not ended has died.

    Raises:
        RunUnderWay: the connection is being run.
    """
    other = db.scalar(
        select(ConnectionRun).where(
            ConnectionRun.connection_id == connection.id, ConnectionRun.outcome == RunOutcome.UNDER_WAY
        )
    )
    if other is not None:
        by_the_clock = by.kind is ActorKind.JOB and other.by.kind is ActorKind.JOB
        if not by_the_clock and now - other.heard_at < SILENT_AFTER:
            raise RunUnderWay(f"Connection {connection.id} is being run at this moment, by {other.by}.")
        break_off(db, connection.id, now=now)
    run = _run(connection, by, now)
    try:
        with db.begin_nested():
            db.add(run)
            db.flush()
    except IntegrityError:
        raise RunUnderWay(f"Connection {connection.id} is being run at this moment.") from None
    return run


def begin_upload(db: Session, connection: Connection, file: str, *, by: Actor, now: datetime) -> ConnectionRun:
    """A new run that takes in the file of that name; others may be under way, and one that is silent has died."""
    break_off(db, connection.id, now=now, silent_since=now - SILENT_AFTER)
    run = _run(connection, by, now)
    run.file, run.pages = file, 1
    db.add(run)
    db.flush()
    return run


def _run(connection: Connection, by: Actor, now: datetime) -> ConnectionRun:
    return ConnectionRun(
        company_id=connection.company_id,
        connection_id=connection.id,
        by=by,
        started_at=now,
        heard_at=now,
        outcome=RunOutcome.UNDER_WAY,
        windows={},
        documents={},
    )


def hear(db: Session, run_id: int, *, now: datetime, done: Progress = Progress(), **values: Any) -> None:
    """Say that the run goes on, and what it has done. Raises RunLost when it is not under way any more."""
    ours = db.execute(
        update(ConnectionRun)
        .where(ConnectionRun.id == run_id, ConnectionRun.outcome == RunOutcome.UNDER_WAY)
        .values(
            heard_at=now,
            pages=ConnectionRun.pages + done.pages,
            new=ConnectionRun.new + done.new,
            changed=ConnectionRun.changed + done.changed,
            known=ConnectionRun.known + done.known,
            set_aside=ConnectionRun.set_aside + done.set_aside,
            **values,
        )
        .returning(ConnectionRun.id)
    ).all()
    if not ours:
        raise RunLost


def end(
    db: Session,
    run_id: int,
    outcome: RunOutcome,
    *,
    now: datetime,
    documents: Mapping[str, Any] | None = None,
    set_aside: int = 0,
    notice: Notice | None = None,
) -> None:
    """Say what became of a run. Raises RunLost when another has taken its place."""
    said = {"code": notice.code, "message": notice.message, "advice": notice.advice} if notice else {}
    hear(
        db,
        run_id,
        now=now,
        done=Progress(set_aside=set_aside),
        outcome=outcome,
        ended_at=now,
        documents=dict(documents or {}),
        **said,
    )


def break_off(db: Session, connection_id: int, *, now: datetime, silent_since: datetime | None = None) -> None:
    """End whatever run of the connection is under way; what it still wants to write is refused.

    Args:
        silent_since: only those that have not been heard of since then.
    """
    under_way = ConnectionRun.connection_id == connection_id, ConnectionRun.outcome == RunOutcome.UNDER_WAY
    silent = () if silent_since is None else (ConnectionRun.heard_at < silent_since,)
    db.execute(
        update(ConnectionRun)
        .where(*under_way, *silent)
        .values(
            outcome=RunOutcome.BROKE_OFF,
            ended_at=now,
            code=_BROKE_OFF.code,
            message=_BROKE_OFF.message,
            advice=_BROKE_OFF.advice,
        )
    )
