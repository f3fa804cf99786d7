"""Invoices that somebody has marked as sent here: QuickBooks itself does not keep whether one was sent."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from qbwc_server.db import Base
from qbwc_server.db.types import Exact, UtcDateTime
from qbwc_server.errors import Invalid
from qbwc_server.tenancy.actor import Actor, ActorColumn

LONGEST_TXN_ID = 36  # IDTYPE


class SentInvoice(Base):
    """One invoice that was sent to its customer, as a person says."""

    __tablename__ = "sent_invoices"

    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), primary_key=True)
    txn_id: Mapped[str] = mapped_column(Exact(LONGEST_TXN_ID), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[Actor] = mapped_column(ActorColumn)


def mark_sent(db: Session, company_id: int, txn_id: str, *, by: Actor, now: datetime) -> None:
    """An invoice was sent: nothing is put onto it any more. Raises Invalid for what is no TxnID."""
    if not txn_id.isascii() or not 0 < len(txn_id) <= LONGEST_TXN_ID:
        raise Invalid(f"{txn_id[:40]!r} is no TxnID; QuickBooks' look like 1A2B-1760000000.")
    if db.get(SentInvoice, (company_id, txn_id)) is None:
        db.add(SentInvoice(company_id=company_id, txn_id=txn_id, at=now, by=by))
        db.flush()


def take_sent_back(db: Session, company_id: int, txn_id: str) -> None:
    """It was not sent after all."""
    row = db.get(SentInvoice, (company_id, txn_id))
    if row is not None:
        db.delete(row)
        db.flush()


def marked_sent(db: Session, company_id: int, txn_ids: Collection[str]) -> set[str]:
    """Which of these invoices somebody has marked as sent."""
    rows = select(SentInvoice.txn_id).where(SentInvoice.company_id == company_id, SentInvoice.txn_id.in_(txn_ids))
    return set(db.scalars(rows)) if txn_ids else set()
