"""Everything that proves what became of a document: requests sent, answers received, look-ups, history."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from lxml import etree
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.documents.history import history
from qbwc_server.documents.models import DocumentRow
from qbwc_server.posting.requests import requests_about
from qbwc_server.queue.models import MessageSet, Passenger
from qbwc_server.reports.documents import event_record


@dataclass(frozen=True)
class Journey:
    """One request's way to QuickBooks in one message set."""

    message_set: str
    session: int
    sent_at: str
    set_bytes: int
    set_requests: int
    delivery: str
    answered_at: str | None
    hresult: str | None
    answer: str | None  # this request's part of the answer, as received
    # since when the texts of set and answer are gone, and the SHA-256 of each as it was
    shortened_at: str | None = None
    set_digest: str | None = None
    answer_digest: str | None = None


@dataclass(frozen=True)
class RequestProof:
    """One request that was queued for the document, or to find out what became of it."""

    request_id: str
    purpose: str
    message: str
    state: str
    attempts: int
    request: str | None  # the text as it stands in every set it travelled in
    status_code: int | None
    status_message: str | None
    result_id: str | None
    queued_at: str
    settled_at: str | None
    journeys: list[Journey] = field(default_factory=list)


@dataclass(frozen=True)
class Proof:
    """A document's evidence."""

    document_id: int
    state: str
    txn_id: str | None
    requests: list[RequestProof]
    history: list[dict[str, Any]]

    def as_record(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self)


def proof(db: Session, row: DocumentRow) -> Proof:
    """The evidence of one document, oldest first."""
    requests = requests_about(db, row.company_id, row.id)
    journeys = _journeys(db, [request.id for request in requests])
    return Proof(
        document_id=row.id,
        state=row.state.value,
        txn_id=row.txn_id,
        requests=[
            RequestProof(
                request_id=str(r.id),
                purpose=r.purpose,
                message=r.message,
                state=r.state.value,
                attempts=r.attempts,
                request=r.xml,
                status_code=r.status_code,
                status_message=r.status_message,
                result_id=r.result_id,
                queued_at=r.created_at.isoformat(),
                settled_at=r.settled_at.isoformat() if r.settled_at else None,
                journeys=journeys.get(r.id, []),
            )
            for r in requests
        ],
        history=[event_record(event) for event in history(db, row.id)],
    )


def _journeys(db: Session, ids: list[UUID]) -> dict[UUID, list[Journey]]:
    found: dict[UUID, list[Journey]] = {}
    rows = db.execute(
        select(Passenger.request_id, MessageSet)
        .join(MessageSet, MessageSet.id == Passenger.message_set_id)
        .where(Passenger.request_id.in_(ids))
        .order_by(MessageSet.sent_at)
    )
    for request_id, message_set in rows:
        found.setdefault(request_id, []).append(
            Journey(
                message_set=str(message_set.id),
                session=message_set.session_id,
                sent_at=message_set.sent_at.isoformat(),
                set_bytes=len(message_set.body) if message_set.body_bytes is None else message_set.body_bytes,
                set_requests=message_set.request_count,
                delivery=message_set.delivery.value,
                answered_at=message_set.answered_at.isoformat() if message_set.answered_at else None,
                hresult=message_set.hresult,
                answer=_part(message_set.answer, request_id),
                shortened_at=message_set.shortened_at.isoformat() if message_set.shortened_at else None,
                set_digest=message_set.body_digest,
                answer_digest=message_set.answer_digest,
            )
        )
    return found


def _part(answer: str | None, request_id: UUID) -> str | None:
    """The answer to one request, cut out of the answer to its set; None where it has none or cannot be read."""
    if answer is None:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, recover=True)
    # the text was decoded once; whatever encoding its declaration names does not hold any more
    body = answer.partition("?>")[2] if answer.lstrip().startswith("<?xml") else answer
    try:
        root = etree.fromstring(body.strip().encode(), parser)
    except etree.XMLSyntaxError:  # nothing of it can be read
        return None
    if root is None:
        return None
    for element in root.iter():
        if element.get("requestID") == str(request_id):
            element.tail = None
            return etree.tostring(element, encoding="unicode")
    return None
