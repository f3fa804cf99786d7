"""Save documents by origin, move them through their states, find them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Session

from qbwc_server.db import Base
from qbwc_server.documents.history import CREATED, entry, record
from qbwc_server.documents.kinds import Document, body_digest, dump_document, kept_form
from qbwc_server.documents.kinds.fields import LARGEST_AMOUNT
from qbwc_server.documents.kinds.one_deal import number_key
from qbwc_server.documents.lifecycle import UNDECIDED, Event, NotNow, Reason, State, after
from qbwc_server.documents.models import DocumentRow, Operation
from qbwc_server.documents.problems import Problem
from qbwc_server.errors import Conflict, NotFound, Notice
from qbwc_server.tenancy.actor import Actor

# The table, not the class, where there is a row for each answer of a set: the ORM would take longer than the database.
_DOCUMENTS = Base.metadata.tables["documents"]


class Saved(StrEnum):
    """What became of a document that was handed in."""

    ADDED = "added"
    SAME = "same"  # same origin, same body: nothing to do
    REVISED = "revised"


class OriginConflict(Conflict):
    """There is already a document of this origin with another content."""

    code = "origin_conflict"
    advice = "Use another origin for another document, or ask for a revision."


@dataclass(frozen=True)
class SaveResult:
    """The row, and what happened."""

    row: DocumentRow
    saved: Saved


@dataclass(frozen=True)
class Verdict:
    """What a document that is handed in is, compared with what is kept under its origin."""

    document: Document  # as it is kept
    body: str
    digest: str
    row: DocumentRow | None  # that is kept under its origin
    saved: Saved | None  # what is to become of it
    conflict: Conflict | None = None  # or why it cannot be kept


def compare(db: Session, company_id: int, documents: Sequence[Document], *, revise: bool = False) -> list[Verdict]:
    """What each document is, in the same order; nothing is changed. No origin may come twice.

    The same origin with the same body changes nothing. With another body it is refused, or, with ``revise``, becomes
    the next revision; what is posted already will be changed in QuickBooks once it is submitted again. What waits here
    because something is missing or asked is replaced in any case.
    """
    known = by_origin(db, company_id, {document.origin for document in documents})
    return [_verdict(document, known.get(document.origin), revise=revise) for document in documents]


def _verdict(given: Document, row: DocumentRow | None, *, revise: bool) -> Verdict:
    document, body = kept_form(given)
    digest = body_digest(body)
    if row is None:
        return Verdict(document, body, digest, None, Saved.ADDED)
    if digest in (row.source_digest, row.body_digest):
        return Verdict(document, body, digest, row, Saved.SAME)
    if not (revise or _is_incomplete(row)) or row.kind != document.kind:
        what = "another kind of document" if row.kind != document.kind else "another content"
        conflict: Conflict = OriginConflict(
            f"Origin {document.origin} is already document {row.id} ({row.state.value}), with {what}."
        )
        return Verdict(document, body, digest, row, None, conflict)
    try:
        require_revisable(row)
    except NotNow as not_now:
        return Verdict(document, body, digest, row, None, not_now)
    return Verdict(document, body, digest, row, Saved.REVISED)


def require_revisable(row: DocumentRow) -> None:
    """Raises NotNow where a document cannot have another content as it stands."""
    if row.reason in UNDECIDED:
        raise NotNow(f"Document {row.id} is in QuickBooks, or may be: look there and decide first.")
    if row.operation is Operation.VOID and row.state is not State.WITHDRAWN:
        raise NotNow(f"Document {row.id} is about to be void: keep it first, then it can be revised.")
    after(row.state, Event.REVISED)


def _is_incomplete(row: DocumentRow) -> bool:
    """Whether the document went nowhere because something is missing or asked, and nobody has changed it here."""
    return (
        row.state is State.FOR_REVIEW
        and (row.problems is not None or row.reason not in (None, Reason.MISSING))
        and row.txn_id is None
        and row.body_digest == row.source_digest
    )


def add(db: Session, company_id: int, verdicts: Sequence[Verdict], *, by: Actor, now: datetime) -> list[DocumentRow]:
    """Keep documents whose origins are new."""
    if not verdicts:
        return []
    values = [
        {
            **_content(verdict.document, verdict.body, verdict.digest),
            "source_digest": verdict.digest,
            "company_id": company_id,
            "origin": verdict.document.origin,
            "state": State.FOR_REVIEW,
            "operation": Operation.ADD,
            "revision": 1,
            "created_at": now,
            "changed_at": now,
        }
        for verdict in verdicts
    ]
    rows = list(db.scalars(insert(DocumentRow).returning(DocumentRow, sort_by_parameter_order=True), values))
    for row, verdict in zip(rows, verdicts, strict=True):
        show_problems(row, verdict.document.problems())
    record(db, [entry(company_id, row.id, CREATED, None, row.state, by=by, now=now) for row in rows])
    return rows


def revise(db: Session, verdict: Verdict, *, by: Actor, now: datetime) -> DocumentRow:
    """Replace the content of a document that ``compare`` found to be revised. Raises NotNow."""
    row = verdict.row
    if row is None:
        raise NotFound(f"There is no document of origin {verdict.document.origin}.")
    change_body(db, row, verdict.document, by=by, now=now)
    row.source_digest = verdict.digest
    return row


def change_body(db: Session, row: DocumentRow, document: Document, *, by: Actor, now: datetime) -> None:
    """Give a document another content. Raises NotNow where its state does not allow it."""
    change_bodies(db, [(row, document)], by=by, now=now)


def change_bodies(db: Session, changed: Sequence[tuple[DocumentRow, Document]], *, by: Actor, now: datetime) -> None:
    """The same for many; nothing is changed where the state of one does not allow it."""
    before = {row.id: {"before": row.body} for row, _ in changed}
    move_all(db, [row for row, _ in changed], Event.REVISED, by=by, now=now, details=before)
    for row, document in changed:
        row.revision += 1
        row.operation = Operation.CHANGE if row.txn_id else Operation.ADD
        body = dump_document(document)
        for name, value in _content(document, body, body_digest(body)).items():
            setattr(row, name, value)
        show_problems(row, document.problems())


def _content(document: Document, body: str, digest: str) -> dict[str, Any]:
    """The columns that say what a document is."""
    party = document.party
    return {
        "kind": document.kind,
        "number": document.number,
        "number_key": number_key(document.number),
        "date": document.date,
        "party": None if party is None else party.name,
        "party_kind": None if party is None else party.list_kind,
        "total": _storable(document.comes_to()),
        "subtotal": _storable(document.adds_up_to()),
        "body": body,
        "body_digest": digest,
    }


def _storable(amount: Decimal | None) -> Decimal | None:
    return amount if amount is None or abs(amount) <= LARGEST_AMOUNT else None  # problems say how much it is


def show_problems(row: DocumentRow, found: Sequence[Problem]) -> None:
    """Let the document say what is missing; nothing found clears what it said."""
    if not found and row.problems is None and row.reason is None:
        return
    row.problems = {"problems": [p.as_record() for p in found]} if found else None
    row.tell(found[0].notice if found else None)


def remember_called(row: DocumentRow, called: Mapping[str, str]) -> None:
    """Keep the words that the source of a document has for names in it, where they are other ones."""
    if called:
        row.notes = {**(row.notes or {}), "called": dict(called)}


def called_of(row: DocumentRow) -> dict[str, str]:
    """Names in the document, and the words that its source has for them."""
    called: dict[str, str] = (row.notes or {}).get("called", {})
    return called


def remember_given(row: DocumentRow, given: Mapping[str, str]) -> None:
    """Keep, by place, what gave it its entry where that is neither its source nor a mapping: ``option tip_item``."""
    if given or "given" in (row.notes or {}):
        row.notes = {**(row.notes or {}), "given": dict(given)}


def given_of(row: DocumentRow) -> dict[str, str]:
    """By place, what gave it its entry."""
    given: dict[str, str] = (row.notes or {}).get("given", {})
    return given


def remember_entries(row: DocumentRow, entries: Mapping[str, Any]) -> None:
    """Keep the lines of a document as its statement says them: ``{"digest": ..., "lines": {place: ...}}``."""
    if entries or "entries" in (row.notes or {}):
        row.notes = {**(row.notes or {}), "entries": dict(entries)}


def entries_of(row: DocumentRow) -> dict[str, Any]:
    """The lines of a document as its statement says them; empty for all that is no statement."""
    entries: dict[str, Any] = (row.notes or {}).get("entries", {})
    return entries


def ask(row: DocumentRow, questions: Sequence[Problem]) -> None:
    """Say on a complete document why a person should see it first; submitting it by hand is the answer."""
    row.tell(
        Notice(
            questions[0].code,
            " ".join(question.message for question in questions),
            " ".join(dict.fromkeys(question.advice for question in questions)),
        )
    )


def is_asked(row: DocumentRow) -> bool:
    """Whether the document lacks nothing, and waits for an answer about it alone."""
    return row.state is State.FOR_REVIEW and row.reason is not None and row.problems is None


def add_notes(row: DocumentRow, notes: Sequence[str]) -> None:
    """Keep remarks that a bookkeeper should be able to read later, each once."""
    if notes:
        before = (row.notes or {}).get("notes", [])
        row.notes = {
            **(row.notes or {}),
            "notes": [*before, *(note for note in dict.fromkeys(notes) if note not in before)],
        }


def move(
    db: Session,
    row: DocumentRow,
    event: Event,
    *,
    by: Actor,
    now: datetime,
    request_id: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """One step of the table, with its entry in the history. Raises NotNow."""
    before, row.state = row.state, after(row.state, event)
    row.changed_at = now
    step = entry(row.company_id, row.id, event, before, row.state, by=by, now=now, request_id=request_id, detail=detail)
    record(db, [step])


def move_all(
    db: Session,
    rows: Sequence[DocumentRow],
    event: Event,
    *,
    by: Actor,
    now: datetime,
    details: Mapping[int, Mapping[str, Any]] | None = None,
) -> None:
    """The same step for many, with ``details`` by id. Raises NotNow where one of them cannot take it; none has then."""
    states = [(row, row.state, after(row.state, event)) for row in rows]
    for row, _, state in states:
        row.state, row.changed_at = state, now
    record(
        db,
        [
            entry(row.company_id, row.id, event, before, state, by=by, now=now, detail=(details or {}).get(row.id))
            for row, before, state in states
        ],
    )


@dataclass(frozen=True, slots=True)
class Posting:
    """What an answer of QuickBooks proved of one document; a batch of these is written in two statements."""

    document_id: int
    before: State
    event: Event
    request_id: str
    values: Mapping[str, Any]  # columns of DocumentRow
    detail: Mapping[str, Any] | None = None


def apply_postings(db: Session, company_id: int, postings: Sequence[Posting], *, by: Actor, now: datetime) -> None:
    """Move many documents at once by the same table."""
    if not postings:
        return
    moved = [(p, after(p.before, p.event)) for p in postings]
    changes: dict[tuple[str, ...], list[dict[str, Any]]] = {}  # by the columns that change: a statement for each
    for p, state in moved:
        change = {"document_id": p.document_id, "state": state, "changed_at": now, **p.values}
        changes.setdefault(tuple(change), []).append(change)
    db.flush()
    for (key, *columns), rows in changes.items():
        values: dict[str, Any] = {name: bindparam(name) for name in columns}
        db.connection().execute(update(_DOCUMENTS).where(_DOCUMENTS.c.id == bindparam(key)).values(values), rows)
    record(
        db,
        [
            entry(
                company_id, p.document_id, p.event, p.before, state,
                by=by, now=now, request_id=p.request_id, detail=p.detail,
            )
            for p, state in moved
        ],
    )  # fmt: skip


def find(db: Session, company_id: int, document_id: int) -> DocumentRow:
    """One document of this company, or NotFound."""
    row = db.get(DocumentRow, document_id)
    if row is None or row.company_id != company_id:
        raise NotFound(f"There is no document {document_id} in this company.")
    return row


def by_origin(db: Session, company_id: int, origins: Collection[str]) -> dict[str, DocumentRow]:
    """Documents of this company by their origin, as they stand now: answers are written past what a session holds."""
    if not origins:
        return {}
    rows = db.scalars(
        select(DocumentRow)
        .where(DocumentRow.company_id == company_id, DocumentRow.origin.in_(origins))
        .execution_options(populate_existing=True)
    )
    return {row.origin: row for row in rows}


def listing(
    db: Session,
    company_id: int,
    *,
    states: Collection[State] = (),
    kind: str | None = None,
    origin: str | None = None,
    number: str | None = None,
    after_id: int = 0,
    limit: int = 100,
) -> list[DocumentRow]:
    """Documents in the order in which they came, a page at a time.

    Args:
        number: of the document, or the one that QuickBooks has it under.
    """
    query = select(DocumentRow).where(DocumentRow.company_id == company_id, DocumentRow.id > after_id)
    if states:
        query = query.where(DocumentRow.state.in_(states))
    if kind:
        query = query.where(DocumentRow.kind == kind)
    if origin is not None:
        query = query.where(DocumentRow.origin == origin)
    if number is not None:
        query = query.where(or_(DocumentRow.number == number, DocumentRow.posted_number == number))
    return list(db.scalars(query.order_by(DocumentRow.id).limit(limit)))


def counts(db: Session, company_id: int, kinds: Collection[str] | None = None) -> dict[State, int]:
    """How many documents stand where; of these kinds, where some are named. Each state is counted along the index."""
    where = [DocumentRow.company_id == company_id]
    if kinds is not None:
        where.append(DocumentRow.kind.in_(kinds))
    each = [
        select(func.count()).select_from(DocumentRow).where(*where, DocumentRow.state == state).scalar_subquery()
        for state in State
    ]
    found = db.execute(select(*each)).one()
    return {state: count for state, count in zip(State, found, strict=True) if count}
