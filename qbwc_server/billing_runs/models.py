"""What is kept of billing: settings, switches, runs, what a person decided, what was billed, and what a run came to."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_server.billing_runs.settings import Makes
from qbwc_server.channels.connections.models import LONGEST_KEY
from qbwc_server.db import Base
from qbwc_server.db.types import Cut, EnumValue, Exact, JsonRecord, Key, Money, UtcDateTime, Words
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


class RunKind(StrEnum):
    """What a run bills."""

    SUBSCRIPTIONS = "subscriptions"


class BillingRun(Base):
    """One billing day of a company: it is billed once, late or not."""

    __tablename__ = "billing_runs"
    __table_args__ = (UniqueConstraint("company_id", "kind", "billing_day"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    kind: Mapped[RunKind] = mapped_column(EnumValue(RunKind))
    billing_day: Mapped[date] = mapped_column(Date)
    settings_version: Mapped[int] = mapped_column(Integer)
    by: Mapped[Actor] = mapped_column(ActorColumn)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # all who were not to wait have been billed
    waiting: Mapped[int] = mapped_column(Integer, default=0)  # customers
    attempt: Mapped[int] = mapped_column(Integer, default=0)  # counts up whenever it is begun


class BillingDecision(Base):
    """What a person said of one customer on one billing day."""

    __tablename__ = "billing_decisions"
    __table_args__ = (UniqueConstraint("connection_id", "billing_day", "customer"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    billing_day: Mapped[date] = mapped_column(Date)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"))
    customer: Mapped[str] = mapped_column(Exact(40))  # ListID
    held: Mapped[bool]
    approved: Mapped[str | None] = mapped_column(Exact(64))  # digest of what was approved, warnings included
    by: Mapped[Actor] = mapped_column(ActorColumn)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class BilledPart(Base):
    """One billing of a part of a charge. It counts as long as its document is not excluded."""

    __tablename__ = "billed_parts"
    __table_args__ = (
        Index("ix_billed_parts_organisation", "connection_id", "organisation", "source_key"),
        Index("ix_billed_parts_customer", "company_id", "customer", "billing_day"),
        Index("ix_billed_parts_day", "company_id", "billing_day", "customer", "origin"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id", ondelete="CASCADE"))
    billing_day: Mapped[date] = mapped_column(Date)
    customer: Mapped[str] = mapped_column(Exact(40))
    origin: Mapped[str] = mapped_column(Exact(120))  # of the document
    part: Mapped[str] = mapped_column(Exact(20))  # see billing.statement.part_key
    source_key: Mapped[str] = mapped_column(Exact(LONGEST_KEY))  # of the record that told the charge
    organisation: Mapped[str] = mapped_column(Cut(LONGEST_ORGANISATION))  # its key
    charge: Mapped[dict[str, Any]] = mapped_column(JsonRecord)  # as it was told then
    quantity: Mapped[str] = mapped_column(Exact(60))  # billed in all by now, and of which part of a cycle
    factor: Mapped[str] = mapped_column(Exact(120))
    quantity_before: Mapped[str | None] = mapped_column(Exact(60))  # the same before, where this is a correction
    factor_before: Mapped[str | None] = mapped_column(Exact(120))
    price: Mapped[Decimal | None] = mapped_column(Money)


class Outcome(StrEnum):
    """What became of a charge, or of one of its twelve parts, on a billing day."""

    BILLED = "billed"
    BILLED_BEFORE = "billed_before"
    WAITS = "waits"  # its customer waits
    ORPHAN = "orphan"  # nobody can be billed for it as things stand
    LEFT = "left"  # the terms say: not on this day


class BillingOutcome(Base):
    """A line of the report of a run: all of them together are all charges."""

    __tablename__ = "billing_outcomes"
    __table_args__ = (Index("ix_billing_outcomes_run", "run_id", "id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    run_id: Mapped[int] = mapped_column(ForeignKey("billing_runs.id", ondelete="CASCADE"))
    connection_id: Mapped[int] = mapped_column(Key)
    part: Mapped[str] = mapped_column(Exact(20))  # "": a charge that cannot be read
    organisation: Mapped[str] = mapped_column(Cut(300))  # its name
    offer: Mapped[str] = mapped_column(Cut(300))
    product: Mapped[str] = mapped_column(Cut(300))
    period_first: Mapped[date | None] = mapped_column(Date)
    period_last: Mapped[date | None] = mapped_column(Date)
    quantity: Mapped[str] = mapped_column(Exact(60))
    cost: Mapped[Decimal] = mapped_column(Money)  # to the distributor
    currency: Mapped[str] = mapped_column(Cut(10))
    outcome: Mapped[Outcome] = mapped_column(EnumValue(Outcome))
    reason: Mapped[str] = mapped_column(Cut(60))
    message: Mapped[str] = mapped_column(Words(500))
    customer: Mapped[str] = mapped_column(Cut(255))  # full name
    origin: Mapped[str] = mapped_column(Cut(120))  # of the document on which it stands
