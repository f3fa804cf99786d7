"""Rules and what was learnt, as they are kept."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_server.db import Base
from qbwc_server.db.types import Cut, EnumValue, Exact, JsonRecord, Key, Money, UtcDateTime
from qbwc_server.mapping.rules.rule import LONGEST_TEXT, Direction, Match
from qbwc_server.tenancy.actor import Actor, ActorColumn


class RuleRow(Base):
    """One rule of a company; the lowest place counts first."""

    __tablename__ = "rules"
    __table_args__ = (Index("ix_rules_company_place", "company_id", "place"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    place: Mapped[int] = mapped_column(Integer)
    match: Mapped[Match] = mapped_column(EnumValue(Match))
    text: Mapped[str] = mapped_column(Exact(LONGEST_TEXT))
    direction: Mapped[Direction | None] = mapped_column(EnumValue(Direction))
    least: Mapped[Decimal | None] = mapped_column(Money)
    most: Mapped[Decimal | None] = mapped_column(Money)
    source: Mapped[str | None] = mapped_column(Exact(159))
    reduced_tax: Mapped[bool | None]
    account: Mapped[str] = mapped_column(Exact(159))
    class_name: Mapped[str | None] = mapped_column(Exact(159))
    description: Mapped[str | None] = mapped_column(Cut(300))
    splits: Mapped[dict[str, Any]] = mapped_column(JsonRecord)  # {"splits": [...]}, amounts as text
    by: Mapped[Actor] = mapped_column(ActorColumn)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LearntChoice(Base):
    """Which account a description went to when a person confirmed it last."""

    __tablename__ = "learnt_choices"
    __table_args__ = (UniqueConstraint("company_id", "direction", "tax", "words"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    direction: Mapped[Direction] = mapped_column(EnumValue(Direction))
    tax: Mapped[str] = mapped_column(Exact(10))  # normal, reduced or unknown
    words: Mapped[str] = mapped_column(Exact(300))  # see ``learning.words_key``
    account: Mapped[str] = mapped_column(Exact(159))
    class_name: Mapped[str | None] = mapped_column(Exact(159))
    times: Mapped[int] = mapped_column(Integer)  # how often it was confirmed since it is so
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
