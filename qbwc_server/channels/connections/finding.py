"""Connections and their runs, found by company; and what stands in their options and sealed secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.models import Connection, ConnectionRun, StreamMark
from qbwc_server.channels.contract import Channel
from qbwc_server.channels.options import ChannelOptions, declared, read_options
from qbwc_server.channels.registry import CHANNELS, channel_named
from qbwc_server.errors import NotFound
from qbwc_server.settings import Settings
from qbwc_server.tenancy.sealing import Sealed, seal, unseal


def find_connection(
    db: Session, company_id: int, connection_id: int, *, locked: bool = False, channel: str | None = None
) -> Connection:
    """One connection of this company, of that channel where one is named, or NotFound."""
    row = db.get(Connection, connection_id, with_for_update=locked, populate_existing=locked)
    if row is None or row.company_id != company_id or channel not in (None, row.channel):
        of_it = "" if channel is None else f" of {channel}"
        raise NotFound(f"There is no connection {connection_id}{of_it} in this company.")
    return row


def connections_of(db: Session, company_id: int) -> list[Connection]:
    """All connections of a company, in the order in which they were made."""
    return list(db.scalars(select(Connection).where(Connection.company_id == company_id).order_by(Connection.id)))


def connection_ids(db: Session, company_id: int) -> list[int]:
    """The numbers of all connections of a company."""
    return list(db.scalars(select(Connection.id).where(Connection.company_id == company_id)))


def runs_of(
    db: Session, connection: Connection, *, before_id: int | None = None, limit: int = 20
) -> list[ConnectionRun]:
    """Its runs, the newest first."""
    query = select(ConnectionRun).where(ConnectionRun.connection_id == connection.id)
    if before_id is not None:
        query = query.where(ConnectionRun.id < before_id)
    return list(db.scalars(query.order_by(ConnectionRun.id.desc()).limit(limit)))


def marks_of(db: Session, connection: Connection) -> dict[str, StreamMark]:
    """How far each stream is."""
    rows = db.scalars(select(StreamMark).where(StreamMark.connection_id == connection.id))
    return {row.stream: row for row in rows}


def channel_of(connection: Connection) -> Channel:
    """The channel of a connection. Raises UnknownChannel where this version has none of that code."""
    return channel_named(connection.channel)


def waits_for_start(connection: Connection) -> bool:
    """Whether a person has yet to start it, because its channel wants something settled before."""
    channel = CHANNELS.get(connection.channel)
    return channel is not None and channel.start is not None and connection.started_at is None


def effective_options(connection: Connection) -> dict[str, Any]:
    """Every option that is no secret, with its default where nothing was chosen; JSON-ready."""
    return with_defaults(channel_of(connection), connection.options)


def with_defaults(channel: Channel, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """The same of options that were chosen but are not kept yet."""
    known = declared(channel.options)
    return {one.name: chosen.get(one.name, one.default) for one in known if not one.secret}


def options_of(connection: Connection, settings: Settings) -> ChannelOptions:
    """Everything that was chosen, secrets included.

    Raises:
        WrongConnectionOptions: it does not fit the channel as it is declared now.
        SealingKeyLost, SealBroken: the secrets cannot be read.
    """
    return read_options(
        channel_of(connection).options, {**connection.options, **secrets_of(connection.sealed, settings)}
    )


def secrets_of(sealed: Sealed | None, settings: Settings) -> dict[str, str]:
    """The secrets by name. Raises SealingKeyLost, SealBroken."""
    if sealed is None:
        return {}
    found: dict[str, str] = json.loads(unseal(settings, sealed).get_secret_value())
    return found


def sealed_secrets(secrets: Mapping[str, str], settings: Settings) -> Sealed | None:
    """Secrets as they are stored; ``None`` where there are none."""
    given = {name: value for name, value in secrets.items() if value}
    return seal(settings, json.dumps(given, sort_keys=True)) if given else None
