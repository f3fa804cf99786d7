"""Upstream is asked before the start, and what it said is kept with the connection: faces and checks read it there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import structlog

from qbwc_server.channels.connections.finding import channel_of, find_connection, options_of
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.setting_up import ChannelBroke, say
from qbwc_server.channels.connections.states import ConnectionEvent
from qbwc_server.channels.http import SignInRefused, Upstream
from qbwc_server.channels.options import secret_values
from qbwc_server.channels.start import Lacking, SeenUpstream, Start
from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.errors import Conflict, Notice, QbwcError
from qbwc_server.settings import Settings

log = structlog.get_logger(__name__)


class NoStart(Conflict):
    """This channel has no start: it runs as soon as it works."""

    code = "no_start"


@dataclass(frozen=True, slots=True)
class Looked:
    """What upstream said, and when; or why it could not be asked."""

    at: datetime
    lacking: tuple[Lacking, ...] = ()
    coming: Mapping[str, int] = field(default_factory=dict)
    balances: Mapping[str, Decimal] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    notice: Notice | None = None

    def as_record(self) -> dict[str, Any]:
        """JSON-ready, as it is kept."""
        notice = self.notice
        return {
            "at": self.at.isoformat(),
            "lacking": [{"name": one.name, "missing": one.missing, "needed": one.needed} for one in self.lacking],
            "coming": dict(self.coming),
            "balances": {code: str(amount) for code, amount in self.balances.items()},
            "remarks": list(self.remarks),
            "notice": None if notice is None else [notice.code, notice.message, notice.advice],
        }


def start_of(row: Connection) -> Start:
    """What its channel declares. Raises NoStart."""
    start = channel_of(row).start
    if start is None:
        raise NoStart(f"Connection {row.id} has no start: it runs by its schedule as soon as it works.")
    return start


def looked_of(row: Connection) -> Looked | None:
    """What upstream said last; None: it was not asked yet."""
    kept = row.looked
    if not kept:
        return None
    return Looked(
        datetime.fromisoformat(kept["at"]),
        tuple(Lacking(**one) for one in kept["lacking"]),
        dict(kept["coming"]),
        {code: Decimal(amount) for code, amount in kept["balances"].items()},
        tuple(kept["remarks"]),
        None if kept["notice"] is None else Notice(*kept["notice"]),
    )


def look_upstream(
    database: Database, company_id: int, connection_id: int, *, settings: Settings, clock: Clock
) -> Looked:
    """Ask upstream what the key may see, how many entries are to come, and what it holds. Raises NotFound, NoStart."""
    with database.reading() as db:
        row = find_connection(db, company_id, connection_id)
        start, options = start_of(row), options_of(row, settings)
    event, secrets = ConnectionEvent.WORKED, secret_values(options).values()
    with Upstream(private=settings.private_upstreams, secrets=secrets, clock=clock) as upstream:
        try:
            found = _looked(start.look(options, upstream), clock())
        except Exception as error:
            known = error if isinstance(error, QbwcError) else ChannelBroke.over(error)
            log.warning("upstream not asked", code=known.code, connection_id=connection_id, exc_info=known is not error)
            found = Looked(clock(), notice=known.notice)
            event = ConnectionEvent.REFUSED if isinstance(known, SignInRefused) else ConnectionEvent.FAILED
    with database.transaction() as db:
        row = find_connection(db, company_id, connection_id, locked=True)
        row.looked = found.as_record()
        say(row, event, found.notice, clock())
    return found


def _looked(seen: SeenUpstream, now: datetime) -> Looked:
    return Looked(now, tuple(seen.lacking), dict(seen.coming), dict(seen.balances), tuple(seen.remarks))
