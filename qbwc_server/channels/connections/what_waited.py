"""At a run: what a connection brought before, and what was kept by a limit only, goes on by itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.models import Connection, RecordDocument
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.posting.submitting.automatic import GOES_ON_LATER, Automatic, try_again
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.models import Company

_AT_A_TIME = 200


def submit_what_waited(
    db: Session, company: Company, connection: Connection, run_id: int, after_id: int, *, by: Actor, now: datetime
) -> int | None:
    """Try one page, in the order in which they came; the id behind which to go on, None at the end."""
    brought = and_(RecordDocument.company_id == DocumentRow.company_id, RecordDocument.origin == DocumentRow.origin)
    rows = db.scalars(
        select(DocumentRow)
        .join(RecordDocument, brought)
        .where(
            DocumentRow.company_id == company.id,
            RecordDocument.connection_id == connection.id,
            DocumentRow.state == State.FOR_REVIEW,
            DocumentRow.reason.in_(GOES_ON_LATER),
            DocumentRow.id > after_id,
        )
        .order_by(DocumentRow.id)
        .limit(_AT_A_TIME)
    ).all()
    if not rows:
        return None
    try_again(db, company, rows, Automatic(connection.id, run_id), by=by, now=now)
    return rows[-1].id
