"""How many entries are to be added to the lists of a company by documents that are queued."""

from __future__ import annotations

from sqlalchemy import String, cast, exists, func, select
from sqlalchemy.orm import Session

from qbwc_server.books.mirror.models import MirrorEntry
from qbwc_server.books.models import ListEntry, Presence
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.entries.ensure import ADDED
from qbwc_server.posting.requests import ENTRIES
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.states import TRANSITIONS

_OPEN = [state for state, events in TRANSITIONS.items() if events]


def coming(db: Session, company_id: int) -> dict[ListKind, int]:
    """Entries that a queued question or adding is about, and that are not in the copy of their list."""
    under_way = exists().where(
        QueuedRequest.company_id == company_id,
        QueuedRequest.purpose.in_([str(one) for one in ENTRIES]),
        QueuedRequest.subject == cast(ListEntry.id, String),
        QueuedRequest.state.in_(_OPEN),
    )
    known = exists().where(
        MirrorEntry.company_id == company_id,
        MirrorEntry.kind == ListEntry.kind,
        MirrorEntry.name_key == ListEntry.name_key,
        MirrorEntry.gone.is_(None),
    )
    found = db.execute(
        select(ListEntry.kind, func.count())
        .where(
            ListEntry.company_id == company_id,
            ListEntry.kind.in_(ADDED),
            ListEntry.presence != Presence.PRESENT,
            under_way,
            ~known,
        )
        .group_by(ListEntry.kind)
    )
    return {row[0]: row[1] for row in found}
