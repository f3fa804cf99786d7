"""What became of a change that nobody knew of: somebody has looked in QuickBooks, and says."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from qbwc_server.asked.asking import end_what_follows, find_asked, forget_pages, tell_of_request
from qbwc_server.asked.models import AskedRequest, AskedState
from qbwc_server.documents.open_work import WorkKind, settle_work
from qbwc_server.errors import Conflict
from qbwc_server.queue.enqueue import cancel, release
from qbwc_server.queue.lane import take_lane
from qbwc_server.queue.settling import Settlement, requests_by_id, settle
from qbwc_server.queue.states import Event, RequestState
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.audit import Audited, note_audit


class Decision(StrEnum):
    """What somebody says."""

    DONE = "done"  # it is in QuickBooks as it was wanted
    AGAIN = "again"  # it is not, and is to be sent once more
    OVER = "over"  # it is not, and need not be


class NotUnknown(Conflict):
    """What became of this request is known, or is being looked for."""

    code = "request_not_unknown"
    advice = "Look at it again; only what is unknown is decided by somebody."


def decide_asked(
    db: Session, company_id: int, asked_id: int, decision: Decision, *, by: Actor, now: datetime
) -> AskedRequest:
    """End a request that is unknown, or have it sent once more. Raises NotFound and NotUnknown."""
    take_lane(db, company_id)
    row = find_asked(db, company_id, asked_id)
    (queued,) = requests_by_id(db, company_id, [row.request_id])
    if row.state is not AskedState.UNKNOWN or queued.state not in (RequestState.DISPUTED, RequestState.DONE):
        raise NotUnknown(f"The request {asked_id} is {row.state}.")
    if queued.state is RequestState.DONE and decision is not Decision.DONE:
        raise NotUnknown(f"The request {asked_id} was done; void or delete in QuickBooks what is too much.")
    if decision is Decision.AGAIN:
        settle(db, {queued.id: queued.state}, [Settlement(queued.id, Event.AGAIN)], now)
        row.state = AskedState.WAITING
    elif decision is Decision.DONE:
        settle(db, {queued.id: queued.state}, [Settlement(queued.id, Event.DONE)], now)
        release(db, [queued.id])
        row.state, row.settled_at = AskedState.DONE, now
    else:
        cancel(db, [queued.id], now)
        row.state, row.settled_at = AskedState.CANCELLED, now
        end_what_follows(db, row, now)
    row.message_told, row.advice = f"{by} has looked, and says: {decision}.", None
    if decision is not Decision.DONE:
        forget_pages(db, row)
    settle_work(db, company_id, WorkKind.REQUEST_UNKNOWN, [str(row.id)], now=now)
    subject = f"{row.id} {row.message}"
    note_audit(
        db, Audited.CHANGE_DECIDED, by=by, now=now, company_id=company_id, subject=subject, after={"said": decision}
    )
    if row.state is not AskedState.WAITING:
        tell_of_request(db, row, now)
    return row
