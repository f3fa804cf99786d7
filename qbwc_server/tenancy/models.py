"""Company and what lets somebody speak for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_server.db import Base
from qbwc_server.db.types import Cut, Exact, Key, UtcDateTime


class Company(Base):
    """One QuickBooks company file and its books: the tenant."""

    __tablename__ = "companies"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(Exact(40), unique=True)  # the name used in commands and addresses
    name: Mapped[str] = mapped_column(Exact(200))
    time_zone: Mapped[str] = mapped_column(Exact(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ApiToken(Base):
    """A bearer token of one company; only its digest is kept. What was revoked stays, so that a list shows it."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(Exact(64), unique=True)
    label: Mapped[str] = mapped_column(Cut(100))
    scopes: Mapped[str] = mapped_column(Exact(100))  # names, divided by blanks
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # to the minute
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LoginFailures(Base):
    """Wrong passwords counted per key (login, address, or both), to slow down guessing."""

    __tablename__ = "login_failures"
    __table_args__ = (Index("ix_login_failures_last_at", "last_at"),)

    key: Mapped[str] = mapped_column(Exact(64), primary_key=True)  # a digest: says nothing by itself
    count: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
