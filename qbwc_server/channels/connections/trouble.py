"""A connection that needs a key, or has failed for a day, is open work until it works again or a person ends it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.documents.open_work import Finding, WorkKind, note_work, settle_work
from qbwc_server.posting.submitting.submit import lock
from qbwc_server.tenancy.models import Company

PATIENCE = timedelta(days=1)  # a failure that passes by itself is nobody's work


def tell_trouble(db: Session, connection: Connection, *, now: datetime) -> None:
    """Keep as open work what only a person can help, or that it holds no more."""
    key = f"connection {connection.id}"
    lock(db, db.get_one(Company, connection.company_id))
    if not _is_trouble(connection, now):
        settle_work(db, connection.company_id, WorkKind.CONNECTION_TROUBLE, [key], now=now)
        return
    since = connection.failing_since
    what = "needs another key" if since is None else f"fails since {since:%Y-%m-%d}"
    told = f"Connection {connection.id}, {connection.title}, {what}: {connection.message or ''}"
    finding = Finding(WorkKind.CONNECTION_TROUBLE, key, told, connection.advice or "Look at it.")
    note_work(db, connection.company_id, [finding], now=now)


def _is_trouble(connection: Connection, now: datetime) -> bool:
    if connection.state is ConnectionState.FAILING:
        return connection.failing_since is not None and now - connection.failing_since >= PATIENCE
    return connection.state is ConnectionState.NEEDS_SIGN_IN
