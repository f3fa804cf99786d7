"""CompanyFacts and ListEntry."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_server.db import Base
from qbwc_server.db.types import Cut, EnumValue, Exact, JsonRecord, Key, UtcDateTime, Words
from qbwc_server.list_kinds import ListKind

LONGEST_SAID = 200  # characters of a name that a company file says of itself; QuickBooks' own limit is 59


class CompanyFacts(Base):
    """What the company file said of itself in the first call of its latest session."""

    __tablename__ = "company_facts"

    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), primary_key=True)
    file_id: Mapped[str | None] = mapped_column(Exact(40))  # as found in the file, lower case without braces
    company_name: Mapped[str | None] = mapped_column(Words(LONGEST_SAID))
    legal_name: Mapped[str | None] = mapped_column(Words(LONGEST_SAID))
    file_path: Mapped[str] = mapped_column(Words(1000))
    product: Mapped[str | None] = mapped_column(Words(LONGEST_SAID))
    country: Mapped[str] = mapped_column(Cut(8))
    qbxml_version: Mapped[str] = mapped_column(Cut(8))  # the level we speak to this file
    machine: Mapped[str | None] = mapped_column(Words(LONGEST_SAID))  # the PC whose Web Connector locked the file
    closing_date: Mapped[date | None] = mapped_column(Date)
    preferences: Mapped[dict[str, Any]] = mapped_column(JsonRecord)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Presence(StrEnum):
    """Whether an entry stands in the company file."""

    UNKNOWN = "unknown"
    RESTORED = "restored"  # unknown, in a file that may be older than the entry: it may be lacking for that reason
    PRESENT = "present"


class ListEntry(Base):
    """An entry by the full name that documents say: whether QuickBooks has it, and what is needed to create it."""

    __tablename__ = "list_entries"
    __table_args__ = (UniqueConstraint("company_id", "kind", "name_key"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    kind: Mapped[ListKind] = mapped_column(EnumValue(ListKind))
    name_key: Mapped[str] = mapped_column(Exact(255))  # full name as QuickBooks compares it: in lower case
    full_name: Mapped[str] = mapped_column(Exact(255))
    called: Mapped[str | None] = mapped_column(Exact(255))  # its name in QuickBooks, where a person chose another one
    presence: Mapped[Presence] = mapped_column(EnumValue(Presence))
    list_id: Mapped[str | None] = mapped_column(Cut(40))
    details: Mapped[dict[str, Any] | None] = mapped_column(JsonRecord)  # a Party, for creating a customer
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
