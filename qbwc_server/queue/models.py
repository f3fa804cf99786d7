"""QueuedRequest and MessageSet."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, SmallInteger, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_server.db import Base
from qbwc_server.db.types import Cut, EnumValue, Exact, JsonRecord, Key, UtcDateTime, Whole, Words
from qbwc_server.ids import new_id
from qbwc_server.queue.states import Delivery, Ended, RequestState

# what has left or may leave some day; SQLite finds that index only where a statement says these very words
OPEN = text("state IN ('waiting', 'resting', 'sent', 'uncertain', 'disputed')")


class QueuedRequest(Base):
    """One qbXML request waiting for, or answered by, one company file.

    ``id`` is the requestID, and the ExternalGUID of what an Add creates, through every attempt: whichever attempt
    QuickBooks executed is recognised. ``purpose`` and ``subject`` belong to whoever put it here.
    """

    __tablename__ = "queued_requests"
    __table_args__ = (
        Index(
            "ix_queued_requests_due",
            "company_id",
            "priority",
            "id",
            postgresql_where=text("state = 'queued'"),
            sqlite_where=text("state = 'queued'"),
        ),
        Index(
            "ix_queued_requests_open",
            "company_id",
            "state",
            postgresql_where=OPEN,
            sqlite_where=OPEN,
        ),
        Index("ix_queued_requests_subject", "company_id", "purpose", "subject"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(Exact(24))
    subject: Mapped[str] = mapped_column(Exact(40))
    message: Mapped[str] = mapped_column(Exact(40))  # "InvoiceAdd"
    writes: Mapped[bool]
    priority: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[RequestState] = mapped_column(EnumValue(RequestState))
    # the rendered ...Rq element; None until what it waits for is known
    xml: Mapped[str | None] = mapped_column(Whole("a document has at most 1000 lines"))
    sent: Mapped[dict[str, Any] | None] = mapped_column(JsonRecord)  # what it says, for whoever put it here
    largest_set: Mapped[int | None] = mapped_column(SmallInteger)  # set while a refused set is being halved
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    status_code: Mapped[int | None] = mapped_column(Integer)
    status_message: Mapped[str | None] = mapped_column(Words(2000))
    ended_by: Mapped[Ended | None] = mapped_column(EnumValue(Ended))  # where no answer of QuickBooks did
    result_id: Mapped[str | None] = mapped_column(Cut(40))  # TxnID or ListID
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RequestWait(Base):
    """``request_id`` may not leave before ``after_id`` is done."""

    __tablename__ = "request_waits"

    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    request_id: Mapped[UUID] = mapped_column(ForeignKey("queued_requests.id", ondelete="CASCADE"), primary_key=True)
    after_id: Mapped[UUID] = mapped_column(
        ForeignKey("queued_requests.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class MessageSet(Base):
    """Requests that travel together under one id, with the exact text sent and the answer: the evidence."""

    __tablename__ = "message_sets"
    __table_args__ = (
        Index(
            "one_in_flight_per_company",
            "company_id",
            unique=True,
            postgresql_where=text("delivery = 'in_flight'"),
            sqlite_where=text("delivery = 'in_flight'"),
        ),
        Index("ix_message_sets_company_sent", "company_id", "sent_at"),
        Index(
            "ix_message_sets_whole",
            "sent_at",
            "id",
            postgresql_where=text("shortened_at IS NULL"),
            sqlite_where=text("shortened_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    session_id: Mapped[int] = mapped_column(Key)
    delivery: Mapped[Delivery] = mapped_column(EnumValue(Delivery))
    writes: Mapped[bool]
    request_count: Mapped[int] = mapped_column(Integer)
    # byte for byte what was sent (ASCII); "" when it was shortened
    body: Mapped[str] = mapped_column(Whole("message_set_bytes"))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # as received, for sets that write or settle a doubt
    answer: Mapped[str | None] = mapped_column(Whole("response_limit"))
    answer_bytes: Mapped[int | None] = mapped_column(Key)
    hresult: Mapped[str | None] = mapped_column(Cut(20))
    hresult_message: Mapped[str | None] = mapped_column(Words(2000))
    # after a long time the texts go, and this stays of them; see ``retention``
    shortened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    body_bytes: Mapped[int | None] = mapped_column(Key)
    body_digest: Mapped[str | None] = mapped_column(Exact(64))
    answer_digest: Mapped[str | None] = mapped_column(Exact(64))


class Passenger(Base):
    """One request's journey in one message set; a request that had to leave twice has two."""

    __tablename__ = "passengers"

    message_set_id: Mapped[UUID] = mapped_column(ForeignKey("message_sets.id", ondelete="CASCADE"), primary_key=True)
    request_id: Mapped[UUID] = mapped_column(
        ForeignKey("queued_requests.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))


class Pace(Base):
    """How many requests the next set of a company carries, learned from how long the last one took."""

    __tablename__ = "pace"

    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), primary_key=True)
    requests: Mapped[int] = mapped_column(Integer)
