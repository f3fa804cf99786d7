"""The kinds of words that are said in a company: those that its connections declare, that wait, or that are mapped."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.finding import connections_of
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.channels.registry import CHANNELS
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.mapping.models import WordMapping
from qbwc_server.mapping.waiting import waiting_words


def words_of(connection: Connection) -> list[WordKind]:
    """The kinds of words that a connection says, with what was chosen for it; none where its channel is not known."""
    channel = CHANNELS.get(connection.channel)
    if channel is None:
        return []
    said = set(channel.words(channel.options.model_construct(**connection.options)))
    return [kind for kind in WordKind if kind in said]


def kinds_used(db: Session, company_id: int, *, of: Collection[str] | None = None) -> Sequence[WordKind]:
    """The kinds that somebody of this company may be asked for, in their order.

    Args:
        of: kinds of documents that somebody may see, for what waits; None: all.
    """
    there = [one for one in connections_of(db, company_id) if one.state is not ConnectionState.DISCONNECTED]
    used = {kind for one in there for kind in words_of(one)}
    used.update(db.scalars(select(WordMapping.kind).where(WordMapping.company_id == company_id).distinct()))
    used.update(one.said.kind for one in waiting_words(db, company_id, of=of))
    return [kind for kind in WordKind if kind in used]
