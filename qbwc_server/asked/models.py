"""A request of a program, and the pages of its answer."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, SmallInteger, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_server.db import Base
from qbwc_server.db.types import Cut, EnumValue, Exact, Key, UtcDateTime, Whole, Words


class AskedState(StrEnum):
    """Where a request stands."""

    WAITING = "waiting"  # for an update session, or for the answer, or for the pages to come
    DONE = "done"  # answered to its end; also where there is no such thing
    REFUSED = "refused"  # by QuickBooks
    UNKNOWN = "unknown"  # it may have changed the books, and nobody knows: somebody looks there, and says
    UNANSWERED = "unanswered"  # asked again and again, and nothing that can be used came back
    EXPIRED = "expired"  # nobody wants to know any more
    CANCELLED = "cancelled"


class AskedRequest(Base):
    """One question, through all the requests that its pages take; or one change, through all its sendings."""

    __tablename__ = "asked_requests"
    __table_args__ = (
        Index("ix_asked_requests_company", "company_id", "id"),
        Index(
            "ix_asked_requests_waiting",
            "company_id",
            "expires_at",
            postgresql_where=text("state = 'waiting'"),
            sqlite_where=text("state = 'waiting'"),
        ),
        Index("ix_asked_requests_settled_at", "settled_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    message: Mapped[str] = mapped_column(Exact(64))  # "CustomerQueryRq"
    xml: Mapped[str] = mapped_column(Whole("the body of a call has at most a megabyte"))  # as it was asked
    priority: Mapped[int] = mapped_column(SmallInteger)
    by: Mapped[str] = mapped_column(Cut(160))
    request_id: Mapped[UUID] = mapped_column(Uuid)  # of the page that was asked for last
    writes: Mapped[bool] = mapped_column(default=False)  # whether it changes the books
    after_id: Mapped[int | None] = mapped_column(ForeignKey("asked_requests.id", ondelete="SET NULL"), index=True)
    state: Mapped[AskedState] = mapped_column(EnumValue(AskedState))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    status_code: Mapped[int | None] = mapped_column(Integer)
    message_told: Mapped[str | None] = mapped_column(Words(2000))
    advice: Mapped[str | None] = mapped_column(Words(2000))
    pages: Mapped[int] = mapped_column(Integer, default=0)
    objects: Mapped[int] = mapped_column(Integer, default=0)
    expected: Mapped[int | None] = mapped_column(Integer)  # objects of the page that was asked for and those behind it
    whole: Mapped[bool] = mapped_column(default=True)  # whether nothing of an answer beyond all bounds was left out
    restarts: Mapped[int] = mapped_column(SmallInteger, default=0)


class AskedPage(Base):
    """What one page of an answer showed."""

    __tablename__ = "asked_pages"

    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    asked_id: Mapped[int] = mapped_column(ForeignKey("asked_requests.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)  # from 1
    body: Mapped[str] = mapped_column(Whole("response_limit"))  # a JSON list of objects, each beside its tag
