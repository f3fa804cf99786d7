"""A person has a document whose day is closed entered on the first open day."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.lifecycle import NotNow, Reason, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import change_body
from qbwc_server.posting.submitting.closing_date import closed_until
from qbwc_server.posting.submitting.submit import Submitted, lock, submit_locked
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.models import Company


def re_date(db: Session, company: Company, row: DocumentRow, *, by: Actor, now: datetime) -> Submitted:
    """A person has a document whose day is closed entered on the first open day; its memo tells the day it had.

    Raises:
        NotNow: it is not held for the closing date, or nothing is closed.
    """
    lock(db, company, [row])
    closed = closed_until(db, company.id)
    if row.state is not State.HELD or row.reason != Reason.CLOSING_DATE:
        raise NotNow(f"Document {row.id} does not wait because of the closing date.")
    if row.txn_id is not None:
        raise NotNow(f"Document {row.id} is in QuickBooks, on a closed day: it can only be changed there.")
    if closed is None or row.date > closed:
        raise NotNow(f"{row.date:%Y-%m-%d} is open by now: submit it again.")
    before = load_document(row.body)
    told = f"Dated {row.date:%Y-%m-%d}, when the books were closed already."
    first_open = closed + timedelta(days=1)
    memo = told if before.memo is None else f"{before.memo} {told}"
    document = before.model_copy(update={"date": first_open, "memo": memo})
    change_body(db, row, document, by=by, now=now)
    return submit_locked(db, company, [(row, document)], by=by, now=now)
