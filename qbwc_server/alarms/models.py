"""Alarms: what is wrong, since when, and whether people were told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_server.db import Base
from qbwc_server.db.types import EnumValue, Exact, Key, UtcDateTime, Words

_OPEN = text("ended_at IS NULL")


class AlarmKind(StrEnum):
    """What may be wrong."""

    SILENT = "silent"
    STOPPED = "stopped"
    UPDATE_FAILED = "update_failed"
    SIGN_IN = "sign_in"
    FAILING = "failing"
    BILLING = "billing"
    FAILURES = "failures"


@dataclass(frozen=True, slots=True)
class Rule:
    """How one kind is told.

    Args:
        title: behind the name of the company.
        over: the same when it is well again.
        patience: how long it must stand before anybody is told.
        after_quiet: how long quiet hours must be over before it is told: a PC that was off at night calls by itself.
    """

    title: str
    over: str
    patience: timedelta = timedelta()
    after_quiet: timedelta = timedelta()


_HALF_AN_HOUR, _HOUR = timedelta(minutes=30), timedelta(hours=1)
RULES: dict[AlarmKind, Rule] = {
    AlarmKind.SILENT: Rule("the Web Connector is silent", "the Web Connector calls again", after_quiet=_HALF_AN_HOUR),
    AlarmKind.STOPPED: Rule("nothing is written to QuickBooks", "QuickBooks is written to again"),
    AlarmKind.UPDATE_FAILED: Rule("updates fail", "updates work again", _HOUR, _HALF_AN_HOUR),
    AlarmKind.SIGN_IN: Rule("a connection needs you to sign in", "a connection works again"),
    AlarmKind.FAILING: Rule("a connection fails", "a connection works again", _HOUR),
    AlarmKind.BILLING: Rule("a billing day needs you", "nothing keeps the billing day any more"),
    AlarmKind.FAILURES: Rule(
        "something failed and waits for you", "nothing that failed waits any more", timedelta(minutes=10)
    ),
}


class Alarm(Base):
    """One thing that is wrong, from the moment it was seen until it was not seen any more."""

    __tablename__ = "alarms"
    __table_args__ = (
        Index(
            "one_open_alarm_per_company_kind_and_subject",
            "company_id",
            "kind",
            "subject",
            unique=True,
            postgresql_where=_OPEN,
            sqlite_where=_OPEN,
        ),
        Index("ix_alarms_ended_at", "ended_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    kind: Mapped[AlarmKind] = mapped_column(EnumValue(AlarmKind))
    subject: Mapped[str] = mapped_column(Exact(40))  # number of the connection; "" where it is about the company
    message: Mapped[str] = mapped_column(Words(1000))
    advice: Mapped[str] = mapped_column(Words(1000))
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
