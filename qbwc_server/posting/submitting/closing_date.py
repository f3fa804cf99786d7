"""The closing date is looked at before anything leaves: QuickBooks itself refuses only where it has a password."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import Session

from qbwc_server.books.models import CompanyFacts
from qbwc_server.documents.lifecycle import Event, Reason, State
from qbwc_server.documents.models import DocumentRow, Operation
from qbwc_server.documents.store import move
from qbwc_server.errors import Notice
from qbwc_server.posting.requests import WRITING, OneDocument, open_of
from qbwc_server.posting.transactions.last_writing import last_writing
from qbwc_server.queue.enqueue import cancel
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.models import Company

_AT_A_TIME = 500  # documents
_ADVICE = "Re-date it to the first open day; or move the closing date in QuickBooks and submit it again; or exclude it."
_ADVICE_POSTED = (
    "What stands in the books on a closed day is changed or voided only there, by who may; or move the closing date in "
    "QuickBooks and submit it again."
)


def closed_until(db: Session, company_id: int) -> date | None:
    """The last day of the closed books as QuickBooks told it in the last session; None where nothing is closed."""
    return db.scalar(select(CompanyFacts.closing_date).where(CompanyFacts.company_id == company_id))


def hold_for_closing_date(db: Session, row: DocumentRow, closed: date, *, now: datetime) -> None:
    """Let a person decide about a document whose day is closed."""
    move(db, row, Event.HELD, by=SERVER, now=now)
    there = written_day(db, row)
    if there is None:
        row.tell(Notice(Reason.CLOSING_DATE, _closed(row.date, closed), _ADVICE))
    else:
        row.tell(closed_there(min(row.date, there), closed))


def closed_in_books(db: Session, company_id: int, day: date | None) -> Notice | None:
    """What a person is told of what stands in the books on ``day``, where that is closed."""
    closed = closed_until(db, company_id)
    return None if closed is None or day is None or day > closed else closed_there(day, closed)


def closed_there(day: date, closed: date) -> Notice:
    """What a person is told of what stands in the books on a closed day."""
    return Notice(Reason.CLOSING_DATE, _closed(day, closed), _ADVICE_POSTED)


def _closed(day: date, closed: date) -> str:
    return f"{day:%Y-%m-%d} is closed in QuickBooks, up to and with {closed:%Y-%m-%d}."


def written_day(db: Session, row: DocumentRow) -> date | None:
    """The day under which it stands in the books as we wrote it last; None where it does not stand there."""
    return None if row.txn_id is None else last_writing(db, row).document.date


def hold_closed(db: Session, company: Company, *, now: datetime) -> int:
    """Do so with all submitted documents of which nothing may have left yet; returns how many.

    Call it under the lock of the company, before a set of requests is made.
    """
    closed = closed_until(db, company.id)
    if closed is None:
        return 0
    held, after = 0, (date.min, 0)
    while rows := _submitted(db, company, closed, after):
        after = (rows[-1].date, rows[-1].id)
        requests = _requests(db, company, rows)
        for row in rows:
            if row.date > closed and (written_day(db, row) or row.date) > closed:
                continue
            ids = requests.get(row.id, set())
            if ids and cancel(db, ids, now) == ids:
                hold_for_closing_date(db, row, closed, now=now)
                held += 1
    db.flush()
    return held


def _submitted(db: Session, company: Company, closed: date, after: tuple[date, int]) -> Sequence[DocumentRow]:
    return db.scalars(
        select(DocumentRow)
        .where(
            DocumentRow.company_id == company.id,
            DocumentRow.state == State.SUBMITTED,
            # what is to be void stands there as it was written last; what is to be changed is read before
            or_(DocumentRow.date <= closed, DocumentRow.operation == Operation.VOID),
            tuple_(DocumentRow.date, DocumentRow.id) > after,
        )
        .order_by(DocumentRow.date, DocumentRow.id)
        .limit(_AT_A_TIME)
    ).all()


def _requests(db: Session, company: Company, rows: Sequence[DocumentRow]) -> dict[int, set[UUID]]:
    """The open requests of each document."""
    found: dict[int, set[UUID]] = {}
    for purpose in WRITING:
        for subject, request in open_of(db, company.id, purpose, [OneDocument(row.id) for row in rows]).items():
            found.setdefault(int(subject), set()).add(request)
    return found
