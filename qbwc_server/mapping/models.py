"""Mapping: what a word of a source stands for in the company file."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_server.db import Base
from qbwc_server.db.types import Cut, EnumValue, Exact, Key, UtcDateTime
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.mapping.said import LONGEST_WORD
from qbwc_server.tenancy.actor import Actor, ActorColumn

ALL_CONNECTIONS = 0
LONGEST_NAME = 255


class Decision(StrEnum):
    """What somebody said of a word."""

    ENTRY = "entry"  # it stands for an entry that QuickBooks has
    NEVER = "never"  # what names it is never taken
    CREATE = "create"  # it stands for an entry that is added under this name where QuickBooks lacks it


class WordMapping(Base):
    """One word of one connection, or of all, and what it stands for."""

    __tablename__ = "mappings"
    __table_args__ = (UniqueConstraint("company_id", "kind", "word", "connection_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    connection_id: Mapped[int] = mapped_column(Key)  # 0: all; connections stay, also when they are disconnected
    kind: Mapped[WordKind] = mapped_column(EnumValue(WordKind))
    word: Mapped[str] = mapped_column(Exact(LONGEST_WORD))  # see ``word_key``
    decision: Mapped[Decision] = mapped_column(EnumValue(Decision))
    list_id: Mapped[str | None] = mapped_column(Exact(40))  # of an entry
    name: Mapped[str | None] = mapped_column(Cut(LONGEST_NAME))  # full name: of the entry as it was seen last
    batch: Mapped[str | None] = mapped_column(Exact(36), index=True)  # what it was set with, to be undone together
    by: Mapped[Actor] = mapped_column(ActorColumn)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
