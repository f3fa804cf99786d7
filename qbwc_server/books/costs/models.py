"""Costs that items are to have in the company file, and what became of each."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_server.db import Base
from qbwc_server.db.types import Cut, EnumValue, Exact, Key, UtcDateTime, Words


class CostState(StrEnum):
    """What became of a cost."""

    WAITING = "waiting"
    THERE = "there"  # the item has it
    NOT_WRITTEN = "not_written"  # its message says why


class ItemCost(Base):
    """The cost that an item was last to have."""

    __tablename__ = "item_costs"
    __table_args__ = (UniqueConstraint("company_id", "list_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    list_id: Mapped[str] = mapped_column(Exact(40))
    name: Mapped[str] = mapped_column(Cut(255))  # full name, as it was then
    cost: Mapped[str] = mapped_column(Exact(40))
    before: Mapped[str | None] = mapped_column(Exact(40))  # what stood in the item when it was read
    tries: Mapped[int] = mapped_column(Integer)  # times that it was read
    state: Mapped[CostState] = mapped_column(EnumValue(CostState))
    code: Mapped[str | None] = mapped_column(Cut(60))  # why it was not written
    message: Mapped[str | None] = mapped_column(Words(500))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
