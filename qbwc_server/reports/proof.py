"""Everything that proves what became of a document: requests sent, answers received, look-ups, history."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from qbwc_server.documents.history import history
from qbwc_server.documents.models import DocumentRow
from qbwc_server.posting.requests import requests_about
from qbwc_server.queue.models import MessageSet, Passenger
from qbwc_server.reports.documents import event_record

# nothing is gone through twice, however it ends: each repetition is possessive
_START_TAG = re.compile(r"""<(?P<name>[A-Za-z][\w.-]*+)(?P<attributes>(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+)>""")


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
    """The journeys of each request. The text of one answer at a time is held: a single one may be very large."""
    found: dict[UUID, list[Journey]] = {}
    rows = db.execute(
        select(Passenger.request_id, MessageSet, func.coalesce(MessageSet.body_bytes, func.length(MessageSet.body)))
        .join(MessageSet, MessageSet.id == Passenger.message_set_id)
        .where(Passenger.request_id.in_(ids))
        .options(defer(MessageSet.body), defer(MessageSet.answer))
        .order_by(MessageSet.sent_at, MessageSet.id)
    )
    for message_set, travelled in groupby(rows, key=lambda row: row[1]):
        sizes = {request_id: size for request_id, _, size in travelled}
        answer = db.scalar(select(MessageSet.answer).where(MessageSet.id == message_set.id))
        for request_id, size in sizes.items():
            part = None if answer is None else _part(answer, request_id)
            found.setdefault(request_id, []).append(_journey(message_set, size, part))
    return found


def _journey(message_set: MessageSet, size: int, answer: str | None) -> Journey:
    return Journey(
        message_set=str(message_set.id),
        session=message_set.session_id,
        sent_at=message_set.sent_at.isoformat(),
        set_bytes=size,
        set_requests=message_set.request_count,
        delivery=message_set.delivery.value,
        answered_at=message_set.answered_at.isoformat() if message_set.answered_at else None,
        hresult=message_set.hresult,
        answer=answer,
        shortened_at=message_set.shortened_at.isoformat() if message_set.shortened_at else None,
        set_digest=message_set.body_digest,
        answer_digest=message_set.answer_digest,
    )


def _part(answer: str, request_id: UUID) -> str | None:
    """The answer to one request, cut out of the answer to its set as it was received; None where it has none.

    Found by its text and not by a parser, which would let go what it cannot read, and hold all the rest as well.
    """
    at = seen = 0
    while (at := answer.find(str(request_id), seen)) >= 0:
        start = answer.rfind("<", seen, at)  # not further back: what stands there has been looked at
        seen = at + 1
        tag = _START_TAG.match(answer, start) if start >= 0 else None
        if tag is not None and re.search(rf"\srequestID\s*=\s*[\"']{request_id}[\"']", tag["attributes"]):
            return _element(answer, tag)
    return None


def _element(answer: str, tag: re.Match[str]) -> str:
    """The element that begins with ``tag``, or as much of it as came before the answer broke off."""
    if tag["attributes"].endswith("/"):
        return tag[0]
    end = answer.find(f"</{tag['name']}", tag.end())
    closed = answer.find(">", end) if end >= 0 else -1
    return answer[tag.start() : closed + 1] if closed >= 0 else answer[tag.start() :]
