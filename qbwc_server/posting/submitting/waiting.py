"""What waits for what: payments for the invoices that they name, and what is let go when those are posted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.documents.kinds import Document, load_document
from qbwc_server.documents.kinds.document import Elsewhere
from qbwc_server.documents.lifecycle import Event, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import by_origin, move, show_problems
from qbwc_server.errors import Notice
from qbwc_server.posting.options import options_of
from qbwc_server.posting.requests import (
    ENTRIES,
    WRITING,
    OneDocument,
    OnePart,
    Purpose,
    as_supplied,
    of_documents,
    open_of,
    requests_of,
)
from qbwc_server.posting.texts import CannotWrite
from qbwc_server.posting.transactions.compiled import compile_add
from qbwc_server.posting.transactions.writing import not_posted
from qbwc_server.queue.enqueue import cancel, hand_over, open_requests, release, supply, waiting_for
from qbwc_server.queue.models import QueuedRequest, RequestWait
from qbwc_server.queue.states import RequestState
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.models import Company

_AT_A_TIME = 1_000  # ids in one statement


def release_done(db: Session, company: Company, done: Collection[UUID], *, now: datetime) -> int:
    """Let go what waited for requests that are done now; payments get the TxnIDs of their invoices.

    Returns:
        How many payments could not be written after all, since an invoice they name is no longer on its way.
    """
    released = release(db, done)
    if not released:
        return 0
    ids = {OneDocument.of(one).document for one in released}
    rows = {row.id: row for row in db.scalars(select(DocumentRow).where(DocumentRow.id.in_(ids)))}
    documents = {row.id: load_document(row.body) for row in rows.values()}
    txn_ids = invoices_named(db, company, list(documents.values())).known
    options = options_of(db, company.id)
    texts: dict[UUID, tuple[str, dict[str, Any] | None]] = {}
    failed = 0
    for one in released:
        row = rows[OneDocument.of(one).document]
        document = documents[row.id]
        try:
            for origin in document.waits_for():
                if origin not in txn_ids:
                    raise CannotWrite(not_posted(origin))
            named = found_elsewhere(db, company.id, row.id, document)
            texts[one.id] = as_supplied(compile_add(document, one.id, options, {**txn_ids, **named}))
        except CannotWrite as cannot:
            cancel(db, [one.id], now)
            move(db, row, Event.REFUSED, by=SERVER, now=now, request_id=str(one.id))
            show_problems(row, [cannot.problem])
            failed += 1
    supply(db, texts)
    return failed


def found_elsewhere(db: Session, company_id: int, document_id: int, document: Document) -> dict[str, str]:
    """TxnIDs of what a document names and somebody else has entered, as the latest questions found them."""
    keys = {str(OnePart(document_id, part)): one.key for part, one in enumerate(document.names_elsewhere())}
    if not keys:
        return {}
    found = db.execute(
        select(QueuedRequest.subject, QueuedRequest.result_id)
        .where(
            QueuedRequest.company_id == company_id,
            QueuedRequest.purpose == Purpose.FIND,
            QueuedRequest.subject.in_(keys),
            QueuedRequest.state == RequestState.DONE,
            QueuedRequest.result_id.is_not(None),
        )
        .order_by(QueuedRequest.id)
    )
    return {keys[one.subject]: one.result_id for one in found if one.result_id is not None}


def let_go(db: Session, company: Company, row: DocumentRow, *, now: datetime) -> int:
    """Let go what waited for any request of a document that stands in the books."""
    return release_done(db, company, [one.id for one in requests_of(db, company.id, row.id)], now=now)


@dataclass(frozen=True, slots=True)
class InVain:
    """A request that will not be done, and why what waits for it cannot be written."""

    request_id: UUID
    notice: Notice


def give_up_waiting(db: Session, in_vain: Sequence[InVain], now: datetime) -> dict[int, list[InVain]]:
    """Take out what waits for these requests, and what would be added to the lists for it alone.

    Returns:
        The documents that waited, with every reason.
    """
    told: dict[int, list[InVain]] = {}
    gone: dict[UUID, None] = {}
    todo = [(one.request_id, one) for one in in_vain]
    while todo:
        request_id, why = todo.pop()
        for waiting in waiting_for(db, request_id):
            gone[waiting.id] = None
            if waiting.purpose in WRITING:
                told.setdefault(OneDocument.of(waiting).document, []).insert(0, why)
            else:  # a job below this customer, an item below this item: it cannot come either
                todo.append((waiting.id, why))
    cancel_with_entries(db, list(gone), now)
    return told


def cancel_with_entries(db: Session, request_ids: Sequence[UUID], now: datetime) -> set[UUID]:
    """Cancel requests, and questions for and the adding of entries that nothing else waits for: nobody needs them.

    Returns those of ``request_ids`` that were taken out.
    """
    entries: set[UUID] = set()
    for start in range(0, len(request_ids), _AT_A_TIME):
        some = request_ids[start : start + _AT_A_TIME]
        entries |= set(
            db.scalars(
                select(QueuedRequest.id)
                .join(RequestWait, RequestWait.after_id == QueuedRequest.id)
                .where(
                    RequestWait.request_id.in_(some),
                    QueuedRequest.purpose.in_((*ENTRIES, Purpose.FIND)),
                    QueuedRequest.state.in_((RequestState.WAITING, RequestState.QUEUED)),
                )
            )
        )
    gone = cancel(db, request_ids, now)
    if entries:
        needed = set(db.scalars(select(RequestWait.after_id).where(RequestWait.after_id.in_(entries))))
        cancel_with_entries(db, sorted(entries - needed), now)
    return gone


def silence(db: Session, company_id: int, documents: Collection[int], now: datetime) -> None:
    """Nothing more leaves for these documents: a person has to look in QuickBooks first."""
    if not documents:
        return
    free = (RequestState.WAITING, RequestState.QUEUED, RequestState.RESTING)
    theirs = select(QueuedRequest.id).where(of_documents(company_id, documents), QueuedRequest.state.in_(free))
    cancel_with_entries(db, list(db.scalars(theirs)), now)


@dataclass
class Invoices:
    """Invoices that payments name, by origin."""

    known: dict[str, str]  # TxnID of what stands in QuickBooks
    pending: dict[str, UUID]  # the open request of what is on its way there, or about to be changed there

    @property
    def posted(self) -> dict[str, str]:
        """TxnID of those that need not be waited for."""
        return {origin: txn_id for origin, txn_id in self.known.items() if origin not in self.pending}


def invoices_named(db: Session, company: Company, documents: Sequence[Document]) -> Invoices:
    """The invoices that these documents name: what stands in QuickBooks, and what is on its way there."""
    rows = by_origin(db, company.id, {origin for document in documents for origin in document.waits_for()})
    known = {
        origin: row.txn_id
        for origin, row in rows.items()
        if row.txn_id is not None and row.state is not State.WITHDRAWN
    }
    waiting = {row.id: origin for origin, row in rows.items() if row.state is State.SUBMITTED}
    pending: dict[str, UUID] = {}
    for purpose in reversed(WRITING) if waiting else ():
        found = open_of(db, company.id, purpose, map(OneDocument, waiting))
        pending |= {origin: found[str(row)] for row, origin in waiting.items() if str(row) in found}
    return Invoices(known, pending | _unread(db, company, rows.values()))


def _unread(db: Session, company: Company, rows: Iterable[DocumentRow]) -> dict[str, UUID]:
    """By origin: of what a person found in QuickBooks, the question whether it is there, as long as it is open."""
    posted = {str(OneDocument(row.id)): row.origin for row in rows if row.state is State.POSTED}
    found: dict[str, UUID] = {}
    for purpose in (Purpose.CHECK, Purpose.CHECK_MARK) if posted else ():
        found |= open_requests(db, company.id, purpose, posted)
    return {posted[subject]: request_id for subject, request_id in found.items()}


def under_way(db: Session, company: Company, named: Elsewhere) -> list[UUID]:
    """Open requests of our own documents that are meant by a number: they come first, else they are not found."""
    if named.number is None:
        return []
    ids = db.scalars(
        select(DocumentRow.id).where(
            DocumentRow.company_id == company.id,
            DocumentRow.number == named.number,
            DocumentRow.kind == named.kind,
            DocumentRow.state == State.SUBMITTED,
        )
    ).all()
    return list(open_of(db, company.id, Purpose.POST, map(OneDocument, ids)).values()) if ids else []


def take_over(db: Session, company: Company, new: Mapping[int, UUID]) -> None:
    """What waited for an earlier, refused request of these documents waits for the new one."""
    if not new:
        return
    old = db.execute(
        select(QueuedRequest.id, QueuedRequest.subject)
        .join(RequestWait, RequestWait.after_id == QueuedRequest.id)
        .where(
            RequestWait.company_id == company.id,
            of_documents(company.id, new),
            QueuedRequest.id.not_in(new.values()),
        )
        .distinct()
    ).all()
    for one in old:
        hand_over(db, one.id, new[OneDocument.of(one).document])
