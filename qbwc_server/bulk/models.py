"""BulkAction and BulkItem: what was asked for, and what became of each document."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_server.db import Base
from qbwc_server.db.types import Cut, EnumValue, Exact, JsonRecord, Key, UtcDateTime, Words
from qbwc_server.documents.lifecycle import State
from qbwc_server.tenancy.actor import Actor, ActorColumn


class BulkState(StrEnum):
    """Where a bulk action stands."""

    UNDER_WAY = "under_way"
    DONE = "done"  # each document has its result


class ItemState(StrEnum):
    """What became of one document."""

    WAITING = "waiting"  # its turn has not come
    DONE = "done"
    REFUSED = "refused"  # it stays as it is, and says why


_WAITING = text(f"state = '{ItemState.WAITING}'")
_UNDER_WAY = text(f"state = '{BulkState.UNDER_WAY}'")


class BulkAction(Base):
    """One thing to be done with every document that was found when it was asked for."""

    __tablename__ = "bulk_actions"
    __table_args__ = (
        Index("ix_bulk_actions_company", "company_id", "id"),
        Index("ix_bulk_actions_under_way", "id", postgresql_where=_UNDER_WAY, sqlite_where=_UNDER_WAY),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    action: Mapped[str] = mapped_column(Exact(20))
    wanted: Mapped[dict[str, Any]] = mapped_column(JsonRecord)  # the filter, and what it is mapped to
    undoes: Mapped[int | None] = mapped_column(Key, unique=True)  # the one that it takes back
    state: Mapped[BulkState] = mapped_column(EnumValue(BulkState))
    total: Mapped[int] = mapped_column(Integer)
    by: Mapped[Actor] = mapped_column(ActorColumn)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BulkItem(Base):
    """One document of a bulk action; its result is written with what is done, in one transaction."""

    __tablename__ = "bulk_items"
    __table_args__ = (
        UniqueConstraint("bulk_id", "document_id"),  # each document once
        Index("ix_bulk_items_waiting", "bulk_id", "id", postgresql_where=_WAITING, sqlite_where=_WAITING),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    bulk_id: Mapped[int] = mapped_column(ForeignKey("bulk_actions.id", ondelete="CASCADE"))
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"))
    state: Mapped[ItemState] = mapped_column(EnumValue(ItemState))
    before: Mapped[State | None] = mapped_column(EnumValue(State))  # where the document stood
    after: Mapped[State | None] = mapped_column(EnumValue(State))
    code: Mapped[str | None] = mapped_column(Cut(60))  # why it was refused
    message: Mapped[str | None] = mapped_column(Words(500))
