"""A person says that a document does not go into the books, or takes that back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.documents.lifecycle import Event, NotNow, Reason, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.open_work import GONE_WORK, settle_work
from qbwc_server.documents.store import move, move_all, show_problems
from qbwc_server.posting.requests import WRITING, OneDocument, of_documents
from qbwc_server.posting.submitting.hand_in import recall_all
from qbwc_server.posting.submitting.submit import lock, refuse_undecided
from qbwc_server.posting.transactions.writing import not_posted
from qbwc_server.queue.enqueue import cancel, release
from qbwc_server.queue.models import QueuedRequest, RequestWait
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.models import Company


def exclude(db: Session, company: Company, row: DocumentRow, *, by: Actor, now: datetime) -> None:
    """A person says: not into the books. Raises NotNow when it is there already or on its way."""
    exclude_all(db, company, [row], by=by, now=now)


def exclude_all(db: Session, company: Company, rows: Sequence[DocumentRow], *, by: Actor, now: datetime) -> None:
    """The same for many. Raises NotNow where one of them cannot be excluded."""
    lock(db, company, rows)
    for row in rows:
        _refuse_there(row)
    recall_all(db, company, [row for row in rows if row.state is State.SUBMITTED], now=now)
    move_all(db, rows, Event.EXCLUDED, by=by, now=now)
    for row in rows:
        if row.only_chosen:
            row.not_in_books()
    for work in GONE_WORK:
        settle_work(db, company.id, work, [str(row.id) for row in rows], now=now)
    _refuse_waiting(db, company, rows, by=by, now=now)


def _refuse_there(row: DocumentRow) -> None:
    if row.txn_id is not None and row.reason != Reason.MISSING and not row.only_chosen:
        raise NotNow(f"Document {row.id} is in QuickBooks; void it instead.")
    refuse_undecided(row)


def _refuse_waiting(db: Session, company: Company, rows: Sequence[DocumentRow], *, by: Actor, now: datetime) -> None:
    """What waits for these documents waits in vain: a person is told."""
    named = {row.id: row.origin for row in rows}
    asked = select(QueuedRequest.id, QueuedRequest.subject).where(of_documents(company.id, list(named)))
    own = {one.id: named[OneDocument.of(one).document] for one in db.execute(asked)}
    found = db.execute(
        select(QueuedRequest.id, QueuedRequest.subject, RequestWait.after_id)
        .join(RequestWait, RequestWait.request_id == QueuedRequest.id)
        .where(RequestWait.after_id.in_(own), QueuedRequest.purpose.in_(WRITING))
    ).all()
    waiting = {one.id: one for one in found}
    cancel(db, list(waiting), now)
    release(db, list(own))  # questions that only came behind them
    for number, one in waiting.items():
        row = db.get_one(DocumentRow, OneDocument.of(one).document)
        move(db, row, Event.REFUSED, by=by, now=now, request_id=str(number))
        show_problems(row, [not_posted(own[one.after_id])])


def restore(db: Session, company: Company, row: DocumentRow, *, by: Actor, now: datetime) -> None:
    """Take an excluded document back for review."""
    restore_all(db, company, [row], by=by, now=now)


def restore_all(db: Session, company: Company, rows: Sequence[DocumentRow], *, by: Actor, now: datetime) -> None:
    """The same for many. Raises NotNow where one of them is not excluded."""
    lock(db, company, rows)
    move_all(db, rows, Event.RESTORED, by=by, now=now)
