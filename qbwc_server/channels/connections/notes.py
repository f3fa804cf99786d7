"""A call that says that something has changed upstream: whether it is really of the system of a connection."""

from __future__ import annotations

from sqlalchemy.orm import Session

from qbwc_server.channels.connections.finding import channel_of, secrets_of
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.channels.contract import Header, Notes
from qbwc_server.channels.registry import CHANNELS
from qbwc_server.settings import Settings

PREFIX = "/notes"  # of the addresses that systems upstream call


def notes_path(connection: Connection) -> str | None:
    """Where the system upstream may call; None where this channel takes no notes."""
    channel = CHANNELS.get(connection.channel)
    return f"{PREFIX}/{connection.id}" if channel is not None and channel.notes is not None else None


def takes_notes(db: Session, connection_id: int) -> bool:
    """Whether there is a connection of that number that might take a note."""
    return _listening(db, connection_id) is not None


def genuine_note(db: Session, connection_id: int, header: Header, body: bytes, settings: Settings) -> Connection | None:
    """The connection whose system upstream has signed this call; None where it is anybody else's.

    A stranger is never told which connections there are: each reason for None looks alike.

    Raises SealingKeyLost, SealBroken.
    """
    row = _listening(db, connection_id)
    if row is None:
        return None
    notes = _notes_of(row)
    secret = secrets_of(row.sealed, settings).get(notes.key, "") if notes is not None else ""
    return row if notes is not None and secret and notes.is_genuine(body, header, secret) else None


def hastens(connection: Connection, header: Header) -> bool:
    """Whether a genuine call is about what the connection brings."""
    notes = _notes_of(connection)
    return notes is not None and notes.hastens(header)


def _listening(db: Session, connection_id: int) -> Connection | None:
    row = db.get(Connection, connection_id)
    if row is None or row.sealed is None or row.state is ConnectionState.DISCONNECTED:
        return None
    return row if row.channel in CHANNELS and _notes_of(row) is not None else None


def _notes_of(row: Connection) -> Notes | None:
    return channel_of(row).notes
