"""A run that somebody asks for beside the schedule: it is due now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.bulk.models import BulkAction
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.running import NotRunning, refuse_uploaded
from qbwc_server.channels.connections.states import BY_THE_CLOCK
from qbwc_server.jobs.due import Every
from qbwc_server.jobs.runs import DueRun, JobRun, hand_out
from qbwc_server.jobs.states import RunState

RUN_CONNECTION, BULK_ACTION = "run_connection", "bulk_action"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_APART = timedelta(seconds=10)  # of runs that are hastened


def ask_for_run(db: Session, connection: Connection, *, now: datetime) -> None:
    """Have a connection run as soon as a worker is free. Raises NotRunning where none would run it."""
    if connection.state not in BY_THE_CLOCK:
        state = connection.state.value.replace("_", " ")
        raise NotRunning(f"Connection {connection.id} is {state}.", advice="Try it, resume it, or connect it again.")
    refuse_uploaded(connection)
    connection.not_before = None  # whoever asks now does not want to wait
    hand_out(db, [DueRun(RUN_CONNECTION, connection.id, connection.company_id, now, now + Every.kept)])


def hasten(db: Session, connection: Connection, *, now: datetime) -> bool:
    """Have a connection run soon since something has changed upstream; whether that asked for a run.

    One that nobody has come to yet sees the change as well. However many changes are told, there is one run in ten
    seconds, and none while upstream wants to be left alone: the schedule brings what is left.
    """
    resting = connection.not_before is not None and connection.not_before > now
    if connection.state not in BY_THE_CLOCK or resting or _waits(db, connection.id):
        return False
    begun = now - (now - _EPOCH) % _APART
    for due_at in (begun, begun + _APART):
        run = DueRun(RUN_CONNECTION, connection.id, connection.company_id, due_at, now + Every.kept)
        if hand_out(db, [run]):
            return True
    return False


def _waits(db: Session, connection_id: int) -> bool:
    waiting = JobRun.job == RUN_CONNECTION, JobRun.subject_id == connection_id, JobRun.state == RunState.DUE
    return db.scalar(select(JobRun.id).where(*waiting).limit(1)) is not None


def ask_for_bulk_run(db: Session, bulk: BulkAction, *, now: datetime) -> None:
    """Have a bulk action done as soon as a worker is free."""
    hand_out(db, [DueRun(BULK_ACTION, bulk.id, bulk.company_id, now, now + Every.kept)])
