"""Documents whose source does not hold them any more: those that have not left are excluded, and come back with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from qbwc_server.documents.lifecycle import NotNow, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.open_work import GONE_WORK, settle_work
from qbwc_server.documents.store import by_origin
from qbwc_server.errors import Notice
from qbwc_server.posting.people.exclude import exclude, restore
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.models import Company

GONE = "gone_at_source"
DISCONNECTED = "disconnected"
_BY_US = (GONE, DISCONNECTED)  # reasons of documents that no person has excluded
_BACK = Notice("back_at_source", "It was gone at its source, and is there again.", "Look at it and submit it.")


def take_away(
    db: Session, company: Company, rows: Iterable[DocumentRow], notice: Notice, *, by: Actor, now: datetime
) -> list[DocumentRow]:
    """Exclude what is neither in QuickBooks nor on its way; returns those that were."""
    taken = []
    for row in rows:
        if row.state in (State.EXCLUDED, State.WITHDRAWN, State.POSTED):
            continue
        try:
            with db.begin_nested():  # what was taken out of the queue on the way to a refusal goes back
                exclude(db, company, row, by=by, now=now)
        except NotNow:
            db.refresh(row)
            continue
        row.tell(notice)
        taken.append(row)
    return taken


def bring_back(
    db: Session, company: Company, origins: Collection[str], *, by: Actor, now: datetime
) -> Sequence[DocumentRow]:
    """Take back for review what ``take_away`` excluded and the source holds again; no credit memo is wanted for it."""
    known = by_origin(db, company.id, origins)
    back = [row for row in known.values() if row.state is State.EXCLUDED and row.reason in _BY_US]
    for row in back:
        restore(db, company, row, by=by, now=now)
        row.tell(_BACK)
    for work in GONE_WORK:
        settle_work(db, company.id, work, [str(row.id) for row in known.values()], now=now)
    return back
