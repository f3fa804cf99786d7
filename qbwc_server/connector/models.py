"""ConnectorLogin, KnownAddress and UpdateSessionRow."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_server.connector.session import SessionState
from qbwc_server.db import Base
from qbwc_server.db.types import Cut, EnumValue, Exact, JsonRecord, Key, UtcDateTime, Words


class ConnectorLogin(Base):
    """How the Web Connector of one company logs in, and what it is told about when to call and which file to open."""

    __tablename__ = "connector_logins"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), unique=True)
    user: Mapped[str] = mapped_column(Exact(64), unique=True)
    password_hash: Mapped[str] = mapped_column(Exact(200))
    owner_id: Mapped[str] = mapped_column(Exact(36))  # .qwc OwnerID: name space of our private data in the file
    file_id: Mapped[str] = mapped_column(Exact(36))  # .qwc FileID: stored in the company file by the Web Connector
    company_file: Mapped[str] = mapped_column(Words(1000), default="")  # path on the PC; "" is the file that is open
    minimum_interval_s: Mapped[int | None] = mapped_column(Integer)  # told to the Web Connector at authenticate
    postpone_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    earlier_hash: Mapped[str | None] = mapped_column(Exact(200))  # of the password before, while it still opens
    earlier_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    has_opened: Mapped[bool] = mapped_column(default=False)  # whether a connector has come with the one in force


class KnownAddress(Base):
    """A network from which the right password for a login came."""

    __tablename__ = "known_addresses"

    login_id: Mapped[int] = mapped_column(ForeignKey("connector_logins.id", ondelete="CASCADE"), primary_key=True)
    network: Mapped[str] = mapped_column(Exact(64), primary_key=True)  # keyed: says nothing by itself
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)


class UpdateSessionRow(Base):
    """One Web Connector update session, from authenticate to closeConnection."""

    __tablename__ = "update_sessions"
    __table_args__ = (
        Index(
            "one_open_session_per_company",
            "company_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
        Index("ix_update_sessions_company_started", "company_id", "started_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    ticket_digest: Mapped[str] = mapped_column(Exact(64), unique=True)
    state: Mapped[SessionState] = mapped_column(EnumValue(SessionState))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_call_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    connector_version: Mapped[str | None] = mapped_column(Cut(20))  # as it said before it signed in
    qbxml_version: Mapped[str | None] = mapped_column(Exact(8))  # None until the company file has introduced itself
    answered: Mapped[int] = mapped_column(Integer, default=0)
    posted: Mapped[dict[str, Any]] = mapped_column(JsonRecord, default=dict)  # {"invoices": 12}
    needs_you: Mapped[int] = mapped_column(Integer, default=0)
    failures: Mapped[int] = mapped_column(Integer, default=0)  # calls into QuickBooks that failed as a whole
    hresult: Mapped[str | None] = mapped_column(Cut(20))
    error: Mapped[str | None] = mapped_column(Words(2000))  # the sentence that getLastError gives
    advice: Mapped[str | None] = mapped_column(Words(2000))
    closing_words: Mapped[str | None] = mapped_column(Words(4000))
    link_digest: Mapped[str | None] = mapped_column(Exact(64), unique=True)  # of the link in the closing words
