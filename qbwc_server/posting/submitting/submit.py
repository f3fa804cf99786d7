"""Submit: a document's state and its requests change in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.documents.history import entry, record
from qbwc_server.documents.kinds import Document, load_document
from qbwc_server.documents.kinds.invoice import Invoice
from qbwc_server.documents.kinds.party import Party
from qbwc_server.documents.lifecycle import UNDECIDED, Event, NotNow, Reason, State
from qbwc_server.documents.lifecycle import after as next_state
from qbwc_server.documents.models import DocumentRow, Operation
from qbwc_server.documents.problems import Problem
from qbwc_server.documents.store import add_notes, show_problems
from qbwc_server.documents.words import words_in
from qbwc_server.ids import new_id
from qbwc_server.posting.entries.ensure import Wanted, ensure, names_of
from qbwc_server.posting.onto.question import ask_for_invoices
from qbwc_server.posting.options import PostingOptions, options_of
from qbwc_server.posting.requests import OneDocument, OnePart, Purpose, ask, write
from qbwc_server.posting.submitting.closing_date import closed_until, hold_for_closing_date
from qbwc_server.posting.submitting.first_of_kind import ask_for_marks_of
from qbwc_server.posting.submitting.forgotten import forgotten, hold_for_mark, like_document
from qbwc_server.posting.submitting.looked_for import looks_before
from qbwc_server.posting.submitting.questions import learn_words, words_of
from qbwc_server.posting.submitting.waiting import Invoices, invoices_named, take_over, under_way
from qbwc_server.posting.texts import CannotWrite, Texts
from qbwc_server.posting.transactions import TRANSACTIONS, transaction_of
from qbwc_server.posting.transactions.compiled import check_add, compile_add, pending
from qbwc_server.posting.transactions.writing import not_posted
from qbwc_server.queue.enqueue import NewRequest, put
from qbwc_server.queue.lane import take_lane
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.models import Company

_AT_A_TIME = 1_000  # rows read in one statement
_ANY_TXN_ID = "0"  # of an invoice that is not posted yet: where a text is written only to see whether it can be
SUBMITTABLE = (State.FOR_REVIEW, State.FAILED, State.HELD)


@dataclass
class Submitted:
    """What was submitted, and what stays because something is missing (each row says what).

    ``changed`` says of each document what its texts become in QuickBooks, where that is not what it says itself.
    """

    submitted: list[DocumentRow] = field(default_factory=list)
    not_ready: list[DocumentRow] = field(default_factory=list)
    changed: dict[int, tuple[str, ...]] = field(default_factory=dict)


def lock(db: Session, company: Company, rows: Sequence[DocumentRow] = ()) -> None:
    """One transaction at a time changes the queue of a company.

    Args:
        rows: what was read before; it is read again, since another process may have moved it in the meantime.
    """
    take_lane(db, company.id)
    for start in range(0, len(rows), _AT_A_TIME):
        some = DocumentRow.id.in_([row.id for row in rows[start : start + _AT_A_TIME]])
        db.scalars(select(DocumentRow).where(some).execution_options(populate_existing=True)).all()


def submit(
    db: Session,
    company: Company,
    rows: Sequence[DocumentRow],
    *,
    by: Actor,
    now: datetime,
    answers: bool = True,
    look_first: bool = True,
) -> Submitted:
    """Mark documents submitted and queue the requests that make the books agree with them.

    A row with problems stays as it is and shows them.

    Args:
        answers: a person has seen them, which answers what was asked about them.
        look_first: what may have been entered by an earlier sending is looked for before it leaves; else it is known
            not to be there.

    Raises:
        NotNow: one is not waiting to be submitted.
    """
    lock(db, company, rows)
    documents = {row.id: load_document(row.body) for row in rows}
    result = submit_locked(
        db, company, [(row, documents[row.id]) for row in rows], by=by, now=now, look_first=look_first
    )
    words = words_of(db, company, [(row, documents[row.id]) for row in result.submitted])
    learn_words(db, company, [one for some in words.values() for one in some], sure=answers, now=now)
    return result


def submit_locked(
    db: Session,
    company: Company,
    documents: Sequence[tuple[DocumentRow, Document]],
    *,
    by: Actor,
    now: datetime,
    look_first: bool = True,
) -> Submitted:
    """The same where the lane of the company is ours already, and the documents are read."""
    options = options_of(db, company.id)
    closed, unknown = closed_until(db, company.id), forgotten(db, company.id)
    result = Submitted()
    invoices = invoices_named(db, company, [document for _, document in documents])
    ready: list[tuple[DocumentRow, NewRequest, dict[Wanted, Party | None]]] = []
    # what others wait for before what waits
    for row, document in sorted(documents, key=lambda one: one[1].comes_last):
        if row.state not in SUBMITTABLE:
            raise NotNow(f"Document {row.id} is {row.state.value.replace('_', ' ')}; there is nothing to submit.")
        refuse_undecided(row)
        written = _written(row, document, options, invoices)
        if isinstance(written, list):
            show_problems(row, written)
            result.not_ready.append(row)
            continue
        if closed is not None and row.date <= closed and row.reason != Reason.CLOSING_DATE:
            hold_for_closing_date(db, row, closed, now=now)
            result.not_ready.append(row)
            continue
        request, wanted, notes = written
        if row.txn_id is None and unknown.items and (like := like_document(db, unknown, row, request.sent)):
            hold_for_mark(db, row, like, now=now)
            result.not_ready.append(row)
            continue
        invoices.pending[row.origin] = request.id
        ready.append((row, request, wanted))
        add_notes(row, notes)
        result.changed[row.id] = notes
        result.submitted.append(row)
    if not ready:
        return result
    # only now: no entry is asked for, let alone added, for a document that cannot be written
    entries = ensure(db, company, {key: party for _, _, w in ready for key, party in w.items()}, now)
    new = [_after_entries(request, [entries[key] for key in wanted]) for _, request, wanted in ready]
    pairs = [(row, request) for row, request, _ in ready]
    questions = _questions_for(db, company, dict(documents), pairs)
    entering = [(row, request) for row, request in pairs if request.purpose == Purpose.POST]
    for guid, look in looks_before(db, company.id, entering, now).items() if look_first else ():
        questions.setdefault(guid, []).append(look)
    new = [replace(one, after=(*one.after, *(q.id for q in questions.get(one.id, ())))) for one in new]
    ask_for_marks_of(db, company, {row.kind for row, _ in pairs if row.txn_id is None}, now)
    put(db, company.id, [*(one for some in questions.values() for one in some), *new], now)
    take_over(db, company, {row.id: request.id for row, request in zip(result.submitted, new, strict=True)})
    _mark_submitted(db, result.submitted, new, by=by, now=now)
    return result


def _after_entries(request: NewRequest, entries: Sequence[UUID | None]) -> NewRequest:
    """The request, waiting for the open requests of the entries that it names too."""
    waits = {guid for guid in entries if guid is not None}
    return replace(request, after=tuple({*request.after, *waits})) if waits else request


def _questions_for(
    db: Session,
    company: Company,
    documents: Mapping[DocumentRow, Document],
    ready: Sequence[tuple[DocumentRow, NewRequest]],
) -> dict[UUID, list[NewRequest]]:
    """The questions for what documents name and somebody else has entered, by the request that waits for them."""
    found: dict[UUID, list[NewRequest]] = {}
    for row, request in ready:
        if row.txn_id is not None:
            continue
        for part, named in enumerate(documents[row].names_elsewhere()):
            guid, rules = new_id(), TRANSACTIONS[named.kind]
            if named.txn_id is not None:
                query = rules.by_id([named.txn_id], guid)
            else:
                query = rules.by_number([named.number or ""], guid)
            own = under_way(db, company, named) + [
                other.id for it, other in ready if (it.kind, it.number) == (named.kind, named.number)
            ]
            found.setdefault(request.id, []).append(ask(Purpose.FIND, OnePart(row.id, part), query, after=own))
    return found


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


def read_before(kind: str, document_id: int, txn_id: str, guid: UUID, *, after: Iterable[UUID] = ()) -> NewRequest:
    """The question what stands in the books, before that is changed or voided."""
    query = TRANSACTIONS[kind].by_id([txn_id], guid)
    return ask(Purpose.READ_FOR_CHANGE, OneDocument(document_id), query, after=after)


Written = tuple[NewRequest, dict[Wanted, Party | None], tuple[str, ...]]


def shortcomings(row: DocumentRow, document: Document, options: PostingOptions) -> list[Problem]:
    """What keeps the document from being written, as far as it can be told without the company file."""
    written = _written(row, document, options, None)
    return written if isinstance(written, list) else []


def _written(
    row: DocumentRow, document: Document, options: PostingOptions, invoices: Invoices | None
) -> Written | list[Problem]:
    """The first request of a document, the entries that it names, and notes; or everything that is wrong with it.

    Without ``invoices`` those that it names are taken for posted.
    """
    guid = new_id()
    if row.txn_id is not None and row.operation is Operation.VOID:
        return read_before(row.kind, row.id, row.txn_id, guid), {}, ()
    words = words_in(row)
    unresolved = frozenset[str]() if words is None else words.unresolved
    found = [*(() if words is None else words.problems), *document.problems()]
    texts = Texts(options.characters)
    wanted: dict[Wanted, Party | None] = {}
    for named, fitted in names_of(document, texts):
        if named.field in unresolved:
            continue
        if isinstance(fitted, Problem):
            found.append(fitted)
        else:
            wanted[named.list_kind, fitted] = named.party
    if found:
        return found
    try:
        request, notes = _request(row, document, guid, options, invoices)
    except CannotWrite as cannot:
        return [cannot.problem]
    return request, wanted, notes


def _request(
    row: DocumentRow, document: Document, guid: UUID, options: PostingOptions, invoices: Invoices | None
) -> tuple[NewRequest, tuple[str, ...]]:
    """The first request of a document, and what its texts become. Raises CannotWrite."""
    subject, compiled = OneDocument(row.id), check_add if invoices is None else compile_add
    elsewhere = {one.key: _ANY_TXN_ID for one in document.names_elsewhere()}
    anything = {**dict.fromkeys(document.waits_for(), _ANY_TXN_ID), **elsewhere}
    posted = anything if invoices is None else invoices.posted
    if row.txn_id is not None:
        rules = transaction_of(document)
        rules.require_mod()
        written = compiled(document, guid, options, anything)
        pending_ones = {} if invoices is None else invoices.pending
        after = {pending_ones[origin] for origin in document.waits_for() if origin in pending_ones}
        return read_before(row.kind, row.id, row.txn_id, guid, after=after), written.notes
    unposted = {origin for origin in document.waits_for() if origin not in posted}
    for origin in unposted:
        if invoices is None or origin not in invoices.pending:
            raise CannotWrite(not_posted(origin))
    last = document.comes_last
    if isinstance(document, Invoice) and document.onto is not None:
        written = compiled(document, guid, options, posted)
        return ask_for_invoices(row.id, document, document.onto, options, guid), written.notes
    if (unposted or elsewhere) and invoices is not None:
        # QuickBooks wants the TxnIDs: the text is written when the invoices are posted, or found
        written = compiled(document, guid, options, anything)
        after = {invoices.pending[origin] for origin in unposted}
        return write(Purpose.POST, subject, guid, pending(row.kind), after=after, last=last), written.notes
    written = compiled(document, guid, options, posted)
    return write(Purpose.POST, subject, guid, written, last=last), written.notes
