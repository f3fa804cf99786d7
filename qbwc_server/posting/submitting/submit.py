"""Submit: a document's state and its requests change in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.documents.history import entry, record
from qbwc_server.documents.kinds import Document, load_document
from qbwc_server.documents.kinds.party import Party
from qbwc_server.documents.lifecycle import UNDECIDED, Event, NotNow, Reason, State
from qbwc_server.documents.lifecycle import after as next_state
from qbwc_server.documents.models import DocumentRow, Operation
from qbwc_server.documents.problems import Problem
from qbwc_server.documents.store import add_notes, show_problems
from qbwc_server.ids import new_id
from qbwc_server.posting.entries.ensure import Wanted, ensure, wanted_by
from qbwc_server.posting.options import PostingOptions, options_of
from qbwc_server.posting.requests import Purpose
from qbwc_server.posting.submitting.closing_date import closed_until, hold_for_closing_date
from qbwc_server.posting.submitting.waiting import Invoices, invoices_named, not_posted, take_over
from qbwc_server.posting.texts import CannotWrite, Texts
from qbwc_server.posting.transactions import transaction_of
from qbwc_server.posting.transactions.compiled import Compiled, compile_add, compile_read, compile_void
from qbwc_server.queue.enqueue import NewRequest, put
from qbwc_server.queue.lane import take_lane
from qbwc_server.queue.states import Priority
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.models import Company

_AT_A_TIME = 1_000  # rows read in one statement
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
    return submit_locked(db, company, rows, by=by, now=now)


def submit_locked(db: Session, company: Company, rows: Sequence[DocumentRow], *, by: Actor, now: datetime) -> Submitted:
    """The same where the lane of the company is ours already."""
    options = options_of(db, company.id)
    closed = closed_until(db, company.id)
    result = Submitted()
    ready: list[tuple[DocumentRow, Document, dict[Wanted, Party | None]]] = []
    for row in rows:
        if row.state not in SUBMITTABLE:
            raise NotNow(f"Document {row.id} is {row.state.value.replace('_', ' ')}; there is nothing to submit.")
        refuse_undecided(row)
        document = load_document(row.body)
        found, wanted = _check(row, document, options)
        if found:
            show_problems(row, found)
            result.not_ready.append(row)
        elif closed is not None and row.date <= closed and row.reason != Reason.CLOSING_DATE:
            hold_for_closing_date(db, row, closed, now=now)
            result.not_ready.append(row)
        else:
            ready.append((row, document, wanted))
    if not ready:
        return result
    entries = ensure(db, company, {key: party for _, _, w in ready for key, party in w.items()}, now)
    invoices = invoices_named(db, company, [document for _, document, _ in ready])
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
    take_over(db, company, {request.subject: request.id for request in new})
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
            entry(
                row.company_id, row.id, Event.SUBMITTED, before, row.state, by=by, now=now, request_id=str(request.id)
            )
        )
    record(db, events)


def refuse_undecided(row: DocumentRow) -> None:
    """Refuse what could put a document into the books twice."""
    if row.reason in UNDECIDED:
        raise NotNow(
            f"Document {row.id} is in QuickBooks, or may be: look there first, then say so.",
            detail="decide with the TxnID found there, or say that it is not there",
        )


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
    row: DocumentRow, document: Document, options: PostingOptions, invoices: Invoices, after: set[UUID]
) -> tuple[NewRequest, tuple[str, ...]]:
    """The first request of a document, waiting for ``after``. Raises CannotWrite."""
    guid = new_id()
    subject = str(row.id)
    if row.txn_id is not None and row.operation is Operation.VOID:
        compiled = compile_void(row.kind, row.txn_id, guid)
        return post(subject, compiled, Priority.CHANGE, guid), ()
    if row.txn_id is not None:
        transaction_of(document).require_mod()
        message, xml = compile_read(row.kind, guid, txn_id=row.txn_id)
        return (
            NewRequest(Purpose.READ_FOR_CHANGE, subject, message, False, Priority.READ, xml, tuple(after), guid),
            (),
        )
    unposted = {origin for origin in document.waits_for() if origin not in invoices.posted}
    for origin in unposted:
        if origin not in invoices.pending:
            raise CannotWrite(not_posted(origin))
    if unposted:  # QuickBooks wants the TxnIDs: the text is written when the invoices are posted
        after |= {invoices.pending[origin] for origin in unposted}
        return (
            NewRequest(
                Purpose.POST,
                subject,
                transaction_of(document).add_name,
                True,
                Priority.CHANGE,
                None,
                tuple(after),
                guid,
            ),
            (),
        )
    compiled = compile_add(document, guid, options, invoices.posted)
    priority = Priority.CHANGE if document.comes_last else Priority.TRANSACTION
    return post(subject, compiled, priority, guid, tuple(after)), compiled.notes


def post(subject: str, compiled: Compiled, priority: Priority, guid: UUID, after: tuple[UUID, ...] = ()) -> NewRequest:
    """The request that writes a document."""
    return NewRequest(Purpose.POST, subject, compiled.message, True, priority, compiled.xml, after, guid)
