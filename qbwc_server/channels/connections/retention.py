"""What upstream told word for word goes after a time; that it was told, when, and its digest stay for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import aliased

from qbwc_server.channels.connections.models import ConnectionRun, Record
from qbwc_server.channels.connections.states import RecordState
from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.db.pieces import ROWS, delete_in_pieces
from qbwc_server.settings import Settings

_RUNS_KEPT = timedelta(days=400)
_DONE = (RecordState.DRAFTED, RecordState.SET_ASIDE)


def shorten_records(
    *, database: Database, settings: Settings, clock: Clock, checkpoint: Callable[[], None], **_: object
) -> str:
    """Drop bodies older than ``record_days``, and the log of runs of long ago; a job, see ``jobs.schedule``.

    What is still to be drafted keeps its body, and so does the newest version of what is kept for later.
    """
    before = clock() - timedelta(days=settings.record_days)
    newer = aliased(Record)
    is_followed = (
        select(newer.id)
        .where(
            newer.connection_id == Record.connection_id,
            newer.stream == Record.stream,
            newer.source_key == Record.source_key,
            newer.version > Record.version,
        )
        .exists()
    )
    done = or_(Record.state.in_(_DONE), and_(Record.state == RecordState.KEPT, is_followed))
    some = (
        select(Record.id)
        .where(Record.body.is_not(None), Record.received_at < before, done)
        .order_by(Record.received_at, Record.id)
        .limit(ROWS)
        .scalar_subquery()
    )
    shortened = 0
    while True:
        with database.transaction() as db:
            ids = db.scalars(update(Record).where(Record.id.in_(some)).values(body=None).returning(Record.id)).all()
        shortened += len(ids)
        if len(ids) < ROWS:
            break
        checkpoint()
    runs = delete_in_pieces(
        database, ConnectionRun.id, ConnectionRun.ended_at < clock() - _RUNS_KEPT, checkpoint=checkpoint
    )
    said = [f"Records shortened: {shortened}."] * bool(shortened) + [f"Runs dropped: {runs}."] * bool(runs)
    return " ".join(said)
