"""A run that somebody asks for beside the schedule: it is due now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from qbwc_server.bulk.models import BulkAction
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.running import NotRunning, refuse_uploaded
from qbwc_server.channels.connections.states import BY_THE_CLOCK
from qbwc_server.jobs.due import Every
from qbwc_server.jobs.runs import DueRun, hand_out

RUN_CONNECTION, BULK_ACTION = "run_connection", "bulk_action"


def ask_for_run(db: Session, connection: Connection, *, now: datetime) -> None:
    """Have a connection run as soon as a worker is free. Raises NotRunning where none would run it."""
    if connection.state not in BY_THE_CLOCK:
        state = connection.state.value.replace("_", " ")
        raise NotRunning(f"Connection {connection.id} is {state}.", advice="Try it, resume it, or connect it again.")
    refuse_uploaded(connection)
    connection.not_before = None  # whoever asks now does not want to wait
    hand_out(db, [DueRun(RUN_CONNECTION, connection.id, connection.company_id, now, now + Every.kept)])


def ask_for_bulk_run(db: Session, bulk: BulkAction, *, now: datetime) -> None:
    """Have a bulk action done as soon as a worker is free."""
    hand_out(db, [DueRun(BULK_ACTION, bulk.id, bulk.company_id, now, now + Every.kept)])
