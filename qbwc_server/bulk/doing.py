"""A bulk action at work: some documents in each transaction, with each result what is done; a job."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_server.bulk.acts import BULK, Turn
from qbwc_server.bulk.models import BulkAction, BulkItem, BulkState, ItemState
from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.db.pieces import delete_in_pieces
from qbwc_server.documents.models import DocumentEvent, DocumentRow
from qbwc_server.errors import Conflict, Invalid
from qbwc_server.posting.submitting.submit import lock
from qbwc_server.tenancy.models import Company

AT_A_TIME = 100  # documents of one transaction
KEPT = timedelta(days=90)


def do_bulk(
    database: Database,
    bulk_id: int,
    *,
    clock: Clock,
    checkpoint: Callable[[], None] = lambda: None,
    on_progress: Callable[[int], None] = lambda count: None,
) -> None:
    """Do what is left of it; wherever it was broken off, it goes on there, and two at once do each document once."""
    while True:
        checkpoint()
        with database.transaction() as db:
            count = _step(db, bulk_id, clock())
        if not count:
            return
        on_progress(count)


def _step(db: Session, bulk_id: int, now: datetime) -> int:
    """The next documents; 0 when all have their result."""
    bulk = db.get_one(BulkAction, bulk_id)
    company = db.get_one(Company, bulk.company_id)
    lock(db, company)
    db.refresh(bulk)
    waiting = select(BulkItem).where(BulkItem.bulk_id == bulk_id, BulkItem.state == ItemState.WAITING)
    items = db.scalars(waiting.order_by(BulkItem.id).limit(AT_A_TIME).execution_options(populate_existing=True)).all()
    for item in items:
        _do(db, company, bulk, item, now)
    if not items and bulk.state is BulkState.UNDER_WAY:
        bulk.state, bulk.ended_at = BulkState.DONE, now
    return len(items)


def _do(db: Session, company: Company, bulk: BulkAction, item: BulkItem, now: datetime) -> None:
    row = db.get_one(DocumentRow, item.document_id, populate_existing=True)
    kind, item.before = BULK[bulk.action], row.state
    work = kind.work if bulk.undoes is None else kind.undo
    turn = Turn(db, company, row, bulk.wanted, f"bulk {bulk.undoes or bulk.id}", bulk.by, now)
    try:
        with db.begin_nested():
            _refuse_strange(db, bulk, item, row)
            notice = work(turn)
            db.flush()
    except (Conflict, Invalid) as refusal:
        db.refresh(row)
        notice = refusal.notice
    item.state = ItemState.DONE if notice is None else ItemState.REFUSED
    if notice is not None:
        item.code, item.message = notice.code, f"{notice.message} {notice.advice}".strip()
    db.flush()
    item.after = row.state


class ChangedSince(Conflict):
    """Somebody has done something else with it meanwhile."""

    code = "changed_since"


def _refuse_strange(db: Session, bulk: BulkAction, item: BulkItem, row: DocumentRow) -> None:
    """What stands elsewhere than when it was meant, or than the action left it, is left alone."""
    if bulk.action == "map":  # the mapping of one document moves others as well
        return
    if bulk.undoes is None:
        if row.state not in BULK[bulk.action].states:
            raise ChangedSince(f"Document {row.id} is {row.state.value.replace('_', ' ')} by now.")
        return
    left = db.scalar(
        select(BulkItem.after).where(BulkItem.bulk_id == bulk.undoes, BulkItem.document_id == item.document_id)
    )
    if left is not row.state or _went_on(db, bulk.undoes, row):
        raise ChangedSince(f"Document {row.id} is {row.state.value.replace('_', ' ')} by now.")


def _went_on(db: Session, bulk_id: int, row: DocumentRow) -> bool:
    """Whether anything has happened to it since: it may stand there again for another reason, as one to be void."""
    ended = db.get_one(BulkAction, bulk_id).ended_at
    last = db.scalar(select(func.max(DocumentEvent.at)).where(DocumentEvent.document_id == row.id))
    return ended is not None and last is not None and last > ended


def work_off_bulk(
    *, database: Database, clock: Clock, subject_id: int, checkpoint: Callable[[], None], **_: object
) -> str:
    """Do one bulk action; a job, see ``jobs.schedule``."""
    count = 0

    def done(more: int) -> None:
        nonlocal count
        count += more

    do_bulk(database, subject_id, clock=clock, checkpoint=checkpoint, on_progress=done)
    return f"Documents of bulk action {subject_id}: {count}." if count else ""


def purge_bulk(*, database: Database, clock: Clock, **_: object) -> str:
    """Drop the results of long ago; a job, see ``jobs.schedule``."""
    before = clock() - KEPT
    old = select(BulkAction.id).where(BulkAction.ended_at < before)
    dropped = delete_in_pieces(database, BulkItem.id, BulkItem.bulk_id.in_(old))
    delete_in_pieces(database, BulkAction.id, BulkAction.ended_at < before)
    return f"Results dropped: {dropped}." if dropped else ""
