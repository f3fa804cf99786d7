"""What only a person can say: what happened to a document, and whether writing may go on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qbwc_server.books.models import ListEntry, Presence
from qbwc_server.documents.lifecycle import Event, NotNow, Reason, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import move
from qbwc_server.errors import Invalid
from qbwc_server.posting.backup import verify_all
from qbwc_server.posting.purposes import Purpose
from qbwc_server.posting.submit import lock, release_done
from qbwc_server.queue.delivery import Settlement, settle
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.states import Event as RequestEvent
from qbwc_server.queue.states import RequestState
from qbwc_server.tenancy.companies import release_hold
from qbwc_server.tenancy.models import Company, Hold


def decide(db: Session, company: Company, row: DocumentRow, *, posted_as: str | None, by: str, now: datetime) -> None:
    """A person has looked in QuickBooks: the document is there under ``posted_as``, or it is not there (None).

    Raises:
        NotNow: there is nothing to decide about this document.
        Invalid: that is no TxnID.
    """
    lock(db, company)
    if row.state is not State.HELD or row.reason not in (Reason.OUTCOME_UNKNOWN, Reason.TWICE):
        raise NotNow(f"There is nothing to decide about document {row.id}.")
    if posted_as is not None and not 3 <= len(posted_as) <= 36:
        raise Invalid(f"{posted_as!r} is no TxnID; QuickBooks' look like 1A2B-1760000000.")
    if row.reason == Reason.TWICE and posted_as is None:
        raise Invalid("It is in QuickBooks two times: name the TxnID of the one that stays.")
    open_ones = db.scalars(
        select(QueuedRequest).where(
            QueuedRequest.company_id == company.id,
            QueuedRequest.purpose == Purpose.POST,
            QueuedRequest.subject == str(row.id),
            QueuedRequest.state == RequestState.DISPUTED,
        )
    ).all()
    event = RequestEvent.AGAIN if posted_as is None else RequestEvent.DONE
    settle(
        db,
        {request.id: request.state for request in open_ones},
        [Settlement(request.id, event, result_id=posted_as) for request in open_ones],
        now,
    )
    request_id = str(open_ones[0].id) if open_ones else None
    if posted_as is None:
        row.reason = row.message = row.advice = None
        move(db, row, Event.SUBMITTED, by=by, now=now, request_id=request_id, detail={"decided": "not there"})
        return
    row.txn_id, row.posted_at = posted_as, now
    row.reason = row.message = row.advice = None
    move(db, row, Event.POSTED, by=by, now=now, request_id=request_id, detail={"decided": posted_as})
    release_done(db, company, [request.id for request in open_ones], now=now)


def resume(db: Session, company: Company, *, repost: bool, by: str, now: datetime) -> int:
    """Lift a hold. Returns how many postings are going to be looked for in the file.

    Another company file: the one that is open in the next session is the right one from then on. A restored backup:
    with ``repost`` every posting is looked for, and what the file lacks is entered again; without, the file is taken
    as it is.
    """
    lock(db, company)
    hold = company.hold
    if hold is None:
        raise NotNow("Nothing is held.")
    release_hold(company)
    if hold is not Hold.PAUSED:  # it may not be the file in which we saw customers and items
        db.execute(update(ListEntry).where(ListEntry.company_id == company.id).values(presence=Presence.UNKNOWN))
    if hold is Hold.OTHER_FILE:
        company.accept_next_file = True
    if hold is Hold.RESTORED_BACKUP and repost:
        return verify_all(db, company, now)
    return 0
