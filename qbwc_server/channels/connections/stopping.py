"""A person pauses, resumes or disconnects a connection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.audit import note_connection
from qbwc_server.channels.connections.finding import find_connection
from qbwc_server.channels.connections.models import Connection, RecordDocument
from qbwc_server.channels.connections.runs import break_off
from qbwc_server.channels.connections.states import ConnectionEvent, ConnectionState, after
from qbwc_server.channels.connections.trouble import tell_trouble
from qbwc_server.channels.gone import DISCONNECTED, take_away
from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.documents.store import by_origin
from qbwc_server.errors import Notice
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.audit import Audited
from qbwc_server.tenancy.companies import find_company

_AT_A_TIME = 200  # documents in one transaction


class Unposted(StrEnum):
    """What becomes of documents that are not in QuickBooks when their connection ends."""

    KEEP = "keep"  # a person goes on with them
    REMOVE = "remove"  # they are excluded, and come back when it is connected again


@dataclass(frozen=True, slots=True)
class Disconnected:
    """What came of disconnecting: how many documents were taken away, and how many stay."""

    removed: int
    stayed: int


def pause(db: Session, row: Connection, *, by: Actor, now: datetime) -> None:
    """Run it no more until resume; a run under way comes to its end. Raises ConnectionNotNow."""
    row.state, row.changed_at = after(row.state, ConnectionEvent.PAUSED), now
    row.tell(None)
    row.failing_since = None
    tell_trouble(db, row, now=now)
    note_connection(db, Audited.CONNECTION_PAUSED, row, by=by, now=now)


def resume(db: Session, row: Connection, *, by: Actor, now: datetime) -> None:
    """Run it by its schedule again. Raises ConnectionNotNow."""
    row.state, row.changed_at = after(row.state, ConnectionEvent.RESUMED), now
    row.not_before = None
    note_connection(db, Audited.CONNECTION_RESUMED, row, by=by, now=now)


def disconnect(
    database: Database, company_code: str, connection_id: int, unposted: Unposted, *, by: Actor, clock: Clock
) -> Disconnected:
    """End a connection: its secrets are forgotten, its records stay, so that connected again it doubles nothing.

    Asked again with ``REMOVE`` it takes away what is left. Raises NotFound, ConnectionNotNow.
    """
    with database.transaction() as db:
        company = find_company(db, company_code)
        row = find_connection(db, company.id, connection_id, locked=True)
        if row.state is not ConnectionState.DISCONNECTED or unposted is Unposted.KEEP:
            row.state = after(row.state, ConnectionEvent.DISCONNECTED)
        row.sealed, row.changed_at, row.not_before, row.failing_since = None, clock(), None, None
        row.tell(None)
        break_off(db, row.id, now=clock())
        tell_trouble(db, row, now=clock())
        said = {"unposted": unposted.value}
        note_connection(db, Audited.DISCONNECTED, row, by=by, now=clock(), after=said)
    if unposted is Unposted.KEEP:
        return Disconnected(0, 0)
    removed, last = 0, 0
    told = Notice(DISCONNECTED, f"{row.title} was disconnected.", "It comes back when that is connected again.")
    seen = 0
    while True:
        with database.transaction() as db:
            pairs = _pairs(db, connection_id, last)
            if not pairs:
                return Disconnected(removed, seen - removed)
            last = pairs[-1][0]
            company = find_company(db, company_code)
            rows = by_origin(db, company.id, [origin for _, origin in pairs])
            removed += len(take_away(db, company, rows.values(), told, by=by, now=clock()))
            seen += len(rows)


def _pairs(db: Session, connection_id: int, after_id: int) -> list[tuple[int, str]]:
    rows = db.execute(
        select(RecordDocument.id, RecordDocument.origin)
        .where(RecordDocument.connection_id == connection_id, RecordDocument.id > after_id)
        .order_by(RecordDocument.id)
        .limit(_AT_A_TIME)
    )
    return [(number, origin) for number, origin in rows]
