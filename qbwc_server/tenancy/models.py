"""Partners, their companies, and what lets somebody speak for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_server.db import Base
from qbwc_server.db.types import Cut, EnumValue, Exact, JsonRecord, Key, UtcDateTime
from qbwc_server.tenancy.permissions import Role


class Partner(Base):
    """A reseller, an accountant's office, or one shop: whoever looks after companies."""

    __tablename__ = "partners"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(Exact(40), unique=True)  # the name used in commands and addresses
    name: Mapped[str] = mapped_column(Exact(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Company(Base):
    """One QuickBooks company file and its books: the tenant."""

    __tablename__ = "companies"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(Exact(40), unique=True)  # the name used in commands and addresses
    name: Mapped[str] = mapped_column(Exact(200))
    time_zone: Mapped[str] = mapped_column(Exact(64))
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class User(Base):
    """A person."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    email: Mapped[str] = mapped_column(Exact(254), unique=True)  # as it is compared: see users.read_email
    name: Mapped[str] = mapped_column(Exact(200))
    password_hash: Mapped[str | None] = mapped_column(Exact(200))  # None: cannot sign in yet
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mails_alarms: Mapped[bool] = mapped_column(default=True)
    mails_summaries: Mapped[bool] = mapped_column(default=True)


class Membership(Base):
    """What a person is in one company, or in all companies of a partner."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("user_id", "partner_id"),
        UniqueConstraint("user_id", "company_id"),
        CheckConstraint("(partner_id IS NULL) <> (company_id IS NULL)", name="of_a_partner_or_a_company"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id", ondelete="CASCADE"), index=True)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role] = mapped_column(EnumValue(Role))
    limits: Mapped[dict[str, Any] | None] = mapped_column(JsonRecord)  # by kind of document: see permissions.Limits
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
    made_by: Mapped[int | None] = mapped_column(ForeignKey("api_tokens.id", ondelete="SET NULL"))  # None: a person


class LoginFailures(Base):
    """Wrong passwords counted per key (login, address, or both), to slow down guessing."""

    __tablename__ = "login_failures"
    __table_args__ = (Index("ix_login_failures_last_at", "last_at"),)

    key: Mapped[str] = mapped_column(Exact(64), primary_key=True)  # a digest: says nothing by itself
    count: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
