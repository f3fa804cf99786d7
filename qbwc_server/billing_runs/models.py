"""What is kept of billing: the settings of a company, and switches for offers and organisations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_server.billing_runs.settings import Makes
from qbwc_server.db import Base
from qbwc_server.db.types import EnumValue, Exact, JsonRecord, Key, UtcDateTime
from qbwc_server.tenancy.actor import Actor, ActorColumn

LONGEST_ORGANISATION = 300
LONGEST_OFFER = 300
ALL = ""  # organisations, or offers


class BillingSettingsRow(Base):
    """The settings of one company. Without a row nothing is billed."""

    __tablename__ = "billing_settings"

    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)  # counted from 1
    settings: Mapped[dict[str, Any]] = mapped_column(JsonRecord)  # those that differ from the defaults
    mode_since: Mapped[datetime] = mapped_column(UtcDateTime)  # since when the billing mode stands
    by: Mapped[Actor] = mapped_column(ActorColumn)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BillingSwitch(Base):
    """What a person said of an offer (of all organisations), of an organisation, or of an offer of one of them."""

    __tablename__ = "billing_switches"
    __table_args__ = (UniqueConstraint("connection_id", "organisation", "offer"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"))
    organisation: Mapped[str] = mapped_column(Exact(LONGEST_ORGANISATION))  # its key; "": all
    offer: Mapped[str] = mapped_column(Exact(LONGEST_OFFER))  # "": all
    synchronise: Mapped[bool | None]
    makes: Mapped[Makes | None] = mapped_column(EnumValue(Makes))  # of an organisation
    by: Mapped[Actor] = mapped_column(ActorColumn)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
