"""DocumentRow and its history."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_server.db import Base
from qbwc_server.db.types import Cut, EnumValue, Exact, JsonRecord, Key, Money, UtcDateTime, Whole, Words
from qbwc_server.documents.lifecycle import State
from qbwc_server.errors import Notice
from qbwc_server.list_kinds import ListKind
from qbwc_server.tenancy.actor import Actor, ActorColumn

LARGEST_ID = 2**63 - 1


_POSTED_UNDER_ANOTHER = "number IS NULL OR number <> posted_number"


class Operation(StrEnum):
    """What is to be done in QuickBooks to make the books agree with the document."""

    ADD = "add"
    CHANGE = "change"
    VOID = "void"


class DocumentRow(Base):
    """What ought to stand in the books, and in the end its QuickBooks id."""

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("company_id", "origin"),  # a document exists once per origin
        Index("ix_documents_company_state", "company_id", "state", "id"),
        Index("ix_documents_company_state_date", "company_id", "state", "date", "id"),
        Index("ix_documents_company_kind", "company_id", "kind"),
        Index("ix_documents_company_seen", "company_id", "state", "seen_at"),
        Index("ix_documents_company_written", "company_id", "written_at"),
        Index("ix_documents_company_number", "company_id", "number"),
        Index("ix_documents_company_number_key", "company_id", "number_key"),
        Index("ix_documents_company_txn", "company_id", "txn_id"),
        Index("ix_documents_company_party", "company_id", "party"),
        Index(
            "ix_documents_company_posted_number",
            "company_id",
            "posted_number",
            sqlite_where=text(_POSTED_UNDER_ANOTHER),
            postgresql_where=text(_POSTED_UNDER_ANOTHER),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    origin: Mapped[str] = mapped_column(Exact(120))
    kind: Mapped[str] = mapped_column(Exact(20))
    number: Mapped[str | None] = mapped_column(Exact(20))
    number_key: Mapped[str | None] = mapped_column(Exact(80))  # alike for all ways in which a number may be spelt
    date: Mapped[date] = mapped_column(Date)
    party: Mapped[str | None] = mapped_column(Words(300))  # full name of the customer, vendor or other name
    party_kind: Mapped[ListKind | None] = mapped_column(EnumValue(ListKind))
    total: Mapped[Decimal | None] = mapped_column(Money)
    subtotal: Mapped[Decimal | None] = mapped_column(Money)  # what the lines add up to, before tax by QuickBooks
    body: Mapped[str] = mapped_column(Whole("MAX_DOCUMENT_CHARACTERS"))  # canonical JSON, documents.kinds.dump_document
    body_digest: Mapped[str] = mapped_column(Exact(64))
    source_digest: Mapped[str] = mapped_column(Exact(64))  # of the body as it was handed in last
    revision: Mapped[int] = mapped_column(Integer, default=1)
    state: Mapped[State] = mapped_column(EnumValue(State))
    operation: Mapped[Operation] = mapped_column(EnumValue(Operation))
    reason: Mapped[str | None] = mapped_column(Exact(40))  # code of what keeps it: status code class, problem, hold
    message: Mapped[str | None] = mapped_column(Words(2000))  # for the bookkeeper
    advice: Mapped[str | None] = mapped_column(Words(2000))
    problems: Mapped[dict[str, Any] | None] = mapped_column(JsonRecord)  # {"problems": [...]}
    notes: Mapped[dict[str, Any] | None] = mapped_column(
        JsonRecord
    )  # {"notes": [...]}: what was transliterated, cut, or differs
    words: Mapped[dict[str, Any] | None] = mapped_column(JsonRecord)  # of its source, see documents.words
    txn_id: Mapped[str | None] = mapped_column(Cut(40))
    edit_sequence: Mapped[str | None] = mapped_column(Cut(16))
    posted_number: Mapped[str | None] = mapped_column(Cut(30))  # as QuickBooks keeps it
    posted_total: Mapped[Decimal | None] = mapped_column(Money)
    posted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    written_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when QuickBooks last showed what it wrote for us
    time_modified: Mapped[datetime | None] = mapped_column(UtcDateTime)  # of that writing, by the clock of QuickBooks
    # of that writing: {"revision": 2, "lines": [TxnLineID of each line of that revision], "others": [of foreign lines]}
    written: Mapped[dict[str, Any] | None] = mapped_column(JsonRecord)
    # of one whose lines stand on a transaction that somebody else wrote: {"former": {TxnLineID of a line that was taken
    # over: what it said before, or None where that is not known}}
    host: Mapped[dict[str, Any] | None] = mapped_column(JsonRecord)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when it was last looked at in the background
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def comes_to_something(self) -> bool:
        """Whether zero in the books would mean that it is void: plus and minus may come to zero, too."""
        return bool(self.total or self.subtotal)

    def tell(self, notice: Notice | None) -> None:
        """Why it does not move by itself; None: nothing keeps it any more."""
        self.reason, self.message, self.advice = (
            (None, None, None) if notice is None else (str(notice.code), notice.message, notice.advice)
        )

    @property
    def only_chosen(self) -> bool:
        """Whether the transaction that it names is somebody else's, and nothing of ours stands there yet."""
        return self.host is not None and not (self.written or {}).get("lines")

    def not_in_books(self) -> None:
        """Forget under which id, and since when, it stood in QuickBooks: what is to be done is to add it."""
        self.txn_id = self.edit_sequence = self.posted_at = self.written_at = self.time_modified = None
        self.written = self.host = None
        self.operation = Operation.ADD


class DocumentEvent(Base):
    """Who or what moved a document, when, and the evidence."""

    __tablename__ = "document_events"
    __table_args__ = (Index("ix_document_events_document", "document_id", "id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[Actor] = mapped_column(ActorColumn)
    event: Mapped[str] = mapped_column(Exact(24))
    from_state: Mapped[str | None] = mapped_column(Exact(24))
    to_state: Mapped[str] = mapped_column(Exact(24))
    request_id: Mapped[str | None] = mapped_column(Exact(36))  # the request that is the evidence
    detail: Mapped[dict[str, Any] | None] = mapped_column(JsonRecord)
