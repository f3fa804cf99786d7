"""A bulk action at work: some documents in each transaction, with each result what is done; a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_server.bulk.acts import BULK, Turn
from qbwc_server.bulk.models import BulkAction, BulkItem, BulkState, ItemState
from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.db.pieces import delete_in_pieces
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentEvent, DocumentRow
from qbwc_server.errors import Conflict, Invalid, Notice
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
    _do(db, bulk, [(item, _turn(db, company, bulk, row, now)) for item, row in _with_documents(db, items)])
    if not items and bulk.state is BulkState.UNDER_WAY:
        bulk.state, bulk.ended_at = BulkState.DONE, now
    return len(items)


def _with_documents(db: Session, items: Sequence[BulkItem]) -> list[tuple[BulkItem, DocumentRow]]:
    ids = [item.document_id for item in items]
    query = select(DocumentRow).where(DocumentRow.id.in_(ids)).execution_options(populate_existing=True)
    rows = {row.id: row for row in db.scalars(query)} if ids else {}
    return [(item, rows[item.document_id]) for item in items]


def _turn(db: Session, company: Company, bulk: BulkAction, row: DocumentRow, now: datetime) -> Turn:
    return Turn(db, company, row, bulk.wanted, f"bulk {bulk.undoes or bulk.id}", bulk.by, now)


def _do(db: Session, bulk: BulkAction, turns: Sequence[tuple[BulkItem, Turn]]) -> None:
    """All in one go where that can be done with what is asked for, and with each of them; else one by one."""
    kind = BULK[bulk.action]
    together = kind.together if bulk.undoes is None else kind.undo_together
    if together is None:
        for item, turn in turns:
            _do_one(db, bulk, item, turn)
        return
    ready: list[tuple[BulkItem, Turn]] = []
    left = _left(db, bulk, [turn.row for _, turn in turns])
    for item, turn in turns:
        item.before = turn.row.state
        try:
            _refuse(bulk, turn, left)
        except (Conflict, Invalid) as refusal:
            _tell(item, turn.row, refusal.notice)
        else:
            ready.append((item, turn))
    if not ready:
        return
    try:
        with db.begin_nested():
            told = together([turn for _, turn in ready])
            db.flush()
    except (Conflict, Invalid):  # of one of them: who it is shows when each is done by itself
        for item, turn in ready:
            _do_one(db, bulk, item, turn)
        return
    for item, turn in ready:
        _tell(item, turn.row, told.get(turn.row.id))
    db.flush()


def _do_one(db: Session, bulk: BulkAction, item: BulkItem, turn: Turn) -> None:
    row = turn.row
    db.refresh(row)
    kind, item.before = BULK[bulk.action], row.state
    work = kind.work if bulk.undoes is None else kind.undo
    try:
        with db.begin_nested():
            _refuse(bulk, turn, _left(db, bulk, [row]))
            notice = work(turn)
            db.flush()
    except (Conflict, Invalid) as refusal:
        db.refresh(row)
        notice = refusal.notice
    _tell(item, row, notice)
    db.flush()


def _tell(item: BulkItem, row: DocumentRow, notice: Notice | None) -> None:
    """Its result: done, or why it is not."""
    item.state, item.after = ItemState.DONE if notice is None else ItemState.REFUSED, row.state
    if notice is not None:
        item.code, item.message = notice.code, f"{notice.message} {notice.advice}".strip()


def _refuse(bulk: BulkAction, turn: Turn, left: Mapping[int, State]) -> None:
    """Raises Conflict where it is not done with this one, whatever it would do."""
    _refuse_strange(bulk, turn.row, left)
    if bulk.undoes is None:
        BULK[bulk.action].refuse(turn)


class ChangedSince(Conflict):
    """Somebody has done something else with it meanwhile."""

    code = "changed_since"


def _refuse_strange(bulk: BulkAction, row: DocumentRow, left: Mapping[int, State]) -> None:
    """What stands elsewhere than when it was meant, or than the action left it, is left alone."""
    if bulk.action == "map":  # the mapping of one document moves others as well
        return
    is_strange = row.state not in BULK[bulk.action].states if bulk.undoes is None else left.get(row.id) is not row.state
    if is_strange:
        raise ChangedSince(f"Document {row.id} is {row.state.value.replace('_', ' ')} by now.")


def _left(db: Session, bulk: BulkAction, rows: Sequence[DocumentRow]) -> dict[int, State]:
    """Where the action that is taken back has left each, as far as nothing has happened to it since.

    It may stand there again for another reason, as one to be void.
    """
    if bulk.undoes is None or bulk.action == "map":
        return {}
    ids, ended = [row.id for row in rows], db.get_one(BulkAction, bulk.undoes).ended_at
    steps = select(DocumentEvent.document_id, func.max(DocumentEvent.at).label("at"))
    last = {
        one.document_id: one.at
        for one in db.execute(steps.where(DocumentEvent.document_id.in_(ids)).group_by(DocumentEvent.document_id))
    }
    items = select(BulkItem.document_id, BulkItem.after).where(
        BulkItem.bulk_id == bulk.undoes, BulkItem.document_id.in_(ids)
    )
    return {
        one.document_id: one.after
        for one in db.execute(items)
        if ended is None or one.document_id not in last or last[one.document_id] <= ended
    }


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
