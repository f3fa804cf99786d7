"""A person has a posted document voided in QuickBooks, or takes that back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from qbwc_server.documents.history import before_last
from qbwc_server.documents.lifecycle import Event, NotNow, State
from qbwc_server.documents.models import DocumentRow, Operation
from qbwc_server.documents.store import move, show_problems
from qbwc_server.ids import new_id
from qbwc_server.posting.requests import OneDocument, Purpose, open_of
from qbwc_server.posting.submitting.hand_in import recall
from qbwc_server.posting.submitting.submit import lock, read_before, refuse_undecided
from qbwc_server.posting.submitting.waiting import let_go, take_over
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.queue.enqueue import put
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.models import Company


def void(db: Session, company: Company, row: DocumentRow, *, by: Actor, now: datetime) -> None:
    """Void a posted document in QuickBooks: it keeps its number and comes to zero. Raises NotNow.

    What stands there is read first.
    """
    lock(db, company, [row])
    refuse_undecided(row)
    if row.txn_id is None:
        raise NotNow(f"Document {row.id} is not in QuickBooks; exclude it instead.")
    if not TRANSACTIONS[row.kind].voidable:
        raise NotNow(f"QuickBooks does not void a {row.kind.replace('_', ' ')}; delete it there.")
    _refuse_unseen(db, company, row)
    guid = new_id()
    move(db, row, Event.VOID_ASKED, by=by, now=now, request_id=str(guid))
    row.operation = Operation.VOID
    put(db, company.id, [read_before(row.kind, row.id, row.txn_id, guid)], now)
    take_over(db, company, {row.id: guid})


def _refuse_unseen(db: Session, company: Company, row: DocumentRow) -> None:
    """Refuse to void what a person named and nobody has compared yet: it may be somebody else's transaction."""
    subjects = [OneDocument(row.id)]
    if any(open_of(db, company.id, purpose, subjects) for purpose in (Purpose.CHECK, Purpose.CHECK_MARK)):
        raise NotNow(
            f"Whether what QuickBooks holds as {row.txn_id} is document {row.id} is asked in the next update session: "
            "void it after that."
        )


def keep(db: Session, company: Company, row: DocumentRow, *, by: Actor, now: datetime) -> None:
    """Take a void back that has not left, or that QuickBooks refused: the document stays in the books as it is.

    Raises:
        NotNow: it is not about to be void, or its void may have left already.
    """
    lock(db, company, [row])
    refuse_undecided(row)
    if row.operation is not Operation.VOID or row.state is State.WITHDRAWN:
        raise NotNow(f"Document {row.id} is not about to be void.")
    if row.state is State.SUBMITTED:
        recall(db, company, row, now=now)
    asked_while = before_last(db, row.id, Event.VOID_ASKED)
    move(db, row, Event.KEPT if asked_while is State.POSTED else Event.REOPENED, by=by, now=now)
    row.operation = Operation.CHANGE
    show_problems(row, ())
    let_go(db, company, row, now=now)
