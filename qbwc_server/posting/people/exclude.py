"""A person says that a document does not go into the books, or takes that back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.documents.lifecycle import Event, NotNow, Reason, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.open_work import GONE_WORK, settle_work
from qbwc_server.documents.store import move, show_problems
from qbwc_server.posting.requests import WRITING, OneDocument, of_documents
from qbwc_server.posting.submitting.hand_in import recall
from qbwc_server.posting.submitting.submit import lock, refuse_undecided
from qbwc_server.posting.transactions.writing import not_posted
from qbwc_server.queue.enqueue import cancel, release
from qbwc_server.queue.models import QueuedRequest, RequestWait
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.models import Company


def exclude(db: Session, company: Company, row: DocumentRow, *, by: Actor, now: datetime) -> None:
    """A person says: not into the books. Raises NotNow when it is there already or on its way."""
    lock(db, company, [row])
    if row.txn_id is not None and row.reason != Reason.MISSING and not row.only_chosen:
        raise NotNow(f"Document {row.id} is in QuickBooks; void it instead.")
    refuse_undecided(row)
    if row.state is State.SUBMITTED:
        recall(db, company, row, now=now)
    move(db, row, Event.EXCLUDED, by=by, now=now)
    if row.only_chosen:
        row.not_in_books()
    for work in GONE_WORK:
        settle_work(db, company.id, work, [str(row.id)], now=now)
    _refuse_waiting(db, company, row, by=by, now=now)


def _refuse_waiting(db: Session, company: Company, named: DocumentRow, *, by: Actor, now: datetime) -> None:
    """What waits for this document waits in vain: a person is told."""
    own = db.scalars(select(QueuedRequest.id).where(of_documents(company.id, [named.id]))).all()
    waiting = db.execute(
        select(QueuedRequest.id, QueuedRequest.subject)
        .join(RequestWait, RequestWait.request_id == QueuedRequest.id)
        .where(RequestWait.after_id.in_(own), QueuedRequest.purpose.in_(WRITING))
        .distinct()
    ).all()
    cancel(db, [one.id for one in waiting], now)
    release(db, own)  # questions that only came behind it
    for one in waiting:
        row = db.get_one(DocumentRow, OneDocument.of(one).document)
        move(db, row, Event.REFUSED, by=by, now=now, request_id=str(one.id))
        show_problems(row, [not_posted(named.origin)])


def restore(db: Session, company: Company, row: DocumentRow, *, by: Actor, now: datetime) -> None:
    """Take an excluded document back for review."""
    lock(db, company, [row])
    move(db, row, Event.RESTORED, by=by, now=now)
