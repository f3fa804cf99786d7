"""What happened to documents: the only writer of their events, and their only reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from qbwc_server.db import Base
from qbwc_server.documents.lifecycle import Event, State
from qbwc_server.documents.models import DocumentEvent, DocumentRow
from qbwc_server.documents.telling import tell_of_documents
from qbwc_server.tenancy.actor import Actor

# The table, not the class, since there is a row for each answer of a set: the ORM would take longer than the database.
_EVENTS = Base.metadata.tables["document_events"]
# what is recorded without being a step of the table of states
CREATED, DECIDED, DISREGARDED, FOUND = "created", "decided", "disregarded", "found"
Entry = dict[str, Any]


def entry(
    company_id: int,
    document_id: int,
    event: Event | str,
    before: State | None,
    after: State,
    *,
    by: Actor,
    now: datetime,
    request_id: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Entry:
    """One thing that happened to a document, to be given to ``record``."""
    return {
        "company_id": company_id,
        "document_id": document_id,
        "at": now,
        "by": by,
        "event": str(event),
        "from_state": None if before is None else before.value,
        "to_state": after.value,
        "request_id": request_id,
        "detail": dict(detail) if detail else None,
    }


def record(db: Session, entries: Sequence[Entry]) -> None:
    """Append to the history, and have programs told that wait for it."""
    if entries:
        db.connection().execute(insert(_EVENTS), entries)
        tell_of_documents(db, entries)


def history(db: Session, document_id: int) -> list[DocumentEvent]:
    """Everything that happened to a document, oldest first."""
    return list(
        db.scalars(select(DocumentEvent).where(DocumentEvent.document_id == document_id).order_by(DocumentEvent.id))
    )


def body_of(db: Session, row: DocumentRow, revision: int) -> str:
    """The body that a document had as this revision; the present one where that is not known."""
    revised = db.scalars(
        select(DocumentEvent)
        .where(DocumentEvent.document_id == row.id, DocumentEvent.event == Event.REVISED.value)
        .order_by(DocumentEvent.id)
    ).all()
    if not 0 < revision <= len(revised):
        return row.body
    return str((revised[revision - 1].detail or {}).get("before", row.body))


def revisions_since(db: Session, document_id: int, requests: Mapping[str, datetime]) -> int:
    """How many times a document has got another content since the first of these requests was made.

    The order of its history tells, not the clock, which somebody may have set back.

    Args:
        requests: by id when each was made, for those that were not queued by submitting it.
    """
    if not requests:
        return 0
    of_it = DocumentEvent.document_id == document_id
    made = db.scalar(
        select(func.min(DocumentEvent.id)).where(
            of_it, DocumentEvent.event == Event.SUBMITTED.value, DocumentEvent.request_id.in_(requests)
        )
    )
    later = DocumentEvent.at >= min(requests.values()) if made is None else DocumentEvent.id > made
    revised = select(func.count()).where(of_it, DocumentEvent.event == Event.REVISED.value, later)
    return db.scalar(revised) or 0


def before_last(db: Session, document_id: int, event: Event) -> State | None:
    """The state in which a document was when that happened to it for the last time."""
    said = db.scalar(
        select(DocumentEvent.from_state)
        .where(DocumentEvent.document_id == document_id, DocumentEvent.event == event.value)
        .order_by(DocumentEvent.id.desc())
        .limit(1)
    )
    return None if said is None else State(said)
