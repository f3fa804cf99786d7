"""Runs of connections by their schedules: a job, see ``jobs.schedule``."""

from __future__ import annotations

from collections.abc import Callable

from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.running import NotRunning, run_connection
from qbwc_server.channels.connections.runs import RunUnderWay
from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.settings import Settings
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.models import Company

_BY = Actor(ActorKind.JOB, "run_connection")


def run_by_the_clock(
    *,
    database: Database,
    settings: Settings,
    clock: Clock,
    subject_id: int,
    checkpoint: Callable[[], None],
    **_: object,
) -> str:
    """Run a connection, unless upstream has asked for patience or somebody runs it by hand."""
    with database.reading() as db:
        connection = db.get(Connection, subject_id)
        if connection is None:
            return ""
        if connection.not_before is not None and clock() < connection.not_before:
            return f"Upstream asked for patience until {connection.not_before.isoformat(timespec='minutes')}."
        code = db.get_one(Company, connection.company_id).code
    try:
        report = run_connection(
            database, code, subject_id, settings=settings, by=_BY, clock=clock, checkpoint=checkpoint
        )
    except (NotRunning, RunUnderWay) as reason:
        return str(reason)
    if report.notice is not None:
        return f"{report.notice.message} {report.notice.advice}".strip()
    return f"Documents: {report.documents.counts.documents}." if report.documents.counts.documents else ""
