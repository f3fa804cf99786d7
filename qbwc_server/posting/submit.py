"""Submit, withdraw, exclude, restore: a document's state and its requests change in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from qbwc_server.documents.kinds import Document, load_document
from qbwc_server.documents.kinds.party import Party
from qbwc_server.documents.lifecycle import UNDECIDED, Event, NotNow, Reason, State
from qbwc_server.documents.lifecycle import after as next_state
from qbwc_server.documents.models import DocumentRow, Operation
from qbwc_server.documents.problems import Problem
from qbwc_server.documents.store import (
    Saved,
    SaveResult,
    add_notes,
    by_origin,
    move,
    save,
    show_problems,
    write_events,
)
from qbwc_server.errors import Conflict
from qbwc_server.ids import new_id
from qbwc_server.posting.compile import KINDS, Compiled, compile_add, compile_read, compile_void, rule_of_change
from qbwc_server.posting.ensure import Wanted, ensure, wanted_by
from qbwc_server.posting.options import PostingOptions, options_of
from qbwc_server.posting.purposes import Purpose
from qbwc_server.posting.texts import CannotWrite, Texts
from qbwc_server.queue.enqueue import NewRequest, cancel, hand_over, open_requests, put, release, supply
from qbwc_server.queue.lane import take_lane
from qbwc_server.queue.models import QueuedRequest, RequestWait
from qbwc_server.queue.states import Priority, RequestState
from qbwc_server.tenancy.actor import SERVER, Actor
from qbwc_server.tenancy.models import Company

_AT_A_TIME = 1_000  # rows read in one statement
_UNDER_WAY = (
    RequestState.WAITING,
    RequestState.QUEUED,
    RequestState.RESTING,
    RequestState.SENT,
    RequestState.UNCERTAIN,
)
SUBMITTABLE = (State.FOR_REVIEW, State.FAILED, State.HELD)


@dataclass
class Submitted:
    """What was submitted, and what stays because something is missing (each row says what)."""

    submitted: list[DocumentRow] = field(default_factory=list)
    not_ready: list[DocumentRow] = field(default_factory=list)


def lock(db: Session, company: Company, rows: Sequence[DocumentRow] = ()) -> None:
    """One transaction at a time changes the queue of a company.

    Args:
        rows: what was read before; it is read again, since another process may have moved it in the meantime.
    """
    take_lane(db, company.id)
    for start in range(0, len(rows), _AT_A_TIME):
        some = DocumentRow.id.in_([row.id for row in rows[start : start + _AT_A_TIME]])
        db.scalars(select(DocumentRow).where(some).execution_options(populate_existing=True)).all()


def submit(db: Session, company: Company, rows: Sequence[DocumentRow], *, by: Actor, now: datetime) -> Submitted:
    """Mark documents submitted and queue the requests that make the books agree with them.

    A row with problems stays as it is and shows them; so does one that is not waiting to be submitted.
    """
    lock(db, company, rows)
    return _submit(db, company, rows, by=by, now=now)


def _submit(db: Session, company: Company, rows: Sequence[DocumentRow], *, by: Actor, now: datetime) -> Submitted:
    options = options_of(company)
    result = Submitted()
    ready: list[tuple[DocumentRow, Document, dict[Wanted, Party | None]]] = []
    for row in rows:
        if row.state not in SUBMITTABLE:
            raise NotNow(f"Document {row.id} is {row.state.value.replace('_', ' ')}; there is nothing to submit.")
        _decided(row)
        document = load_document(row.body)
        found, wanted = _check(row, document, options)
        if found:
            show_problems(row, found)
            result.not_ready.append(row)
        else:
            ready.append((row, document, wanted))
    if not ready:
        return result
    entries = ensure(db, company, {key: party for _, _, w in ready for key, party in w.items()}, now)
    invoices = _invoices(db, company, [document for _, document, _ in ready])
    new: list[NewRequest] = []
    # invoices before payments, which wait for their requests
    for row, document, wanted in sorted(ready, key=lambda one: one[1].comes_last):
        after = {guid for guid in (entries[key] for key in wanted) if guid is not None}
        try:
            request, notes = _request(row, document, options, invoices, after)
        except CannotWrite as cannot:
            show_problems(row, [cannot.problem])
            result.not_ready.append(row)
            continue
        new.append(request)
        invoices.pending[row.origin] = request.id
        add_notes(row, notes)
        result.submitted.append(row)
    put(db, company.id, new, now)
    _take_over(db, company, {request.subject: request.id for request in new})
    _mark_submitted(db, result.submitted, new, by=by, now=now)
    return result


def _mark_submitted(
    db: Session, rows: Sequence[DocumentRow], requests: Sequence[NewRequest], *, by: Actor, now: datetime
) -> None:
    events = []
    for row, request in zip(rows, requests, strict=True):
        before, row.state = row.state, next_state(row.state, Event.SUBMITTED)
        row.changed_at = now
        show_problems(row, ())
        events.append(
            {
                "company_id": row.company_id,
                "document_id": row.id,
                "at": now,
                "by": by,
                "event": Event.SUBMITTED.value,
                "from_state": before.value,
                "to_state": row.state.value,
                "request_id": str(request.id),
                "detail": None,
            }
        )
    write_events(db, events)


@dataclass
class HandedIn:
    """One result per document, in the order given, and what was submitted of them."""

    results: list[SaveResult | Conflict]
    submitted: Submitted


def hand_in(
    db: Session,
    company: Company,
    documents: Sequence[Document],
    *,
    by: Actor,
    now: datetime,
    revise: bool = False,
    submit_now: bool = True,
) -> HandedIn:
    """Keep documents under their origin and submit what is new or revised: how files and programs bring them."""
    lock(db, company)
    results = save(
        db,
        company.id,
        documents,
        by=by,
        now=now,
        revise=revise,
        recall=lambda row: recall(db, company, row, now=now),
    )
    fresh = {
        result.row.id: result.row
        for result in results
        if isinstance(result, SaveResult) and result.saved is not Saved.SAME
    }
    if not submit_now:
        return HandedIn(results, Submitted(not_ready=list(fresh.values())))
    return HandedIn(results, _submit(db, company, list(fresh.values()), by=by, now=now))


def withdraw(db: Session, company: Company, row: DocumentRow, *, by: Actor, now: datetime) -> None:
    """Void a posted document in QuickBooks: it keeps its number and comes to zero. Raises NotNow."""
    lock(db, company, [row])
    _decided(row)
    if row.txn_id is None:
        raise NotNow(f"Document {row.id} is not in QuickBooks; exclude it instead.")
    if not KINDS[row.kind].voidable:
        raise NotNow(f"QuickBooks does not void a {row.kind.replace('_', ' ')}; delete it there.")
    guid = new_id()
    move(db, row, Event.WITHDRAWAL, by=by, now=now, request_id=str(guid))
    row.operation = Operation.VOID
    compiled = compile_void(row.kind, row.txn_id, guid)
    put(db, company.id, [_post(str(row.id), compiled, Priority.CHANGE, guid)], now)
    _take_over(db, company, {str(row.id): guid})


def recall(db: Session, company: Company, row: DocumentRow, *, now: datetime) -> None:
    """Take the requests of a submitted document out of the queue. Raises NotNow when one may have left already."""
    lock(db, company)
    open_ones = set(
        db.scalars(
            select(QueuedRequest.id).where(
                QueuedRequest.company_id == company.id,
                QueuedRequest.purpose.in_((Purpose.POST, Purpose.READ_FOR_CHANGE)),
                QueuedRequest.subject == str(row.id),
                QueuedRequest.state.in_(_UNDER_WAY),
            )
        )
    )
    if cancel(db, open_ones, now) != open_ones:
        raise NotNow(
            f"Document {row.id} is on its way to QuickBooks.",
            detail="a request of it is in a message set whose answer is owed, or is being looked up",
        )


def exclude(db: Session, company: Company, row: DocumentRow, *, by: Actor, now: datetime) -> None:
    """A person says: not into the books. Raises NotNow when it is there already or on its way."""
    lock(db, company, [row])
    if row.txn_id is not None and row.reason != Reason.MISSING:
        raise NotNow(f"Document {row.id} is in QuickBooks; void it instead.")
    _decided(row)
    if row.state is State.SUBMITTED:
        recall(db, company, row, now=now)
    move(db, row, Event.EXCLUDED, by=by, now=now)
    _refuse_waiting(db, company, row, by=by, now=now)


def _refuse_waiting(db: Session, company: Company, invoice: DocumentRow, *, by: Actor, now: datetime) -> None:
    """Payments that wait for this invoice wait in vain: a person is told."""
    before = aliased(QueuedRequest)
    waiting = db.execute(
        select(QueuedRequest.id, QueuedRequest.subject)
        .join(RequestWait, RequestWait.request_id == QueuedRequest.id)
        .join(before, before.id == RequestWait.after_id)
        .where(
            before.company_id == company.id,
            before.purpose.in_((Purpose.POST, Purpose.READ_FOR_CHANGE)),
            before.subject == str(invoice.id),
        )
        .distinct()
    ).all()
    cancel(db, [one.id for one in waiting], now)
    for one in waiting:
        row = db.get_one(DocumentRow, int(one.subject))
        move(db, row, Event.REFUSED, by=by, now=now, request_id=str(one.id))
        show_problems(row, [_not_posted(invoice.origin)])


def _decided(row: DocumentRow) -> None:
    """Refuse what could put a document into the books twice."""
    if row.reason in UNDECIDED:
        raise NotNow(
            f"Document {row.id} is in QuickBooks, or may be: look there first, then say so.",
            detail="decide with the TxnID found there, or say that it is not there",
        )


def restore(db: Session, company: Company, row: DocumentRow, *, by: Actor, now: datetime) -> None:
    """Take an excluded document back for review."""
    lock(db, company, [row])
    move(db, row, Event.RESTORED, by=by, now=now)


def release_done(db: Session, company: Company, done: Collection[UUID], *, now: datetime) -> int:
    """Let go what waited for requests that are done now; payments get the TxnIDs of their invoices.

    Returns:
        How many payments could not be written after all, since an invoice they name is no longer on its way.
    """
    released = release(db, done)
    if not released:
        return 0
    ids = {int(one.subject) for one in released}
    rows = {row.id: row for row in db.scalars(select(DocumentRow).where(DocumentRow.id.in_(ids)))}
    documents = {row.id: load_document(row.body) for row in rows.values()}
    txn_ids = _invoices(db, company, list(documents.values())).known
    options = options_of(company)
    texts: dict[UUID, str] = {}
    failed = 0
    for one in released:
        row, document = rows[int(one.subject)], documents[int(one.subject)]
        try:
            for origin in document.waits_for():
                if origin not in txn_ids:
                    raise CannotWrite(_not_posted(origin))
            texts[one.id] = compile_add(document, one.id, options, txn_ids).xml
        except CannotWrite as cannot:
            cancel(db, [one.id], now)
            move(db, row, Event.REFUSED, by=SERVER, now=now, request_id=str(one.id))
            show_problems(row, [cannot.problem])
            failed += 1
    supply(db, texts)
    return failed


@dataclass
class _Invoices:
    """Invoices that payments name, by origin."""

    known: dict[str, str]  # TxnID of what stands in QuickBooks
    pending: dict[str, UUID]  # the open request of what is on its way there, or about to be changed there

    @property
    def posted(self) -> dict[str, str]:
        """TxnID of those that need not be waited for."""
        return {origin: txn_id for origin, txn_id in self.known.items() if origin not in self.pending}


def _invoices(db: Session, company: Company, documents: Sequence[Document]) -> _Invoices:
    rows = by_origin(db, company.id, {origin for document in documents for origin in document.waits_for()})
    known = {
        origin: row.txn_id
        for origin, row in rows.items()
        if row.txn_id is not None and row.state is not State.WITHDRAWN
    }
    waiting = {str(row.id): origin for origin, row in rows.items() if row.state is State.SUBMITTED}
    pending = {
        waiting[subject]: guid
        for purpose in (Purpose.READ_FOR_CHANGE, Purpose.POST)
        for subject, guid in (open_requests(db, company.id, purpose, waiting) if waiting else {}).items()
    }
    return _Invoices(known, pending)


def _check(
    row: DocumentRow, document: Document, options: PostingOptions
) -> tuple[list[Problem], dict[Wanted, Party | None]]:
    """Problems of the document itself, and the entries it names."""
    found = document.problems()
    if found or row.operation is Operation.VOID:
        return found, {}
    try:
        return [], wanted_by(document, Texts(options.characters))
    except CannotWrite as cannot:
        return [cannot.problem], {}


def _request(
    row: DocumentRow, document: Document, options: PostingOptions, invoices: _Invoices, after: set[UUID]
) -> tuple[NewRequest, tuple[str, ...]]:
    """The first request of a document, waiting for ``after``. Raises CannotWrite."""
    guid = new_id()
    subject = str(row.id)
    if row.txn_id is not None and row.operation is Operation.VOID:
        compiled = compile_void(row.kind, row.txn_id, guid)
        return _post(subject, compiled, Priority.CHANGE, guid), ()
    if row.txn_id is not None:
        rule_of_change(document)
        message, xml = compile_read(row.kind, guid, txn_id=row.txn_id)
        return (
            NewRequest(Purpose.READ_FOR_CHANGE, subject, message, False, Priority.READ, xml, tuple(after), guid),
            (),
        )
    unposted = {origin for origin in document.waits_for() if origin not in invoices.posted}
    for origin in unposted:
        if origin not in invoices.pending:
            raise CannotWrite(_not_posted(origin))
    if unposted:  # QuickBooks wants the TxnIDs: the text is written when the invoices are posted
        after |= {invoices.pending[origin] for origin in unposted}
        return (
            NewRequest(Purpose.POST, subject, "ReceivePaymentAdd", True, Priority.CHANGE, None, tuple(after), guid),
            (),
        )
    compiled = compile_add(document, guid, options, invoices.posted)
    priority = Priority.CHANGE if document.comes_last else Priority.TRANSACTION
    return _post(subject, compiled, priority, guid, tuple(after)), compiled.notes


def _post(subject: str, compiled: Compiled, priority: Priority, guid: UUID, after: tuple[UUID, ...] = ()) -> NewRequest:
    return NewRequest(Purpose.POST, subject, compiled.message, True, priority, compiled.xml, after, guid)


def _take_over(db: Session, company: Company, new: Mapping[str, UUID]) -> None:
    """What waited for an earlier, refused request of these documents waits for the new one."""
    if not new:
        return
    old = db.execute(
        select(QueuedRequest.id, QueuedRequest.subject)
        .join(RequestWait, RequestWait.after_id == QueuedRequest.id)
        .where(
            RequestWait.company_id == company.id,
            QueuedRequest.purpose.in_((Purpose.POST, Purpose.READ_FOR_CHANGE)),
            QueuedRequest.subject.in_(new),
            QueuedRequest.id.not_in(new.values()),
        )
        .distinct()
    ).all()
    for guid, subject in old:
        hand_over(db, guid, new[subject])


def _not_posted(origin: str) -> Problem:
    return Problem(
        "invoice_not_posted",
        "applies_to",
        f"The payment names invoice {origin}, which is neither in QuickBooks nor on its way there.",
        "Hand in or submit that invoice first, then submit the payment again.",
    )
